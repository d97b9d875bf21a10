"""Helpers for what stands along a road: where the bends are, and barriers in stretches."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING, Floats
from sim.roads.plan import Barrier, Wall

RAIL_HEIGHT = 0.75  # [m] guard rail; German RPS, ESP profile
RAIL_BEND_RADIUS = 220.0  # [m] tighter bends may have rails; chosen
RAIL_BEND_LENGTH = 25.0  # [m] minimum length of such a bend; chosen
RAIL_OVERHANG = 10.0  # [m] by which a rail begins before its bend and ends after it; chosen
Stretch = tuple[float, float]
# [m] limits of the heights; chosen
HEIGHTS = {
    Wall.STONE: (0.7, 1.2),
    Wall.HEDGE: (1.0, 2.0),
    Wall.FENCE: (0.9, 1.5),
}


def stretches(mask: NDArray[np.bool_], least: float, margin: float = 0.0) -> list[Stretch]:
    """Return the (start, finish) [m] of each run of samples where `mask` holds.

    Runs shorter than `least` [m] are left out; the others are widened by `margin` [m] at both ends.
    """
    steps = np.diff(np.concatenate([[0], mask.astype(int), [0]]))
    starts = np.flatnonzero(steps == 1) * SPACING
    ends = (np.flatnonzero(steps == -1) - 1) * SPACING
    return [
        (float(a - margin), float(b + margin))
        for a, b in zip(starts, ends, strict=True)
        if b - a >= least
    ]


def bends(
    curvature: Floats, radius: float, least: float, margin: float = 0.0
) -> list[tuple[float, float, int]]:
    """Return (start, finish, sign) [m, m, +1 to the right] of each bend tighter than `radius` [m].

    least, margin: minimum length and widening [m], as in `stretches`.
    """
    bends_of_both_signs = [
        (start, finish, sign)
        for sign in (1, -1)
        for start, finish in stretches(sign * curvature > 1 / radius, least, margin)
    ]
    return sorted(bends_of_both_signs)


def free_stretches(total: float, taken: Sequence[Stretch], least: float) -> list[Stretch]:
    """Return the gaps of at least `least` [m] that the stretches leave free in [0, total]."""
    gaps = []
    covered_until = 0.0
    for start, finish in [*sorted(taken), (total, total)]:
        if start - covered_until >= least:
            gaps.append((covered_until, start))
        covered_until = max(covered_until, finish)
    return gaps


def rails_in_bends(
    generator: np.random.Generator, curvature: Floats, offset: float, share: float
) -> Iterator[Barrier]:
    """Yield guard rails on the outside of a random share of the bends, `offset` [m] from the
    line.
    """
    for start, finish, sign in bends(
        curvature, RAIL_BEND_RADIUS, RAIL_BEND_LENGTH, margin=RAIL_OVERHANG
    ):
        if generator.random() < share:
            yield Barrier(Wall.RAIL, -sign * offset, start, finish, RAIL_HEIGHT)


def hedges_and_walls(
    generator: np.random.Generator,
    total: float,
    offsets: tuple[float, float],
    kinds: Sequence[Wall],
    share: float,
) -> Iterator[Barrier]:
    """Yield hedges, fences or walls along a share of both sides, in stretches of 30 to 160 m.

    offsets: limits of the lateral distance [m].
    kinds: to draw from.
    """
    for side in (-1, 1):
        s = 0.0
        while s < total:
            finish = s + generator.uniform(30.0, 160.0)
            kind = kinds[int(generator.integers(len(kinds)))]
            offset = side * generator.uniform(*offsets)
            height = generator.uniform(*HEIGHTS[kind])
            if generator.random() < share:
                yield Barrier(kind, float(offset), s, min(finish, total), float(height))
            s = finish + generator.uniform(4.0, 20.0)
