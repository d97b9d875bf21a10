"""Lateral shift of the ego's path around obstacles at the edge of the road, and where it makes the
road narrow.

Every obstacle requests a shift of the path, positive to the right. The requests are extended by
half a ramp at both ends and convolved with a bell one ramp wide. Beside an obstacle the shift is
exactly the request, the ramps between are quintics, and neighbours merge. The shift changes
smoothly when pedestrians walk.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.geometry.frenet import SPACING, Floats
from sim.jit import exact
from sim.roads.plan import RoadPlan

# [m] wanted
PARKED_CLEARANCE = 1.0
PEDESTRIAN_CLEARANCE = 1.5
# [m] of clearance that will do when the car then stays in its own lane
MIN_PARKED_CLEARANCE = 0.6
MIN_PEDESTRIAN_CLEARANCE = 0.4
LINE_MARGIN = 0.2  # [m] between the car's side and its lane's edge when it swings within its lane
# [m] from the end of the surface and from the outer edge of the outermost lane
SURFACE_MARGIN = 0.4
VERGE_MARGIN = 0.7
SHIFT_REACH = (
    CAR_LENGTH / 2 + 1.0
)  # [m] the car's centre is displaced from this far before an obstacle until this far behind it
# [s], [m], [m]
RAMP_TIME = 1.6
SHORTEST_RAMP = 14.0
LONGEST_RAMP = 36.0
LATERAL_ACCELERATION = 2.2  # [m/s²] on the displaced path
ZONE_GAP = 25.0  # [m] narrow places closer together than this are one


class LateralShift(NamedTuple):
    """Displacement [m, right positive] of the path at a station, and its first and second
    derivative by the station.
    """

    displacement: float
    d_prime: float
    d_second: float


class ShiftRequests(NamedTuple):
    """Obstacles as arrays (N,): the displacement is `shift` [m, right positive] between stations
    `start` and `finish` [m].
    """

    start: Floats
    finish: Floats
    shift: Floats


class FreeWidth(NamedTuple):
    """How far the path may shift [m]: `own` to either side within its lane, `left` and `right` on
    the whole road.
    """

    own: float
    left: float
    right: float


class Zone(NamedTuple):
    """A narrow place: between stations `start` and `finish` the ego's body needs room that oncoming
    traffic uses too [m].
    """

    start: float
    finish: float


def edges(plan: RoadPlan) -> tuple[float, float]:
    """The outer edges of the outermost lanes: (left, right) [m]."""
    return min(lane.offset - lane.width / 2 for lane in plan.lanes), max(
        lane.offset + lane.width / 2 for lane in plan.lanes
    )


def free_width(plan: RoadPlan) -> FreeWidth:
    """How far the ego's path may shift on this road."""
    half = CAR_WIDTH / 2
    path = plan.path_offset
    left, right = edges(plan)
    leftmost = max(plan.drivable[0] + SURFACE_MARGIN, left + VERGE_MARGIN) + half
    rightmost = min(plan.drivable[1] - SURFACE_MARGIN, right) - half
    own = max(plan.lanes[plan.path].width / 2 - half - LINE_MARGIN, 0.0)
    return FreeWidth(own, max(path - leftmost, 0.0), max(rightmost - path, 0.0))


def ramp_length(plan: RoadPlan) -> float:
    """Length of a ramp [m] on this road."""
    speed = plan.speed[int(plan.start / SPACING) : int(plan.finish / SPACING) + 1].mean()
    return float(min(max(RAMP_TIME * speed, SHORTEST_RAMP), LONGEST_RAMP))


@exact
def shift_request(
    left: float, right: float, path: float, clearance: float, enough: float, space: FreeWidth
) -> float:
    """The shift [m] that leaves `clearance` metres beside an obstacle from d = `left` to `right`,
    or as much as there is room for.

    The car does not leave its lane where staying leaves it `enough`.
    """
    on_right = left + right > 2 * path
    gap = (left - path if on_right else path - right) - CAR_WIDTH / 2
    shift = max(clearance - gap, 0.0)
    if gap + space.own >= enough:
        shift = min(shift, space.own)
    return -min(shift, space.left) if on_right else min(shift, space.right)


@exact
def pedestrian_shift_requests(
    lateral_offset: Floats, half: float, path: float, space: FreeWidth, shift: Floats
) -> None:
    """Fill `shift` with what people at d = `lateral_offset`, `half` wide to either side [m],
    demand.
    """
    for i in range(lateral_offset.size):
        shift[i] = shift_request(
            lateral_offset[i] - half,
            lateral_offset[i] + half,
            path,
            PEDESTRIAN_CLEARANCE,
            MIN_PEDESTRIAN_CLEARANCE,
            space,
        )


@exact
def obstacle_shift(station: float, demands: ShiftRequests, ramp: float) -> LateralShift:
    """The displacement of the path at a station [m]."""
    start, finish, shift = demands
    half = ramp / 2
    count = 0
    near = np.empty(shift.size, np.int64)
    for i in range(shift.size):
        if shift[i] != 0.0 and start[i] - ramp < station < finish[i] + ramp:
            near[count] = i
            count += 1
    if count == 0:
        return LateralShift(0.0, 0.0, 0.0)
    cuts = np.empty(2 * count)
    for j in range(count):
        # Positions in the bell, 0 at its beginning and 1 at its end.
        cuts[2 * j] = min(max((start[near[j]] - half - station) / ramp + 0.5, 0.0), 1.0)
        cuts[2 * j + 1] = min(max((finish[near[j]] + half - station) / ramp + 0.5, 0.0), 1.0)
    cuts.sort()
    displacement = 0.0
    d_prime = 0.0
    d_second = 0.0
    for k in range(2 * count - 1):
        a = cuts[k]
        b = cuts[k + 1]
        middle = station + ((a + b) / 2 - 0.5) * ramp
        low = 0.0
        high = 0.0
        for j in range(count):
            i = near[j]
            if start[i] - half <= middle <= finish[i] + half:
                low, high = min(low, shift[i]), max(high, shift[i])
        value = low + high
        displacement += value * (_quintic(b) - _quintic(a))
        d_prime -= value * (_bell(b) - _bell(a)) / ramp
        d_second += value * (_bell_slope(b) - _bell_slope(a)) / ramp**2
    return LateralShift(displacement, d_prime, d_second)


@exact
def _quintic(t: float) -> float:
    return t * t * t * (10.0 + t * (6.0 * t - 15.0))


@exact
def _bell(t: float) -> float:
    return 30.0 * t * t * (1.0 - t) * (1.0 - t)


@exact
def _bell_slope(t: float) -> float:
    return 60.0 * t * (1.0 - t) * (1.0 - 2.0 * t)


@exact
def displaced_curvature(curvature: float, path: float, moved: LateralShift) -> float:
    """Curvature [1/m] of the displaced path where the reference line has `curvature` and the path's
    own place is d = `path`.
    """
    scale = 1.0 - curvature * (path + moved.displacement)
    return curvature / scale + moved.d_second / scale**2


@exact
def shift_speed(
    station: float,
    horizon: float,
    curvature: Floats,
    path: float,
    demands: ShiftRequests,
    ramp: float,
    braking: float,
) -> float:
    """The highest speed [m/s] at a station from which `braking` [m/s²] does for every bend of the
    swings ahead; inf for none.
    """
    best = np.inf
    step = 2.0
    for k in range(int(horizon / step) + 1):
        there = station + k * step
        moved = obstacle_shift(there, demands, ramp)
        if moved.d_second != 0.0:
            i = min(max(int(there / SPACING), 0), curvature.size - 1)
            bent = abs(displaced_curvature(curvature[i], path, moved))
            best = min(best, LATERAL_ACCELERATION / max(bent, 1e-6) + 2 * braking * k * step)
    return math.sqrt(best)


def narrow_places(plan: RoadPlan, demands: ShiftRequests, ramp: float) -> tuple[Zone, ...]:
    """Where the path around standing obstacles takes the ego's side closer to the oncoming lane
    than it may meet a car there.
    """
    lane = plan.lanes[plan.path]
    if not any(other.direction != lane.direction for other in plan.lanes):
        return ()
    limit = -(lane.width / 2 - CAR_WIDTH / 2 - LINE_MARGIN) - 0.05
    zones: list[Zone] = []
    for i in range(plan.speed.size):
        station = i * SPACING
        if obstacle_shift(station, demands, ramp).displacement < limit:
            first = station - CAR_LENGTH / 2
            last = station + CAR_LENGTH / 2
            if zones and first - zones[-1].finish < ZONE_GAP:
                zones[-1] = Zone(zones[-1].start, last)
            else:
                zones.append(Zone(first, last))
    return tuple(zones)
