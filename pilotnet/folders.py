"""What the output folders of all stages have in common: never overwritten, never half-written, with their provenance inside.

Every stage works inside `with output_folder(path) as folder:` and leaves `<stage>.yaml` there, which says how to repeat it.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.scenario import WORLD_VERSION

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEMPORARY_SUFFIX = ".tmp"
PROVENANCE_KEYS = ("stage", "config", "seed", "version", "revision", "world")
FIRST_WORLD = 1  # of files from before the world had a version


def new_folder(path: Path, resume: bool = False) -> Path:
    """Make the folder `path`; with `resume` it may exist and hold something already.

    Raises ValueError when something lies there that would be overwritten, or when there is nothing to resume.
    """
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path} is a file; choose another folder")
    if resume and not path.is_dir():
        raise ValueError(f"{path} does not exist, so there is nothing to resume; leave out --resume")
    if not resume and path.is_dir() and any(path.iterdir()):
        raise ValueError(f"{path} already holds something; choose another folder, or delete it")
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def output_folder(path: Path, resume: bool = False, resumable: Callable[[Path], bool] = lambda _: False) -> Iterator[Path]:
    """The folder a stage writes into, emptied again when the stage fails or is interrupted.

    Only what this call created is removed, and not even that when `resumable(folder)` finds work in it that a later
    `resume` can continue. A folder that is being resumed is therefore always kept.
    """
    existed = path.is_dir()
    if not resume and existed and resumable(path):
        raise ValueError(f"{path} already holds something; choose another folder, delete it, or go on with it by --resume")
    folder = new_folder(path, resume)
    try:
        yield folder
    except BaseException:
        if not resume and not resumable(folder):
            _remove(folder, keep_folder=existed)
        raise


def _remove(folder: Path, keep_folder: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if keep_folder:
        folder.mkdir(exist_ok=True)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write to; it takes `path`'s place, on disk for good, when the body succeeds."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        yield temporary
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def publish(source: Path, target: Path) -> None:
    """Move a finished file to its place in one step, after its bytes have reached the disk."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file in one step."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


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
    """What `write_provenance` wrote; ValueError when the file is missing or is something else."""
    path = folder / f"{stage}.yaml"
    if not path.is_file():
        raise ValueError(f"{path} is missing, so {folder} was not written by `pilotnet {stage}`")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ValueError(f"{path} is not YAML; it must be the file that `pilotnet {stage}` wrote") from None
    if isinstance(values, dict):
        values.setdefault("world", FIRST_WORLD)
    if not isinstance(values, dict) or set(values) != set(PROVENANCE_KEYS) or not isinstance(values["config"], dict):
        raise ValueError(f"{path} must hold exactly the keys {', '.join(PROVENANCE_KEYS)}")
    return values


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


def source_revision() -> str:
    """The git revision of the package's own checkout, with `-dirty` when files were changed; `unknown` without a checkout."""
    root = Path(__file__).resolve().parents[1]
    if not (root / ".git").exists():
        return "unknown"
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return result.stdout.strip() or "unknown"
