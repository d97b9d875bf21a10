"""Files that are written in one step: whole or not at all, with the mode of a new file."""

import math
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pilotnet.common.folders import atomic_path, write_json, write_text


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_written_in_one_step_have_the_mode_of_the_umask(
    tmp_path: Path, umask: int, mode: int
) -> None:
    before = os.umask(umask)
    try:
        with atomic_path(tmp_path / "file") as temporary:
            os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_a_body_that_writes_nothing_raises_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "file"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail() -> None:
        with atomic_path(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, math.nan)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


FULL_DISK = """
import resource, sys
from pathlib import Path
from pilotnet.common.folders import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path("weights"), b"x" * 2_000_000)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_without_space_a_line_says_how_much_is_needed_and_where_and_the_former_file_stays(
    tmp_path: Path,
) -> None:
    (tmp_path / "weights").write_text("former")
    command = [sys.executable, "-c", FULL_DISK]
    said = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert re.fullmatch(r"weights needs 2\.0 MB; \. has \d+\.\d MB free \(File too large\)\n", said)
    assert (tmp_path / "weights").read_text() == "former"
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]
