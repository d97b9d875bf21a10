"""The output folders of all stages: locked while they are written, never overwritten, and whole or
marked as unfinished.

Every stage works inside `with output_folder(path, STAGE) as folder:` and writes its provenance
there; see `pilotnet.common.provenance`.
"""

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import Any

import yaml

from pilotnet.common.interrupts import with_hint
from pilotnet.common.locks import FolderLock
from pilotnet.common.progress import notice
from pilotnet.common.settings import user_path

TEMPORARY_SUFFIX = ".tmp"
NO_SPACE_ERRORS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
)  # disk full, quota used up, file larger than allowed
TEMPORARY_NAME = re.compile(r"\..+\.\d+\.tmp")  # of `atomic_path`: `.NAME.PROCESS.tmp`
# file with the name of the stage that is writing the folder, or that was stopped while writing it
MARKER = ".unfinished"
STAGE_LOCK = "stage"
PLACE_PREFIX = "while writing "  # of the note on an error that names no file
SYSTEM_NAMES = (
    "lost+found",
    "@eaDir",
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
)  # made by operating systems, not by users


@dataclass(frozen=True)
class StageFiles:
    """A kind of run that writes a folder.

    name: of its command.
    files: glob patterns, below the folder, of everything it writes beside `<name>.yaml`. A folder
    that matches belongs to the stage with everything in it.
    holds_work: whether a folder holds work that a later run can resume; None for a stage that
    cannot be resumed.
    continuation: how to resume it, in a message.
    """

    name: str
    files: tuple[str, ...]
    holds_work: Callable[[Path], bool] | None = None
    continuation: str = "the same command with --resume"

    def has_work(self, folder: Path) -> bool:
        """Return whether `folder` holds work that a run of this stage can resume."""
        return self.holds_work is not None and self.holds_work(folder)


@contextmanager
def output_folder(path: Path, stage: StageFiles, resume: bool = False) -> Iterator[Path]:
    """Make the folder `path` for a run of `stage` and lock it against other processes until the
    body ends.

    While the body runs, a marker file says that the folder is unfinished. When the body fails, the
    folder keeps work that can be resumed; without any, everything that the stage wrote is removed.
    What a killed run left without such work is removed first. Inside the body,
    `stage.has_work(folder)` is True when there is work to resume.

    Raises ValueError for a path that is a file, for a folder that another process writes or that
    holds other files, and for a folder with work unless `resume` is set; also when the folder was
    removed while the body ran. Hidden files and files of the operating system do not count.
    """
    path = user_path(path)
    existed = path.is_dir()
    _make(path)
    try:
        with FolderLock(path, STAGE_LOCK):
            _begin(path, stage, resume)
            with _unfinished(path, stage):
                yield path
    finally:
        if not existed:
            with suppress(OSError):  # fails for a folder that holds files, which stays
                path.rmdir()


def _make(path: Path) -> None:
    """Make the folder; ValueError when the path is a file or a broken link."""
    if path.is_symlink() and not path.exists():
        raise ValueError(
            f"{path} is a link to {path.readlink()}, which does not exist; choose another folder"
        )
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file; choose another folder")
    path.mkdir(parents=True, exist_ok=True)


def _begin(folder: Path, stage: StageFiles, resume: bool) -> None:
    """Remove the unfinished files of dead processes; ValueError when this run may not write the
    folder.
    """
    marker = folder / MARKER
    writer = marker.read_text(encoding="utf-8").strip() if marker.is_file() else None
    if stage.has_work(folder):
        if not resume:
            raise ValueError(
                f"{folder} already holds something; choose another folder, delete it, or go on "
                f"with it by --resume"
            )
    elif writer is None and any(map(_counts, folder.iterdir())):
        nothing = f" and nothing that `pilotnet {stage.name}` can resume" if resume else ""
        raise ValueError(
            f"{folder} already holds something{nothing}; choose another folder, or delete it"
        )
    elif writer not in (None, "", stage.name):
        raise ValueError(
            f"{folder} was begun by `pilotnet {writer}`; choose another folder, or delete it"
        )
    else:
        remove_written(folder, stage)
        if resume:
            notice(f"{folder} holds nothing to resume; `pilotnet {stage.name}` starts a new run")
    remove_temporaries(folder, stage.files)


def _counts(path: Path) -> bool:
    """Return whether a path counts as content of its folder: neither hidden nor of the operating
    system.
    """
    return not path.name.startswith(".") and path.name not in SYSTEM_NAMES


@contextmanager
def _unfinished(folder: Path, stage: StageFiles) -> Iterator[None]:
    """Keep the marker in the folder while the body runs; when it fails, remove what was written
    unless it can be resumed.
    """
    marker = folder / MARKER
    was_finished = stage.has_work(folder) and not marker.exists()
    write_text(marker, stage.name)
    try:
        yield
    except BaseException as error:
        has_work = stage.has_work(folder)
        if not has_work:
            remove_written(folder, stage)
        if was_finished or not has_work:
            marker.unlink(missing_ok=True)
        kept = (
            f"what was finished is kept, {stage.continuation} goes on from there"
            if has_work
            else ""
        )
        if isinstance(error, KeyboardInterrupt):
            raise with_hint(error, kept or "nothing was finished, so nothing is kept") from error
        if isinstance(error, OSError):
            _annotate(error, folder, kept)
        raise
    if not marker.exists():
        raise ValueError(
            f"{folder} was removed or replaced while `pilotnet {stage.name}` wrote it; it is not "
            f"whole, so begin anew"
        )
    marker.unlink(missing_ok=True)


def _annotate(error: OSError, folder: Path, kept: str) -> None:
    """Add notes to an error: the folder, unless the error names a file, and what is kept; they
    replace an inner stage's.
    """
    places = [note for note in getattr(error, "__notes__", ()) if note.startswith(PLACE_PREFIX)]
    if not places and error.filename is None:
        places = [f"{PLACE_PREFIX}{folder}"]
    error.__notes__ = [*places, kept] if kept else places


def is_unfinished(folder: Path) -> bool:
    """Return whether a stage is writing the folder, or was when it was stopped and kept its work."""
    return (folder / MARKER).exists()


def remove_written(folder: Path, stage: StageFiles) -> None:
    """Remove the files that match the stage's patterns, and then the stage's empty folders; other
    files stay.
    """
    for pattern in (*stage.files, f"{stage.name}.yaml"):
        for path in list(folder.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    remove_temporaries(folder, stage.files)
    for below in _folders_below(folder, stage.files):
        with suppress(OSError):  # not empty
            below.rmdir()


def remove_temporaries(folder: Path, files: Sequence[str]) -> None:
    """Remove temporary files of dead processes; only the owner of the folder's lock may call this.

    files: glob patterns below `folder`, whose parent folders are searched.
    """
    for parent in (folder, *_folders_below(folder, files)):
        for path in parent.glob(f".*{TEMPORARY_SUFFIX}"):
            if TEMPORARY_NAME.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _folders_below(folder: Path, files: Sequence[str]) -> list[Path]:
    """Return the folders below `folder` that these glob patterns lead through, deepest first."""
    patterns = {
        str(parent)
        for pattern in files
        for parent in PurePath(pattern).parents
        if parent != PurePath()
    }
    paths = {
        path
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_dir() and not path.is_symlink()
    }
    return sorted(paths, key=lambda path: len(path.parts), reverse=True)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the body succeeds, the file is flushed to disk and
    moved to `path`.

    The file gets the mode that the umask gives a new file, even when the library that writes it
    makes it private.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        temporary.touch()
        mode = stat.S_IMODE(temporary.stat().st_mode)
        temporary.unlink()  # a body that writes nothing must fail
        yield temporary
        temporary.chmod(mode)
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def publish(source: Path, target: Path) -> None:
    """Move a finished file to its place in one step, after its bytes have reached the disk."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file in one step; the OSError of a full disk says how much space is needed and free,
    and where.
    """
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if error.errno not in NO_SPACE_ERRORS:
            raise
        needed = len(content) / 1e6  # [MB]
        free = shutil.disk_usage(path.parent).free / 1e6  # [MB]
        raise OSError(
            f"{path} needs {needed:.1f} MB; {path.parent} has {free:.1f} MB free ({error.strerror})"
        ) from error


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file in one step; OSError as by `write_bytes`."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file in one step; ValueError for NaN and infinity, which JSON does not know."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_yaml(path: Path, value: Any) -> None:
    """Write a YAML file of plain values in one step, keys in the order given."""
    write_text(path, yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def plain(value: Any) -> Any:
    """`value` in the types that YAML and JSON know: enums become their values, paths text, tuples
    lists.
    """
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    return str(value) if isinstance(value, Path) else value
