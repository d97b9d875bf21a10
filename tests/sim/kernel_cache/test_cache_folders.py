"""The folders in which compiled kernels are kept, and what happens when none can be written."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.kernel_cache import be_quiet, cache_folders, follow, notices
from sim.kernel_cache.cache_folders import (
    is_private,
    keeping_folder,
    kernel_folders,
    make_private,
    temporary_cache,
    user_cache,
)
from tests.sim.kernel_cache.small import ANSWER, kept, run_module, write_module

posix = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="places of another system")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a package, a home and temporary files; the caches of `folders` are empty before
    and after.
    """
    monkeypatch.setattr(cache_folders, "_chosen", lambda: "")
    monkeypatch.setattr(notices, "_said", set())
    monkeypatch.setattr(
        cache_folders, "temporary_cache", lambda: tmp_path / "temporary" / "pilotnet-1"
    )
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name in ("package", "temporary", "home"):
        (tmp_path / name).mkdir()
    clear_caches()
    yield tmp_path
    clear_caches()


def clear_caches() -> None:
    cache_folders._candidates.cache_clear()
    cache_folders._keeping_folder.cache_clear()


def block(place: Path) -> None:
    """Put a file where a folder would be: even root cannot write below it."""
    place.touch()


def test_kernels_are_kept_beside_their_source_where_that_can_be_written(
    places: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert keeping_folder(places / "package" / "module.py") == places / "package" / "__pycache__"
    assert list((places / "home").iterdir()) == list((places / "temporary").iterdir()) == []
    assert capfd.readouterr().err == ""


@posix
def test_kernels_of_a_package_that_cannot_be_written_are_kept_in_the_home(
    places: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    block(places / "package" / "__pycache__")
    source = places / "package" / "module.py"
    folder = keeping_folder(source)
    assert folder is not None
    assert folder.parent == places / "home" / ".cache" / "pilotnet"
    assert folder in kernel_folders(source)
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"compiled kernels are kept in {folder.parent}")
    other = keeping_folder(places / "other" / "module.py")
    assert other == places / "other" / "__pycache__"


def test_without_a_home_kernels_are_kept_among_the_temporary_files(
    places: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    block(places / "package" / "__pycache__")
    monkeypatch.setattr(cache_folders, "user_cache", lambda: None)
    folder = keeping_folder(places / "package" / "module.py")
    assert folder is not None
    assert folder.parent == places / "temporary" / "pilotnet-1"
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_a_worker_prints_no_line_about_the_folder_because_its_parent_does(
    places: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    block(places / "package" / "__pycache__")
    be_quiet()
    try:
        assert keeping_folder(places / "package" / "module.py") is not None
        assert capfd.readouterr().err == ""
    finally:
        follow()


def test_without_any_place_kernels_are_not_kept(
    places: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("package/__pycache__", "nowhere"):
        block(places / name)
    monkeypatch.setattr(cache_folders, "temporary_cache", lambda: places / "nowhere" / "pilotnet-1")
    monkeypatch.setattr(cache_folders, "user_cache", lambda: places / "nowhere" / "cache")
    assert keeping_folder(places / "package" / "module.py") is None
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("compiled kernels are not kept")


def test_every_user_has_another_temporary_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 12345, raising=False)
    assert temporary_cache() == Path(tempfile.gettempdir()) / "pilotnet-12345"

    def nowhere() -> str:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    assert temporary_cache() is None


@posix
def test_a_user_without_a_home_has_no_cache_folder(
    places: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert user_cache() == places / "home" / ".cache" / "pilotnet"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_cache() == tmp_path / "xdg" / "pilotnet"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(
        "os.path.expanduser", lambda path: path
    )  # as for a user without an entry in passwd
    assert user_cache() is None


@posix
def test_a_folder_that_others_can_write_is_not_trusted(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = places / "shared"
    assert not is_private(folder)
    assert make_private(folder)
    folder.chmod(0o777)
    assert not is_private(folder)
    assert not make_private(folder)
    folder.chmod(0o755)
    assert is_private(folder)
    (places / "link").symlink_to(folder)
    assert not is_private(places / "link")
    monkeypatch.setattr("os.getuid", lambda: 12345)
    assert not is_private(folder)


@posix
def test_nothing_is_loaded_from_a_folder_of_another_user(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    block(places / "package" / "__pycache__")
    source = places / "package" / "module.py"
    folder = keeping_folder(source)
    assert folder in kernel_folders(source)
    owner = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: owner + 1)
    assert folder not in kernel_folders(source)


def test_a_chosen_folder_is_the_only_one(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_folders, "_chosen", lambda: str(places / "chosen"))
    source = places / "package" / "module.py"
    (folder,) = kernel_folders(source)
    assert folder.parent == places / "chosen"
    assert keeping_folder(source) == folder


def test_a_program_without_a_home_runs_where_its_sources_cannot_be_written(tmp_path: Path) -> None:
    path = write_module(tmp_path / "package")
    for name in ("package/__pycache__", "file"):
        block(tmp_path / name)
    (tmp_path / "temporary").mkdir()
    nowhere = {"HOME": str(tmp_path / "file" / "home"), "XDG_CACHE_HOME": "", "NUMBA_CACHE_DIR": ""}
    done = run_module(path, **nowhere, TMPDIR=str(tmp_path / "temporary"), LOCALAPPDATA="")
    assert (done.returncode, done.stdout) == (0, ANSWER)
    assert kept(tmp_path / "temporary")
    assert sum(line.startswith("compiled kernels are") for line in done.stderr.splitlines()) == 1
