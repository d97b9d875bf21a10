"""Target speed and acceleration: limits from the road, the range of sight and all road users, by
closed forms.
"""

import math
from typing import NamedTuple

import numpy as np

from pilotnet.modular.planning.obstacles import ClassifiedRoadUsers, RoadUsers, gap_ahead, overlaps
from pilotnet.modular.records import Behaviour, Candidate, Floats, LaneEstimate
from sim.actors.obstacle_shift import LATERAL_ACCELERATION, LINE_MARGIN, SHIFT_REACH, ZONE_GAP
from sim.actors.pedestrians import STOP_BEFORE
from sim.actors.traffic import time_over
from sim.actors.traffic_vehicle import idm_acceleration
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.control.speed import (
    COMFORTABLE,
    PEDAL_TIME,
    PULL_AWAY_ACCELERATION,
    cornering_speed_limit,
    passing_speed,
    speed_before,
    speed_tracking_acceleration,
    stopping_acceleration,
)
from sim.roads.curves import COMFORT_LATERAL

# The stack has no map and reads no signs: it takes wide lanes for fast roads. Lane width [m] ->
# speed [m/s].
LANE_WIDTHS = (2.4, 2.8, 3.3, 3.8)
LEGAL_SPEEDS = (11.0, 13.0, 17.0, 22.0)
# [m/s²], [s] it can stop within what it sees of its lane
SIGHT_BRAKING = 2.5
SIGHT_TIME = 0.5
FOLLOW_MARGIN = 0.3  # [m] beside the car, within which a vehicle ahead is followed
MEETING_TOLERANCE = 0.2  # [m] by which an oncoming vehicle may seem to reach into the own lane
BLOCKED_MARGIN = 1.5  # [m] before a blocked place it stops
# [m], [s] distance before a narrow place at which it waits; time gap after it
HELD_BACK = 4.0
CLEAR_TIME = 2.0
# [m/s] at least and at most, when it reckons its time through a narrow place
CRAWL = 1.0
THROUGH = 9.0
SURE_BRAKING = 3.0  # [m/s²] when it would need more to stop before a narrow place it goes through
QUEUE_ROOM = 8.0  # [m] behind a narrow place that must be free for it to enter
SIDE_GAP = 1.0  # [m] parked cars passed closer than this are passed slowly


class AccelerationLimit(NamedTuple):
    """Highest acceleration [m/s²] that a constraint allows, and the resulting behaviour."""

    acceleration: float
    behaviour: Behaviour


def legal_speed(width: float) -> float:
    """Return the speed [m/s] on a free straight road with lanes of this width [m]."""
    return float(np.interp(width, LANE_WIDTHS, LEGAL_SPEEDS))


def sight_speed(reach: float) -> float:
    """Return the highest speed [m/s] from which the car can stop within `reach` metres."""
    delay = SIGHT_BRAKING * SIGHT_TIME
    return math.sqrt(delay**2 + 2 * SIGHT_BRAKING * max(reach, 0.0)) - delay


def wanted_speed(
    lane: LaneEstimate, path: Candidate, scene: ClassifiedRoadUsers, speed: float
) -> float:
    """Return the target speed [m/s] on the visible road: legal, within sight, comfortable in bends,
    and slow beside pedestrians.
    """
    soon = speed * PEDAL_TIME
    ahead = np.maximum(path.stations - soon, 0.0)
    curvature = lane.curvature_at(path.stations)
    bent = np.minimum(
        COMFORT_LATERAL / np.maximum(np.abs(curvature), 1e-6),
        LATERAL_ACCELERATION / np.maximum(np.abs(curvature + path.d_seconds), 1e-6),
    )
    d_seconds = math.sqrt(float((bent + 2 * 1.5 * ahead)[path.stations >= 0].min()))
    return min(
        legal_speed(lane.width),
        sight_speed(lane.reach),
        d_seconds,
        _polite_speed(path, scene.beside, soon),
    )


def _polite_speed(path: Candidate, beside: RoadUsers, soon: float) -> float:
    """Return the highest speed [m/s] that is slow enough for all pedestrians and parked cars beside
    the path.
    """
    reach = beside.half_length + SHIFT_REACH
    near, far = (beside.station + side * reach for side in (-1, 1))
    along = (path.stations >= near[:, None]) & (path.stations <= far[:, None])
    apart = np.where(along, np.abs(beside.d[:, None] - path.offsets), np.inf).min(
        axis=1, initial=np.inf
    )
    gap = apart - beside.half_width - CAR_WIDTH / 2
    slow = (far > soon) & np.isfinite(gap) & (beside.person | (gap < SIDE_GAP))
    passing = zip(gap[slow].tolist(), near[slow].tolist(), strict=True)
    return min(
        (speed_before(passing_speed(room), ahead - soon) for room, ahead in passing),
        default=math.inf,
    )


def acceleration_limits(
    lane: LaneEstimate,
    path: Candidate,
    free: float,
    scene: ClassifiedRoadUsers,
    speed: float,
    wheel_curvature: float,
) -> tuple[float, list[AccelerationLimit]]:
    """Return the target speed [m/s] of the free road, and the acceleration limits of all
    constraints.

    free: length of the path that is free [m], inf when all of it is.
    wheel_curvature: what the wheels hold [1/m].
    """
    wanted = wanted_speed(lane, path, scene, speed)
    # A sight that ends all at once is no reason to brake harder than is comfortable.
    asked = [
        AccelerationLimit(
            min(
                max(speed_tracking_acceleration(speed, wanted), -COMFORTABLE),
                cornering_speed_limit(speed, wheel_curvature),
                PULL_AWAY_ACCELERATION,
            ),
            Behaviour.KEEP,
        )
    ]
    asked += (
        [AccelerationLimit(stopping_acceleration(speed, free - BLOCKED_MARGIN), Behaviour.STOP)]
        if free < math.inf
        else []
    )
    asked += _following(path, scene, speed, wanted)
    asked += _crossing(path, scene.crossing, speed)
    asked += _giving_way(lane, path, scene, speed, wanted)
    return wanted, asked


def _following(
    path: Candidate, scene: ClassifiedRoadUsers, speed: float, wanted: float
) -> list[AccelerationLimit]:
    """Limit for keeping the distance to the vehicle ahead, and to oncoming vehicles in the own
    lane.
    """
    sorts = ((scene.ahead, FOLLOW_MARGIN), (scene.oncoming, -MEETING_TOLERANCE))
    return [
        AccelerationLimit(
            idm_acceleration(speed, wanted, float(gap_ahead(users)[i]), float(users.along[i])),
            Behaviour.FOLLOW,
        )
        for users, margin in sorts
        for i in np.flatnonzero(
            (users.station > 0) & overlaps(users, _offset_at(path, users.station), margin)
        )
    ]


def _crossing(path: Candidate, crossing: RoadUsers, speed: float) -> list[AccelerationLimit]:
    """Limit for stopping before pedestrians that cross."""
    return [
        AccelerationLimit(stopping_acceleration(speed, gap - STOP_BEFORE), Behaviour.STOP)
        for gap, station in zip(
            gap_ahead(crossing).tolist(), crossing.station.tolist(), strict=True
        )
        if station > CAR_LENGTH / 2 - 0.5 and math.isfinite(gap) and path.stations[-1] > station
    ]


def _giving_way(
    lane: LaneEstimate, path: Candidate, scene: ClassifiedRoadUsers, speed: float, wanted: float
) -> list[AccelerationLimit]:
    """Limit for waiting before the path enters the oncoming lane, while traffic comes or there is
    no space behind.
    """
    zone = _narrow(lane, path)
    if zone is None:
        return []
    stop = zone[0] - CAR_LENGTH / 2 - HELD_BACK
    if stop < speed**2 / (2 * SURE_BRAKING) - 0.5 or stop < -HELD_BACK / 2:
        return []
    if _somebody_comes(zone, scene.oncoming, speed, wanted, lane) or _is_full(zone, scene.ahead):
        return [AccelerationLimit(stopping_acceleration(speed, max(stop, 0.0)), Behaviour.YIELD)]
    return []


def _narrow(lane: LaneEstimate, path: Candidate) -> tuple[float, float] | None:
    """Return the next stretch ahead [m] on which the car's body needs the oncoming lane; short
    refuges within it count as part of it.
    """
    if not lane.left_oncoming:
        return None
    limit = -max(lane.width / 2 - CAR_WIDTH / 2 - LINE_MARGIN, 0.0) - 0.1
    out = path.stations[(path.offsets < limit) & (path.stations > -CAR_LENGTH / 2)]
    if not out.size:
        return None
    breaks = np.flatnonzero(np.diff(out) > ZONE_GAP)
    last = out[breaks[0]] if breaks.size else out[-1]
    return float(out[0]) - CAR_LENGTH / 2, float(last) + CAR_LENGTH / 2


def _somebody_comes(
    zone: tuple[float, float], oncoming: RoadUsers, speed: float, wanted: float, lane: LaneEstimate
) -> bool:
    """Return whether an oncoming vehicle is in a narrow place, or reaches it before the car has
    left it.
    """
    needed = (
        time_over(zone[1] + CAR_LENGTH / 2, speed, min(max(wanted, CRAWL), THROUGH)) + CLEAR_TIME
    )
    near = (oncoming.d > -1.6 * lane.width) & (oncoming.station + oncoming.half_length > zone[0])
    away = oncoming.station - oncoming.half_length - zone[1]
    return bool(np.any(near & (away < needed * -oncoming.along)))


def _is_full(zone: tuple[float, float], ahead: RoadUsers) -> bool:
    """Return whether a vehicle in the own direction stands in a narrow place, or so close behind it
    that there is no space.
    """
    rear = ahead.station - ahead.half_length
    inside = (ahead.station + ahead.half_length > zone[0]) & (
        rear < zone[1] + CAR_LENGTH + QUEUE_ROOM
    )
    return bool(np.any((ahead.station > 0) & inside & (ahead.along < 3.0)))


def _offset_at(path: Candidate, stations: Floats) -> Floats:
    return np.interp(stations, path.stations, path.offsets)
