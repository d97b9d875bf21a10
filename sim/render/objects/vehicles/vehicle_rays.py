"""Rays cut against a vehicle's convex parts and its wheels, in the vehicle's own frame (see
`vehicle_shapes`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye
from sim.render.objects.vehicles.vehicle_shapes import PARTS, Floats

NEAR_PLANE = 0.15  # [m] in front of the camera where the world begins
NOTHING = -1
Hit = tuple[int, float, int, float]


@kernel
def convex(
    planes: Floats, first: int, last: int, room: Floats, dx: float, dy: float, dz: float
) -> tuple[float, int]:
    """Distance along a ray to where it enters planes [first, last), -1 if it does not, and the
    plane.

    room: how far the eye is inside each plane [m].
    dx, dy, dz: the ray.
    """
    enter = 0.0
    face = -1
    for i in range(first, last):
        if room[i] < 0.0:
            slope = planes[i, 0] * dx + planes[i, 1] * dy + planes[i, 2] * dz
            if slope >= 0.0:
                return -1.0, -1
            if room[i] < enter * slope:
                enter = room[i] / slope
                face = i
    if face < 0:
        return -1.0, -1
    for i in range(first, last):
        if (
            room[i] >= 0.0
            and (planes[i, 0] * dx + planes[i, 1] * dy + planes[i, 2] * dz) * enter > room[i]
        ):
            return -1.0, -1
    return enter, face


@kernel
def _wheels(
    wheels: Floats, half: float, x: float, y: float, z: float, dx: float, dy: float, dz: float
) -> tuple[float, float]:
    """Distance along a ray from (x, y, z) to the nearest axle's wheels, -1 for none, and how far
    from the axle [m] it hits.
    """
    best = -1.0
    radius = 0.0
    outer = wheels[0]
    slab_in = (-half - y) / dy if dy != 0.0 else -1e9
    slab_out = (half - y) / dy if dy != 0.0 else 1e9
    if slab_in > slab_out:
        slab_in, slab_out = slab_out, slab_in
    for i in range(int(wheels[4])):
        ox = x - wheels[1 + i]
        oz = z - outer
        a = dx * dx + dz * dz
        b = ox * dx + oz * dz
        c = ox * ox + oz * oz - outer * outer
        inner = b * b - a * c
        if inner <= 0.0:
            continue
        root = math.sqrt(inner)
        enter = max((-b - root) / a, slab_in)
        leave = min((-b + root) / a, slab_out)
        if 0.0 < enter < leave and (best < 0.0 or enter < best):
            best = enter
            radius = math.sqrt((ox + enter * dx) ** 2 + (oz + enter * dz) ** 2)
    return best, radius


@kernel
def hit_of(
    planes: Floats, starts: NDArray[np.int64], room: Floats, wheels: Floats, width: float,
    x: float, y: float, z: float, dx: float, dy: float, dz: float,
) -> Hit:  # fmt: skip
    """The part that a ray meets first (PARTS for a wheel), how far along, through which plane, how
    far from the axle [m].
    """
    part = NOTHING
    nearest = 1e9
    face = -1
    radius = 0.0
    for i in range(PARTS):
        if starts[i + 1] > starts[i]:
            distance, plane = convex(planes, starts[i], starts[i + 1], room, dx, dy, dz)
            if 0.0 < distance < nearest:
                part = i
                nearest = distance
                face = plane
    if z + nearest * dz < 2 * wheels[0]:
        rolling, from_axle = _wheels(wheels, width / 2 - 0.02, x, y, z, dx, dy, dz)
        if 0.0 < rolling < nearest:
            part = PARTS
            nearest = rolling
            radius = from_axle
    return part, nearest, face, radius


@kernel
def eye_in_frame(pose: Floats, eye: Eye) -> Eye:
    """The same camera seen from a thing at `pose` (x, y, cos, sin)."""
    x = (eye.x - pose[0]) * pose[2] + (eye.y - pose[1]) * pose[3]
    y = (eye.y - pose[1]) * pose[2] - (eye.x - pose[0]) * pose[3]
    cos = eye.cos * pose[2] + eye.sin * pose[3]
    sin = eye.sin * pose[2] - eye.cos * pose[3]
    return Eye(x, y, eye.elevation, cos, sin, eye.focal, eye.horizon, 0.0)


@kernel
def screen_box(size: Floats, eye: Eye, columns: int) -> tuple[float, float, float, float]:
    """Columns and rows (left, right, top, bottom) that a block covers, seen by an eye in its frame.
    Left > right: none.
    """
    left = 1e9
    right = -1e9
    top = 1e9
    bottom = -1e9
    for edge in range(4):
        # The four upright faces' ground edges, cut where the world begins; upright edges share
        # their ends.
        ax = size[0] * (0.5 if edge in (0, 3) else -0.5)
        ay = size[1] * (0.5 if edge in (0, 1) else -0.5)
        bx = size[0] * (0.5 if edge in (2, 3) else -0.5)
        by = size[1] * (0.5 if edge in (3, 0) else -0.5)
        a_forward = (ax - eye.x) * eye.cos + (ay - eye.y) * eye.sin
        a_right = (ay - eye.y) * eye.cos - (ax - eye.x) * eye.sin
        b_forward = (bx - eye.x) * eye.cos + (by - eye.y) * eye.sin
        b_right = (by - eye.y) * eye.cos - (bx - eye.x) * eye.sin
        if a_forward < NEAR_PLANE and b_forward < NEAR_PLANE:
            continue
        if a_forward < NEAR_PLANE:
            t = (NEAR_PLANE - a_forward) / (b_forward - a_forward)
            a_forward, a_right = NEAR_PLANE, a_right + t * (b_right - a_right)
        if b_forward < NEAR_PLANE:
            t = (NEAR_PLANE - b_forward) / (a_forward - b_forward)
            b_forward, b_right = NEAR_PLANE, b_right + t * (a_right - b_right)
        for forward, across in ((a_forward, a_right), (b_forward, b_right)):
            column = columns / 2 + eye.focal * across / forward
            left, right = min(left, column), max(right, column)
            top = min(top, eye.horizon + eye.focal * (eye.elevation - size[2]) / forward)
            bottom = max(bottom, eye.horizon + eye.focal * eye.elevation / forward)
    return left, right, top, bottom


@kernel
def measure_room(planes: Floats, room: Floats, eye: Eye) -> None:
    """Write how far the eye, in the vehicle's frame, is inside each plane."""
    for i in range(room.size):
        room[i] = (
            planes[i, 3]
            - planes[i, 0] * eye.x
            - planes[i, 1] * eye.y
            - planes[i, 2] * eye.elevation
        )
