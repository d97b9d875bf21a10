"""Any network of lanes -> the ground as arrays, which `lane_network_picture` draws.

Each lane is a strip with its own Frenet coordinates (s, d). A grid of cells lists the strips near
each cell. Lanes may cross, touch and overlap: paint that another lane's paint or surface covers is
removed here, once per network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.highway_env.lane_coordinates import (
    MAX_STRIPS_PER_CELL,
    LaneGround,
    nearby_strips,
    strip_coordinates,
)
from sim.jit import kernel
from sim.render.ground.paving import CELL
from sim.render.noise import noise

STRIP_SPACING = 0.5  # [m] approximate distance between the samples of a strip; chosen
CELL_MARGIN = 4.0  # [m] distance from a cell within which strips are listed; chosen
SHOULDER_WIDTH = 0.3  # [m] of asphalt beyond a strip's edges; chosen
PAINT_WIDTH = 0.15  # [m] of a marking; chosen
SAME_LINE_DISTANCE = 0.3  # [m] lines closer than this are the same line; chosen
END_MARGIN = 0.25  # [m] near its ends a strip hides no paint; chosen
INSIDE_MARGIN = 0.4  # [m] inside another strip paint ends: junctions are open; chosen


class LaneLine(IntEnum):
    """The marking of an edge of a strip."""

    NONE = 0
    DASHED = 1
    SOLID = 2


@dataclass(frozen=True)
class LaneStrip:
    """A lane of a network.

    points: (n, 2) of its centre line [m].
    headings: (n,) of travel [rad].
    widths: (n,) [m].
    left, right: markings of its edges.
    open: whether it is a paved area instead of a lane, on which the markings of other strips show.
    Raises ValueError for wrong shapes and values.
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


def lane_ground(strips: Sequence[LaneStrip]) -> LaneGround:
    """Return the ground of a lane network; ValueError when there is no strip."""
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
    """Return evenly spaced samples of a strip, (n, 6) as LaneGround.line, and their spacing [m]."""
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
    """Return `cells`, `origin` and `near` of a LaneGround."""
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
    """Mark with 0 every cell within reach of a sample."""
    for i in range(line.shape[0]):
        around = int(reach[i] / CELL) + 1
        row = int((line[i, 1] - origin[1]) / CELL)
        column = int((line[i, 0] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, cells.shape[0])):
            for c in range(max(column - around, 0), min(column + around + 1, cells.shape[1])):
                cells[r, c] = 0


@kernel
def _list_strips(
    cells: NDArray[np.int32],
    near: NDArray[np.int32],
    squared: Floats,
    line: Floats,
    owner: NDArray[np.int32],
    origin: Floats,
    reach: Floats,
) -> None:
    """Write the nearest sample of each strip into the list of every cell within its reach.

    squared: (M, MAX_STRIPS_PER_CELL) squared distances of the listed samples [m²], initially inf.
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
                    slot = _slot_of_strip(near, squared, owner, k, owner[i])
                    if distance < squared[k, slot]:
                        near[k, slot] = i
                        squared[k, slot] = distance


@kernel
def _slot_of_strip(
    near: NDArray[np.int32], squared: Floats, owner: NDArray[np.int32], k: int, strip: int
) -> int:
    """Return a strip's slot in cell list k: its own, the first free, or that of the farthest
    strip.
    """
    farthest = 0
    for slot in range(near.shape[1]):
        if near[k, slot] < 0 or owner[near[k, slot]] == strip:
            return slot
        if squared[k, slot] > squared[k, farthest]:
            farthest = slot
    return farthest


@kernel
def _integrate_visible_paint(ground: LaneGround) -> None:
    """Fill `shown`; paint is visible between two samples if it is at both."""
    shown = ground.shown
    first = ground.first
    for side in range(2):
        was_visible = False
        for i in range(ground.line.shape[0]):
            strip = ground.owner[i]
            visible = not _is_hidden(ground, i, side)
            if i > first[strip]:
                shown[i, side] = shown[i - 1, side] + (
                    ground.spacing[strip] if visible and was_visible else 0.0
                )
            was_visible = visible


@kernel
def _is_hidden(ground: LaneGround, i: int, side: int) -> bool:
    """Whether the paint on an edge of sample i repeats another strip's line or lies inside a
    strip.
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
    """Whether the strip of sample `other` hides the paint at world (x, y), on an edge of sample
    i.
    """
    j, s, d, cos, sin = strip_coordinates(ground, other, x, y)
    strip = ground.owner[other]
    own_strip = ground.owner[i]
    half = ground.line[j, 5]
    length = (ground.last[strip] - ground.first[strip]) * ground.spacing[strip]
    if s < END_MARGIN or s > length - END_MARGIN:
        return False
    if half - abs(d) > INSIDE_MARGIN:
        return True
    other_line = ground.lines[strip, 1 if d > 0 else 0]
    own_line = ground.lines[own_strip, side]
    parallel = abs(ground.line[i, 2] * sin - ground.line[i, 3] * cos) < 0.15
    first_in_line = other_line > own_line or (other_line == own_line and strip < own_strip)
    return abs(half - abs(d)) < SAME_LINE_DISTANCE and parallel and other_line > 0 and first_in_line
