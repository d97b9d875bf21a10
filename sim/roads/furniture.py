"""What stands and is painted along a road: where its bends are, and barriers, hedges and fences in
stretches.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING, Floats
from sim.roads.plan import Barrier, Wall

RAIL_HEIGHT = 0.75  # [m]
Stretch = tuple[float, float]
HEIGHTS = {
    Wall.STONE: (0.7, 1.2),
    Wall.HEDGE: (1.0, 2.0),
    Wall.FENCE: (0.9, 1.5),
}


def stretches(mask: NDArray[np.bool_], least: float, margin: float = 0.0) -> list[Stretch]:
    """The (start, finish) [m] of the runs of samples where `mask` holds, at least `least` long,
    widened by `margin`.
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
    """The (start, finish, sign) of bends tighter than `radius` [m]; sign +1 to the right."""
    found = [
        (start, finish, sign)
        for sign in (1, -1)
        for start, finish in stretches(sign * curvature > 1 / radius, least, margin)
    ]
    return sorted(found)


def free_stretches(total: float, taken: Sequence[Stretch], least: float) -> list[Stretch]:
    """What lies between the taken stretches of [0, total], in pieces of at least `least` [m]."""
    found = []
    reached = 0.0
    for start, finish in [*sorted(taken), (total, total)]:
        if start - reached >= least:
            found.append((reached, start))
        reached = max(reached, finish)
    return found


def rails_in_bends(
    generator: np.random.Generator, curvature: Floats, offset: float, share: float
) -> Iterator[Barrier]:
    """Guard rails on the outside of a share of the bends."""
    for start, finish, sign in bends(curvature, 220.0, 25.0, margin=10.0):
        if generator.random() < share:
            yield Barrier(Wall.RAIL, -sign * offset, start, finish, RAIL_HEIGHT)


def hedges_and_walls(
    generator: np.random.Generator, total: float, offsets: tuple[float, float], kinds: Sequence[Wall], share: float,
) -> Iterator[Barrier]:  # fmt: skip
    """Hedges, fences or walls along a share of both sides, in stretches of 30 to 160 m at one of
    the offsets in between.
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
