"""Pedestrians: they walk along the road, stand beside it, and cross it.

The state is kept as arrays over all pedestrians of a road; only those near the ego move. A
pedestrian that crosses looks out for every vehicle, and steps out before the ego only while the ego
can still stop comfortably.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from sim.control.bicycle import CAR_WIDTH
from sim.geometry.frenet import SPACING, Floats
from sim.roads.plan import RoadPlan
from sim.types import Actor, Kind, Pose, rectangle_corners

# [m]
PEDESTRIAN_DEPTH = 0.35
PEDESTRIAN_WIDTH = 0.5
PEDESTRIAN_RANGE = 150.0  # [m] along the road from the ego within which people move
STRIDE_LENGTH = 1.4  # [m] two steps
FAIR_BRAKING = 2.5  # [m/s²] the most that crossing in front of the ego asks of it
STOP_BEFORE = 3.5  # [m] between the bumper of a stopped car and the crossing
# [m], [s] range in which a waiting pedestrian looks, and time gap that it needs
LOOK = 100.0
LOOK_MARGIN = 1.5
# [m/s], [m] a car so slow and so far away has stopped for them
YIELDING_SPEED = 1.0
YIELDING_GAP = 4.0
STANDING_NEAR = 30.0  # [m] people cross before an ego that stands so near
# [m/s], [m] least distance of a pedestrian from the side of a car up to this speed
PASSABLE_SPEED = 0.5
ARMS_LENGTH = 0.6
JACKETS = (
    (200, 40, 40),
    (240, 200, 40),
    (40, 70, 140),
    (30, 30, 34),
    (90, 96, 104),
    (220, 220, 216),
    (44, 110, 70),
    (150, 80, 130),
    (230, 120, 30),
)


class Mode(IntEnum):
    """What a pedestrian is doing."""

    STANDING = 0
    WALKING = 1
    WAITING = 2  # to cross
    CROSSING = 3


@dataclass
class PedestrianState:
    """A pedestrian as placed: Frenet coordinates (s, d) [m], walking speed [m/s] and mode.

    direction: of walking along the road, +1 or -1.
    low, high: stations between which the pedestrian walks [m].
    goal: lateral offset at which a crossing ends [m].
    trigger: the crossing starts when the ego is closer than this [s].
    """

    station: float
    lateral_offset: float
    speed: float
    height: float
    mode: Mode
    direction: int = 1
    low: float = 0.0
    high: float = 0.0
    goal: float = 0.0
    trigger: float = 0.0
    phase: float = 0.0
    jacket: int = 0


@dataclass(frozen=True)
class PassingVehicle:
    """A vehicle as pedestrians see it: stations of its front and rear bumpers [m], direction of
    travel, and speed [m/s].

    lateral_offset: d of its centre [m], where that matters.
    """

    front: float
    rear: float
    direction: int
    speed: float
    lateral_offset: float = math.inf


class Pedestrians:
    """All pedestrians of one road; arrays (N,) named like the fields of PedestrianState, and
    `pace`, the present speed [m/s].
    """

    def __init__(self, plan: RoadPlan, people: list[PedestrianState], first_ident: int) -> None:
        self._plan = plan
        self.first_ident = first_ident
        self.station: Floats = self._column(people, "station")
        self.lateral_offset: Floats = self._column(people, "lateral_offset")
        self.speed: Floats = self._column(people, "speed")
        self.height: Floats = self._column(people, "height")
        self.low: Floats = self._column(people, "low")
        self.high: Floats = self._column(people, "high")
        self.goal: Floats = self._column(people, "goal")
        self.trigger: Floats = self._column(people, "trigger")
        self.phase: Floats = self._column(people, "phase")
        self.mode = self._column(people, "mode").astype(np.int64)
        self.direction = self._column(people, "direction").astype(np.int64)
        self.jacket = self._column(people, "jacket").astype(np.int64)
        self.crossers = [i for i, person in enumerate(people) if person.mode is Mode.WAITING]

    @staticmethod
    def _column(people: list[PedestrianState], name: str) -> Floats:
        assert name in {field.name for field in fields(PedestrianState)}
        return np.array([getattr(person, name) for person in people], dtype=np.float64)

    def __len__(self) -> int:
        return self.station.size

    def step(self, dt: float, ego: PassingVehicle, others: list[PassingVehicle]) -> None:
        """Move all pedestrians near the ego on by `dt` [s]."""
        self._walk(dt, ego.front)
        for i in self.crossers:
            if abs(self.station[i] - ego.front) < PEDESTRIAN_RANGE:
                if self.mode[i] == Mode.WAITING and self._sets_out(i, ego, others):
                    self.mode[i] = Mode.CROSSING
                if self.mode[i] == Mode.CROSSING and not self._stands_in_the_way(i, ego):
                    self._cross(i, dt)

    def crossing(self, station: float, reach: float) -> Iterator[int]:
        """Return the indices of pedestrians that cross within `reach` [m] of a station [m]."""
        for i in self.crossers:
            if self.mode[i] == Mode.CROSSING and abs(self.station[i] - station) < reach:
                yield i

    def may_set_out(self, front: float, reach: float) -> bool:
        """Return whether a pedestrian waits to cross, and can, before a car that stands at station
        `front`, within `reach` [m].
        """
        ahead = [
            float(self.station[i]) - STOP_BEFORE - PEDESTRIAN_DEPTH - front
            for i in self.crossers
            if self.mode[i] == Mode.WAITING
        ]
        return any(0 < room < reach for room in ahead)

    def _stands_in_the_way(self, i: int, car: PassingVehicle) -> bool:
        """Return whether a crossing pedestrian would next walk into the side of a standing car; the
        pedestrian waits for it.
        """
        left = float(self.goal[i] - self.lateral_offset[i])
        away = (car.lateral_offset - float(self.lateral_offset[i])) * math.copysign(1.0, left) - (
            CAR_WIDTH + PEDESTRIAN_WIDTH
        ) / 2
        athwart = car.rear - PEDESTRIAN_DEPTH < self.station[i] < car.front - PEDESTRIAN_DEPTH
        return car.speed < PASSABLE_SPEED and athwart and 0 < away < ARMS_LENGTH

    def in_the_way(self, i: int, left: float, right: float) -> bool:
        """Return whether a crossing pedestrian is, or will be, between lateral offsets `left` and
        `right` [m].
        """
        low, high = sorted((float(self.lateral_offset[i]), float(self.goal[i])))
        return low - PEDESTRIAN_WIDTH / 2 < right and left < high + PEDESTRIAN_WIDTH / 2

    def beside(self, station: float, reach: float) -> np.ndarray:
        """Return the indices of pedestrians that do not cross and are within `reach` [m] of a
        station [m].
        """
        return np.flatnonzero(
            (np.abs(self.station - station) < reach) & (self.mode != Mode.CROSSING)
        )

    def _walk(self, dt: float, station: float) -> None:
        who = np.flatnonzero(
            (self.mode == Mode.WALKING) & (np.abs(self.station - station) < PEDESTRIAN_RANGE)
        )
        if not who.size:
            return
        curvature = self._plan.centreline.curvature
        here = curvature[
            np.clip((self.station[who] / SPACING).astype(np.int64), 0, curvature.size - 1)
        ]
        distance = self.speed[who] * dt
        self.station[who] += (
            self.direction[who] * distance / np.maximum(1 - here * self.lateral_offset[who], 0.2)
        )
        self.phase[who] += distance * (2 * math.pi / STRIDE_LENGTH)
        there = np.where(
            self.direction[who] > 0,
            self.station[who] >= self.high[who],
            self.station[who] <= self.low[who],
        )
        self.mode[who[there]] = Mode.STANDING

    def _cross(self, i: int, dt: float) -> None:
        distance = self.speed[i] * dt
        left = self.goal[i] - self.lateral_offset[i]
        self.phase[i] += distance * (2 * math.pi / STRIDE_LENGTH)
        self.lateral_offset[i] += math.copysign(min(distance, abs(left)), left)
        if abs(left) <= distance:
            self.mode[i] = Mode.WALKING if self.high[i] > self.low[i] else Mode.STANDING

    def _sets_out(self, i: int, ego: PassingVehicle, others: list[PassingVehicle]) -> bool:
        place = float(self.station[i])
        return self._trusts(place, float(self.trigger[i]), ego) and not any(
            self._lets_pass(
                place, abs(float(self.goal[i] - self.lateral_offset[i])) / float(self.speed[i]), car
            )
            for car in others
        )

    @staticmethod
    def _trusts(place: float, trigger: float, ego: PassingVehicle) -> bool:
        """Whether it is the moment to cross in front of the ego: close by, and it can still stop
        without effort.
        """
        room = place - STOP_BEFORE - PEDESTRIAN_DEPTH - ego.front
        if room <= 0 or ego.speed**2 > 2 * FAIR_BRAKING * room:
            return False
        if ego.speed < 0.5:
            return room < STANDING_NEAR
        # At high speed the trigger would come when it is no longer fair; then they set out half a
        # second before that.
        last = ego.speed / (2 * FAIR_BRAKING) + STOP_BEFORE / ego.speed + 0.5
        return (place - ego.front) / ego.speed < max(trigger, last)

    @staticmethod
    def _lets_pass(place: float, needed: float, car: PassingVehicle) -> bool:
        """Return whether a car comes too soon for a pedestrian that needs `needed` [s] to cross."""
        if (place - car.rear) * car.direction < -1.0:
            return False
        gap = max((place - car.front) * car.direction, 0.0)
        if gap > LOOK or (car.speed < YIELDING_SPEED and gap > YIELDING_GAP):
            return False
        return gap < (needed + LOOK_MARGIN) * car.speed or gap <= YIELDING_GAP

    def pose(self, i: int) -> Pose:
        """Return the pose of a pedestrian; the heading is the direction of walking."""
        pose = self._plan.centreline.pose_at(float(self.station[i]), float(self.lateral_offset[i]))
        mode = self.mode[i]
        if mode in (Mode.WAITING, Mode.CROSSING):
            turn = math.copysign(math.pi / 2, self.goal[i] - self.lateral_offset[i])
        elif mode == Mode.STANDING:
            turn = -math.copysign(math.pi / 2, self.lateral_offset[i]) + 0.6 * math.sin(float(i))
        else:
            turn = 0.0 if self.direction[i] > 0 else math.pi
        return Pose(pose.x, pose.y, pose.heading + turn)

    def actor(self, i: int) -> Actor:
        """Return a pedestrian as an Actor."""
        moving = self.mode[i] in (Mode.WALKING, Mode.CROSSING)
        return Actor(
            self.first_ident + int(i),
            Kind.PEDESTRIAN,
            self.pose(i),
            float(self.speed[i]) if moving else 0.0,
            PEDESTRIAN_DEPTH,
            PEDESTRIAN_WIDTH,
            float(self.height[i]),
            JACKETS[self.jacket[i]],
            phase=float(self.phase[i]) % (2 * math.pi),
        )

    def corners(self, i: int) -> Floats:
        """Return the four ground corners of a pedestrian, (4, 2) [m]."""
        return rectangle_corners(self.pose(i), PEDESTRIAN_DEPTH, PEDESTRIAN_WIDTH)
