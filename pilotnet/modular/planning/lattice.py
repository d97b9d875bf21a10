"""The cheapest paths over a lattice in lane coordinates: quintic ramps between lateral offsets at
stations 4 m apart.

Ramps of several lengths lead from every node to later ones, and from the car's present state.
Dynamic programming finds the cheapest path to every end offset at the horizon (Werling's quintics,
Ziegler's state lattice). Stations are fixed to the road, so that the next tick finds the same paths
again.
"""

from typing import NamedTuple

import numpy as np

from pilotnet.modular.planning.costs import HIT, REAR, CostGrid, place_cost
from pilotnet.modular.records import Floats
from sim.jit import exact

LAYER = 4  # [m] between nodes along the road
LAYERS = 20  # as many as reach to the horizon
HORIZON = LAYER * (LAYERS + 1)  # [m] a path is at least so long
NODE = 0.2  # [m] between nodes across
SPANS = np.array(
    [1, 2, 3, 4, 6, 8, 10], np.int64
)  # layers that a ramp takes; one is for keeping an offset
MOST_LATERAL = 3.0  # [m/s²] that a ramp may add
MOST_BEND = 0.12  # [1/m]
RAMP = 0.15  # cost of every change of offset
AT_THE_END = 3.0  # cost of the last offset [1/m²]
UNREACHED = 1e12


class LateralState(NamedTuple):
    """Lateral offset [m], and its first and second derivative by the station."""

    offset: float
    d_prime: float
    d_second: float


def grid_nodes(left: float, right: float) -> Floats:
    """Return the end offsets [m] from `left` (0 or less) to `right` (0 or more), always with 0."""
    return NODE * np.arange(
        -int(-left / NODE + 1e-9), int(right / NODE + 1e-9) + 1, dtype=np.float64
    )


@exact
def quintic(start: LateralState, end: float, length: float, at: float) -> LateralState:
    """Return the state at `at` metres on the quintic from a state to (end, 0, 0) within `length`
    metres.
    """
    if at >= length:
        return LateralState(end, 0.0, 0.0)
    d = start.offset - end
    v = start.d_prime * length
    a = start.d_second * length**2 / 2
    t = at / length
    # d(t) = d + v t + a t² + c3 t³ + c4 t⁴ + c5 t⁵ with value, slope and bend 0 at t = 1.
    c3 = -10 * d - 6 * v - 3 * a
    c4 = 15 * d + 8 * v + 3 * a
    c5 = -6 * d - 3 * v - a
    offset = d + t * (v + t * (a + t * (c3 + t * (c4 + t * c5))))
    d_prime = v + t * (2 * a + t * (3 * c3 + t * (4 * c4 + t * 5 * c5)))
    d_second = 2 * a + t * (6 * c3 + t * (12 * c4 + t * 20 * c5))
    return LateralState(end + offset, d_prime / length, d_second / length**2)


@exact
def _ramp_cost(
    surface: CostGrid,
    curvature: Floats,
    first: int,
    start: LateralState,
    end: float,
    length: int,
    speed: float,
    most: float,
) -> float:
    """Return the cost of a ramp that begins `first` metres after the grid's first station;
    UNREACHED where it is too sharp.

    The sum ends as soon as it exceeds `most`.
    """
    change = abs(end - start.offset)
    sharpest = 5.78 * change / length**2
    if sharpest > MOST_BEND or sharpest * speed**2 > MOST_LATERAL:
        return UNREACHED
    cost = RAMP if change > 1e-6 else 0.0
    for at in range(1, length + 1):
        d, d_prime, d_second = quintic(start, end, float(length), float(at))
        cost += place_cost(
            surface, REAR + first + at, d, d_prime, d_second, curvature[REAR + first + at], speed
        )
        if cost >= most:
            break
    return cost


@exact
def cheapest_paths(
    surface: CostGrid,
    curvature: Floats,
    start: LateralState,
    lead_in: int,
    ends: Floats,
    speed: float,
    paths: Floats,
    costs: Floats,
) -> None:
    """Write the cheapest path to each end offset `ends` (J,) [m] at the last layer into `paths` (J,
    3, N) and `costs` (J,).

    Paths begin in the state `start` at the grid's first station; layer k lies lead_in + LAYER k
    metres behind it. The rows of a path are lateral offset, first and second derivative, one column
    per metre. curvature: of the lane, for every row of the grid [1/m].
    """
    count = ends.size
    best = np.full((LAYERS, count), UNREACHED)
    parent = np.full((LAYERS, count, 2), -1, np.int64)
    for layer in range(LAYERS):
        place = lead_in + LAYER * layer
        for j in range(count):
            if LAYER <= place <= LAYER * SPANS[-1]:
                best[layer, j] = _ramp_cost(
                    surface, curvature, 0, start, ends[j], place, speed, UNREACHED
                )
            for span in SPANS:
                before = layer - span
                if before < 0:
                    break
                for i in range(count):
                    # Within one layer there is only room to go straight on.
                    if (span == 1) != (i == j) or best[before, i] >= best[layer, j]:
                        continue
                    state = LateralState(ends[i], 0.0, 0.0)
                    most = best[layer, j] - best[before, i]
                    cost = best[before, i] + _ramp_cost(
                        surface,
                        curvature,
                        lead_in + LAYER * before,
                        state,
                        ends[j],
                        LAYER * span,
                        speed,
                        most,
                    )
                    if cost < best[layer, j]:
                        best[layer, j] = cost
                        parent[layer, j, 0] = before
                        parent[layer, j, 1] = i
    for j in range(count):
        costs[j] = best[LAYERS - 1, j] + AT_THE_END * ends[j] ** 2
        _write(start, lead_in, ends, parent, j, paths[j])


@exact
def _write(
    start: LateralState, lead_in: int, ends: Floats, parent: np.ndarray, j: int, path: Floats
) -> None:
    """Write the path to end offset number `j`, from its last ramp to its first."""
    layer = LAYERS - 1
    node = j
    last = lead_in + LAYER * layer
    for at in range(last, path.shape[1]):
        path[0, at] = ends[node]
        path[1, at] = 0.0
        path[2, at] = 0.0
    while layer >= 0:
        before = parent[layer, node, 0]
        previous = parent[layer, node, 1]
        finish = lead_in + LAYER * layer
        begin = lead_in + LAYER * before if before >= 0 else 0
        state = LateralState(ends[previous], 0.0, 0.0) if before >= 0 else start
        for at in range(begin, finish + 1):
            path[0, at], path[1, at], path[2, at] = quintic(
                state, ends[node], float(finish - begin), float(at - begin)
            )
        layer = before
        node = previous


@exact
def path_cost(
    surface: CostGrid, curvature: Floats, path: Floats, speed: float
) -> tuple[float, int]:
    """Return the cost of a path (3, N) from the grid's first station on, and its free length
    [m].
    """
    cost = 0.0
    free = path.shape[1]
    previous = path[0, 0]
    for at in range(path.shape[1]):
        here = place_cost(
            surface, REAR + at, path[0, at], path[1, at], path[2, at], curvature[REAR + at], speed
        )
        if here >= HIT and free == path.shape[1]:
            free = at
        cost += here
        if at > 0 and abs(path[2, at]) > 1e-9 and abs(path[2, at - 1]) <= 1e-9:
            cost += RAMP
        previous = path[0, at]
    return cost + AT_THE_END * previous**2, free
