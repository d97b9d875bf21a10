"""The table of drivers; command line, window and report read it. Add a driver here only.

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
    """The folders of the modular stack's networks, which `pilotnet train-detector` wrote."""

    cars: Path | None = None
    pedestrians: Path | None = None


@dataclass(frozen=True)
class DriverInputs:
    """The arguments of a factory besides the environment.

    name: of the driver.
    checkpoint: the folder that `pilotnet train` wrote, or None.
    detectors: the folders of the two detectors.
    oracles: the parts of the modular stack that the ground truth replaces.
    """

    name: str
    checkpoint: Path | None = None
    detectors: Detectors = Detectors()
    oracles: frozenset[Part] = frozenset()


@dataclass(frozen=True)
class DriverInfo:
    """One driver.

    name: on the command line and in results.
    title: in tables, plots and windows.
    colour: `#rrggbb`, in the window and in the report; from Okabe and Ito's palette, whose colours
    colour-blind readers can distinguish.
    description: one or two sentences for the report.
    factory: `module:function`; takes a `DrivingEnv` and `DriverInputs` and returns a driver.
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
        """The colour as red, green and blue, each 0-255."""
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
        "Reads the true state of the world. Its commands are the labels that PilotNet learns from, "
        "so its score shows what is possible.",
        "pilotnet.drivers.factory:make_expert",
    ),
    DriverInfo(
        "pilotnet",
        "PilotNet",
        "#56b4e9",
        "The network: it predicts a curvature from one frame of the centre camera, "
        "and a target speed where each driver controls its own speed.",
        "pilotnet.drivers.factory:make_pilotnet",
        needs_camera=True,
        needs_checkpoint=True,
    ),
    DriverInfo(
        "modular",
        "Modular",
        "#e69f00",
        "A modular pipeline: detectors of cars and pedestrians, a lane finder without a network, "
        "a tracker and a planner. Parts after a plus sign are replaced by the ground truth.",
        "pilotnet.drivers.factory:make_modular",
        needs_camera=True,
        needs_detectors=True,
    ),
    DriverInfo(
        "straight",
        "Straight",
        "#cc79a7",
        "Keeps the steering wheel straight. It is the baseline: a driver that does nothing.",
        "pilotnet.drivers.factory:make_straight",
    ),
)
HUMAN = DriverInfo(
    "human", "You", "#f0e442", "Your own driving in the window.", "no factory: the window drives"
)
ONNX_SUFFIX = ".onnx"  # of a driver's name that is a file
CLASS_MARK = ":"  # in the name of a class of the user's own, between module and class
DRIVER_NAMES = tuple(info.name for info in DRIVERS)


def driver_info(name: str) -> DriverInfo | None:
    """Return the row of a driver, None for a name that is not in the table.

    Parts after a plus sign are ignored. An ONNX file and a class of the user's own, `module:Class`,
    get a row.
    """
    if name.endswith(ONNX_SUFFIX):
        return onnx_driver_info(name)
    if CLASS_MARK in name:
        return own_driver_info(name)
    base = name.partition("+")[0]
    return next((info for info in (*DRIVERS, HUMAN) if info.name == base), None)


def onnx_driver_info(name: str) -> DriverInfo:
    """Return the row of an ONNX file; name: its path."""
    return DriverInfo(
        name,
        Path(name).stem,
        "#d55e00",
        f"The network in the ONNX file {name}.",
        "pilotnet.drivers.onnx_driver:make_onnx_driver",
        needs_camera=True,
    )


def own_driver_info(name: str) -> DriverInfo:
    """Return the row of a class of the user's own; name: `module:Class`."""
    return DriverInfo(
        name,
        name.rpartition(CLASS_MARK)[2],
        "#0072b2",
        f"A driver of your own: {name}.",
        "pilotnet.drivers.own_driver:make_own_driver",
        needs_camera=True,
    )
