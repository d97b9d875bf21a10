"""Any network of lanes -> the ground as arrays: what `lane_network_picture` draws from.

Every lane is a strip with its own road coordinates (s, d); a grid of cells lists the strips near
each place. Lanes may cross, touch and lie over one another: paint that another lane's paint or
surface already covers is left out here, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.jit import inlined, kernel
from sim.render.ground.paving import CELL
from sim.render.noise import noise

STRIP_SPACING = 0.5  # [m] between the samples of a strip, about
MAX_STRIPS_PER_CELL = 16  # strips that a cell lists at most, the nearest ones
CELL_MARGIN = 4.0  # [m] around a cell within which every strip is listed
SHOULDER_WIDTH = 0.3  # [m] of asphalt beyond a strip's edges
PAINT_WIDTH = 0.15  # [m]
SAME_LINE_DISTANCE = 0.3  # [m] within which two lines are one
FAR_OFFSET = 1e6  # [m]
END_MARGIN = 0.25  # [m] from its ends a strip hides nothing: there the next one takes over
INSIDE_MARGIN = 0.4  # [m] inside another strip where a line ends: junctions are open


class LaneLine(IntEnum):
    """How an edge of a strip is marked."""

    NONE = 0
    DASHED = 1
    SOLID = 2


@dataclass(frozen=True)
class LaneStrip:
    """A lane: points (n, 2) of its centre, headings (n,) [rad], widths (n,) [m] in its direction,
    and the lines on both edges.

    open: whether it is no lane but an open paved area, on which the lines of others show.
    """

    points: Floats
    headings: Floats
    widths: Floats
    left: LaneLine = LaneLine.NONE
    right: LaneLine = LaneLine.NONE
    open: bool = False

    def __post_init__(self) -> None:
        count = len(self.points)
        if (
            count < 2
            or self.points.shape != (count, 2)
            or not self.headings.shape == self.widths.shape == (count,)
        ):
            raise ValueError(
                f"strip has points {self.points.shape}, headings {self.headings.shape} and "
                f"widths {self.widths.shape}; "
                "they must be (n, 2), (n,) and (n,) with n of 2 or more"
            )
        if not (
            np.isfinite(self.points).all()
            and np.isfinite(self.headings).all()
            and (self.widths > 0).all()
        ):
            raise ValueError(
                "strip has points or headings that are not finite, or widths that are not above 0"
            )


class LaneGround(NamedTuple):
    """The ground of a lane network as arrays.

    line: (N, 6) samples x, y, cos, sin of the heading, curvature, half the width.
    owner: (N,) each sample's strip.
    first, last: (L,) samples where a strip begins and ends.
    spacing: (L,) [m] between them.
    lines: (L, 2) a Line for each edge.
    open: (L,) see Strip.
    shown: (N, 2) running integral over s of whether the paint of each edge shows [m].
    cells: (rows, columns) row of `near` for each CELL, -1 far from everything.
    origin: world x, y of its corner.
    near: (M, MAX_STRIPS_PER_CELL) nearest sample of each strip that a cell lists, then -1. noise, noise_starts:
    see `sim.render.noise`.
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


def lane_ground(strips: Sequence[LaneStrip]) -> LaneGround:
    """The ground of a lane network; ValueError when there is no strip at all."""
    if not strips:
        raise ValueError("the lane network has 0 strips; it must have 1 or more")
    samples = [_samples(strip) for strip in strips]
    counts = np.array([len(line) for line, _ in samples])
    line, last = np.concatenate([line for line, _ in samples]), np.cumsum(counts) - 1
    owner = np.repeat(np.arange(len(strips), dtype=np.int32), counts)
    cells, origin, near = _index_strips(line, owner)
    tile = noise()
    ground = LaneGround(
        line=line,
        owner=owner,
        first=last - counts + 1,
        last=last,
        spacing=np.array([spacing for _, spacing in samples]),
        lines=np.array([(int(strip.left), int(strip.right)) for strip in strips], np.int64),
        open=np.array([strip.open for strip in strips]),
        shown=np.zeros((len(line), 2)),
        cells=cells,
        origin=origin,
        near=near,
        noise=tile.values,
        noise_starts=tile.starts,
    )
    _integrate_visible_paint(ground)
    return ground


def _samples(strip: LaneStrip) -> tuple[Floats, float]:
    """Evenly spaced samples of a strip, (n, 6) as in LaneGround.line, and their spacing [m]."""
    steps = np.hypot(*np.diff(strip.points, axis=0).T)
    station = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(round(station[-1] / STRIP_SPACING), 1) + 1
    even = np.linspace(0.0, station[-1], count)
    x, y, heading, width = (
        np.interp(even, station, values)
        for values in (
            strip.points[:, 0],
            strip.points[:, 1],
            np.unwrap(strip.headings),
            strip.widths,
        )
    )
    spacing = float(max(station[-1] / (count - 1), 1e-6))
    curvature = np.gradient(heading, spacing)
    return np.stack([x, y, np.cos(heading), np.sin(heading), curvature, width / 2], axis=1), spacing


def _index_strips(
    line: Floats, owner: NDArray[np.int32]
) -> tuple[NDArray[np.int32], Floats, NDArray[np.int32]]:
    """`cells`, `origin` and `near` of a LaneGround."""
    reach = line[:, 5] + SHOULDER_WIDTH + CELL_MARGIN + CELL * 0.5**0.5
    low = line[:, :2].min(0) - reach.max() - CELL
    high = line[:, :2].max(0) + reach.max() + CELL
    columns, rows = np.ceil((high - low) / CELL).astype(int)
    cells = np.full((rows, columns), -1, np.int32)
    _mark_cells(cells, line, low, reach)
    used = cells >= 0
    cells[used] = np.arange(used.sum())
    near = np.full((int(used.sum()), MAX_STRIPS_PER_CELL), -1, np.int32)
    _list_strips(cells, near, np.full(near.shape, np.inf), line, owner, low, reach)
    return cells, low, near


@kernel
def _mark_cells(cells: NDArray[np.int32], line: Floats, origin: Floats, reach: Floats) -> None:
    for i in range(line.shape[0]):
        around = int(reach[i] / CELL) + 1
        row = int((line[i, 1] - origin[1]) / CELL)
        column = int((line[i, 0] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, cells.shape[0])):
            for c in range(max(column - around, 0), min(column + around + 1, cells.shape[1])):
                cells[r, c] = 0


@kernel
def _list_strips(
    cells: NDArray[np.int32], near: NDArray[np.int32], away: Floats, line: Floats, owner: NDArray[np.int32],
    origin: Floats, reach: Floats,
) -> None:  # fmt: skip
    """List each strip's nearest sample in every cell that it reaches; `away`: the room (M, MAX_STRIPS_PER_CELL)
    for their distances.
    """
    for i in range(line.shape[0]):
        around = int(reach[i] / CELL) + 1
        row = int((line[i, 1] - origin[1]) / CELL)
        column = int((line[i, 0] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, cells.shape[0])):
            for c in range(max(column - around, 0), min(column + around + 1, cells.shape[1])):
                dx = origin[0] + (c + 0.5) * CELL - line[i, 0]
                dy = origin[1] + (r + 0.5) * CELL - line[i, 1]
                distance = dx * dx + dy * dy
                if distance < reach[i] * reach[i]:
                    k = cells[r, c]
                    slot = _slot_of_strip(near, away, owner, k, owner[i])
                    if distance < away[k, slot]:
                        near[k, slot] = i
                        away[k, slot] = distance


@kernel
def _slot_of_strip(
    near: NDArray[np.int32], away: Floats, owner: NDArray[np.int32], k: int, strip: int
) -> int:
    """Where cell list k keeps a strip: the place it has, the first free one, or else that of the
    farthest strip.
    """
    farthest = 0
    for slot in range(near.shape[1]):
        if near[k, slot] < 0 or owner[near[k, slot]] == strip:
            return slot
        if away[k, slot] > away[k, farthest]:
            farthest = slot
    return farthest


@inlined
def nearby_strips(ground: LaneGround, x: float, y: float) -> int:
    """The row of `near` that lists the strips around a world point, -1 when there is none."""
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
    """(sample, s, d, cosine, sine) of a world point in the strip of a sample near it; s, d [m]; the
    strip goes on straight.
    """
    line = ground.line
    strip = ground.owner[i]
    first = ground.first[strip]
    last = ground.last[strip]
    spacing = ground.spacing[strip]
    along = across = 0.0
    for _ in range(4):
        dx = x - line[i, 0]
        dy = y - line[i, 1]
        cos = line[i, 2]
        sin = line[i, 3]
        curvature = line[i, 4]
        along = dx * cos + dy * sin
        across = dy * cos - dx * sin
        along /= max(1.0 - curvature * across, 0.2)
        step = min(max(i + int(round(along / spacing)), first), last) - i
        if step == 0:
            break
        i += step
    if abs(along) < spacing:
        across -= 0.5 * curvature * along * along
        cos, sin = cos - curvature * along * sin, sin + curvature * along * cos
    elif first < i < last:
        across = (
            FAR_OFFSET  # beyond the centre of a bend, where a point has no place along the strip
        )
    return i, (i - first) * spacing + along, across, cos, sin


@kernel
def _integrate_visible_paint(ground: LaneGround) -> None:
    """Fill `shown`: between two samples, paint shows when it does at both."""
    shown = ground.shown
    first = ground.first
    for side in range(2):
        before = False
        for i in range(ground.line.shape[0]):
            strip = ground.owner[i]
            here = not _is_hidden(ground, i, side)
            if i > first[strip]:
                shown[i, side] = shown[i - 1, side] + (
                    ground.spacing[strip] if here and before else 0.0
                )
            before = here


@kernel
def _is_hidden(ground: LaneGround, i: int, side: int) -> bool:
    """Whether the paint on an edge of sample i repeats another strip's line, or lies well inside
    another strip.
    """
    line = ground.line
    out = line[i, 5] if side else -line[i, 5]
    x = line[i, 0] - out * line[i, 3]
    y = line[i, 1] + out * line[i, 2]
    k = nearby_strips(ground, x, y)
    for slot in range(ground.near.shape[1]):
        other = ground.near[k, slot]
        if other < 0:
            return False
        strip = ground.owner[other]
        if (
            strip != ground.owner[i]
            and not ground.open[strip]
            and _hides(ground, other, i, side, x, y)
        ):
            return True
    return False


@kernel
def _hides(ground: LaneGround, other: int, i: int, side: int, x: float, y: float) -> bool:
    """Whether the strip of sample `other` hides the paint of an edge of sample i, which lies at
    world (x, y).
    """
    j, s, d, cos, sin = strip_coordinates(ground, other, x, y)
    strip = ground.owner[other]
    mine = ground.owner[i]
    half = ground.line[j, 5]
    length = (ground.last[strip] - ground.first[strip]) * ground.spacing[strip]
    if s < END_MARGIN or s > length - END_MARGIN:
        return False
    if half - abs(d) > INSIDE_MARGIN:
        return True
    theirs = ground.lines[strip, 1 if d > 0 else 0]
    ours = ground.lines[mine, side]
    parallel = abs(ground.line[i, 2] * sin - ground.line[i, 3] * cos) < 0.15
    first_in_line = theirs > ours or (theirs == ours and strip < mine)
    return abs(half - abs(d)) < SAME_LINE_DISTANCE and parallel and theirs > 0 and first_in_line
