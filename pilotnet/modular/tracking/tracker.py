"""Tracking: ground positions of every tick become road users with position, velocity, age and a
lasting number.

One constant-velocity Kalman filter per road user, in a frame fixed to the ground. Detections are
assigned to tracks with the least sum of Mahalanobis distances; those outside the gate of every
track start new ones. A detection of low score starts no track, but keeps one nearby alive
(ByteTrack, Zhang et al., arXiv 2110.06864).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from pilotnet.modular.records import CONFIRM_SCORE, Detection, Floats, Track
from pilotnet.modular.tracking.ground_position import (
    GroundPosition,
    Size,
    covariances,
    locate,
    size_of,
)
from sim.geometry.camera import Camera
from sim.types import Pose

GATE_CHI2 = 9.21  # chi² with two degrees of freedom: 1 % of right pairs are farther apart
MIN_HITS = 3  # ticks that see it before a track is believed
SURVIVES = 1.0  # [s] in the picture without being seen
# [s], [m] what has left the picture at its side is remembered until it is left behind
REMEMBERED = 15.0
REMEMBERED_RANGE = 14.0
# [m], [s] people before the bumper or beside it are often not found, and stay for so long
BUMPER_RANGE = 4.0
BUMPER_TIME = 6.0
# [m/s], [s], [m] lateral speed above which an unseen track is kept, for how long, and how far
# beside the car
CROSSES = 0.5
STILL_CROSSES = 2.5
CROSSED = 2.5
HINTED_WITHIN = 15.0  # [m] ahead
FIRST_SPEED = {
    True: 1.0,
    False: 8.0,
}  # [m/s] standard deviation of the velocity at birth, of people and of cars
ACCELERATION = {True: 0.8, False: 2.0}  # [m/s²] standard deviation
LOST = 4.0  # [m] a position less sure than this is none
MAX_TRACKS = 60  # tracks at a time: of a hundred false boxes the oldest and surest are kept
WIDTH_SHARE = 0.2  # of a new width in the remembered one


@dataclass
class RoadUserFilter:
    """One road user: state (x, y, vx, vy) on the ground [m, m/s] and its covariance (4, 4)."""

    ident: int
    person: bool
    state: Floats
    spread: Floats
    width: float
    hits: int = 1
    age: float = 0.0
    unseen: float = 0.0


@dataclass
class Tracker:
    """Tracks vehicles and pedestrians of one camera; `duration` is the time between two ticks
    [s].
    """

    camera: Camera
    duration: float
    _filters: list[RoadUserFilter] = field(default_factory=list)
    _next: int = 1

    def update(self, detections: Sequence[Detection], pose: Pose) -> list[Track]:
        """Return the road users after one more tick, relative to the car's pose on the ground;
        tracks seen too rarely are left out.
        """
        _predict(self._filters, self.duration)
        for person in (False, True):
            self._assign([d for d in detections if d.person == person], person, pose)
        self._filters = sorted(
            (f for f in self._filters if self._survives(f, pose)), key=lambda f: (-f.hits, f.ident)
        )[:MAX_TRACKS]
        return [_track(f, pose) for f in self._filters if f.hits >= MIN_HITS]

    def _assign(self, detections: Sequence[Detection], person: bool, pose: Pose) -> None:
        """Update the tracks of one class by their detections, first by sure ones, and found tracks
        for what is left of these.
        """
        waiting = [f for f in self._filters if f.person == person]
        for sure in (True, False):
            places = (
                locate(d, self.camera) for d in detections if (d.score >= CONFIRM_SCORE) == sure
            )
            found = [
                place
                for place in places
                if place is not None and (sure or place.forward < HINTED_WITHIN)
            ]
            positions, noises = _on_ground(found, pose)
            rows, columns = associate(waiting, positions, noises)
            widths = [found[column].width for column in columns]
            _correct([waiting[row] for row in rows], positions[columns], noises[columns], widths)
            waiting = [f for row, f in enumerate(waiting) if row not in rows]
            for i in set(range(len(found))) - set(columns) if sure else ():
                self._filters.append(self._born(person, positions[i], noises[i], found[i].width))

    def _born(self, person: bool, position: Floats, noise: Floats, width: float) -> RoadUserFilter:
        spread = np.zeros((4, 4))
        spread[:2, :2] = noise
        spread[2:, 2:] = np.eye(2) * FIRST_SPEED[person] ** 2
        self._next += 1
        return RoadUserFilter(
            self._next - 1, person, np.array([*position, 0.0, 0.0]), spread, width
        )

    def _survives(self, filter_: RoadUserFilter, pose: Pose) -> bool:
        """Return whether a track is kept: seen lately, out of the frame beside the car, or a
        pedestrian that is too close or crossing.
        """
        if _position_spread(filter_) > LOST:
            return False
        if filter_.unseen <= (SURVIVES if filter_.hits >= MIN_HITS else self.duration / 2):
            return True
        forward, right = _to_car(pose, filter_.state[0] - pose.x, filter_.state[1] - pose.y)
        if filter_.hits < MIN_HITS or abs(forward) > REMEMBERED_RANGE:
            return False
        if forward < 1.0 or abs(right) > 0.9 * forward * math.tan(self.camera.field_of_view / 2):
            return filter_.unseen < REMEMBERED
        if not filter_.person:
            return False
        if forward < BUMPER_RANGE:
            return filter_.unseen < BUMPER_TIME
        across = _to_car(pose, *filter_.state[2:])[1]
        still_on_the_way = right * math.copysign(1.0, across) < CROSSED
        return abs(across) > CROSSES and still_on_the_way and filter_.unseen < STILL_CROSSES


def _predict(filters: Sequence[RoadUserFilter], duration: float) -> None:
    """Predict all tracks for `duration` [s] at constant velocity."""
    if not filters:
        return
    step = np.eye(4)
    step[0, 2] = step[1, 3] = duration
    gain = np.concatenate([np.eye(2) * duration**2 / 2, np.eye(2) * duration])
    pushes = np.array([ACCELERATION[f.person] ** 2 for f in filters])[:, None, None] * (
        gain @ gain.T
    )
    states = np.array([f.state for f in filters]) @ step.T
    spreads = step @ np.array([f.spread for f in filters]) @ step.T + pushes
    for f, state, spread in zip(filters, states, spreads, strict=True):
        f.state = state
        f.spread = spread
        f.age += duration
        f.unseen += duration


def _correct(
    filters: Sequence[RoadUserFilter], positions: Floats, noises: Floats, widths: Sequence[float]
) -> None:
    """Correct each track with its measured position (N, 2) [m] of covariance (N, 2, 2) [m²], and
    its width [m].
    """
    if not filters:
        return
    states = np.array([f.state for f in filters])
    spreads = np.array([f.spread for f in filters])
    gains = spreads[:, :, :2] @ np.linalg.inv(spreads[:, :2, :2] + noises)
    states += np.einsum("nij,nj->ni", gains, positions - states[:, :2])
    # Joseph's form stays symmetric and positive.
    rest = np.tile(np.eye(4), (len(filters), 1, 1))
    rest[:, :, :2] -= gains
    spreads = rest @ spreads @ rest.transpose(0, 2, 1) + gains @ noises @ gains.transpose(0, 2, 1)
    for f, state, spread, width in zip(filters, states, spreads, widths, strict=True):
        f.state = state
        f.spread = spread
        f.width += WIDTH_SHARE * (width - f.width)
        f.hits += 1
        f.unseen = 0.0


def _on_ground(found: Sequence[GroundPosition], pose: Pose) -> tuple[Floats, Floats]:
    """Positions (N, 2) on the ground [m] and their covariances (N, 2, 2) [m²]."""
    cos = math.cos(pose.heading)
    sin = math.sin(pose.heading)
    turned = np.array([[cos, -sin], [sin, cos]])
    places = np.array([[place.forward, place.right] for place in found]).reshape(-1, 2)
    return places @ turned.T + [pose.x, pose.y], turned @ covariances(found) @ turned.T


def associate(
    filters: Sequence[RoadUserFilter], positions: Floats, noises: Floats
) -> tuple[list[int], list[int]]:
    """Data association: return which tracks (rows) belong to which positions (columns), within the
    gate and with the least total distance.
    """
    if not filters or not len(positions):
        return [], []
    distances = _distances(filters, positions, noises)
    # Pairs outside the gate are dear, so that none of them displaces one inside.
    rows, columns = linear_sum_assignment(np.minimum(distances, 10 * GATE_CHI2))
    near = distances[rows, columns] < GATE_CHI2
    return rows[near].tolist(), columns[near].tolist()


def _distances(filters: Sequence[RoadUserFilter], positions: Floats, noises: Floats) -> Floats:
    """Squared Mahalanobis distances (tracks, detections)."""
    states = np.array([f.state[:2] for f in filters])
    spreads = np.array([f.spread[:2, :2] for f in filters])
    apart = positions[None] - states[:, None]
    inverse = np.linalg.inv(spreads[:, None] + noises[None])
    return np.einsum("tdi,tdij,tdj->td", apart, inverse, apart)


def _position_spread(filter_: RoadUserFilter) -> float:
    """One standard deviation of the position [m], the mean over both directions."""
    return math.sqrt(float(filter_.spread[0, 0] + filter_.spread[1, 1]) / 2)


def _to_car(pose: Pose, x: float, y: float) -> tuple[float, float]:
    """A vector on the ground in the car's directions: (forward, right)."""
    cos = math.cos(pose.heading)
    sin = math.sin(pose.heading)
    return x * cos + y * sin, y * cos - x * sin


def _track(filter_: RoadUserFilter, pose: Pose) -> Track:
    x, y, vx, vy = filter_.state.tolist()
    forward, right = _to_car(pose, x - pose.x, y - pose.y)
    forward_speed, right_speed = _to_car(pose, vx, vy)
    size: Size = size_of(filter_.person, filter_.width)
    moving = math.hypot(forward_speed, right_speed) > 1.0
    return Track(
        ident=filter_.ident,
        person=filter_.person,
        forward=forward,
        right=right,
        forward_speed=forward_speed,
        right_speed=right_speed,
        spread=_position_spread(filter_),
        length=size.length,
        width=size.width,
        heading=math.atan2(right_speed, forward_speed) if moving else 0.0,
        age=filter_.age,
        unseen=filter_.unseen,
    )
