"""Candidates for the road's edge in its cross-section: a kerb, and the place where the ground no
longer looks like road.

By day a pavement differs from the road as much as a lawn does. In rain and snow it has nearly the
road's colour: its kerb is a small but sharp step, with smooth ground on both sides.
"""

import numpy as np

from pilotnet.modular.lanes.birds_eye_view import OFFSETS, STEP
from pilotnet.modular.records import Floats
from sim.jit import kernel

NEAREST_VERGE = 0.6  # [m] from the lane's centre from which on the road may end,
NEAREST_KERB = 1.0  # at a kerb
# [m] over which a verge is a step, and for which the ground beyond stays foreign
SPAN = 0.5
BEYOND = 1.5
# [m] over which a kerb is a step, and how wide the pavement beyond is at least
KERB_SPAN = 0.3
NARROWEST_PAVEMENT = 0.7
# of foreign ground, the least step up to a pavement before a verge, and where none is seen
LEAST_KERB = 0.03
LONE_KERB = 0.15
SHARP = 0.47  # share of the rise that lies within a kerb's span
ROUGH = 2.0  # how many times steeper than the road before
IN_SIGHT = 0.05  # of the best seen offset's sight, that an edge needs


def edges_in(
    off_road_likelihood: Floats, seen: Floats
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the lateral offsets [m] left and right where the road may end, from the centre
    outwards: a kerb and a verge.

    off_road_likelihood, seen: share of off-road ground and visibility (1 is best) for each lateral
    offset, (COLUMNS,).
    """
    middle = off_road_likelihood.size // 2
    found: list[tuple[float, ...]] = []
    for way in (-1, 1):
        values = np.ascontiguousarray(off_road_likelihood[middle::way])
        known = np.ascontiguousarray(seen[middle::way])
        sums = np.concatenate([[0.0], np.cumsum(values)])
        verge = _verge(sums, known)
        places = _kerb(sums, known, verge), verge
        found.append(tuple(float(OFFSETS[middle + way * place]) for place in places if place >= 0))
    return found[0], found[1]


@kernel
def _step(sums: Floats, known: Floats, at: int, span: int) -> float:
    """Return by how much the `span` columns from `at` on are more off-road than those before, from
    running sums.
    """
    if known[at] <= IN_SIGHT:
        return 0.0
    return (sums[at + span] - 2 * sums[at] + sums[at - span]) / span


@kernel
def _verge(sums: Floats, known: Floats) -> int:
    """Return the first column from which on the ground stays off-road, -1 without one; grass
    between two ruts does not count.
    """
    columns = known.size
    span = int(round(SPAN / STEP))
    beyond = int(round(BEYOND / STEP))
    for at in range(span + int(round(NEAREST_VERGE / STEP)), columns - span + 1):
        end = min(at + beyond, columns)
        outer = (sums[at + span] - sums[at]) / span
        stays = (sums[end] - sums[at]) / (end - at)
        if outer > 0.5 and stays > 0.6 and _step(sums, known, at, span) > 0.2:
            best = at
            for near in range(at, min(at + span, columns - span + 1)):
                if _step(sums, known, near, span) > _step(sums, known, best, span):
                    best = near
            return best
    return -1


@kernel
def _kerb(sums: Floats, known: Floats, verge: int) -> int:
    """Return the first column of a pavement before the verge, -1 without one."""
    span = int(round(KERB_SPAN / STEP))
    wide = int(round(NARROWEST_PAVEMENT / STEP))
    least = LEAST_KERB if verge >= 0 else LONE_KERB
    for at in range(
        int(round(NEAREST_KERB / STEP)), (verge if verge >= 0 else known.size - span) - wide
    ):
        step = _step(sums, known, at, span)
        if step < least or step < _step(sums, known, at + 1, span):
            continue
        inner = (sums[at] - sums[at - span]) / span
        outer = (sums[at + span] - sums[at]) / span
        rise = (
            sums[at + 2 * span] - sums[at + span] - sums[at - span] + sums[at - 2 * span]
        ) / span
        if step < SHARP * rise:
            continue
        rough = 0.0
        for before in range(max(at - wide, span), at - 2 * span + 1):
            rough = max(rough, abs(_step(sums, known, before, span)))
        stays = outer
        for after in range(at + span, at + wide):
            stays = min(stays, (sums[after + span] - sums[after]) / span)
        if step > ROUGH * rough and stays > inner + step / 2:
            return at
    return -1
