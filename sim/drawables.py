"""Explanations of drivers as drawables: boxes, lines and images that viewer, film and report draw
for any driver.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.types import Control, Image, Observation, require_image


class Role(StrEnum):
    """Meaning of a line on the ground, which decides its style."""

    LANE = "lane"
    EDGE = "road edge"
    CANDIDATE = "candidate"
    CHOSEN = "chosen"
    COURSE = "course"  # where a tracked road user is going


@dataclass(frozen=True)
class PictureBox:
    """A box on the centre camera's frame: edges [px], whether it is a pedestrian, and a short
    text.
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
    1] is its confidence.
    """

    points: NDArray[np.float64]
    role: Role
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise ValueError(f"GroundLine.points has shape {self.points.shape}; it must be (N, 2)")


@dataclass(frozen=True)
class RoadUserFootprint:
    """Footprint of a road user: (forward, right) of its centre [m], heading relative to the car's
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
    """A driver's explanation of one tick.

    view: the image that a network received, RGB (rows, columns, 3), as if taken by `camera` on the
    car.
    heat: saliency of each pixel, (rows, columns) in [0, 1].
    behaviour: what the driver does, in a word.
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
    """A driver that can explain its last command."""

    def reset(self) -> None:
        """Remove all memory of earlier ticks."""
        ...

    def act(self, observation: Observation) -> Control:
        """Return the command for an observation."""
        ...

    def explain(self) -> Explanation:
        """Return what the last command was computed from."""
        ...
