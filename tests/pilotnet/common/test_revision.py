"""The revision of the source: of the checkout, else of the file beside the module."""

from pathlib import Path

import pytest

import pilotnet.common.revision
from pilotnet.common.revision import REVISION_FILE, UNKNOWN, git_revision, source_revision


def test_without_a_checkout_the_file_says_the_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pilotnet"
    (package / "common").mkdir(parents=True)
    monkeypatch.setattr(
        pilotnet.common.revision, "__file__", str(package / "common" / "revision.py")
    )
    assert source_revision() == UNKNOWN
    (package / REVISION_FILE).write_text("0123abc\n")
    assert source_revision() == "0123abc"


def test_a_folder_without_git_has_no_revision(tmp_path: Path) -> None:
    assert git_revision(tmp_path) is None
    (tmp_path / ".git").write_text("gitdir: nowhere")
    assert git_revision(tmp_path) is None
