"""The arrays of a lane network's ground, and Frenet coordinates in its strips."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.jit import inlined
from sim.render.ground.paving import CELL

MAX_STRIPS_PER_CELL = 16  # a cell lists the nearest ones; chosen
FAR_OFFSET = 1e6  # [m] lateral offset of points that have no coordinates in a strip


class LaneGround(NamedTuple):
    """The ground of a lane network as arrays of N samples of L strips.

    line: (N, 6) x, y, cos and sin of the heading, curvature, half the width of each sample.
    owner: (N,) the strip of each sample.
    first, last: (L,) first and last sample of each strip.
    spacing: (L,) distance between samples [m].
    lines: (L, 2) LaneLine of the left and right edge.
    open: (L,) see LaneStrip.
    shown: (N, 2) length of visible paint on each edge from the strip's beginning to the sample [m].
    cells: (rows, columns) row of `near` for each cell of CELL metres, -1 far from every strip.
    origin: world x, y of the grid's corner.
    near: (M, MAX_STRIPS_PER_CELL) nearest sample of each strip that a cell lists, then -1.
    noise, noise_starts: see `sim.render.noise`.
    """

    line: Floats
    owner: NDArray[np.int32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    spacing: Floats
    lines: NDArray[np.int64]
    open: NDArray[np.bool_]
    shown: Floats
    cells: NDArray[np.int32]
    origin: Floats
    near: NDArray[np.int32]
    noise: NDArray[np.float32]
    noise_starts: NDArray[np.int64]


@inlined
def nearby_strips(ground: LaneGround, x: float, y: float) -> int:
    """Return the row of `near` that lists the strips around a world point, -1 if there is none."""
    cells = ground.cells
    origin = ground.origin
    column = int(np.floor((x - origin[0]) / CELL))
    row = int(np.floor((y - origin[1]) / CELL))
    if column < 0 or row < 0 or row >= cells.shape[0] or column >= cells.shape[1]:
        return -1
    return cells[row, column]


@inlined
def strip_coordinates(
    ground: LaneGround, i: int, x: float, y: float
) -> tuple[int, float, float, float, float]:
    """Return (sample, s, d, cos, sin) of a world point in the strip of the nearby sample i.

    s, d: Frenet coordinates in the strip [m]; cos, sin: of its heading there. Beyond its ends the
    strip is continued straight. d is FAR_OFFSET beyond the centre of curvature, where s is
    undefined.
    """
    line = ground.line
    strip = ground.owner[i]
    first = ground.first[strip]
    last = ground.last[strip]
    spacing = ground.spacing[strip]
    ds = d = 0.0
    for _ in range(4):
        dx = x - line[i, 0]
        dy = y - line[i, 1]
        cos = line[i, 2]
        sin = line[i, 3]
        curvature = line[i, 4]
        ds = dx * cos + dy * sin
        d = dy * cos - dx * sin
        ds /= max(1.0 - curvature * d, 0.2)
        step = min(max(i + int(round(ds / spacing)), first), last) - i
        if step == 0:
            break
        i += step
    if abs(ds) < spacing:
        d -= 0.5 * curvature * ds * ds
        cos, sin = cos - curvature * ds * sin, sin + curvature * ds * cos
    elif first < i < last:
        d = FAR_OFFSET  # beyond the centre of curvature
    return i, (i - first) * spacing + ds, d, cos, sin
