"""A lock on a folder excludes others of its purpose, names its owner, and leaves nothing behind."""

import os
from pathlib import Path

import pytest

from pilotnet.common.locks import FolderLock


def test_a_lock_excludes_others_of_its_purpose_alone(tmp_path: Path) -> None:
    with FolderLock(tmp_path, "stage") as lock:
        with pytest.raises(
            ValueError,
            match="is being written by this process; wait for it, or choose another folder",
        ):
            FolderLock(tmp_path, "stage").acquire()
        with FolderLock(tmp_path, "dataset"):
            pass
        lock.release()
        lock.release()
        with FolderLock(tmp_path, "stage"):
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_whose_owner_is_gone_is_free(tmp_path: Path) -> None:
    (tmp_path / ".stage.lock").touch()
    (tmp_path / ".stage.process").write_text("1")
    with FolderLock(tmp_path, "stage"):
        assert (tmp_path / ".stage.process").read_text() == str(os.getpid())
    assert list(tmp_path.iterdir()) == []
