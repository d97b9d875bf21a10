"""Provenance: the `<stage>.yaml` that every stage leaves in its output folder, for repeating or
resuming the run.

It holds the resolved settings, the seed, the package's version, the revision of its source and the
version of the world.
"""

from collections.abc import Collection
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pilotnet.common.folders import plain, write_yaml
from pilotnet.common.reading import DamagedFileError, load_yaml, structured
from pilotnet.common.revision import source_revision
from pilotnet.common.schemas import Provenance
from sim.scenario import WORLD_VERSION

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PROVENANCE_KEYS = ("stage", "config", "seed", "version", "revision", "world")
FIRST_WORLD = 1  # world version of files that name none


def write_provenance(folder: Path, stage: str, config: "DataclassInstance", seed: int) -> Path:
    """Write `<stage>.yaml`: the resolved config, the seed, the package's version, its source
    revision and world version.
    """
    path = folder / f"{stage}.yaml"
    values = (
        stage,
        plain(asdict(config)),
        seed,
        package_version(),
        source_revision(),
        WORLD_VERSION,
    )
    write_yaml(path, dict(zip(PROVENANCE_KEYS, values, strict=True)))
    return path


def read_provenance(folder: Path, stage: str) -> dict[str, Any]:
    """Return what `write_provenance` wrote.

    Raises DamagedFileError when the file is missing or is something else, and ValueError when it
    may not be read.
    """
    path = folder / f"{stage}.yaml"
    if not path.exists():
        raise DamagedFileError(
            f"{path} is missing, so {folder} was not written by `pilotnet {stage}`"
        )
    found = structured(load_yaml(path), Provenance, path)
    values = (
        found.stage,
        found.config,
        found.seed,
        found.version,
        found.revision,
        found.world or FIRST_WORLD,
    )
    return dict(zip(PROVENANCE_KEYS, values, strict=True))


def require_same_settings(
    folder: Path, before: Any, now: Any, ignored: Collection[str] = ()
) -> None:
    """Raise ValueError naming the first setting that differs from those that `folder` was begun
    with.

    before, now: settings in the types of `plain`.
    ignored: dotted names of settings that may differ.
    """
    earlier = _flat(before)
    present = _flat(now)
    for key in [*present, *(earlier.keys() - present.keys())]:
        if key not in ignored and earlier.get(key) != present.get(key):
            raise ValueError(
                f"{key.removeprefix('config.')} is {present.get(key)!r}, but {folder} was begun "
                f"with {earlier.get(key)!r}; "
                "it can only be resumed with its own settings"
            )


def _flat(settings: Any, prefix: str = "") -> dict[str, Any]:
    """Return nested settings by their dotted names."""
    if not isinstance(settings, dict):
        return {prefix.removesuffix("."): settings}
    return {
        name: value
        for key, item in settings.items()
        for name, value in _flat(item, f"{prefix}{key}.").items()
    }


def require_present_world(what: object, world: int) -> None:
    """Raise ValueError naming `what` when it was made in another world version than WORLD_VERSION."""
    if world != WORLD_VERSION:
        raise ValueError(
            f"{what} is from world version {world}, but this pilotnet has world version "
            f"{WORLD_VERSION}, in which scenarios are "
            "other roads: it can be read, but not continued or repeated"
        )


def package_version() -> str:
    """The version of the installed package, `unknown` when it runs from a folder that was never
    installed.
    """
    try:
        return version("pilotnet")
    except PackageNotFoundError:
        return "unknown"
