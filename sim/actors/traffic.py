"""Traffic on a road: car following, right of way at narrow places, and vehicles far from the ego
that are not simulated.
"""

import math
from bisect import bisect_left

import numpy as np

from sim.actors.obstacle_shift import ShiftRequests, Zone, obstacle_shift
from sim.actors.pedestrians import PEDESTRIAN_DEPTH, PassingVehicle, Pedestrians
from sim.actors.traffic_vehicle import EgoVehicle, TrafficVehicle, idm_acceleration
from sim.actors.vehicle_kinds import draw_dimensions, traffic_kinds
from sim.roads.plan import RoadPlan

TRAFFIC_RANGE = 260.0  # [m] along the road from the ego within which traffic moves
# [m] between the centres of cars of one lane at the start, and to the ego
START_GAP = 30.0
EGO_GAP = 50.0
ZONE_CLEAR = 50.0  # [m] before a narrow place no car starts
# [m], share of the comfortable speed
LEADER_AHEAD = (30.0, 60.0)
LEADER_HASTE = (0.55, 0.75)
SIDE_MARGIN = 0.3  # [m] cars that pass each other closer than this are in each other's way
HELD_BACK = 4.0  # [m] before a narrow place, where waiting vehicles stand
BOX_ROOM = 9.0  # [m] behind a narrow place that must be free before a vehicle enters it
# [m/s²], [m/s] with which waiting vehicles estimate their own time through a narrow place
PULL_AWAY = 1.2
FASTEST_THROUGH = 9.0
# [s] between a vehicle that leaves a narrow place and one that enters it the other way
PASS_MARGIN = 2.0
SURE_BRAKING = 3.0  # [m/s²] a vehicle that needs more to stop before a narrow place drives through
LOOK_AHEAD = 120.0  # [m]

Car = TrafficVehicle | EgoVehicle


class RoadTraffic:
    """The moving vehicles of one road, the narrow places between its parked cars, and the right of
    way there.
    """

    def __init__(
        self,
        plan: RoadPlan,
        ego: EgoVehicle,
        cars: list[TrafficVehicle],
        demands: ShiftRequests,
        ramp: float,
        zones: tuple[Zone, ...],
    ) -> None:
        self.plan = plan
        self.ego = ego
        self.zones = zones
        self._demands = demands
        self._ramp = ramp
        self._asleep = cars
        self.cars: list[TrafficVehicle] = []
        self._starts = [zone.start for zone in zones]
        self.wake_and_sleep()

    def wake_and_sleep(self) -> None:
        """Activate the traffic around the ego, and remove vehicles that are left behind."""
        here = self.ego.station
        near = [car for car in self._asleep if abs(car.station - here) < TRAFFIC_RANGE]
        if near:
            self._asleep = [car for car in self._asleep if abs(car.station - here) >= TRAFFIC_RANGE]
        self.cars = [
            car for car in self.cars if abs(car.station - here) < 1.5 * TRAFFIC_RANGE
        ] + near

    def passing(self) -> list[PassingVehicle]:
        """The moving cars as people see them."""
        return [
            PassingVehicle(
                car.front(),
                car.station - car.travel_direction * car.LENGTH / 2,
                car.travel_direction,
                car.speed,
            )
            for car in self.cars
        ]

    def act(self, people: Pedestrians) -> None:
        """Set the acceleration of every vehicle."""
        crossing = [
            (float(people.station[i]), i)
            for i in people.crossing(self.ego.station, 1.5 * TRAFFIC_RANGE)
        ]
        for car in self.cars:
            car.throttle = self._throttle(car, people, crossing)

    def move(self, dt: float) -> None:
        """Move every vehicle on by `dt` [s]; vehicles in the ego's direction shift around parked
        cars as the ego does.
        """
        for car in self.cars:
            if self._demands.shift.size and car.lane_number == self.plan.path:
                car.shift = obstacle_shift(car.station, self._demands, self._ramp)
            car.move(dt)

    def place(self) -> None:
        """Set the world poses of all vehicles from their Frenet coordinates."""
        for car in self.cars:
            car.place()

    def _throttle(
        self, car: TrafficVehicle, people: Pedestrians, crossing: list[tuple[float, int]]
    ) -> float:
        gap, lead_speed = self._ahead(car)
        throttle = idm_acceleration(car.speed, car.desired_speed, gap, lead_speed)
        front = car.front()
        for station, i in crossing:
            room = (station - front) * car.travel_direction - PEDESTRIAN_DEPTH / 2
            half = car.WIDTH / 2 + 0.5
            if 0 < room < LOOK_AHEAD and people.in_the_way(
                i, car.lateral_offset - half, car.lateral_offset + half
            ):
                throttle = min(throttle, idm_acceleration(car.speed, car.desired_speed, room))
        if self.zones:
            stop = self.held_at(car) if car.travel_direction > 0 else self._held_oncoming(car)
            if stop is not None:
                throttle = min(
                    throttle, idm_acceleration(car.speed, car.desired_speed, max(stop, 0.0))
                )
        return throttle

    def _ahead(self, car: TrafficVehicle) -> tuple[float, float]:
        """Gap [m] to the nearest car in the way and its speed [m/s] in this car's direction; (inf,
        0) when there is none.
        """
        nearest = math.inf
        lead_speed = 0.0
        station = car.station
        lateral_offset = car.lateral_offset
        direction = car.travel_direction
        half = car.WIDTH / 2 + SIDE_MARGIN
        for other in self.cars:
            away = (other.station - station) * direction
            if (
                0 < away < nearest
                and abs(other.lateral_offset - lateral_offset) < half + other.WIDTH / 2
                and other is not car
            ):
                nearest = away - (car.LENGTH + other.LENGTH) / 2
                lead_speed = other.speed * other.travel_direction * direction
        away = (self.ego.station - station) * direction
        if (
            0 < away < nearest + 10.0
            and abs(self.ego.lateral_offset - lateral_offset) < half + self.ego.WIDTH / 2
        ):
            gap = away - (car.LENGTH + self.ego.LENGTH) / 2
            if gap < nearest:
                return gap, float(self.ego.speed) * direction
        return nearest, lead_speed

    def zone_ahead(self, front: float) -> Zone | None:
        """The next narrow place that begins ahead of a station [m]."""
        i = bisect_left(self._starts, front)
        return (
            self.zones[i]
            if i < len(self.zones) and self.zones[i].start - front < LOOK_AHEAD
            else None
        )

    def held_at(self, car: Car) -> float | None:
        """How far ahead [m] a car that drives the ego's way must stop, to let others through a
        narrow place, or None.
        """
        front = car.front()
        speed = float(car.speed)
        zone = self.zone_ahead(front)
        if zone is None:
            return None
        stop = zone.start - HELD_BACK - front
        if stop < speed**2 / (2 * SURE_BRAKING) - 0.5 or stop < -HELD_BACK / 2:
            return None
        through = (
            0.8 * car.desired_speed
            if isinstance(car, TrafficVehicle)
            else self.plan.comfortable_speed_at(zone.start)
        )
        if self._meets_oncoming(
            zone, front, speed, min(through, FASTEST_THROUGH)
        ) or self._box_is_full(zone, car):
            return max(stop, 0.0)
        return None

    def _meets_oncoming(self, zone: Zone, front: float, speed: float, through: float) -> bool:
        """Return whether an oncoming vehicle arrives before a car has passed the narrow place."""
        distance = zone.finish + CAR_TAIL - front
        needed = time_over(distance, speed, through) + PASS_MARGIN
        for other in self.cars:
            if other.travel_direction > 0 or other.station + other.LENGTH / 2 < zone.start:
                continue
            away = other.front() - zone.finish
            if away < needed * max(other.speed, 0.6 * other.desired_speed):
                return True
        return False

    def _box_is_full(self, zone: Zone, car: Car) -> bool:
        """Return whether a vehicle ahead stands in the narrow place, or so close behind it that
        there is no space.
        """
        ahead: list[Car] = [*self.cars, self.ego]
        for other in ahead:
            rear = other.station - other.LENGTH / 2
            inside = zone.start < other.front() and rear < zone.finish + car.LENGTH + BOX_ROOM
            if (
                other is not car
                and other.travel_direction > 0
                and other.station > car.station
                and inside
                and other.speed < 3.0
            ):
                return True
        return False

    def _held_oncoming(self, car: TrafficVehicle) -> float | None:
        """Return how far ahead [m] an oncoming car must stop because a narrow place is taken; None
        where it need not.
        """
        front = car.front()
        for zone in self.zones:
            stop = front - zone.finish - HELD_BACK
            if (
                -HELD_BACK < stop < LOOK_AHEAD
                and stop > car.speed**2 / 12 - 1.0
                and self._is_taken(zone)
            ):
                return stop
        return None

    def _is_taken(self, zone: Zone) -> bool:
        """Return whether a vehicle in the ego's direction is in a narrow place, or can no longer
        stop before it.
        """
        users: list[Car] = [
            self.ego,
            *(car for car in self.cars if car.lane_number == self.plan.path),
        ]
        for user in users:
            committed = user.front() + float(user.speed) ** 2 / (2 * SURE_BRAKING)
            if committed > zone.start and user.station - user.LENGTH / 2 < zone.finish:
                return True
        return False


CAR_TAIL = 6.0  # [m] a car has left a place when its front is so far beyond


def time_over(distance: float, speed: float, most: float) -> float:
    """Seconds a car needs for `distance` metres when it pulls away from `speed` until `most` [m/s],
    which is above 0.
    """
    most = max(most, speed)
    gained = (most**2 - speed**2) / (2 * PULL_AWAY)
    if distance <= gained:
        return (math.sqrt(speed**2 + 2 * PULL_AWAY * max(distance, 0.0)) - speed) / PULL_AWAY
    return (most - speed) / PULL_AWAY + (distance - gained) / most


def place_traffic(
    plan: RoadPlan,
    per_kilometre: float,
    generator: np.random.Generator,
    leader: bool = False,
    zones: tuple[Zone, ...] = (),
) -> list[TrafficVehicle]:
    """Return vehicles for every direction, `per_kilometre` each, at random stations at least 30 m
    apart in a lane, numbered from 1.

    The ego's lane stays free for 50 m around the start; with `leader` a slow car drives ahead of
    the ego. No vehicle starts in a narrow place or just before one.
    """
    cars: list[TrafficVehicle] = []
    taken: dict[int, list[float]] = {i: [] for i in range(len(plan.lanes))}
    if leader:
        station = plan.start + generator.uniform(*LEADER_AHEAD)
        cars.append(_car(plan, plan.path, station, generator, generator.uniform(*LEADER_HASTE), 1))
        taken[plan.path].append(station)
    for direction in (1, -1):
        lanes = [i for i, lane in enumerate(plan.lanes) if lane.direction == direction]
        count = round(per_kilometre * plan.centreline.length / 1000) if lanes else 0
        for station in generator.uniform(0.0, plan.centreline.length, count):
            lane = lanes[generator.integers(len(lanes))]
            clear = lane != plan.path or abs(station - plan.start) > EGO_GAP
            clear = clear and not any(
                zone.start - ZONE_CLEAR < station < zone.finish + ZONE_CLEAR for zone in zones
            )
            if clear and all(abs(station - other) > START_GAP for other in taken[lane]):
                taken[lane].append(station)
                cars.append(
                    _car(plan, lane, station, generator, generator.uniform(0.7, 1.0), len(cars) + 1)
                )
    return cars


def _car(
    plan: RoadPlan,
    lane: int,
    station: float,
    generator: np.random.Generator,
    speed_factor: float,
    ident: int,
) -> TrafficVehicle:
    tightest = float(np.abs(plan.centreline.curvature).max())
    shape = draw_dimensions(generator, traffic_kinds(plan.kind, plan.lanes[lane].width, tightest))
    return TrafficVehicle(plan, lane, float(station), shape, float(speed_factor), ident)
