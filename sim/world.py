"""The world of one scenario: ego vehicle, traffic and pedestrians, stepped in time and returned as
geometry.
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.actors.clearance import cuts_in, touches
from sim.actors.ego_path import EgoPath, PathPoint
from sim.actors.obstacle_shift import narrow_places, ramp_length
from sim.actors.parked import parked_shift_requests
from sim.actors.pedestrians import PEDESTRIAN_WIDTH, STOP_BEFORE, PassingVehicle, Pedestrians
from sim.actors.placement import place
from sim.actors.traffic import TRAFFIC_RANGE, RoadTraffic, place_traffic
from sim.actors.traffic_vehicle import EgoVehicle, idm_acceleration
from sim.control.bicycle import (
    CAR_WIDTH,
    MAX_CURVATURE,
    MAX_CURVATURE_RATE,
    slip_angle,
    steering_angle,
)
from sim.control.speed import (
    COMFORT_BRAKING,
    MAX_BRAKING,
    PEDAL_TIME,
    PULL_AWAY_ACCELERATION,
    cornering_speed_limit,
    jerk_limited,
    speed_tracking_acceleration,
    stopping_acceleration,
)
from sim.geometry.frenet import SPACING, Floats, wrap_angle
from sim.geometry.polygons import rectangle_gap
from sim.random import Stream, stream_generator
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.types import Actor, Control, EgoState, Pose

PHYSICS_STEP = 0.05  # [s] at most
MAX_ACCELERATION = 3.0  # [m/s²]
AVOIDING = 40.0  # [m] along the road
# Clearance [m] beside a car in the middle of its lane, below which an obstacle needs avoiding. With
# more, a car that leaves 1 m to a parked car, or 1.5 m to a pedestrian, shifts by at most 0.5 m or
# 0.7 m and stays within the 1 m rule.
NEEDS_AVOIDING = 0.5
PERSON_NEEDS_AVOIDING = 0.8
CORRIDOR = 0.6  # [m] beside the car that must be free of pedestrians
RESET_CLEARANCE = 0.5  # [m] between the ego and all road users when it is put back
SLOW_START = 2.0  # [m/s]
GAP_RANGE = 15.0  # [m] along the road within which gaps are measured


class Neighbour(NamedTuple):
    """A road user near the ego, and the distance between the two bodies [m], 0 when they touch."""

    actor: Actor
    gap: float


class World:
    """One scenario at one time. Its state follows from the scenario and the commands so far."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.plan: RoadPlan = plan_road(scenario)
        self._populate()
        self.time = 0.0
        self._curvature = 0.0
        self._acceleration = 0.0
        self._duration = 0.1
        self._pedals: float | None = None
        self.put_back()

    def _populate(self) -> None:
        """Place parked cars and pedestrians, then traffic, which keeps out of the narrow places
        that they make.
        """
        plan = self.plan
        scenario = self.scenario
        standing, on_foot = place(plan, scenario)
        self._parked_demands = parked_shift_requests(standing)
        self._ramp = ramp_length(plan)
        zones = narrow_places(plan, self._parked_demands, self._ramp)
        moving = place_traffic(
            plan,
            scenario.traffic,
            stream_generator(scenario.seed, Stream.TRAFFIC),
            scenario.leader,
            zones,
        )
        self._parked = [
            replace(car, actor=replace(car.actor, ident=len(moving) + 1 + i))
            for i, car in enumerate(standing)
        ]
        self._people = Pedestrians(plan, on_foot, len(moving) + len(standing) + 1)
        self._ego = EgoVehicle(plan, plan.start)
        self._road = RoadTraffic(plan, self._ego, moving, self._parked_demands, self._ramp, zones)
        self._path = EgoPath(plan, self._parked_demands, self._people, self._ego)

    @property
    def finished(self) -> bool:
        """Whether the ego has passed the end of the drive."""
        return self._ego.station >= self.plan.finish

    @property
    def avoiding(self) -> bool:
        """Return whether an obstacle that reaches into the lane lies within 40 m along the road, so
        that the ego may leave its lane.
        """
        here = self._ego.station
        path = self.plan.path_offset
        close = [
            c.place
            for c in self._parked
            if c.place.start - AVOIDING < here < c.place.finish + AVOIDING
        ]
        if any(_gap_to_path(place.left, place.right, path) < NEEDS_AVOIDING for place in close):
            return True
        lateral_offset = self._people.lateral_offset[self._people.beside(here, AVOIDING)]
        return bool(
            np.any(
                np.abs(lateral_offset - path) - PEDESTRIAN_WIDTH / 2 - self._ego.WIDTH / 2
                < PERSON_NEEDS_AVOIDING
            )
        )

    def waiting(self, within: float) -> bool:
        """Return whether something within `within` [m] is a reason to stand.

        Reasons are a queue, a crossing pedestrian, a pedestrian at the kerb for which the ego has
        stopped, and oncoming traffic at a narrow place.
        """
        lead = self.lead()
        held = self._road.held_at(self._ego)
        return (
            (lead is not None and lead[0] < within)
            or (held is not None and held < within)
            or any(distance < within for distance in self._path.people_ahead(CORRIDOR))
            or self._people.may_set_out(self._ego.front(), within)
        )

    def ego_state(self) -> EgoState:
        """Return the ego's pose, motion and position relative to its path."""
        ego = self._ego
        line = self.plan.centreline
        return EgoState(
            pose=ego.pose,
            speed=float(ego.speed),
            acceleration=self._acceleration,
            curvature=self._curvature,
            station=ego.station,
            offset=ego.lateral_offset - self.plan.path_offset,
            heading_error=wrap_angle(ego.heading - line.heading_at(ego.station)),
            path_curvature=self.path_curvature_at(ego.station),
        )

    def ego_corners(self) -> Floats:
        """The ego's four ground corners, (4, 2) [m]."""
        return self._ego.corners()

    def leaves_the_road(self) -> bool:
        """Return whether a corner of the ego is beyond the drivable surface."""
        lateral_offset = self._ego.corners_across()
        return (
            min(lateral_offset) < self.plan.drivable[0]
            or max(lateral_offset) > self.plan.drivable[1]
        )

    def actors(self) -> list[Actor]:
        """Return the vehicles, parked cars and pedestrians near the ego."""
        here = self._ego.station
        people = self._people
        parked = [car.actor for car in self._parked if abs(car.place.start - here) < TRAFFIC_RANGE]
        on_foot = np.flatnonzero(np.abs(people.station - here) < TRAFFIC_RANGE)
        return (
            [car.actor() for car in self._road.cars]
            + parked
            + [people.actor(int(i)) for i in on_foot]
        )

    def gaps(self) -> tuple[float, float]:
        """Return the distances [m] from the ego's body to the nearest vehicle and to the nearest
        pedestrian; inf beyond a few metres.
        """
        near = self.neighbours()
        cars, people = (
            [n.gap for n in near if n.actor.is_person is on_foot] for on_foot in (False, True)
        )
        return min(cars, default=math.inf), min(people, default=math.inf)

    def neighbours(self) -> list[Neighbour]:
        """Return the road users within a few metres of the ego."""
        here = self._ego.station
        corners = self._ego.corners()
        near = [car.actor() for car in self._road.cars if abs(car.station - here) < GAP_RANGE]
        near += [car.actor for car in self._parked if abs(car.place.start - here) < GAP_RANGE]
        near += [
            self._people.actor(int(i))
            for i in np.flatnonzero(np.abs(self._people.station - here) < GAP_RANGE / 2)
        ]
        return [Neighbour(actor, rectangle_gap(corners, actor.corners())) for actor in near]

    def clearance(self) -> float:
        """Return the gap [m] to the nearest road user, inf without one within a few metres."""
        return min((neighbour.gap for neighbour in self.neighbours()), default=math.inf)

    def path_curvature_at(self, station: float) -> float:
        """Return the curvature [1/m] of the ego's path at a station [m] of the reference line."""
        curvature = self.plan.centreline.curvature_at(station)
        return curvature / (1 - curvature * self.plan.path_offset)

    def expert_path(self, station: float) -> PathPoint:
        """Return the expert's path at a station [m], around obstacles at the edge of the road."""
        return self._path.point(station)

    def lead(self) -> tuple[float, float] | None:
        """Return the bumper-to-bumper gap [m] to the car ahead and its speed [m/s] in the ego's
        direction, or None.
        """
        ego = self._ego
        best = None
        lane = self.plan.lanes[self.plan.path]
        for car in self._road.cars:
            away = car.station - ego.station
            if away <= 0 or (best is not None and away >= best[0]):
                continue
            touching = (car.WIDTH + ego.WIDTH) / 2
            if car.travel_direction > 0:
                ahead = (
                    abs(car.lateral_offset - lane.offset) < lane.width / 2
                    or abs(car.lateral_offset - ego.lateral_offset) < touching
                )
            else:
                # Not only where the ego is now, on its way around something, but also where the two
                # will meet.
                meeting = lane.offset + self._path.swing_at(car.station).displacement
                ahead = (
                    max(
                        abs(car.lateral_offset - meeting),
                        abs(car.lateral_offset - ego.lateral_offset),
                    )
                    < touching
                )
            if ahead:
                best = away, (car.LENGTH + ego.LENGTH) / 2, float(car.speed * car.travel_direction)
        return None if best is None else (best[0] - best[1], best[2])

    def time_to_collision(self) -> float:
        """Return the time [s] until the ego touches the car ahead or a crossing pedestrian, at
        present speeds; inf without either.
        """
        speed = float(self._ego.speed)
        lead = self.lead()
        times = [
            max(distance, 0.0) / speed for distance in self._path.people_ahead(0.0) if speed > 0
        ]
        if lead is not None and speed > lead[1]:
            times.append(max(lead[0], 0.0) / (speed - lead[1]))
        return min(times, default=math.inf)

    def shared_pedals(self) -> float:
        """Return the acceleration [m/s²] of the speed controller that all drivers share.

        It takes bends and lateral shifts at a comfortable speed, follows at a distance, slows down
        beside pedestrians, and stops for crossing pedestrians and, before narrow places, for
        oncoming traffic.
        """
        if self._pedals is None:
            desired_speed = jerk_limited(
                self._wanted_acceleration(), self._acceleration, self._duration
            )
            self._pedals = max(desired_speed, -MAX_BRAKING)
        return self._pedals

    def _wanted_acceleration(self) -> float:
        """Return the least acceleration [m/s²] over all constraints ahead."""
        ego = self._ego
        speed = float(self._ego.speed)
        soon = ego.station + speed * PEDAL_TIME
        desired_speed = min(
            self.plan.comfortable_speed_at(soon),
            self._path.speed_of_swings(soon),
            self._path.speed_beside_people(soon),
        )
        choices = [
            speed_tracking_acceleration(speed, desired_speed),
            cornering_speed_limit(speed, self._curvature),
            PULL_AWAY_ACCELERATION,
        ]
        lead = self.lead()
        if lead is not None:
            choices.append(
                idm_acceleration(speed, self.plan.comfortable_speed_at(ego.station), *lead)
            )
        held = self._road.held_at(ego)
        if held is not None:
            choices.append(stopping_acceleration(speed, held))
        choices += [
            stopping_acceleration(speed, distance - STOP_BEFORE)
            for distance in self._path.people_ahead(CORRIDOR)
        ]
        return min(choices)

    def step(self, control: Control, duration: float) -> None:
        """Hold a command for `duration` [s]; the front wheels turn towards it at a limited rate."""
        substeps = max(1, math.ceil(duration / PHYSICS_STEP - 1e-9))
        dt = duration / substeps
        desired_speed = min(max(control.curvature, -MAX_CURVATURE), MAX_CURVATURE)
        asked = min(max(control.acceleration, -MAX_BRAKING), MAX_ACCELERATION)
        ego = self._ego
        road = self._road
        for _ in range(substeps):
            self._curvature += min(
                max(desired_speed - self._curvature, -MAX_CURVATURE_RATE * dt),
                MAX_CURVATURE_RATE * dt,
            )
            # Brakes stop a car, they do not reverse it.
            self._acceleration = max(asked, -float(ego.speed) / dt)
            road.act(self._people)
            ego.act(
                {"steering": steering_angle(self._curvature), "acceleration": self._acceleration}
            )
            ego.step(dt)
            road.move(dt)
        if len(self._people):
            speed = float(ego.speed)
            front = ego.front()
            passing = PassingVehicle(front, front - ego.LENGTH, 1, speed, ego.lateral_offset)
            self._people.step(duration, passing, road.passing())
        road.wake_and_sleep()
        road.place()
        self._changed(duration)

    def _changed(self, duration: float) -> None:
        """Discard everything that was computed for the tick before."""
        self.time += duration
        self._duration = duration or self._duration
        self._path.forget()
        self._pedals = None

    def put_back(
        self, clearance: float = RESET_CLEARANCE, onwards: bool = False, slowest: float = 0.0
    ) -> None:
        """Put the ego back on its path, wheels and motion along it, at most at the speed of the
        shared speed control.

        It is moved back along the path, or on with `onwards`, until all road users are at least
        `clearance` [m] away, no following vehicle must brake hard, and there is space to shift
        around parked cars. A car slower than `slowest` [m/s] starts at that speed.
        """
        self._ego.speed = max(float(self._ego.speed), slowest)
        station = self._free_station(clearance, onwards)
        self._curvature = self.path_curvature_at(station)
        on_path = self.plan.centreline.pose_at(station, self.plan.path_offset)
        self._ego.place(Pose(on_path.x, on_path.y, on_path.heading - slip_angle(self._curvature)))
        self._ego.speed = min(float(self._ego.speed), self.plan.comfortable_speed_at(station))
        self._acceleration = 0.0
        self._changed(0.0)
        while self._ego.speed > SLOW_START and self._wanted_acceleration() < -COMFORT_BRAKING:
            self._ego.speed *= 0.95

    def _free_station(self, clearance: float, onwards: bool) -> float:
        """Return the nearest free station [m] behind the ego or, with `onwards` or without one,
        ahead of it; the finish if all is occupied.
        """
        here = self._ego.station
        start = self.plan.start
        finish = self.plan.finish
        if not start < here < finish:
            return here
        before = np.arange(here, start, -SPACING)
        behind = np.arange(here, finish, SPACING)
        actors = self.actors()
        for station in behind if onwards else np.concatenate([before, behind]):
            if not self._occupied(float(station), clearance, actors):
                return float(station)
        return finish

    def _occupied(self, station: float, clearance: float, actors: list[Actor]) -> bool:
        """Return whether the ego at `station` [m] would be too close to a road user, or to a parked
        car that it must pass.
        """
        demands = self._parked_demands
        half = self._ramp / 2
        narrow = demands.shift < -NEEDS_AVOIDING
        if np.any(
            narrow & (demands.start - half - 2.0 < station) & (station < demands.finish + half)
        ):
            return True
        path = self.plan.path_offset
        speed = min(float(self._ego.speed), self.plan.comfortable_speed_at(station))
        place = self.plan.centreline.pose_at(station, path)
        return touches(place, clearance, actors) or cuts_in(station, path, speed, self._road.cars)


def _gap_to_path(left: float, right: float, path: float) -> float:
    """Return the gap [m] between an obstacle from d = `left` to `right` and the side of a car in
    the middle of its lane.
    """
    return max(left - path, path - right) - CAR_WIDTH / 2
