"""What a driver shows of its thoughts: plain drawables, which viewer, film and report draw without
knowing whose they are.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.types import Control, Image, Observation, require_image


class Role(StrEnum):
    """What a line on the ground stands for, which decides how it is drawn."""

    LANE = "lane"
    EDGE = "road edge"
    CANDIDATE = "candidate"
    CHOSEN = "chosen"
    COURSE = "course"  # where a tracked road user is going


@dataclass(frozen=True)
class PictureBox:
    """A box on the centre camera's frame: edges [px], whether it is around a person, and a few
    words beside it.
    """

    left: float
    top: float
    right: float
    bottom: float
    person: bool
    text: str = ""


@dataclass(frozen=True)
class GroundLine:
    """A line on the ground: points (N, 2), (forward, right) in car coordinates [m]; strength in [0,
    1] says how sure it is.
    """

    points: NDArray[np.float64]
    role: Role
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise ValueError(f"GroundLine.points has shape {self.points.shape}; it must be (N, 2)")


@dataclass(frozen=True)
class RoadUserFootprint:
    """Where a road user stands: (forward, right) of its centre [m], heading relative to the car's
    [rad], length and width [m].
    """

    forward: float
    right: float
    heading: float
    length: float
    width: float
    person: bool
    text: str = ""


@dataclass(frozen=True)
class Explanation:
    """Everything a driver shows of one moment.

    view: what a network looked at, RGB (rows, columns, 3), as if taken by `camera`, which stands on
    the car.
    heat: how much each pixel of it counts, (rows, columns) in [0, 1].
    word: what it is doing.
    """

    boxes: tuple[PictureBox, ...] = ()
    lines: tuple[GroundLine, ...] = ()
    footprints: tuple[RoadUserFootprint, ...] = ()
    view: Image | None = None
    heat: NDArray[np.float32] | None = None
    camera: Camera | None = None
    behaviour: str = ""

    def __post_init__(self) -> None:
        if self.view is not None:
            require_image("Explanation.view", self.view)
        for name, picture in (("view", self.view), ("heat", self.heat)):
            if picture is None:
                continue
            if self.camera is None or picture.shape[:2] != (self.camera.height, self.camera.width):
                raise ValueError(
                    f"Explanation.{name} has shape {picture.shape}; its camera is {self.camera}"
                )


@runtime_checkable
class ExplainingDriver(Protocol):
    """A driver that can say what it thought at its last `act`."""

    def reset(self) -> None:
        """Engage anew, without memory of earlier ticks."""
        ...

    def act(self, observation: Observation) -> Control:
        """The command for what is seen now."""
        ...

    def explain(self) -> Explanation:
        """What the last command came from."""
        ...
