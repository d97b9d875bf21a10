"""The package `pilotnet` refuses another package `sim` than its own, in one line that names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("hiding", ["sim.py", "sim/__init__.py", "sim/notes.txt"])
def test_a_package_that_hides_the_simulator_is_refused(hiding: str, tmp_path: Path) -> None:
    (tmp_path / hiding).parent.mkdir(exist_ok=True)
    (tmp_path / hiding).write_text("")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pilotnet", "record", "--help"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if (
        hiding == "sim/notes.txt"
    ):  # a folder without code hides nothing: a package further down the path comes first
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert (
        f"{tmp_path / hiding} hides pilotnet's package `sim`, the simulator; give that file or "
        f"folder another name" in line
    )
