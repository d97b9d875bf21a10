"""The package `pilotnet`: its public names, and its refusal of another package `sim`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pilotnet

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", pilotnet.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(pilotnet, name) is not None
    assert name in dir(pilotnet)


def test_public_functions_are_those_of_their_modules() -> None:
    from pilotnet.training.checkpoint import load_checkpoint

    assert pilotnet.load_checkpoint is load_checkpoint


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pilotnet' has no attribute 'recrod'"):
        pilotnet.recrod  # noqa: B018


def test_the_import_loads_no_heavy_package() -> None:
    program = "import sys, pilotnet; print({'torch', 'numba', 'numpy'} & set(sys.modules))"
    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == "set()\n"


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
    # A folder without code hides nothing: a package later on the path has precedence.
    if hiding == "sim/notes.txt":
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert (
        f"{tmp_path / hiding} hides pilotnet's package `sim`, the simulator; give that file or "
        f"folder another name" in line
    )
