"""Names of drivers: checked, with the parts of the modular stack that the ground truth replaces,
and the folders they need.

`modular+cars+lanes` is the modular stack with the ground truth in place of its parts `cars` and
`lanes`; `modular+all` replaces all of them.
"""

from collections.abc import Iterable
from pathlib import Path

from pilotnet.common.settings import require_exists
from pilotnet.drivers.driver_table import DRIVER_NAMES, Detectors, Part, driver_info
from sim.scenario import choice
from sim.types import quoted

ALL = "all"  # stands for every part of the modular stack in a name


def split_name(name: str) -> tuple[str, frozenset[Part]]:
    """Return a driver's name without the parts that the ground truth replaces, and those parts.

    Raises ValueError for an unknown name or part.
    """
    base, *parts = name.split("+")
    if base not in DRIVER_NAMES or (parts and base != "modular"):
        raise ValueError(
            f"driver is {quoted(name)}; it must be one of {', '.join(DRIVER_NAMES)}, or "
            f"modular+PART"
        )
    return base, frozenset(
        part
        for word in parts
        for part in (tuple(Part) if word == ALL else (choice("oracle", word, Part),))
    )


def with_oracles(names: Iterable[str], oracles: str) -> tuple[str, ...]:
    """Return the names with `modular` replaced by `modular+PART+...`; oracles: the parts, separated
    by commas.

    Raises ValueError for an unknown part.
    """
    with_parts = "+".join(["modular", *(word.strip() for word in oracles.split(","))])
    split_name(with_parts)
    return tuple(with_parts if name == "modular" else name for name in names)


def ablated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with `modular` replaced by all its ablations: no part, each single part and
    all parts by the ground truth.
    """
    forms = ("modular", *(f"modular+{part}" for part in Part), f"modular+{ALL}")
    return tuple(form for name in names for form in (forms if name == "modular" else (name,)))


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
                f"driver {base} needs a checkpoint; give --checkpoint the folder that `pilotnet "
                f"train` wrote"
            )
        require_exists("checkpoint", checkpoint, "train")
    if info.needs_detectors:
        for part in (Part.CARS, Part.PEDESTRIANS):
            if part not in oracles:
                _require_detector(part, getattr(detectors or Detectors(), part))


def _require_detector(part: Part, folder: Path | None) -> None:
    if folder is None:
        raise ValueError(
            f"driver modular needs a detector of {part}; give --{part} the folder that `pilotnet "
            f"train-detector {part}` wrote, "
            f"or replace it by the ground truth with --oracle {part}"
        )
    require_exists("checkpoint", folder, f"train-detector {part}")
