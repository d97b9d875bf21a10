"""From a box in the frame to a ground position, by the flat-road assumption and the detector's own
distance estimate.

The two are fused by their variances: an error of one row is an error of distance² / (focal length x
camera height).
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pilotnet.modular.records import Detection, Floats, Track
from sim.geometry.camera import Camera

# [px] of box edges
ROW_SPREAD = 1.2
COLUMN_SPREAD = 1.5
DISTANCE_SPREAD = 0.08  # share of the distance by which the detector's own estimate errs
HALF_LENGTH_SPREAD = 0.6  # [m] of what lies between a car's near edge and its centre
# [m] within which a position is believed
MIN_GROUND_DISTANCE = 1.0
MAX_GROUND_DISTANCE = 120.0
# [m] of a car of which a part has left the picture at its side: which part is not known
CUT_SPREAD = 3.0
# [px], of its size: a box that comes so close to the edge of the picture may be cut off there
CUT_MARGIN = 1.5
CUT_SHARE = 0.04

# [m] by which people, and cars, may reach farther to either side than their tracks say
LIMBS = 0.4
BODY = 0.2


class Size(NamedTuple):
    """A footprint: length along and width across its heading [m]."""

    length: float
    width: float


CAR = Size(4.6, 1.85)
LONG_CAR = Size(9.0, 2.5)
PEDESTRIAN_SIZE = Size(0.5, 0.5)
WIDE = 2.25  # [m] a car wider than this is a truck or a bus


def size_of(person: bool, width: float) -> Size:
    """Return the typical footprint of a class; for cars the width [m] that was measured is used."""
    if person:
        return PEDESTRIAN_SIZE
    return LONG_CAR if width > WIDE else CAR


class GroundPosition(NamedTuple):
    """Position of an object: forward and right of the car's centre [m], with variances along and
    across the line of sight [m²].

    width: across the line of sight [m], as far as it is visible.
    """

    forward: float
    right: float
    along: float
    across: float
    width: float


def locate(detection: Detection, camera: Camera) -> GroundPosition | None:
    """Return the ground position of a detection; None where neither its row nor its distance gives
    one.
    """
    expected = size_of(detection.person, 0.0)
    found = _distance(detection, camera, expected.length / 2)
    if found is None:
        return None
    forward, along = found
    left, right = _sides(detection, camera, forward, expected)
    across = (COLUMN_SPREAD * forward / camera.focal) ** 2 + 0.1**2
    edge = CUT_MARGIN + CUT_SHARE * (detection.right - detection.left)
    cut = (detection.left <= edge, detection.right >= camera.width - edge)
    if any(cut):
        # Only the side that is in the picture says where it stands.
        left, right = (
            (right - expected.width, right)
            if cut[0] and not cut[1]
            else (left, left + expected.width)
        )
        across += 0.5**2 if all(cut) else 0.3**2
        if not detection.person:
            along, across = along + CUT_SPREAD**2, across + CUT_SPREAD**2
    return GroundPosition(
        forward, (left + right) / 2, along, across, min(max(right - left, 0.3), 3.0)
    )


def _distance(
    detection: Detection, camera: Camera, half_length: float
) -> tuple[float, float] | None:
    """Distance of the centre along the optical axis [m] and its variance [m²]."""
    column = (detection.left + detection.right) / 2 - camera.centre_column
    told = detection.distance * math.cos(math.atan2(column, camera.focal))
    estimates = []
    if math.isfinite(told) and MIN_GROUND_DISTANCE < told < MAX_GROUND_DISTANCE:
        estimates.append((told, (DISTANCE_SPREAD * told + 0.3) ** 2))
    below = detection.bottom - camera.horizon
    cut = detection.bottom >= camera.height - CUT_MARGIN
    if below > ROW_SPREAD and not cut:
        near = camera.focal * camera.elevation / below
        spread = ROW_SPREAD * near**2 / (camera.focal * camera.elevation)
        extra = 0.0 if detection.person else HALF_LENGTH_SPREAD
        if near + half_length < MAX_GROUND_DISTANCE:
            estimates.append((near + half_length, spread**2 + extra**2 + 0.1**2))
    if not estimates:
        return None
    weight = sum(1 / variance for _, variance in estimates)
    return sum(value / variance for value, variance in estimates) / weight, 1 / weight


def _sides(detection: Detection, camera: Camera, forward: float, size: Size) -> tuple[float, float]:
    """Return the left and right sides [m] of an object that is aligned with the road, whose far
    corner may be the outermost one.
    """
    near = max(forward - size.length / 2, MIN_GROUND_DISTANCE)
    far = forward + size.length / 2
    left, right = (
        (edge - camera.centre_column) / camera.focal for edge in (detection.left, detection.right)
    )
    sides = left * (near if left < 0 else far), right * (near if right > 0 else far)
    return camera.lateral + sides[0], camera.lateral + sides[1]


def covariances(positions: Sequence[GroundPosition]) -> Floats:
    """The covariances (N, 2, 2) [m²] of ground positions, in car coordinates."""
    forward, right, along, across = np.array([place[:4] for place in positions]).reshape(-1, 4).T
    bearing = np.arctan2(right, forward)
    cos = np.cos(bearing)
    sin = np.sin(bearing)
    mixed = (along - across) * cos * sin
    rows = [[along * cos**2 + across * sin**2, mixed], [mixed, along * sin**2 + across * cos**2]]
    return np.moveaxis(np.array(rows), 2, 0)


def occluded_ground(tracks: Sequence[Track]) -> Floats:
    """Return the ground that road users hide, (N, 3): least distance ahead [m], and two bounding
    directions as right over forward.

    They are as tall as the camera, so they hide everything behind them.
    """
    if not tracks:
        return np.zeros((0, 3))
    columns = [(t.forward, t.right, t.length, t.width, t.heading, t.person) for t in tracks]
    forward, right, length, width, heading, person = np.array(columns, np.float64).T
    cos = np.abs(np.cos(heading))
    sin = np.abs(np.sin(heading))
    around = np.where(person > 0, LIMBS, BODY)
    deep = (length * cos + width * sin) / 2
    wide = (width * cos + length * sin) / 2 + around
    near = np.maximum(forward - deep, MIN_GROUND_DISTANCE)
    far = np.maximum(forward + deep, MIN_GROUND_DISTANCE)
    left, right = right - wide, right + wide
    shadows = np.column_stack(
        [near, np.minimum(left / near, left / far), np.maximum(right / near, right / far)]
    )
    return shadows[forward + deep > MIN_GROUND_DISTANCE]
