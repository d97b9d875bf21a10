"""The records that pass between the modules of the simulator, and the Driver protocol.

Every record is frozen and checks itself on construction; `sim/__init__.py` states the conventions
for axes, signs and units.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from numbers import Integral, Real
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


MAX_QUOTED = 80  # [characters] length to which messages cut a value


def quoted(value: object) -> str:
    """Return the repr of a value for a message, cut to MAX_QUOTED characters."""
    text = repr(value)
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 3]}..."


def require_finite(name: str, value: float) -> None:
    """Raise ValueError naming the quantity when `value` is not a number, is NaN or is infinite."""
    if not isinstance(value, Real) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError(f"{name} is {quoted(value)}; it must be a finite number")


def require_whole(name: str, value: int, low: int, high: int | None = None, unit: str = "") -> None:
    """Raise ValueError naming the quantity unless `value` is a whole number from `low` to `high`
    (None: no upper limit).
    """
    if (
        isinstance(value, Integral)
        and not isinstance(value, bool)
        and low <= value
        and (high is None or value <= high)
    ):
        return
    unit = f" {unit}" if unit else ""
    limits = f"of {low} or more" if high is None else f"between {low} and {high}{unit}"
    raise ValueError(f"{name} is {quoted(value)}{unit}; it must be a whole number {limits}")


def require_image(name: str, image: Image) -> None:
    """Raise ValueError unless `image` is RGB uint8 of shape (H, W, 3)."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(
            f"{name} has dtype {image.dtype} and shape {image.shape}; it must be uint8 of shape "
            f"(H, W, 3)"
        )


@dataclass(frozen=True)
class Control:
    """A driver's command: curvature of the path [1/m, right positive] and acceleration [m/s²].

    The acceleration counts only where each driver brakes for itself (`pedals: driver`).
    """

    curvature: float
    acceleration: float = 0.0

    def __post_init__(self) -> None:
        require_finite("Control.curvature", self.curvature)
        require_finite("Control.acceleration", self.acceleration)


@dataclass(frozen=True)
class Observation:
    """A driver's input: the camera frames, RGB uint8 (H, W, 3), and the car's speed [m/s].

    A frame is None when the environment was made without that camera; driving needs the centre
    camera only.
    """

    speed: float
    centre: Image | None = None
    left: Image | None = None
    right: Image | None = None

    def __post_init__(self) -> None:
        require_finite("Observation.speed", self.speed)
        for name in ("left", "centre", "right"):
            image = getattr(self, name)
            if image is not None:
                require_image(f"Observation.{name}", image)


@dataclass(frozen=True)
class Pose:
    """Position and heading on the ground: x, y [m], heading [rad, clockwise from above]."""

    x: float
    y: float
    heading: float


@dataclass(frozen=True)
class EgoState:
    """State of the ego vehicle in the world and relative to its path.

    station: arc length along the road's reference line [m].
    offset: cross-track error, right of the path positive [m].
    heading_error: the car's heading minus the path's [rad].
    path_curvature: curvature of the path here [1/m].
    curvature: what the front wheels hold now [1/m].
    """

    pose: Pose
    speed: float
    acceleration: float
    curvature: float
    station: float
    offset: float
    heading_error: float
    path_curvature: float


class Kind(StrEnum):
    """Kind of an actor: its shape, and for detectors its class."""

    SALOON = "saloon"
    ESTATE = "estate"
    VAN = "van"
    TRUCK = "truck"
    BUS = "bus"
    PEDESTRIAN = "pedestrian"


@dataclass(frozen=True)
class Actor:
    """A vehicle or pedestrian other than the ego: pose and speed of its centre, size [m] and main
    colour (RGB 0-255).

    ident: a number that stays the same for the whole drive, 1 or more.
    phase: of a pedestrian's gait [rad], two steps in a turn.
    braking: whether the brake lights are on.
    parked: whether its lights are off at night.
    """

    ident: int
    kind: Kind
    pose: Pose
    speed: float
    length: float
    width: float
    height: float
    colour: tuple[int, int, int]
    braking: bool = False
    parked: bool = False
    phase: float = 0.0

    @property
    def is_person(self) -> bool:
        """Whether the actor is a pedestrian."""
        return self.kind is Kind.PEDESTRIAN

    def corners(self) -> NDArray[np.float64]:
        """The four ground corners, (4, 2) [m]."""
        return rectangle_corners(self.pose, self.length, self.width)


@dataclass(frozen=True)
class Box:
    """A vehicle or pedestrian in a camera's image.

    left, top, right, bottom: the tightest edges around the whole silhouette, hidden parts too,
    within the picture [px].
    visible: visible pixels over the pixels of the whole silhouette, in [0, 1].
    ground: (forward, right) of its centre in car coordinates [m].
    heading: relative to the ego's [rad].
    distance: between its centre and the ego's [m].
    size: length, width, height [m].
    """

    ident: int
    kind: Kind
    left: float
    top: float
    right: float
    bottom: float
    visible: float
    ground: tuple[float, float]
    heading: float
    distance: float
    size: tuple[float, float, float]


class Cause(StrEnum):
    """Cause of an intervention: a rule of the referee, or a person that took over from the driver."""

    DEPARTURE = "lane departure"
    OFF_ROAD = "off road"
    CONTACT = "contact"
    PERSON = "person hit"
    STUCK = "stuck"
    TAKEOVER = "taken over"


@dataclass(frozen=True)
class Step:
    """One tick of a rollout: observation at `time` [s], command, applied command, and result.

    control: the driver's command, which is the label when the expert drives.
    applied: the command that the car carried out; it differs when the recorder disturbs the
    steering.
    ego, time_to_collision: state and time [s, inf when nothing is ahead] at the moment of the
    observation.
    intervention, done: result after the tick.
    boxes: vehicles and pedestrians in the centre camera's frame, from near to far; None when they
    were not requested.
    clearance: gap to the nearest road user at the moment of the observation [m, inf when none is
    within 15 m along the road].
    """

    index: int
    time: float
    observation: Observation
    ego: EgoState
    time_to_collision: float
    control: Control
    applied: Control
    intervention: Cause | None
    done: bool
    boxes: tuple[Box, ...] | None = None
    clearance: float = math.inf


class Driver(Protocol):
    """A driver: `reset` before each drive and after each intervention, then `act` once per tick."""

    def reset(self) -> None:
        """Remove all memory of earlier ticks: a drive begins, or the referee has moved the car."""
        ...

    def act(self, observation: Observation) -> Control:
        """Return the command for an observation."""
        ...


def rectangle_corners(pose: Pose, length: float, width: float) -> NDArray[np.float64]:
    """Return the ground corners of a rectangle: front right, front left, rear left, rear right; (4,
    2) [m].
    """
    cos = math.cos(pose.heading)
    sin = math.sin(pose.heading)
    forward = np.array([1, 1, -1, -1]) * length / 2
    right = np.array([1, -1, -1, 1]) * width / 2
    return np.stack(
        [pose.x + cos * forward - sin * right, pose.y + sin * forward + cos * right], axis=1
    )
