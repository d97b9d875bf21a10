"""Road users in lane coordinates, classified: standing in the way, crossing, driving ahead, or
oncoming.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pilotnet.modular.records import BEHIND, Floats, LaneEstimate, Track
from sim.actors.obstacle_shift import (
    MIN_PARKED_CLEARANCE,
    MIN_PEDESTRIAN_CLEARANCE,
    PARKED_CLEARANCE,
    PEDESTRIAN_CLEARANCE,
)
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.geometry.frenet import Centreline, wrap_angle

Mask = NDArray[np.bool_]
MIN_MOVING_SPEED = 1.0  # [m/s] a car slower than this stands
STEPS_OUT = 0.45  # [m/s] across the lane: a faster pedestrian is crossing it
WALKING = 1.2  # [m/s] along the road highest plausible speed of a pedestrian
# [s] a pedestrian that appears in the lane counts as crossing until it has stood for so long
NEW = 1.0
# of the lane's width: a standing car whose middle is so close to the lane's waits there, others are
# parked
IN_LANE = 0.35
GROWTH = 0.05  # [m/s] by which a standard deviation of a predicted position grows
MOST_GROWTH = 0.3  # [m]
CORRIDOR = 0.6  # [m] beside the car that must be free of pedestrians
MIN_MEETING_SPEED = 3.0  # [m/s] lowest speed in computing where the car meets a road user


class ClearanceSpec(NamedTuple):
    """Clearances of a class of obstacles [m].

    wanted: desired; enough: sufficient for a car that stays in its lane; least: never less.
    """

    wanted: float
    enough: float
    least: float


PEDESTRIAN_SPEC = ClearanceSpec(PEDESTRIAN_CLEARANCE, MIN_PEDESTRIAN_CLEARANCE, 0.4)
PARKED = ClearanceSpec(PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, 0.5)
WAITING = ClearanceSpec(
    0.6, 0.4, 0.4
)  # cars that stand in the oncoming lane; they are met like moving ones


@dataclass(frozen=True)
class RoadUsers:
    """Road users as arrays (N,): station ahead of the car and d right of the lane's centre, of
    their centres [m].

    along, across: speeds [m/s].
    half_length, half_width: of the footprint along and across the lane [m].
    spread: one standard deviation of the position [m].
    age: since the first detection [s].
    person: whether it is a pedestrian.
    """

    station: Floats
    d: Floats
    along: Floats
    across: Floats
    half_length: Floats
    half_width: Floats
    spread: Floats
    age: Floats
    person: Mask

    @classmethod
    def of(cls, tracks: Sequence[Track], course: Centreline) -> "RoadUsers":
        """Return tracks in the coordinates of a lane's course (`LaneEstimate.course`)."""
        rows = np.array([_in_lane(track, course) for track in tracks], dtype=np.float64).reshape(
            -1, 8
        )
        station, d, along, across, half_length, half_width, spread, age = rows.T
        person = np.array([track.person for track in tracks], dtype=np.bool_)
        return cls(station, d, along, across, half_length, half_width, spread, age, person)

    def __len__(self) -> int:
        return self.station.size

    def chosen(self, mask: Mask) -> "RoadUsers":
        """Return those that a mask (N,) selects."""
        return RoadUsers(**{name: values[mask] for name, values in vars(self).items()})


def _in_lane(track: Track, course: Centreline) -> tuple[float, ...]:
    """Return a track as a row of RoadUsers. Standing vehicles count as aligned with the road,
    because only motion shows a direction.
    """
    station, d = course.project(track.forward, track.right)
    direction = course.heading_at(station)
    cos = math.cos(direction)
    sin = math.sin(direction)
    along = track.forward_speed * cos + track.right_speed * sin
    across = track.right_speed * cos - track.forward_speed * sin
    moving = math.hypot(along, across) > MIN_MOVING_SPEED and not track.person
    turn = abs(wrap_angle(track.heading - direction)) if moving else 0.0
    half_length = (track.length * abs(math.cos(turn)) + track.width * math.sin(turn)) / 2
    half_width = (track.width * abs(math.cos(turn)) + track.length * math.sin(turn)) / 2
    return station - BEHIND, d, along, across, half_length, half_width, track.spread, track.age


@dataclass(frozen=True)
class StaticObstacles:
    """What the path must avoid, as arrays (N,): ground from `start` to `finish` and from `left` to
    `right` [m].

    wanted, enough, least: clearances [m], see ClearanceSpec. Walking pedestrians are extended over
    the distance until the car reaches them.
    """

    start: Floats
    finish: Floats
    left: Floats
    right: Floats
    wanted: Floats
    enough: Floats
    least: Floats

    def useful(self, left: float, right: float) -> tuple[float, float]:
        """Return the largest useful lateral offsets for passing them, at most from `left` (< 0) to
        `right` (> 0) [m].
        """
        half = CAR_WIDTH / 2
        to_left = self.left - half - self.wanted
        to_right = self.right + half + self.wanted
        least_left = self.left - half - self.least
        least_right = self.right + half + self.least
        # An obstacle that leaves the middle of the lane free requests no shift.
        near = (to_left < 0) & (to_right > 0)
        on_left = near & (least_left >= left)
        on_right = near & (least_right <= right)
        return max(float(to_left[on_left].min(initial=0.0)), left), min(
            float(to_right[on_right].max(initial=0.0)), right
        )


@dataclass(frozen=True)
class ClassifiedRoadUsers:
    """Road users by class. beside: pedestrians that do not cross, and parked cars."""

    static_obstacles: StaticObstacles
    beside: RoadUsers
    crossing: RoadUsers
    ahead: RoadUsers
    oncoming: RoadUsers


def classify(users: RoadUsers, lane: LaneEstimate, speed: float) -> ClassifiedRoadUsers:
    """Return the class of each road user for a car that drives its lane at `speed` [m/s]."""
    car = ~users.person
    inside = np.abs(users.d) < IN_LANE * lane.width
    moving = np.abs(users.along) > MIN_MOVING_SPEED
    crossing = users.person & _crosses(users, lane)
    oncoming = car & moving & (users.along < 0)
    ahead = car & ((moving & ~oncoming) | (~moving & inside))
    beside = users.chosen(~crossing & ~oncoming & ~ahead)
    return ClassifiedRoadUsers(
        _standing(beside, lane, speed),
        beside,
        users.chosen(crossing),
        users.chosen(ahead),
        users.chosen(oncoming),
    )


def _crosses(users: RoadUsers, lane: LaneEstimate) -> Mask:
    """Return which road users cross the lane, or have just appeared in it, (N,) bool."""
    edge = lane.width / 2 + CORRIDOR
    # Of more than that the most is error: distances err more than directions do.
    along = np.minimum(np.abs(users.along), WALKING)
    walks = (np.abs(users.across) > STEPS_OUT) & (np.abs(users.across) > 0.5 * along)
    arrives = np.where(users.across > 0, users.d < edge, users.d > -edge)
    turned_up = (np.abs(users.d) < CAR_WIDTH / 2) & (users.age < NEW)
    return (walks & arrives) | turned_up


def _standing(users: RoadUsers, lane: LaneEstimate, speed: float) -> StaticObstacles:
    """Return the ground that the road users take until the car has passed, and their clearances."""
    meeting = np.maximum(users.station, 0.0) / np.maximum(
        max(speed, MIN_MEETING_SPEED) - users.along, 1.0
    )
    walked = np.where(users.person, users.along * meeting, 0.0)
    grown = np.minimum(users.spread + GROWTH * meeting * users.person, MOST_GROWTH)
    waiting = (
        ~users.person & lane.left_oncoming & (np.abs(users.d + lane.width) < IN_LANE * lane.width)
    )
    wishes = np.array([PARKED, PEDESTRIAN_SPEC, WAITING])[
        np.where(users.person, 1, np.where(waiting, 2, 0))
    ].reshape(-1, 3)
    return StaticObstacles(
        start=users.station + np.minimum(walked, 0.0) - users.half_length,
        finish=users.station + np.maximum(walked, 0.0) + users.half_length,
        left=users.d - users.half_width,
        right=users.d + users.half_width,
        wanted=wishes[:, 0] + grown,
        enough=wishes[:, 1],
        least=wishes[:, 2] + np.minimum(users.spread, 0.2),
    )


def overlaps(users: RoadUsers, path_d: Floats, margin: float) -> Mask:
    """Return which footprints are in the way of a car at `path_d` (N,) [m] beside each of them,
    `margin` [m] wider than it is.
    """
    return np.abs(users.d - path_d) < users.half_width + CAR_WIDTH / 2 + margin


def gap_ahead(users: RoadUsers) -> Floats:
    """Return the distance [m] from the front bumper to the nearest part of each road user, (N,)."""
    return users.station - users.half_length - CAR_LENGTH / 2
