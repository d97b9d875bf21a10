"""Names of drivers: parse them, and check that the folders they need exist.

`modular+cars+lanes` is the modular stack with the ground truth in place of its parts `cars` and
`lanes`. `modular+all` replaces all parts.
"""

from collections.abc import Iterable
from pathlib import Path

from pilotnet.common.settings import require_exists
from pilotnet.drivers.driver_table import (
    CLASS_MARK,
    DRIVER_NAMES,
    ONNX_SUFFIX,
    Detectors,
    Part,
    driver_info,
)
from sim.scenario import choice
from sim.types import quoted

NETWORK_MARK = "@"  # between a driver and one of several networks: pilotnet@seed1
ALL_PARTS = "all"  # in a name: every part of the modular stack


def split_name(name: str) -> tuple[str, frozenset[Part]]:
    """Return a driver's base name, and the parts that the ground truth replaces.

    The name of a class, `module:Class`, or of an ONNX file is a base name. Raises ValueError for an
    unknown name or part.
    """
    name = recipe_of(name)
    if name.endswith(ONNX_SUFFIX) or CLASS_MARK in name:
        return name, frozenset()
    base, *part_names = name.split("+")
    if base not in DRIVER_NAMES or (part_names and base != "modular"):
        raise ValueError(
            f"driver is {quoted(name)}; "
            f"it must be one of {', '.join(DRIVER_NAMES)}, modular+PART, "
            "an ONNX file, or a class of your own as module:Class"
        )
    parts: set[Part] = set()
    for part_name in part_names:
        parts.update(Part if part_name == ALL_PARTS else [choice("oracle", part_name, Part)])
    return base, frozenset(parts)


def recipe_of(name: str) -> str:
    """Return a driver's name without that of its network: `pilotnet` for `pilotnet@seed1`."""
    if name.endswith(ONNX_SUFFIX):
        return name
    return name.partition(NETWORK_MARK)[0]


def base_name(name: str) -> str:
    """Return a driver's name without network and replaced parts: `modular` for `modular+cars`."""
    recipe = recipe_of(name)
    return recipe if recipe.endswith(ONNX_SUFFIX) else recipe.partition("+")[0]


def driver_title(name: str) -> str:
    """Return a driver's title: `Modular + cars` for `modular+cars`, `PilotNet (seed1)` for
    `pilotnet@seed1`.
    """
    if name.endswith(ONNX_SUFFIX):
        return Path(name).stem
    recipe, _, network = name.partition(NETWORK_MARK)
    base, *parts = recipe.split("+")
    info = driver_info(base)
    title = info.title if info else base.replace("_", " ").capitalize()
    title = " + ".join([title, *(part.replace("_", " ") for part in parts)])
    return f"{title} ({network})" if network else title


def with_oracles(names: Iterable[str], oracles: str) -> tuple[str, ...]:
    """Return the names with `modular` replaced by `modular+PART+...`.

    oracles: the parts, separated by commas. Raises ValueError for an unknown part.
    """
    with_parts = "+".join(["modular", *(part.strip() for part in oracles.split(","))])
    split_name(with_parts)
    return tuple(with_parts if name == "modular" else name for name in names)


def ablated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with `modular` replaced by all its ablations.

    In these the ground truth replaces no part, each single part, and all parts.
    """
    ablations = ("modular", *(f"modular+{part}" for part in Part), f"modular+{ALL_PARTS}")
    result: list[str] = []
    for name in names:
        result.extend(ablations if name == "modular" else [name])
    return tuple(result)


def needs_camera(name: str) -> bool:
    """Return whether a driver reads the centre camera's frame; ValueError for an unknown name."""
    base, oracles = split_name(name)
    info = driver_info(base)
    return info is not None and info.needs_camera and oracles != frozenset(Part)


def require_folders(name: str, checkpoint: Path | None, detectors: Detectors | None) -> None:
    """Raise ValueError unless the folders that a driver needs are given and exist."""
    base, oracles = split_name(name)
    info = driver_info(base)
    assert info is not None, "split_name has checked the name"
    if info.needs_checkpoint:
        if checkpoint is None:
            raise ValueError(
                f"driver {base} needs a checkpoint; "
                "give --checkpoint the folder that `pilotnet train` wrote"
            )
        require_exists("checkpoint", checkpoint, "train")
    if info.needs_detectors:
        for part in (Part.CARS, Part.PEDESTRIANS):
            if part not in oracles:
                _require_detector(part, getattr(detectors or Detectors(), part))


def _require_detector(part: Part, folder: Path | None) -> None:
    """Raise ValueError unless the folder of a detector is given and exists."""
    if folder is None:
        raise ValueError(
            f"driver modular needs a detector of {part}; "
            f"give --{part} the folder that `pilotnet train-detector {part}` wrote, "
            f"or replace it by the ground truth with --oracle {part}"
        )
    require_exists("checkpoint", folder, f"train-detector {part}")
