"""Wheels and source archives hold the git revision, also a wheel that is built from a source
archive.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILT_FROM = (
    "pyproject.toml",
    "hatch_build.py",
    "README.md",
    "pilotnet/__init__.py",
    "pilotnet/common/revision.py",
    "sim/__init__.py",
)
GIT = (
    "git",
    "-c",
    "user.name=tests",
    "-c",
    "user.email=tests@example.org",
    "-c",
    "init.defaultBranch=main",
)


def call(folder: Path, *command: str) -> str:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, check=True
    ).stdout.strip()


def build(folder: Path, kind: str) -> Path:
    """Build a `wheel` or `sdist` of a checkout or an unpacked archive and return its file."""
    call(folder, sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", "out")
    (built,) = (folder / "out").glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def revision_in(wheel: Path, folder: Path) -> str:
    """Unpack a wheel into `folder` and return the revision that its code reports."""
    zipfile.ZipFile(wheel).extractall(folder)
    program = "from pilotnet.common.revision import source_revision; print(source_revision())"
    return call(
        folder,
        sys.executable,
        "-P",
        "-c",
        f"import sys; sys.path.insert(0, {str(folder)!r}); {program}",
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small git checkout with the real build settings."""
    folder = tmp_path / "checkout"
    for name in BUILT_FROM:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "sim" / "__init__.py").write_text("")
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / ".gitignore").write_text("out/\n")
    call(folder, *GIT, "init", "-q")
    call(folder, *GIT, "add", ".")
    call(folder, *GIT, "commit", "-q", "-m", "All of it")
    return folder


def test_a_wheel_holds_the_revision_that_it_was_built_from(checkout: Path, tmp_path: Path) -> None:
    revision = call(checkout, *GIT, "rev-parse", "HEAD")
    assert revision_in(build(checkout, "wheel"), tmp_path / "installed") == revision
    (checkout / "README.md").write_text("changed")
    assert revision_in(build(checkout, "wheel"), tmp_path / "changed") == f"{revision}-dirty"
    assert not (checkout / "pilotnet" / "revision.txt").exists()


def test_a_wheel_that_is_built_from_a_source_archive_keeps_the_revision(
    checkout: Path, tmp_path: Path
) -> None:
    with tarfile.open(build(checkout, "sdist")) as archive:
        archive.extractall(tmp_path / "archive", filter="data")
    (unpacked,) = (tmp_path / "archive").iterdir()
    assert revision_in(build(unpacked, "wheel"), tmp_path / "installed") == call(
        checkout, *GIT, "rev-parse", "HEAD"
    )


def test_an_archive_without_a_revision_can_still_be_built(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".git")
    assert revision_in(build(checkout, "wheel"), tmp_path / "installed") == "unknown"
