"""Names of drivers and the folders that each needs, in a module that loads no driver: settings are checked with it.

`modular+cars+lanes` is the modular stack with the truth in place of its parts `cars` and `lanes`; `modular+all` replaces all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pilotnet.common.settings import require_exists
from sim.scenario import choice
from sim.types import quoted

DRIVER_NAMES = ("expert", "pilotnet", "modular", "straight")
ALL = "all"  # stands for every part of the modular stack in a name


class Part(StrEnum):
    """A part of the modular stack that the truth can replace."""

    CARS = "cars"
    PEDESTRIANS = "pedestrians"
    LANES = "lanes"


@dataclass(frozen=True)
class Detectors:
    """The folders that `pilotnet train-detector` wrote, for the driver modular."""

    cars: Path | None = None
    pedestrians: Path | None = None


def split_name(name: str) -> tuple[str, frozenset[Part]]:
    """Return a driver's name without the parts that the truth replaces, and those parts.

    Raises ValueError for an unknown name or part.
    """
    base, *parts = name.split("+")
    if base not in DRIVER_NAMES or (parts and base != "modular"):
        raise ValueError(
            f"driver is {quoted(name)}; it must be one of {', '.join(DRIVER_NAMES)}, or modular+PART"
        )
    return base, frozenset(
        part
        for word in parts
        for part in (tuple(Part) if word == ALL else (choice("oracle", word, Part),))
    )


def with_oracles(names: Iterable[str], oracles: str) -> tuple[str, ...]:
    """Return the names with `modular` replaced by `modular+PART+...`; oracles: the parts, separated by commas.

    Raises ValueError for an unknown part.
    """
    with_parts = "+".join(["modular", *(word.strip() for word in oracles.split(","))])
    split_name(with_parts)
    return tuple(with_parts if name == "modular" else name for name in names)


def ablated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with `modular` replaced by all its ablations: no part, each single part and all parts by the truth."""
    forms = ("modular", *(f"modular+{part}" for part in Part), f"modular+{ALL}")
    return tuple(form for name in names for form in (forms if name == "modular" else (name,)))


def needs_camera(name: str) -> bool:
    """Return whether the driver of this name looks at the centre camera; ValueError for an unknown name."""
    base, oracles = split_name(name)
    return base == "pilotnet" or (base == "modular" and oracles != frozenset(Part))


def require_folders(name: str, checkpoint: Path | None, detectors: Detectors | None) -> None:
    """Raise ValueError unless the driver of this name has the folders it needs, and they exist."""
    base, oracles = split_name(name)
    if base == "pilotnet":
        if checkpoint is None:
            raise ValueError(
                "driver pilotnet needs a checkpoint; give --checkpoint the folder that `pilotnet train` wrote"
            )
        require_exists("checkpoint", checkpoint, "train")
    if base == "modular":
        for part in (Part.CARS, Part.PEDESTRIANS):
            if part not in oracles:
                _require_detector(part, getattr(detectors or Detectors(), part))


def _require_detector(part: Part, folder: Path | None) -> None:
    if folder is None:
        raise ValueError(
            f"driver modular needs a detector of {part}; give --{part} the folder that `pilotnet train-detector {part}` wrote, "
            f"or put the truth in its place by --oracle {part}"
        )
    require_exists("checkpoint", folder, f"train-detector {part}")
