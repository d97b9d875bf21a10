"""Faults of camera and actuators that an evaluation can simulate, such as `yaw=2`.

A fault is in the mounting of the camera, in the frames, or between command and wheels. The driver
is not told. `pilotnet.evaluation.fault_effects` is what they do.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from sim.scenario import choice
from sim.types import quoted

MARK = "="  # between kind and strength


class FaultKind(StrEnum):
    """A kind of fault."""

    YAW = "yaw"
    PITCH = "pitch"
    ROLL = "roll"
    SHIFT = "shift"
    BLACK = "black"
    FROZEN = "frozen"
    LATE = "late"
    DROPPED = "dropped"
    NOISE = "noise"
    DIRT = "dirt"
    DELAY = "delay"
    BIAS = "bias"
    DEAD_BAND = "dead_band"
    WHEELBASE = "wheelbase"


@dataclass(frozen=True)
class FaultInfo:
    """A kind of fault: a description, the unit of its strength, its limits and usual strengths."""

    description: str
    unit: str
    limits: tuple[float, float]
    usual: tuple[float, ...]


FAULTS: dict[FaultKind, FaultInfo] = {
    FaultKind.YAW: FaultInfo("camera turned to the right", "°", (-20, 20), (1, 2, 4)),
    FaultKind.PITCH: FaultInfo("camera tilted upwards", "°", (-10, 10), (0.5, 1, 2)),
    FaultKind.ROLL: FaultInfo("camera rolled clockwise", "°", (-45, 45), (1, 3, 6)),
    FaultKind.SHIFT: FaultInfo("camera moved to the right", "m", (-1, 1), (0.1, 0.2, 0.4)),
    FaultKind.BLACK: FaultInfo("black frames, every 10 s", "s", (0, 10), (0.3, 1, 3)),
    FaultKind.FROZEN: FaultInfo("frozen frame, every 10 s", "s", (0, 10), (0.3, 1, 3)),
    FaultKind.LATE: FaultInfo("late frames", "s", (0, 2), (0.1, 0.2, 0.4)),
    FaultKind.DROPPED: FaultInfo("dropped frames, the last repeats", "%", (0, 100), (20, 50, 80)),
    FaultKind.NOISE: FaultInfo("noise, standard deviation", "levels", (0, 255), (5, 15, 40)),
    FaultKind.DIRT: FaultInfo("dirt on the lens, share of it", "%", (0, 90), (5, 15, 40)),
    FaultKind.DELAY: FaultInfo("late commands", "s", (0, 2), (0.1, 0.2, 0.4)),
    FaultKind.BIAS: FaultInfo("steering pulls to the right", "1/km", (-50, 50), (0.2, 0.5, 1)),
    FaultKind.DEAD_BAND: FaultInfo(
        "steering ignores changes below", "1/km", (0, 50), (0.2, 0.5, 1)
    ),
    FaultKind.WHEELBASE: FaultInfo("wheelbase longer than known", "%", (-50, 100), (5, 10, 20)),
}


@dataclass(frozen=True)
class Fault:
    """One fault; strength: in the unit of its kind."""

    kind: FaultKind
    strength: float

    @classmethod
    def of(cls, text: str) -> "Fault":
        """Return the fault of `kind=strength`; ValueError for an unknown kind or wrong strength."""
        name, mark, number = text.partition(MARK)
        kind = choice("fault", name, FaultKind)
        low, high = FAULTS[kind].limits
        try:
            strength = float(number)
        except ValueError:
            strength = math.nan
        if not mark or not low <= strength <= high:
            raise ValueError(
                f"fault is {quoted(text)}; "
                f"it must be {kind}={low:g} to {kind}={high:g} {FAULTS[kind].unit}"
            )
        return cls(kind, strength)

    def __str__(self) -> str:
        """Return `kind=strength`."""
        return f"{self.kind}{MARK}{self.strength:g}"
