"""The table of drivers. A driver is added here and nowhere else: command line, window and report
read this table.

The module loads no driver, so that settings are checked and help is printed quickly.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sim.types import Driver

Rgb = tuple[int, int, int]


class Part(StrEnum):
    """A part of the modular stack that can be replaced by the ground truth."""

    CARS = "cars"
    PEDESTRIANS = "pedestrians"
    LANES = "lanes"


@dataclass(frozen=True)
class Detectors:
    """The folders that `pilotnet train-detector` wrote, for the driver modular."""

    cars: Path | None = None
    pedestrians: Path | None = None


@dataclass(frozen=True)
class DriverInputs:
    """What a factory may need beside the environment.

    checkpoint: the folder that `pilotnet train` wrote, or None.
    detectors: the folders of the two detectors.
    oracles: parts of the modular stack that the ground truth replaces.
    """

    checkpoint: Path | None = None
    detectors: Detectors = Detectors()
    oracles: frozenset[Part] = frozenset()


@dataclass(frozen=True)
class DriverInfo:
    """One driver.

    name: on the command line and in results.
    title: in tables, plots and windows.
    colour: `#rrggbb`, in the window and in the report; of Okabe and Ito's palette, which
    colour-blind readers can tell apart.
    description: one or two sentences for the report.
    factory: `module:function`, a function from a `DrivingEnv` and `DriverInputs` to a driver;
    loaded when it is needed.
    needs_camera: whether the driver reads the centre camera's frame.
    needs_checkpoint: whether it needs the folder that `pilotnet train` wrote.
    needs_detectors: whether it needs the folders that `pilotnet train-detector` wrote.
    """

    name: str
    title: str
    colour: str
    description: str
    factory: str
    needs_camera: bool = False
    needs_checkpoint: bool = False
    needs_detectors: bool = False

    @property
    def rgb(self) -> Rgb:
        """The colour as red, green and blue in 0-255."""
        red, green, blue = bytes.fromhex(self.colour[1:])
        return red, green, blue

    def load(self) -> Callable[..., Driver]:
        """Return the factory; imports its module."""
        module, _, function = self.factory.partition(":")
        factory: Callable[..., Driver] = getattr(importlib.import_module(module), function)
        return factory


DRIVERS: tuple[DriverInfo, ...] = (
    DriverInfo(
        "expert",
        "Expert",
        "#009e73",
        "Reads the true state of the world. Its commands are the labels that PilotNet learns "
        "from, so it shows what is possible.",
        "pilotnet.drivers.factory:make_expert",
    ),
    DriverInfo(
        "pilotnet",
        "PilotNet",
        "#56b4e9",
        "The network: one frame of the centre camera in, one curvature out, and a target speed "
        "where each driver brakes for itself.",
        "pilotnet.drivers.factory:make_pilotnet",
        needs_camera=True,
        needs_checkpoint=True,
    ),
    DriverInfo(
        "modular",
        "Modular",
        "#e69f00",
        "The hand-built pipeline: detectors of cars and pedestrians, a lane finder without a "
        "network, a tracker and a planner. "
        "Parts after a plus sign were replaced by the ground truth.",
        "pilotnet.drivers.factory:make_modular",
        needs_camera=True,
        needs_detectors=True,
    ),
    DriverInfo(
        "straight",
        "Straight",
        "#cc79a7",
        "Holds the wheel straight. It is the floor: what a road gives to a driver that does "
        "nothing.",
        "pilotnet.drivers.factory:make_straight",
    ),
)
HUMAN = DriverInfo(
    "human", "You", "#f0e442", "Your own driving in the window.", "no factory: the window drives"
)
DRIVER_NAMES = tuple(info.name for info in DRIVERS)


def driver_info(name: str) -> DriverInfo | None:
    """Return the row of a driver, whose parts after a plus sign do not count; None for a name that
    is not in the table.
    """
    base = name.partition("+")[0]
    return next((info for info in (*DRIVERS, HUMAN) if info.name == base), None)
