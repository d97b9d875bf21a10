"""What the output folders of all stages have in common: never overwritten, never half-written, with their provenance inside.

Every stage works inside `with output_folder(path, STAGE) as folder:` and leaves `<stage>.yaml` there: how to repeat it.
"""

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import yaml

from pilotnet.interrupts import with_hint
from pilotnet.locks import FolderLock
from pilotnet.progress import notice
from pilotnet.reading import DamagedFileError, load_yaml, structured
from pilotnet.revision import source_revision
from pilotnet.schemas import Provenance
from pilotnet.settings import user_path
from sim.scenario import WORLD_VERSION

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEMPORARY_SUFFIX = ".tmp"
NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # disk full, quota used up, file larger than allowed
TEMPORARY_NAME = re.compile(r"\..+\.\d+\.tmp")  # what atomic_path names its files: name and process
MARKER = ".unfinished"  # holds the name of the stage that is writing, or was when it was killed
LOCK_PURPOSE = "stage"
WHERE = "while writing "  # begins the note on an error that names no file
SYSTEM_NAMES = ("lost+found", "@eaDir", "Thumbs.db", "desktop.ini", "__MACOSX")  # laid into folders by operating systems
PROVENANCE_KEYS = ("stage", "config", "seed", "version", "revision", "world")
FIRST_WORLD = 1  # of files from before the world had a version


@dataclass(frozen=True)
class Stage:
    """A kind of run that writes a folder.

    name: of its command; files: glob patterns below the folder of everything it writes, beside `<name>.yaml`, where a folder that
    matches is the stage's own with all it holds; holds_work: whether a folder holds what a later run can go on with, None for a
    stage that always begins anew; continuation: what to type for going on.
    """

    name: str
    files: tuple[str, ...]
    holds_work: Callable[[Path], bool] | None = None
    continuation: str = "the same command with --resume"

    def has_work(self, folder: Path) -> bool:
        """Whether a run of this stage can go on with what lies in `folder`."""
        return self.holds_work is not None and self.holds_work(folder)


@contextmanager
def output_folder(path: Path, stage: Stage, resume: bool = False) -> Iterator[Path]:
    """Give the folder that a run of `stage` writes, locked against other processes until the body ends.

    While the body runs a marker says that the folder is unfinished. One that a killed run left without work worth keeping is
    begun anew. When the body fails, work worth keeping stays; without any, what the stage wrote is removed. Inside the body,
    `stage.has_work(folder)` says whether there is something to go on with.

    Raises ValueError for a file, for a folder that another process writes, for one that holds anything else, and for one with
    work unless `resume` is set; also when the folder was removed while the body ran. Files that are hidden or belong to the
    operating system do not count.
    """
    path = user_path(path)
    existed = path.is_dir()
    _make(path)
    try:
        with FolderLock(path, LOCK_PURPOSE):
            _begin(path, stage, resume)
            with _unfinished(path, stage):
                yield path
    finally:
        if not existed:
            with suppress(OSError):  # it holds something, which is what it is for
                path.rmdir()


def _make(path: Path) -> None:
    """Make the folder; ValueError where something else lies there."""
    if path.is_symlink() and not path.exists():
        raise ValueError(f"{path} is a link to {path.readlink()}, which does not exist; choose another folder")
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file; choose another folder")
    path.mkdir(parents=True, exist_ok=True)


def _begin(folder: Path, stage: Stage, resume: bool) -> None:
    """Clear what dead processes left; ValueError where the folder is not for this run."""
    marker = folder / MARKER
    begun_by = marker.read_text(encoding="utf-8").strip() if marker.is_file() else None
    if stage.has_work(folder):
        if not resume:
            raise ValueError(f"{folder} already holds something; choose another folder, delete it, or go on with it by --resume")
    elif begun_by is None and any(map(_counts, folder.iterdir())):
        nothing = f" and nothing that `pilotnet {stage.name}` can resume" if resume else ""
        raise ValueError(f"{folder} already holds something{nothing}; choose another folder, or delete it")
    elif begun_by not in (None, "", stage.name):
        raise ValueError(f"{folder} was begun by `pilotnet {begun_by}`; choose another folder, or delete it")
    else:
        remove_written(folder, stage)
        if resume:
            notice(f"{folder} holds nothing to resume; `pilotnet {stage.name}` begins anew")
    remove_temporaries(folder, stage.files)


def _counts(path: Path) -> bool:
    """Whether a file or folder makes the folder around it hold something."""
    return not path.name.startswith(".") and path.name not in SYSTEM_NAMES


@contextmanager
def _unfinished(folder: Path, stage: Stage) -> Iterator[None]:
    """Keep the marker in the folder while the body runs; when it fails, keep work worth keeping and remove everything else."""
    marker = folder / MARKER
    was_whole = stage.has_work(folder) and not marker.exists()
    write_text(marker, stage.name)
    try:
        yield
    except BaseException as error:
        has_work = stage.has_work(folder)
        if not has_work:
            remove_written(folder, stage)
        if was_whole or not has_work:
            marker.unlink(missing_ok=True)
        kept = f"what was finished is kept, {stage.continuation} goes on from there" if has_work else ""
        if isinstance(error, KeyboardInterrupt):
            raise with_hint(error, kept or "nothing was finished, so nothing is kept") from error
        if isinstance(error, OSError):
            _annotate(error, folder, kept)
        raise
    if not marker.exists():
        raise ValueError(
            f"{folder} was removed or replaced while `pilotnet {stage.name}` wrote it; it is not whole, so begin anew"
        )
    marker.unlink(missing_ok=True)


def _annotate(error: OSError, folder: Path, kept: str) -> None:
    """Add to an error where it was met, if it does not say so, and what is kept, in place of what an inner stage has added."""
    places = [note for note in getattr(error, "__notes__", ()) if note.startswith(WHERE)]
    if not places and error.filename is None:
        places = [f"{WHERE}{folder}"]
    error.__notes__ = [*places, kept] if kept else places


def is_unfinished(folder: Path) -> bool:
    """Return whether a stage is writing the folder, or was when it was stopped and kept its work."""
    return (folder / MARKER).exists()


def remove_written(folder: Path, stage: Stage) -> None:
    """Remove what the stage writes into a folder, and folders that are empty then; everything else stays."""
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
    """Remove the temporary files of runs that died and wrote `files`; only the owner of the folder's lock may do this."""
    for parent in (folder, *_folders_below(folder, files)):
        for path in parent.glob(f".*{TEMPORARY_SUFFIX}"):
            if TEMPORARY_NAME.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _folders_below(folder: Path, files: Sequence[str]) -> list[Path]:
    """Return the folders below `folder` in which files of these glob patterns lie, deepest first."""
    patterns = {str(parent) for pattern in files for parent in PurePath(pattern).parents if parent != PurePath()}
    paths = {path for pattern in patterns for path in folder.glob(pattern) if path.is_dir() and not path.is_symlink()}
    return sorted(paths, key=lambda path: len(path.parts), reverse=True)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; it takes `path`'s place, on disk for good, when the body succeeds.

    The file has the mode that the umask gives a new file, even where the body's library makes it private.
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
    """Write a file in one step; OSError that says how much space it needs, and where, when there is too little."""
    try:
        with atomic_path(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        needed, free = len(content) / 1e6, shutil.disk_usage(path.parent).free / 1e6
        raise OSError(f"{path} needs {needed:.1f} MB; {path.parent} has {free:.1f} MB free ({error.strerror})") from error


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file in one step; OSError as by `write_bytes`."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file in one step; ValueError for NaN and infinity, which JSON does not know."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n")


def write_yaml(path: Path, value: Any) -> None:
    """Write a YAML file of plain values in one step, keys in the order given."""
    write_text(path, yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def write_provenance(folder: Path, stage: str, config: "DataclassInstance", seed: int) -> Path:
    """Write `<stage>.yaml`: the resolved config, the seed, the package's version, its source revision and world version."""
    path = folder / f"{stage}.yaml"
    values = (stage, plain(asdict(config)), seed, package_version(), source_revision(), WORLD_VERSION)
    write_yaml(path, dict(zip(PROVENANCE_KEYS, values, strict=True)))
    return path


def read_provenance(folder: Path, stage: str) -> dict[str, Any]:
    """Return what `write_provenance` wrote.

    Raises DamagedFileError when the file is missing or is something else, and ValueError when it may not be read.
    """
    path = folder / f"{stage}.yaml"
    if not path.exists():
        raise DamagedFileError(f"{path} is missing, so {folder} was not written by `pilotnet {stage}`")
    found = structured(load_yaml(path), Provenance, path)
    values = (found.stage, found.config, found.seed, found.version, found.revision, found.world or FIRST_WORLD)
    return dict(zip(PROVENANCE_KEYS, values, strict=True))


def require_same_settings(folder: Path, before: Any, now: Any, ignored: Collection[str] = ()) -> None:
    """Raise ValueError naming the first setting in which a stage differs from what `folder` was begun with.

    before, now: settings in the types of `plain`; ignored: dotted names of settings that may differ.
    """
    earlier, present = _flat(before), _flat(now)
    for key in [*present, *(earlier.keys() - present.keys())]:
        if key not in ignored and earlier.get(key) != present.get(key):
            raise ValueError(
                f"{key.removeprefix('config.')} is {present.get(key)!r}, but {folder} was begun with {earlier.get(key)!r}; "
                "it can only be resumed with its own settings"
            )


def _flat(settings: Any, prefix: str = "") -> dict[str, Any]:
    """Return nested settings by their dotted names."""
    if not isinstance(settings, dict):
        return {prefix.removesuffix("."): settings}
    return {name: value for key, item in settings.items() for name, value in _flat(item, f"{prefix}{key}.").items()}


def require_present_world(what: object, world: int) -> None:
    """Raise ValueError naming `what`, when it was made in another world version than the present one."""
    if world != WORLD_VERSION:
        raise ValueError(
            f"{what} is from world version {world}, but this pilotnet has world version {WORLD_VERSION}, in which scenarios are "
            "other roads: it can be read, but not continued or repeated"
        )


def plain(value: Any) -> Any:
    """`value` in the types that YAML and JSON know: enums become their values, paths text, tuples lists."""
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return plain(value.value)
    return str(value) if isinstance(value, Path) else value


def package_version() -> str:
    """The version of the installed package, `unknown` when it runs from a folder that was never installed."""
    try:
        return version("pilotnet")
    except PackageNotFoundError:
        return "unknown"
