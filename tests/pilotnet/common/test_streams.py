"""A stage goes on when its standard streams are closed or on a full disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pilotnet.common.streams import lasting_streams

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the shell's redirections are those of POSIX"
)
EVALUATE = (
    "evaluate straight --suite lane_keeping-small --episodes 2 --length 60 --workers 2 --out out"
)
TALK = """
import os, sys
from pilotnet.common.streams import lasting_streams
with lasting_streams():
    for _ in range(3):
        print("words" * 9999, flush=True)
        print("aside", file=sys.stderr, flush=True)
    # What is opened now must not get the number of a standard stream.
    assert os.open("file", os.O_CREAT | os.O_WRONLY) > 2
"""
NOTICE = "pilotnet: standard output cannot be written ([Errno 28] No space left on device); the work goes on"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command in a folder, with python as $python, and the exit code of a pipe's first
    command as its own.
    """
    script = ["bash", "-c", f"set -o pipefail; {command}"]
    environment = os.environ | {"python": sys.executable}
    return subprocess.run(
        script, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize(
    ("redirection", "err"),
    [
        ("| true", "aside"),
        (">&-", "aside"),
        (">/dev/full", NOTICE),
        ("2>&-", ""),
        (">&- 2>&- <&-", ""),
        ("2>&1 | true", ""),
        (">/dev/full 2>/dev/full", ""),
    ],
)
def test_a_program_outlives_its_streams(tmp_path: Path, redirection: str, err: str) -> None:
    (tmp_path / "talk.py").write_text(TALK)
    done = shell(f"$python talk.py {redirection}", tmp_path)
    assert done.returncode == 0
    assert set(done.stderr.split("\n")) == {"aside", "", err} if err else not done.stderr


@pytest.mark.parametrize("redirection", [pytest.param("| true", marks=pytest.mark.slow), ">&-"])
def test_a_stage_with_two_workers_outlives_its_output(tmp_path: Path, redirection: str) -> None:
    done = shell(f"$python -m pilotnet {EVALUATE} {redirection}", tmp_path)
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr
    assert done.returncode == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {
        "episodes.csv",
        "traces.parquet",
        "evaluate.yaml",
    }


def test_streams_that_work_are_left_as_they_were(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with lasting_streams():
        print("out", sys.stdout.isatty())  # noqa: T201
        sys.stderr.writelines(["e", "rr"])
    assert (sys.stdout, sys.stderr) == before
    assert tuple(capsys.readouterr()) == ("out False\n", "err")
