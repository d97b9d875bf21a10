"""A module of a few small kernels that tests write into a folder and run in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

FILES = ("*.kernel", "*.nbi", "*.nbc")  # of `sim.kernel_cache`, and of Numba's own cache
SOURCE = '''
from sim.jit import exact, kernel

SCALE = 2.0


@exact
def scaled(x):
    """Scale."""
    return SCALE * x


@kernel
def shifted(x):
    return scaled(x) + 1.0


@kernel
def summed(x, y):
    return shifted(x) + scaled(y)


@exact
def squared(x):
    return x * x


@exact
def cubed(x):
    return x * squared(x)


if __name__ == "__main__":
    print(summed(1.0, 2.0), cubed(3.0), squared(2), cubed(2))
'''
ANSWER = "7.0 27.0 4 8\n"


def write_module(folder: Path, source: str = SOURCE) -> Path:
    """Write the module and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "small_kernels.py"
    path.write_text(source)
    return path


def run_module(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the module in a process that finds the same packages as this one, with these environment
    variables.
    """
    return subprocess.run(
        [sys.executable, path], capture_output=True, text=True, env=child_environment(**environment)
    )


def child_environment(**changes: str) -> dict[str, str]:
    """Return the environment variables of this process, with changes."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **changes}


def kept(folder: Path) -> list[Path]:
    """Return the files of compiled kernels below a folder."""
    return sorted(path for pattern in FILES for path in folder.rglob(pattern))
