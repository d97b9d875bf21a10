"""Whether a position on the road is free for the car, as a safety driver checks before handing back
control.
"""

from collections.abc import Iterable

from sim.actors.traffic_vehicle import TrafficVehicle
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.geometry.polygons import rectangle_gap
from sim.types import Actor, Pose, rectangle_corners

QUEUE_GAP = 4.0  # [m] between bumpers in a lane, at the least
FOLLOWER_BRAKING = 3.0  # [m/s²] highest braking of a following vehicle


def touches(place: Pose, clearance: float, actors: Iterable[Actor]) -> bool:
    """Return whether a car at the pose `place` would be closer than `clearance` [m] to any of
    `actors`.
    """
    corners = rectangle_corners(place, CAR_LENGTH, CAR_WIDTH)
    reach = clearance + 12.0
    near = [
        a for a in actors if abs(a.pose.x - place.x) < reach and abs(a.pose.y - place.y) < reach
    ]
    return any(rectangle_gap(corners, actor.corners()) < clearance for actor in near)


def cuts_in(
    station: float, lateral_offset: float, speed: float, cars: Iterable[TrafficVehicle]
) -> bool:
    """Return whether a car at (s, d) [m] with `speed` [m/s] would be too close to another car in
    its lane.

    The car behind must be able to slow down to that speed: QUEUE_GAP and (v² - speed²) / (2
    FOLLOWER_BRAKING) [m] between the bumpers.
    """
    for car in cars:
        if abs(car.lateral_offset - lateral_offset) >= (car.WIDTH + CAR_WIDTH) / 2:
            continue
        gap = abs(car.station - station) - (car.LENGTH + CAR_LENGTH) / 2
        needed = QUEUE_GAP
        if car.station < station:
            needed += (
                max(car.speed**2 - speed**2, 0.0) / (2 * FOLLOWER_BRAKING)
                if car.travel_direction > 0
                else -QUEUE_GAP
            )
        if gap < needed:
            return True
    return False
