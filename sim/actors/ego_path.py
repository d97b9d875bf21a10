"""The ego's path around obstacles at the edge of the road, and the road users on and beside it."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sim.actors.obstacle_shift import (
    SHIFT_REACH,
    LateralShift,
    ShiftRequests,
    displaced_curvature,
    free_width,
    obstacle_shift,
    pedestrian_shift_requests,
    ramp_length,
    shift_speed,
)
from sim.actors.pedestrians import PEDESTRIAN_DEPTH, PEDESTRIAN_WIDTH, Pedestrians
from sim.actors.traffic_vehicle import EgoVehicle
from sim.control.speed import COMFORT_BRAKING, passing_speed, speed_before
from sim.roads.plan import RoadPlan

HORIZON = 160.0  # [m] the pedals look ahead for swings and people


class PathPoint(NamedTuple):
    """The ego's path at one station.

    displacement: from the lane's centre [m, right positive].
    direction: relative to the lane's [rad].
    curvature: [1/m].
    """

    displacement: float
    direction: float
    curvature: float


class EgoPath:
    """The path that the ego is meant to drive, and the road users on it; computed once a tick and
    kept until `forget`.
    """

    def __init__(
        self, plan: RoadPlan, parked: ShiftRequests, people: Pedestrians, ego: EgoVehicle
    ) -> None:
        self._plan = plan
        self._parked = parked
        self._people = people
        self._ego = ego
        self._ramp = ramp_length(plan)
        self._room = free_width(plan)
        self._demands: ShiftRequests | None = None

    def forget(self) -> None:
        """Discard the computed path: pedestrians have moved."""
        self._demands = None

    def point(self, station: float) -> PathPoint:
        """The path at a station [m]."""
        moved = self.swing_at(station)
        curvature = self._plan.centreline.curvature_at(station)
        path = self._plan.path_offset
        direction = math.atan(moved.d_prime / (1 - curvature * (path + moved.displacement)))
        return PathPoint(moved.displacement, direction, displaced_curvature(curvature, path, moved))

    def swing_at(self, station: float) -> LateralShift:
        """Return the lateral shift of the path at a station [m]."""
        return obstacle_shift(station, self._demands_now(), self._ramp)

    def speed_of_swings(self, station: float) -> float:
        """Return the highest speed [m/s] at a station with which the lateral shifts ahead are
        comfortable.
        """
        line = self._plan.centreline
        path = self._plan.path_offset
        return shift_speed(
            station, HORIZON, line.curvature, path, self._demands_now(), self._ramp, COMFORT_BRAKING
        )

    def speed_beside_people(self, station: float) -> float:
        """Return the highest speed [m/s] at a station [m] that is slow enough for all pedestrians
        beside the road.
        """
        people = self._people
        lowest = math.inf
        for i in people.beside(station + HORIZON / 2, HORIZON / 2 + SHIFT_REACH):
            there = float(people.station[i])
            if there < station - SHIFT_REACH:
                continue
            path = self._plan.path_offset + self.swing_at(there).displacement
            gap = (
                abs(float(people.lateral_offset[i]) - path)
                - (PEDESTRIAN_WIDTH + self._ego.WIDTH) / 2
            )
            lowest = min(
                lowest,
                speed_before(passing_speed(gap), there - SHIFT_REACH - station)
                if gap < 2.0
                else math.inf,
            )
        return lowest

    def people_ahead(self, margin: float) -> Iterator[float]:
        """Return the distances [m] from the front bumper to pedestrians that cross a corridor
        `margin` [m] wider than the car.
        """
        people = self._people
        ego = self._ego
        front = self._ego.front()
        half = ego.WIDTH / 2 + margin
        for i in people.crossing(front, 150.0):
            there = float(people.station[i])
            path = self._plan.path_offset + self.swing_at(there).displacement
            left = min(path, ego.lateral_offset) - half
            right = max(path, ego.lateral_offset) + half
            if there > front - PEDESTRIAN_DEPTH and people.in_the_way(i, left, right):
                yield there - PEDESTRIAN_DEPTH / 2 - front

    def _demands_now(self) -> ShiftRequests:
        """Return the shift requests of parked cars and pedestrians in this tick."""
        if self._demands is None:
            people = self._people
            parked = self._parked
            who = (
                people.beside(self._ego.station, HORIZON + 20.0)
                if len(people)
                else np.empty(0, np.int64)
            )
            shift = np.empty(who.size)
            pedestrian_shift_requests(
                people.lateral_offset[who],
                PEDESTRIAN_WIDTH / 2,
                self._plan.path_offset,
                self._room,
                shift,
            )
            self._demands = ShiftRequests(
                np.concatenate([parked.start, people.station[who] - SHIFT_REACH]),
                np.concatenate([parked.finish, people.station[who] + SHIFT_REACH]),
                np.concatenate([parked.shift, shift]),
            )
        return self._demands
