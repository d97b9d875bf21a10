"""Folders for compiled kernels: beside the sources, or else in a private folder of the user.

Numba's own choice is not used. It ends the import when neither the sources nor the home folder can
be written, and it makes a folder named `~` when HOME is not set.
"""

import os
import stat
import sys
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from numba.core import config

from sim.kernel_cache.notices import FOLDER_TOPIC, say_once

APPLICATION = "pilotnet"
OWN_RIGHTS = 0o700  # only this user may list, read and write


def kernel_folders(source: Path) -> tuple[Path, ...]:
    """Return the folders that kernels of the file `source` are loaded from, the best first.

    When NUMBA_CACHE_DIR is set, it is the only one. Otherwise they are `__pycache__` beside the
    file, the user's cache folder and a private folder among the temporary files. The last two are
    used only while no other user can write there.
    """
    first, own = _candidates(source.parent, _chosen())
    return (first, *(folder for folder in own if is_private(folder.parent)))


def _chosen() -> str:
    """Return NUMBA_CACHE_DIR, "" when it is not set."""
    return str(getattr(config, "CACHE_DIR", ""))


@cache
def _candidates(package: Path, chosen: str) -> tuple[Path, tuple[Path, ...]]:
    """Return the preferred folder for the kernels of a package, and the user's private folders to
    fall back to.
    """
    place = f"{package.name}-{sha256(os.fsencode(package.absolute())).hexdigest()[:16]}"
    if chosen:
        return Path(chosen) / place, ()
    own = (user_cache(), temporary_cache())
    return package / "__pycache__", tuple(folder / place for folder in own if folder is not None)


def user_cache() -> Path | None:
    """Return the folder for this program's caches in the user's home folder; None for a user
    without one.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = str(Path("~/Library/Caches").expanduser()) if _has_home() else ""
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not Path(base).is_absolute() and _has_home():
            base = str(Path("~/.cache").expanduser())
    return Path(base) / APPLICATION if Path(base).is_absolute() else None


def _has_home() -> bool:
    """Return whether the home folder is known: without HOME and an entry in passwd, `~` is not
    replaced.
    """
    return os.path.isabs(os.path.expanduser("~"))  # noqa: PTH111, PTH117 - Path.expanduser raises instead


def temporary_cache() -> Path | None:
    """Return this user's folder among the temporary files; None when there is no folder for
    temporary files.
    """
    user = os.getuid() if hasattr(os, "getuid") else "user"
    try:
        return Path(tempfile.gettempdir()) / f"{APPLICATION}-{user}"
    except OSError:
        return None


def is_private(folder: Path) -> bool:
    """Return whether `folder` exists, belongs to this user and cannot be written by others."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not others_write)


def keeping_folder(source: Path) -> Path | None:
    """Return the first writable folder for kernels of `source`, None without one; prints a line
    unless it is the first choice.
    """
    return _keeping_folder(source.parent, _chosen())


@cache
def _keeping_folder(package: Path, chosen: str) -> Path | None:
    first, own = _candidates(package, chosen)
    if is_writable(first):
        return first
    for folder in own:
        if make_private(folder.parent) and is_writable(folder):
            say_once(
                FOLDER_TOPIC,
                f"compiled kernels are kept in {folder.parent}: {first} cannot be written",
            )
            return folder
    tried = ", ".join(map(str, (first, *own)))
    say_once(
        FOLDER_TOPIC,
        f"compiled kernels are not kept, so every process compiles them again: none of {tried} "
        f"can be written",
    )
    return None


def make_private(folder: Path) -> bool:
    """Make `folder` with access for this user only; return whether it is private."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=OWN_RIGHTS, exist_ok=True)
    except OSError:
        return False
    return is_private(folder)


def is_writable(folder: Path) -> bool:
    """Return whether a file can be made in `folder`, which is made if missing.

    A file is really made: permissions alone do not show read-only or full file systems.
    """
    trial = folder / f".{uuid4().hex}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.touch(exist_ok=False)
        trial.unlink()
    except OSError:
        return False
    return True
