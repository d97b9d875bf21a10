"""Names of drivers, and what each needs, without making any: settings are checked before the heavy modules are loaded.

`modular+cars+lanes` is the modular stack with the truth in place of its parts `cars` and `lanes`, `modular+all` with all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pilotnet.settings import require_exists
from sim.scenario import choice

DRIVER_NAMES = ("expert", "pilotnet", "modular", "straight")
ALL = "all"  # every part of the modular stack


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
        raise ValueError(f"driver is {name!r}; it must be one of {', '.join(DRIVER_NAMES)}, or modular+PART")
    return base, frozenset(part for word in parts for part in (tuple(Part) if word == ALL else (choice("oracle", word, Part),)))


def with_oracles(names: Iterable[str], oracles: str) -> tuple[str, ...]:
    """Return the names with `modular` given the truth in place of some parts, which are listed with commas between."""
    told = "+".join(["modular", *(word.strip() for word in oracles.split(","))])
    split_name(told)
    return tuple(told if name == "modular" else name for name in names)


def ablated(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names with `modular` as it is, with the truth in place of each of its parts, and of all of them."""
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
            raise ValueError("driver pilotnet needs a checkpoint; give --checkpoint the folder that `pilotnet train` wrote")
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
