"""Parked cars: in parking bays where there are any, else at the edge of the road, some reaching
into the lane.

The road stays passable: one narrow place at a time, space to return to the lane in between, and
never two cars opposite each other.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.actors.free_stations import (
    FreeStations,
    OccupiedStretch,
    at_street,
    at_zebra,
    expected_count,
    last_station,
    require_placed,
)
from sim.actors.obstacle_shift import (
    LINE_MARGIN,
    MIN_PARKED_CLEARANCE,
    PARKED_CLEARANCE,
    SHIFT_REACH,
    FreeWidth,
    ShiftRequests,
    edges,
    free_width,
    ramp_length,
    shift_request,
)
from sim.actors.vehicle_kinds import LANE_MARGIN, PARKABLE, VehicleDimensions, draw_dimensions
from sim.control.bicycle import CAR_WIDTH
from sim.geometry.frenet import SPACING
from sim.roads.plan import Lane, RoadPlan
from sim.types import Actor, Pose

# [m] after the start there are none; behind the finish there are some to be seen
PARKED_START_CLEAR = 60.0
FINISH_CLEAR = 150.0
NARROW_CLEAR = 130.0  # [m] after the start there are none that make the road narrow
# [m]
ZEBRA_CLEAR = 10.0
STREET_CLEAR = 5.0
BUMPER_GAP = 1.2  # [m]
REACH_IN = (0.2, 1.2)  # [m] into the lane
ON_VERGE = (0.1, 0.5)  # [m] beside the lane
REFUGE = 30.0  # [m] of the ego's own lane between two narrow places
# [1/m] most curvature where the ego must swing out, and where it need not
STRAIGHT_ENOUGH = 1 / 60
PARKABLE_BEND = 1 / 40
WIDEST = 2.5  # [m] of what comes the other way
PASSING_GAP = 0.6  # [m] between a parked car and a passing one at the least
PARKING_TRIES = 40


@dataclass(frozen=True)
class ParkedCar:
    """A car that stands: its place on the road, what it looks like, and the shift [m] it demands of
    the ego's path.
    """

    place: OccupiedStretch
    shift: float
    actor: Actor


def parked_cars(
    plan: RoadPlan, per_kilometre: float, generator: np.random.Generator, sites: FreeStations
) -> list[ParkedCar]:
    """Cars at random places, added to `sites`; what does not fit is left out, ValueError when
    nothing fits at all.
    """
    expected = expected_count(
        per_kilometre, plan.start + PARKED_START_CLEAR, last_station(plan, FINISH_CLEAR)
    )
    parking = _Parking(plan, generator, sites)
    for _ in range(int(expected + generator.random())):
        parking.try_one(PARKING_TRIES)
    require_placed("parked", per_kilometre, expected, len(parking.cars))
    return parking.cars


def parked_shift_requests(cars: list[ParkedCar]) -> ShiftRequests:
    """What the parked cars demand of the ego's path."""
    shifting = [car for car in cars if car.shift]
    return ShiftRequests(
        np.array([car.place.start - SHIFT_REACH for car in shifting], dtype=np.float64),
        np.array([car.place.finish + SHIFT_REACH for car in shifting], dtype=np.float64),
        np.array([car.shift for car in shifting], dtype=np.float64),
    )


class _Parking:
    """Places one car after the other."""

    def __init__(self, plan: RoadPlan, generator: np.random.Generator, sites: FreeStations) -> None:
        self.plan = plan
        self.generator = generator
        self.sites = sites
        self.cars: list[ParkedCar] = []
        self.room: FreeWidth = free_width(plan)
        self.ramp = ramp_length(plan)
        self.spacing = (
            2 * (8.0 + self.ramp / 2) + REFUGE
        )  # [m] between cars that make narrow places
        oncoming = [lane for lane in plan.lanes if lane.direction < 0]
        self.oncoming = bool(oncoming)
        # [m] Oncoming vehicles do not shift, so cars parked on the left keep out of their lane.
        self.oncoming_edge = min(
            (lane.offset - _passing_half(lane) for lane in oncoming), default=math.inf
        )

    def try_one(self, tries: int) -> None:
        """Place one car, if one of so many random places will do."""
        for _ in range(tries):
            shape = draw_dimensions(self.generator, PARKABLE)
            middle, lateral_offset, direction = self._spot(shape)
            place = OccupiedStretch(
                middle - shape.length / 2,
                middle + shape.length / 2,
                lateral_offset - shape.width / 2,
                lateral_offset + shape.width / 2,
            )
            shift = shift_request(
                place.left,
                place.right,
                self.plan.path_offset,
                PARKED_CLEARANCE,
                MIN_PARKED_CLEARANCE,
                self.room,
            )
            if self._will_do(place, shift):
                self._place(place, shape, direction, shift)
                return

    def _place(
        self, place: OccupiedStretch, shape: VehicleDimensions, direction: int, shift: float
    ) -> None:
        middle = (place.start + place.finish) / 2
        lateral_offset = (place.left + place.right) / 2
        pose = self.plan.centreline.pose_at(middle, lateral_offset)
        turned = (
            pose.heading + (0.0 if direction > 0 else math.pi) + self.generator.uniform(-0.02, 0.02)
        )
        # The world numbers all actors when it has them.
        actor = Actor(0, shape.kind, Pose(pose.x, pose.y, turned), 0.0, *shape[1:], parked=True)
        self.cars.append(ParkedCar(place, shift, actor))
        self.sites.solid.append(place)

    def _spot(self, shape: VehicleDimensions) -> tuple[float, float, int]:
        """A random place for a car: station, d of its centre [m] and the way it faces."""
        plan = self.plan
        generator = self.generator
        if plan.parking:
            lengths = np.array([strip.finish - strip.start for strip in plan.parking])
            strip = plan.parking[generator.choice(lengths.size, p=lengths / lengths.sum())]
            lateral_offset = strip.offset + generator.uniform(-0.1, 0.1)
            if strip.direction < 0:
                lateral_offset = min(lateral_offset, self.oncoming_edge - shape.width / 2 - 0.05)
            return generator.uniform(strip.start, strip.finish), lateral_offset, strip.direction
        station = generator.uniform(
            plan.start + PARKED_START_CLEAR, last_station(plan, FINISH_CLEAR)
        )
        left, right = edges(plan)
        on_left = generator.random() < 0.4
        reach = generator.uniform(*REACH_IN)
        # The farthest that leaves the ego enough without leaving its lane.
        harmless = 2 * self.room.own + LINE_MARGIN - MIN_PARKED_CLEARANCE
        crowded = self._crowded(station) or station < plan.start + NARROW_CLEAR + shape.length
        if on_left or (crowded and harmless < REACH_IN[0]):
            reach = -generator.uniform(*ON_VERGE)
        elif crowded:
            reach = min(reach, harmless)
        side = -1 if on_left and self.oncoming else 1
        edge = left if side < 0 else right
        return station, edge + side * (shape.width / 2 - reach), side

    def _crowded(self, station: float) -> bool:
        """Whether a narrow place here would run into another one."""
        return any(
            self._narrow(car.shift) and abs(car.place.start - station) < self.spacing
            for car in self.cars
        )

    def _narrow(self, shift: float) -> bool:
        return abs(shift) > self.room.own + 1e-9

    def _will_do(self, place: OccupiedStretch, shift: float) -> bool:
        plan = self.plan
        side = 1 if place.left + place.right > 2 * self.plan.path_offset else -1
        within = plan.start + PARKED_START_CLEAR <= place.start and place.finish <= last_station(
            plan, FINISH_CLEAR
        )
        forbidden = at_zebra(plan, place.start, place.finish, ZEBRA_CLEAR) or at_street(
            plan, place.start, place.finish, side, STREET_CLEAR
        )
        if not within or forbidden or not self.sites.is_free(place, BUMPER_GAP, 0.1):
            return False
        return self._passable(place, shift) and self._straight(place, shift)

    def _passable(self, place: OccupiedStretch, shift: float) -> bool:
        """Return whether the ego and an oncoming vehicle can pass it, and pass what stands
        opposite.
        """
        displaced = self.plan.path_offset + shift
        half = CAR_WIDTH / 2 + MIN_PARKED_CLEARANCE - 1e-9
        if place.left < displaced + half and displaced - half < place.right:
            return False
        if self._narrow(shift) and (
            self._crowded(place.start) or place.start < self.plan.start + NARROW_CLEAR
        ):
            return False
        for lane in self.plan.lanes:
            half = _passing_half(lane)
            if (
                lane.direction < 0
                and place.left < lane.offset + half
                and lane.offset - half < place.right
            ):
                return False
        return all(self._apart(place, shift, car) for car in self.cars)

    def _apart(self, place: OccupiedStretch, shift: float, car: ParkedCar) -> bool:
        """Whether the ego, displaced for one of the two, has room beside the other."""
        along = SHIFT_REACH + self.ramp
        middle = self.plan.path_offset
        if not place.near(car.place, along, 100.0) or (place.left > middle) == (
            car.place.left > middle
        ):
            return True
        pushed = min(shift, car.shift, 0.0)
        left = place if place.left < car.place.left else car.place
        return left.right < middle + pushed - CAR_WIDTH / 2 - MIN_PARKED_CLEARANCE

    def _straight(self, place: OccupiedStretch, shift: float) -> bool:
        """Whether the bends here are gentle enough."""
        margin = self.ramp + SHIFT_REACH if self._narrow(shift) else 0.0
        first = int((place.start - margin) / SPACING)
        last = int((place.finish + margin) / SPACING)
        limit = STRAIGHT_ENOUGH if self._narrow(shift) else PARKABLE_BEND
        return float(np.abs(self.plan.centreline.curvature[max(first, 0) : last + 1]).max()) < limit


def _passing_half(lane: Lane) -> float:
    """Return half of the width [m] that a vehicle in a lane needs."""
    return min(WIDEST, lane.width - LANE_MARGIN) / 2 + PASSING_GAP
