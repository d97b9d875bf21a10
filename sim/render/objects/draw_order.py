"""The order of drawing: from far to near, with objects beside or before a long vehicle in the right
order.

Footprints do not overlap, so a straight line along a side of one of two objects separates them. The
object on the camera's side is nearer.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
FOOTPRINT_OVERLAP = 0.05  # [m] that footprints may overlap


@kernel
def _beyond(pose: Floats, size: Floats, side: int, x: float, y: float) -> float:
    """How far [m] a point lies outside one of a footprint's sides: front, rear, right, left."""
    dx = x - pose[0]
    dy = y - pose[1]
    if side < 2:
        along = dx * pose[2] + dy * pose[3]
        return (along if side == 0 else -along) - size[0] / 2
    across = dy * pose[2] - dx * pose[3]
    return (across if side == 2 else -across) - size[1] / 2


@kernel
def _parted(pose: Floats, size: Floats, other: Floats, extent: Floats, eye: Eye) -> int:
    """+1: the other stands on the eye's side of one of the sides of the footprint, -1: on the far
    side, 0: none parts them.
    """
    for side in range(4):
        outside = True
        for corner in range(4):
            along = extent[0] * (0.5 if corner in (0, 1) else -0.5)
            across = extent[1] * (0.5 if corner in (0, 2) else -0.5)
            x = other[0] + along * other[2] - across * other[3]
            y = other[1] + along * other[3] + across * other[2]
            if _beyond(pose, size, side, x, y) < -FOOTPRINT_OVERLAP:
                outside = False
                break
        if outside:
            return 1 if _beyond(pose, size, side, eye.x, eye.y) > 0.0 else -1
    return 0


@kernel
def nearer(poses: Floats, sizes: Floats, a: int, b: int, eye: Eye) -> int:
    """+1 when `b` must be drawn after `a`, -1 when before it, 0 when either will do."""
    verdict = _parted(poses[a], sizes[a], poses[b], sizes[b], eye)
    return verdict if verdict else -_parted(poses[b], sizes[b], poses[a], sizes[a], eye)


@kernel
def _point_nearer(pose: Floats, size: Floats, x: float, y: float, eye: Eye) -> int:
    """The same for a thing that is a point on the ground."""
    for side in range(4):
        if _beyond(pose, size, side, x, y) > -FOOTPRINT_OVERLAP:
            return 1 if _beyond(pose, size, side, eye.x, eye.y) > 0.0 else -1
    return 0


@kernel
def put_in_order(
    things: Integers,
    forward: Floats,
    right: Floats,
    still: int,
    poses: Floats,
    sizes: Floats,
    eye: Eye,
) -> None:
    """Mend an order by the distances of the centres: move what is wrongly before or behind a
    vehicle across it.

    things: (N,) indices, from `still` on those of `poses` (K, 4) x, y, cos, sin and `sizes` (K, 3)
    [m].
    forward, right: (N,) [m].
    """
    for first in range(things.size):
        if things[first] < still:
            continue
        me = things[first] - still
        half = 0.5 * math.hypot(sizes[me, 0], sizes[me, 1])
        if half < 1.0:
            continue
        n = first
        for i in range(first - 1, -1, -1):
            if forward[i] > forward[n] + half + 1.0 and things[i] < still:
                break
            if _verdict(things[i], me, still, poses, sizes, forward[i], right[i], eye) > 0:
                _move(things, forward, right, i, n)
                n -= 1
        for i in range(n + 1, things.size):
            if forward[i] < forward[n] - half - 1.0 and things[i] < still:
                break
            if _verdict(things[i], me, still, poses, sizes, forward[i], right[i], eye) < 0:
                _move(things, forward, right, i, n)
                n += 1


@kernel
def _verdict(
    thing: int,
    me: int,
    still: int,
    poses: Floats,
    sizes: Floats,
    forward: float,
    right: float,
    eye: Eye,
) -> int:
    if thing >= still:
        return nearer(poses, sizes, me, thing - still, eye)
    x = eye.x + forward * eye.cos - right * eye.sin
    y = eye.y + forward * eye.sin + right * eye.cos
    return _point_nearer(poses[me], sizes[me], x, y, eye)


@kernel
def _move(things: Integers, forward: Floats, right: Floats, start: int, goal: int) -> None:
    """Take the entry at `start` out and put it in at `goal`; those between move up."""
    thing = things[start]
    ahead = forward[start]
    aside = right[start]
    step = 1 if goal > start else -1
    for i in range(start, goal, step):
        things[i], forward[i], right[i] = things[i + step], forward[i + step], right[i + step]
    things[goal] = thing
    forward[goal] = ahead
    right[goal] = aside
