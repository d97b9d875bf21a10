"""A road plan -> the ground as arrays: what `picture` draws from.

The road is described in road coordinates (s, d): one cross profile over d, and along s what changes from place to place.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.appearance import GRAIN, PALETTE
from sim.geometry import SPACING, Centreline
from sim.kernels import kernel
from sim.noise import noise
from sim.roads.plan import Marking, Material, RoadPlan

CELL = 8.0  # [m] edge of a cell of the grid that finds the nearest centreline sample
STRIP = 0.02  # [m] between the samples of the cross profile
VERGE = 5.0  # [m] of grass on either side within the cross profile
BUCKET = 12.0  # [m] of road that hold at most one patch

# Channels of the cross profile, after red, green and blue.
GRAIN_CHANNEL, SURFACE_CHANNEL, DASH_CHANNEL = 3, 4, 5


class Ground(NamedTuple):
    """The ground of a plan as arrays.

    line: (N, 5) centreline samples x, y, cos, sin of the heading, curvature.
    cells: (rows, columns) nearest sample of each CELL, -1 far from the road; origin: world x, y of its corner.
    profile: (M, 5 + D) running integrals over d of red, green, blue, grain, surface (1 on hard ground) and the paint of each of
    D dash patterns; ragged: (M,) [m] by which noise moves d; first: d of the profile's first sample.
    dashes: (D, 2) dash and period [m]. tone: (N,) running integral over s of the surface's brightness.
    patches: (B, 5) s and d limits [m] and brightness. drivable: d limits [m] of what counts as road.
    noise, noise_starts: see `sim.noise`.
    """

    line: NDArray[np.float64]
    cells: NDArray[np.int32]
    origin: NDArray[np.float64]
    profile: NDArray[np.float32]
    ragged: NDArray[np.float32]
    first: float
    dashes: NDArray[np.float64]
    tone: NDArray[np.float64]
    patches: NDArray[np.float64]
    drivable: tuple[float, float]
    noise: NDArray[np.float32]
    noise_starts: NDArray[np.int64]


def ground_of(plan: RoadPlan, seed: int) -> Ground:
    """The ground of a plan; texture, patches and wear follow from the seed."""
    generator = np.random.default_rng([seed, 4])
    first, profile, ragged, dashes = _cross_profile(plan)
    line = plan.centreline
    reach = -first + CELL
    cells, origin = _nearest_samples(line, reach)
    samples = np.stack([line.x, line.y, np.cos(line.heading), np.sin(line.heading), line.curvature], axis=1)
    tile = noise()
    return Ground(
        line=samples,
        cells=cells,
        origin=origin,
        profile=profile,
        ragged=ragged,
        first=first,
        dashes=dashes,
        tone=_surface_tone(generator, line),
        patches=_patches(generator, plan),
        drivable=plan.drivable,
        noise=tile.values,
        noise_starts=tile.starts,
    )


def _cross_profile(plan: RoadPlan) -> tuple[float, NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    edge = max(max(-band.left, band.right) for band in plan.bands) + VERGE
    d = np.arange(-round(edge / STRIP), round(edge / STRIP)) * STRIP + STRIP / 2
    material = np.full(d.size, int(Material.GRASS))
    for band in plan.bands:
        material[(d > band.left) & (d < band.right)] = int(band.material)
    colours = np.array([PALETTE[m] for m in Material])[material]
    grain = np.array([GRAIN[m] for m in Material])[material]
    surface = (material == Material.ASPHALT).astype(float)
    for lane in plan.lanes:
        # Tyres polish and darken two tracks in every lane.
        tracks = np.exp(-(((np.abs(d - lane.offset) - 0.8) / 0.28) ** 2))
        colours *= 1 - 0.085 * (tracks * surface)[:, None]
    patterns = sorted({(m.dash, m.gap) for m in plan.markings if m.gap > 0})
    dashed = np.zeros((d.size, len(patterns)))
    for marking in plan.markings:
        cover = _cover(d, marking)
        if marking.gap > 0:
            dashed[:, patterns.index((marking.dash, marking.gap))] += cover
        else:
            colours += (np.array(PALETTE[Material.PAINT]) - colours) * cover[:, None]
    columns = np.concatenate([colours, grain[:, None], surface[:, None], dashed], axis=1)
    profile = np.concatenate([np.zeros((1, columns.shape[1])), np.cumsum(columns, axis=0) * STRIP])
    # Paved edges are straight; the others get ragged away from them.
    paved = d[surface > 0]
    from_paved = (
        np.abs(paved[np.clip(np.searchsorted(paved, d), 0, paved.size - 1)] - d) if paved.size else np.full(d.size, np.inf)
    )
    before = np.abs(paved[np.clip(np.searchsorted(paved, d) - 1, 0, paved.size - 1)] - d) if paved.size else from_paved
    ragged = 0.13 * np.clip(np.minimum(from_paved, before) / 0.5, 0.0, 1.0)
    dashes = np.array([(dash, dash + gap) for dash, gap in patterns]).reshape(-1, 2)
    return float(d[0] - STRIP / 2), profile.astype(np.float32), ragged.astype(np.float32), dashes


def _cover(d: NDArray[np.floating], marking: Marking) -> NDArray[np.float64]:
    """The share of each profile strip that a marking paints."""
    left, right = marking.offset - marking.width / 2, marking.offset + marking.width / 2
    return np.clip((np.minimum(d + STRIP / 2, right) - np.maximum(d - STRIP / 2, left)) / STRIP, 0.0, 1.0)


def _surface_tone(generator: np.random.Generator, line: Centreline) -> NDArray[np.float64]:
    """Running integral of the surface's brightness along the road: sections laid in different years."""
    tone, i = np.empty(line.x.size), 0
    while i < tone.size:
        length = int(generator.uniform(60.0, 260.0) / SPACING)
        tone[i : i + length] = generator.uniform(0.88, 1.10)
        i += length
    return np.cumsum(tone) * SPACING


def _patches(generator: np.random.Generator, plan: RoadPlan) -> NDArray[np.float64]:
    """At most one mended patch per bucket of road, within one lane and within the bucket."""
    patches = np.zeros((int(plan.centreline.length / BUCKET) + 1, 5))
    patches[:, 4] = 1.0
    for i in np.flatnonzero(generator.random(len(patches)) < 0.16):
        lane = plan.lanes[generator.integers(len(plan.lanes))]
        length, width = generator.uniform(1.0, BUCKET - 2.0), generator.uniform(0.7, lane.width - 0.4)
        s = i * BUCKET + generator.uniform(0.5, BUCKET - 0.5 - length)
        d = lane.offset + generator.uniform(-0.5, 0.5) * (lane.width - 0.3 - width)
        patches[i] = s, s + length, d - width / 2, d + width / 2, generator.uniform(0.80, 0.93)
    return patches


def _nearest_samples(line: Centreline, reach: float) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """For each cell whose centre lies within `reach` [m] of the line, the nearest sample."""
    low = np.array([line.x.min(), line.y.min()]) - reach - CELL
    high = np.array([line.x.max(), line.y.max()]) + reach + CELL
    columns, rows = np.ceil((high - low) / CELL).astype(int)
    cells = np.full((rows, columns), -1, np.int32)
    nearest = np.full((rows, columns), reach**2)
    _fill_cells(cells, nearest, line.x, line.y, low, reach)
    return cells, low


@kernel
def _fill_cells(
    cells: NDArray[np.int32], nearest: NDArray[np.float64], xs: NDArray[np.float64], ys: NDArray[np.float64],
    origin: NDArray[np.float64], reach: float,
) -> None:  # fmt: skip
    rows, columns = cells.shape
    around = int(reach / CELL) + 1
    for i in range(0, xs.size, 2):
        row, column = int((ys[i] - origin[1]) / CELL), int((xs[i] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, rows)):
            for c in range(max(column - around, 0), min(column + around + 1, columns)):
                x, y = origin[0] + (c + 0.5) * CELL, origin[1] + (r + 0.5) * CELL
                distance = (x - xs[i]) ** 2 + (y - ys[i]) ** 2
                if distance < nearest[r, c]:
                    nearest[r, c], cells[r, c] = distance, i
