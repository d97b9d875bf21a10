"""A road plan -> the ground as arrays, from which `rasterise` draws.

The road is described in Frenet coordinates (s, d): one cross profile over d, and along s whatever
changes with the station.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING, Centreline
from sim.jit import kernel
from sim.random import Stream, stream_generator
from sim.render.ground.cross_profile import cross_profile
from sim.render.ground.pieces import (
    INDEX_SPACING,
    OUTER_LEFT,
    OUTER_RIGHT,
    pieces_of,
    ranges_of,
)
from sim.render.ground.profile import ProfileTable, profile_table
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.render.noise import Grain, grain
from sim.roads.plan import GROUND_UNDER_WALLS, RoadPlan
from sim.scenario import RoadKind

CELL = 8.0  # [m] edge of a cell of the grid that finds the nearest centreline sample
# How often a bucket of road has been mended, and how far [m] its edges wander; others have few
# patches and straight edges.
PATCH_PROBABILITY = {
    RoadKind.RURAL_UNMARKED: 0.45,
    RoadKind.RESIDENTIAL: 0.25,
    RoadKind.MOUNTAIN: 0.3,
    RoadKind.RACETRACK: 0.03,
}


class Ground(NamedTuple):
    """The ground of a plan as arrays.

    line: (N, 5) centreline samples x, y, cos, sin of the heading, curvature.
    cells: (rows, columns) nearest sample of each CELL, -1 far from the road.
    origin: world x, y of its corner.
    profile: (M, 6 + D) running integrals over d of red, green, blue, grain, surface (1 on the
    road), wheel tracks and the paint of each of D patterns.
    ragged: (M,) [m] by which noise moves d.
    first: d of the profile's first sample.
    patterns: (D, 3) dash and period [m] and wear. tone, worn: (N,) running integrals over s of the
    surface's brightness and of how much more or less than their wear markings have lost.
    wander: (N,) what is added to the noise at ragged edges.
    patches: (B, 5) s and d limits [m] and brightness. pieces, ranges: see
    `sim.render.ground.pieces`.
    sealed: 1 where the surface is asphalt, 0 on unpaved roads.
    beyond: red, green, blue and grain of the ground further out.
    reach: [m] to the side up to which the ground is anything else.
    drivable: d limits [m] of what counts as road.
    tunnels: (T, 6) first and last station, lamp spacing, d of both edges of the ground in their
    light [m], and what share of their light the open air before them lets through to the camera.
    street_lamps: d of the rows of lamps, one every lamp_spacing [m]. means: the profile averaged
    beforehand.
    grain: the ground's texture.
    """

    line: NDArray[np.float64]
    cells: NDArray[np.int32]
    origin: NDArray[np.float64]
    profile: NDArray[np.float32]
    ragged: NDArray[np.float32]
    first: float
    patterns: NDArray[np.float64]
    tone: NDArray[np.float64]
    worn: NDArray[np.float64]
    wander: NDArray[np.float64]
    patches: NDArray[np.float64]
    pieces: NDArray[np.float64]
    ranges: NDArray[np.int64]
    sealed: float
    beyond: NDArray[np.float64]
    reach: float
    drivable: tuple[float, float]
    tunnels: NDArray[np.float64]
    street_lamps: NDArray[np.float64]
    lamp_spacing: float
    means: ProfileTable
    grain: Grain


def ground_of(plan: RoadPlan, seed: int) -> Ground:
    """Return the ground of a plan; texture, patches and wear follow from the seed."""
    draws = stream_generator(seed, Stream.GROUND_TEXTURE)
    first, profile, ragged, patterns = cross_profile(plan)
    line = plan.centreline
    pieces = pieces_of(plan, edge=-first)
    reach = float(max([-first, *np.abs(pieces[:, [OUTER_LEFT, OUTER_RIGHT]]).ravel()]))
    cells, origin = _nearest_samples(line, reach + CELL)
    samples = np.stack(
        [line.x, line.y, np.cos(line.heading), np.sin(line.heading), line.curvature], axis=1
    )
    return Ground(
        line=samples,
        cells=cells,
        origin=origin,
        profile=profile,
        ragged=ragged,
        first=first,
        patterns=patterns,
        tone=_surface_tone(draws, line),
        patches=_patches(draws, plan),
        worn=np.cumsum(np.clip(1 + 0.45 * _drift(draws, line.x.size, 12.0), 0.0, 2.0)) * SPACING,
        wander=_drift(draws, line.x.size, 2.5),
        pieces=pieces,
        ranges=ranges_of(pieces, line.length),
        sealed=float(plan.kind is not RoadKind.UNPAVED),
        beyond=np.array([*PALETTE[plan.beyond], GRAIN[plan.beyond]]),
        reach=reach,
        drivable=plan.drivable,
        tunnels=np.array(
            [
                (
                    t.start,
                    t.finish,
                    t.lamps,
                    t.left - GROUND_UNDER_WALLS,
                    t.right + GROUND_UNDER_WALLS,
                    1.0,
                )
                for t in plan.tunnels
            ]
        ).reshape(-1, 6),
        street_lamps=np.array(plan.street_lamps, dtype=np.float64),
        lamp_spacing=max(plan.lamp_spacing, 1.0),
        means=profile_table(profile, first),
        grain=grain(),
    )


def _drift(generator: np.random.Generator, count: int, scale: float) -> NDArray[np.float64]:
    """Return smooth noise along the road, (count,), with mean 0 and standard deviation near 1.

    scale: distance over which it changes [m].
    """
    knots = generator.standard_normal(int(count * SPACING / scale) + 3)
    return 1.2 * np.interp(np.arange(count) * SPACING / scale, np.arange(knots.size), knots)


def _surface_tone(generator: np.random.Generator, line: Centreline) -> NDArray[np.float64]:
    """Return the running integral over s of the brightness of sections of different age."""
    tone = np.empty(line.x.size)
    i = 0
    while i < tone.size:
        length = int(generator.uniform(60.0, 260.0) / SPACING)
        tone[i : i + length] = generator.uniform(0.88, 1.10)
        i += length
    return np.cumsum(tone) * SPACING


def _patches(generator: np.random.Generator, plan: RoadPlan) -> NDArray[np.float64]:
    """Return at most one repaired patch per INDEX_SPACING of road, within one lane."""
    patches = np.zeros((int(plan.centreline.length / INDEX_SPACING) + 1, 5))
    patches[:, 4] = 1.0
    for i in np.flatnonzero(
        generator.random(len(patches)) < PATCH_PROBABILITY.get(plan.kind, 0.16)
    ):
        lane = plan.lanes[generator.integers(len(plan.lanes))]
        length = generator.uniform(1.0, INDEX_SPACING - 2.0)
        width = generator.uniform(0.7, lane.width - 0.4)
        s = i * INDEX_SPACING + generator.uniform(0.5, INDEX_SPACING - 0.5 - length)
        d = lane.offset + generator.uniform(-0.5, 0.5) * (lane.width - 0.3 - width)
        patches[i] = s, s + length, d - width / 2, d + width / 2, generator.uniform(0.80, 0.93)
    return patches


def _nearest_samples(
    line: Centreline, reach: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the nearest sample for each cell within `reach` [m] of the line, and the grid's
    corner.
    """
    low = np.array([line.x.min(), line.y.min()]) - reach - CELL
    high = np.array([line.x.max(), line.y.max()]) + reach + CELL
    columns, rows = np.ceil((high - low) / CELL).astype(int)
    cells = np.full((rows, columns), -1, np.int32)
    nearest = np.full((rows, columns), reach**2)
    _fill_cells(cells, nearest, line.x, line.y, low, reach)
    return cells, low


@kernel
def _fill_cells(
    cells: NDArray[np.int32],
    nearest: NDArray[np.float64],
    xs: NDArray[np.float64],
    ys: NDArray[np.float64],
    origin: NDArray[np.float64],
    reach: float,
) -> None:
    """Write the nearest sample of each cell; `nearest` holds squared distances [m²]."""
    rows, columns = cells.shape
    around = int(reach / CELL) + 1
    for i in range(0, xs.size, 2):
        row = int((ys[i] - origin[1]) / CELL)
        column = int((xs[i] - origin[0]) / CELL)
        for r in range(max(row - around, 0), min(row + around + 1, rows)):
            for c in range(max(column - around, 0), min(column + around + 1, columns)):
                x = origin[0] + (c + 0.5) * CELL
                y = origin[1] + (r + 0.5) * CELL
                distance = (x - xs[i]) ** 2 + (y - ys[i]) ** 2
                if distance < nearest[r, c]:
                    nearest[r, c] = distance
                    cells[r, c] = i
