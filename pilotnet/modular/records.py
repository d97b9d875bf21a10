"""The records that pass between the parts of the modular stack, in car coordinates: forward and
right of its centre [m].
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING, Centreline
from sim.types import Pose, require_finite

Floats = NDArray[np.float64]
# scores from which a detection is believed by itself, and from which it tells where a known person
# is
CONFIRM_SCORE = 0.3
KEEP_ALIVE_SCORE = 0.1
BEHIND = 30.0  # [m] of a lane's course that lie behind the car


@dataclass(frozen=True)
class Detection:
    """A detected vehicle or pedestrian.

    left, top, right, bottom: edges in the centre frame [px].
    score: in [0, 1].
    visible: visibility in [0, 1].
    distance: of its centre from the camera along the ground [m].
    """

    person: bool
    left: float
    top: float
    right: float
    bottom: float
    score: float
    visible: float
    distance: float


@dataclass(frozen=True)
class Track:
    """A road user followed over time, in the car's present frame.

    forward, right: of its centre [m].
    forward_speed, right_speed: over the ground, not relative to the car [m/s].
    spread: one standard deviation of the position [m].
    length, width: its footprint along and across its heading [m].
    heading: relative to the car's [rad].
    age: since it was first seen [s].
    unseen: since it was last seen [s].
    """

    ident: int
    person: bool
    forward: float
    right: float
    forward_speed: float
    right_speed: float
    spread: float
    length: float
    width: float
    heading: float
    age: float
    unseen: float

    def __post_init__(self) -> None:
        for name in ("forward", "right", "forward_speed", "right_speed", "spread", "heading"):
            require_finite(f"Track.{name}", getattr(self, name))


@dataclass(frozen=True)
class LaneEstimate:
    """The ego's lane as a clothoid, and the road around it.

    offset: of the car, right of the lane's centre [m].
    heading_error: the car's heading minus the lane's [rad]; curvature of the lane's centre beside
    the car [1/m] and its change along the road [1/m²].
    width: of the lane [m].
    left_room, right_room: from the lane's centre to the end of the drivable surface on either side
    [m], both positive.
    left_oncoming: whether the lane to the left, if there is one, belongs to oncoming traffic.
    confidence: in [0, 1], that the car is within 0.3 m of where it says in its lane.
    reach: how far ahead the lane was seen [m].
    curvatures: where more is known than a clothoid, the curvature of the lane's centre beside the
    car and every SPACING metres further on (N,) [1/m].
    """

    offset: float
    heading_error: float
    curvature: float
    curvature_rate: float
    width: float
    left_room: float
    right_room: float
    left_oncoming: bool
    confidence: float
    reach: float
    curvatures: Floats | None = None

    def __post_init__(self) -> None:
        for name in (
            "offset",
            "heading_error",
            "curvature",
            "curvature_rate",
            "width",
            "left_room",
            "right_room",
            "confidence",
        ):
            require_finite(f"LaneEstimate.{name}", getattr(self, name))

    def curvature_at(self, stations: Floats) -> Floats:
        """Curvature [1/m] of the lane's centre (N,) at distances along it (N,); beyond what was
        seen it stays as it is there.
        """
        if self.curvatures is not None:
            return np.interp(stations, SPACING * np.arange(self.curvatures.size), self.curvatures)
        return self.curvature + self.curvature_rate * np.clip(stations, 0.0, self.reach)

    def course(self, ahead: float) -> Centreline:
        """The lane's centre in car coordinates, from BEHIND metres behind the car (arc length 0) to
        `ahead` in front of it.
        """
        line = Centreline.from_curvature(
            self.curvature_at(np.arange(-BEHIND, ahead + SPACING, SPACING)), Pose(0.0, 0.0, 0.0)
        )
        beside = line.pose_at(BEHIND)
        turn = -self.heading_error - beside.heading
        cos = math.cos(turn)
        sin = math.sin(turn)
        x = line.x - beside.x
        y = line.y - beside.y
        # The car is at (0, 0), so its lane's centre beside it lies `offset` to the left, across the
        # lane.
        aside_x = self.offset * -math.sin(self.heading_error)
        aside_y = -self.offset * math.cos(self.heading_error)
        return Centreline(
            x * cos - y * sin + aside_x,
            x * sin + y * cos + aside_y,
            line.heading + turn,
            line.curvature,
        )

    def centre(self, stations: Floats) -> Floats:
        """Points (N, 2) of the lane's centre in car coordinates [m], at distances along it from
        beside the car (N,).
        """
        return self.to_car(stations, np.zeros_like(stations))

    def to_car(self, stations: Floats, offsets: Floats) -> Floats:
        """Lane coordinates, along and right of the lane's centre [m], to car coordinates (N, 2)."""
        line = self.course(float(max(stations.max(initial=0.0), 0.0)) + SPACING)
        samples = SPACING * np.arange(line.x.size) - BEHIND
        x, y, heading = (
            np.interp(stations, samples, values) for values in (line.x, line.y, line.heading)
        )
        return np.stack([x - offsets * np.sin(heading), y + offsets * np.cos(heading)], axis=1)


class Behaviour(StrEnum):
    """What the plan does."""

    KEEP = "keep"
    FOLLOW = "follow"
    AVOID = "avoid"
    YIELD = "yield"
    STOP = "stop"
    BLIND = "blind"  # it does not see its lane, and slows down to a stop in it


@dataclass(frozen=True)
class Candidate:
    """A candidate path: lateral offsets (N,) [m] at stations (N,) ahead [m].

    d_primes, d_seconds: first and second derivative of the offsets by the station (N,).
    cost: inf when the path is blocked.
    """

    stations: Floats
    offsets: Floats
    d_primes: Floats
    d_seconds: Floats
    cost: float


@dataclass(frozen=True)
class Plan:
    """Output of the planner: the chosen path, target speed [m/s], acceleration [m/s²], behaviour
    and all candidates.
    """

    path: Candidate
    speed: float
    acceleration: float
    behaviour: Behaviour
    candidates: tuple[Candidate, ...] = ()
