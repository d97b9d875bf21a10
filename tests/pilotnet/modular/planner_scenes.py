"""Hand-made scenes for the tests of the planner: lanes and road users, and a plan in one call."""

import math
from typing import Any

import numpy as np

from pilotnet.modular.planning.planner import Planner, Situation
from pilotnet.modular.records import Detection, LaneEstimate, Plan, Track
from pilotnet.modular.tracking.ground_position import CAR, PEDESTRIAN_SIZE
from sim.geometry.camera import Camera

# [s]
CAMERA = Camera()
DURATION = 0.1


def lane(**changes: Any) -> LaneEstimate:
    """A straight lane of 3.4 m with an oncoming one on its left."""
    settings: dict[str, Any] = {
        "offset": 0.0,
        "heading_error": 0.0,
        "curvature": 0.0,
        "curvature_rate": 0.0,
        "width": 3.4,
        "left_room": 5.6,
        "right_room": 2.2,
        "left_oncoming": True,
        "confidence": 1.0,
        "reach": 100.0,
    }
    return LaneEstimate(**settings | changes)


def car(forward: float, right: float, speed: float = 0.0, **changes: Any) -> Track:
    """A car along the road, 4.5 m long and 1.8 m wide; a negative speed comes towards us."""
    return _track(False, forward, right, speed, 0.0, 4.5, 1.8, changes)


def person(
    forward: float, right: float, along: float = 0.0, across: float = 0.0, **changes: Any
) -> Track:
    """Return the track of a pedestrian."""
    return _track(True, forward, right, along, across, 0.5, 0.5, changes)


def _track(
    is_person: bool,
    forward: float,
    right: float,
    along: float,
    across: float,
    length: float,
    width: float,
    changes: dict[str, Any],
) -> Track:
    heading = float(np.arctan2(across, along)) if along or across else 0.0
    settings: dict[str, Any] = {
        "ident": 1,
        "person": is_person,
        "forward": forward,
        "right": right,
        "forward_speed": along,
        "right_speed": across,
        "spread": 0.05,
        "length": length,
        "width": width,
        "heading": heading,
        "age": 10.0,
        "unseen": 0.0,
    }
    return Track(**settings | changes)


def plan(*tracks: Track, speed: float = 10.0, right_hand: bool = True, **lane_changes: Any) -> Plan:
    """What a fresh planner makes of a scene, when it has had a moment to see it."""
    planner = Planner(DURATION, right_hand)
    now = Situation(lane(**lane_changes), tracks, speed, 0.0, 0.0)
    for _ in range(4):
        last = planner.plan(now)
    return last


def mirrored(track: Track) -> Track:
    """The same road user on the other side."""
    values = vars(track) | {
        "right": -track.right,
        "right_speed": -track.right_speed,
        "heading": -track.heading,
    }
    return Track(**values)


def box(
    forward: float, right: float, person: bool = False, distance: float | None = None
) -> Detection:
    """Return a perfect detection of an object that has the heading of the car."""
    length, width = PEDESTRIAN_SIZE if person else CAR
    near = forward - length / 2
    far = forward + length / 2
    sides = right - width / 2, right + width / 2
    columns = [
        CAMERA.centre_column + CAMERA.focal * side / depth
        for side in sides
        for depth in (near, far)
    ]
    below = CAMERA.horizon + CAMERA.focal * CAMERA.elevation / (forward if person else near)
    told = math.hypot(forward, right) if distance is None else distance
    left, right_edge = (min(max(edge, 0.0), CAMERA.width) for edge in (min(columns), max(columns)))
    return Detection(
        person, left, below - 30, right_edge, min(below, CAMERA.height), 0.9, 1.0, told
    )
