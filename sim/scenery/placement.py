"""Where things stand beside a road: the same plan and seed give the same trees, bushes, posts and poles, none on the road."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.ground.paving import Ground
from sim.ground.surface import road_coordinates
from sim.kernels import kernel
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind
from sim.scenery.plants import BROADLEAVES, BUSHES, CONIFERS, TUFTS
from sim.scenery.posts import POLE, POLE_HEIGHT, POST, POST_HEIGHT

PLANT, UPRIGHT = 0, 1
FIRST_CONIFER, FIRST_BUSH, FIRST_TUFT = BROADLEAVES, BROADLEAVES + CONIFERS, BROADLEAVES + CONIFERS + BUSHES
LEAVES = ((0.40, 0.50, 0.19), (0.22, 0.33, 0.18), (0.40, 0.48, 0.22), (0.56, 0.56, 0.29))  # broadleaf, conifer, bush, tuft


class Scenery(NamedTuple):
    """All that stands still, sorted by station [m], arrays of shape (N,) and colour (N, 3).

    x, y: world [m]; family: PLANT or UPRIGHT; kind: which picture or post; height, reach [m]: beyond `reach` it has faded away.
    """

    station: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    family: NDArray[np.int64]
    kind: NDArray[np.int64]
    height: NDArray[np.float64]
    reach: NDArray[np.float64]
    colour: NDArray[np.float64]


@dataclass(frozen=True)
class _Thing:
    """One thing at road coordinates (s, d) [m]."""

    s: float
    d: float
    family: int
    kind: int
    height: float
    reach: float
    colour: tuple[float, float, float]


def scenery_of(plan: RoadPlan, ground: Ground, seed: int) -> Scenery:
    """Everything that stands beside the road of a plan."""
    generator = np.random.default_rng([seed, 6])
    things = [*_posts(plan), *_poles(generator, plan), *_plants(generator, plan)]
    places = [plan.centreline.pose_at(thing.s, thing.d) for thing in things]
    x, y = np.array([place.x for place in places]), np.array([place.y for place in places])
    edge = _edge(plan)
    # On the inside of a bend, or where the road comes back, the place may lie on the road after all.
    distance = np.full(x.size, np.inf)
    _measure(distance, ground, x, y)
    clear = distance > edge + 0.2
    order = np.argsort([thing.s for thing in things], kind="stable")
    order = order[clear[order]]
    return Scenery(
        station=np.array([things[i].s for i in order]),
        x=x[order],
        y=y[order],
        family=np.array([things[i].family for i in order]),
        kind=np.array([things[i].kind for i in order]),
        height=np.array([things[i].height for i in order]),
        reach=np.array([things[i].reach for i in order]),
        colour=np.array([things[i].colour for i in order]),
    )


def _edge(plan: RoadPlan) -> float:
    """Distance [m] from the reference line to the outermost band's edge."""
    return max(max(-band.left, band.right) for band in plan.bands)


def _posts(plan: RoadPlan) -> Iterator[_Thing]:
    """Reflector posts on both sides, every 25 m on winding roads, every 50 m on highways."""
    spacing = 25.0 if plan.kind is RoadKind.RURAL else 50.0
    for s in np.arange(0.0, plan.centreline.length, spacing):
        for side in (-1, 1):
            yield _Thing(float(s), side * (_edge(plan) + 0.35), UPRIGHT, POST, POST_HEIGHT, 220.0, (0.0, 0.0, 0.0))


def _poles(generator: np.random.Generator, plan: RoadPlan) -> Iterator[_Thing]:
    """A row of poles along one side of some roads."""
    side, beside = generator.choice([-1, 1]), generator.uniform(3.0, 8.0)
    if plan.kind is RoadKind.RURAL and generator.random() < 0.6:
        for s in np.arange(20.0, plan.centreline.length, 42.0):
            yield _Thing(float(s), float(side * (_edge(plan) + beside)), UPRIGHT, POLE, POLE_HEIGHT, 350.0, (0.0, 0.0, 0.0))


def _plants(generator: np.random.Generator, plan: RoadPlan) -> Iterator[_Thing]:
    """Trees and bushes in stands and clearings of 30 to 150 m, tufts of grass along the verge."""
    clearance = 2.5 if plan.kind is RoadKind.RURAL else 5.0
    for side in (-1, 1):
        s = -40.0
        while s < plan.centreline.length:
            end = s + generator.uniform(30.0, 150.0)
            spacing = generator.choice([5.0, 9.0, 18.0, 60.0], p=[0.22, 0.3, 0.28, 0.2])
            share = generator.choice([0.05, 0.4, 0.9])
            while s < end:
                s += generator.exponential(spacing)
                beyond = _edge(plan) + clearance
                yield _tree(generator, s, side, beyond, share)
                if generator.random() < 0.5:
                    yield _bush(generator, s + generator.uniform(-4, 4), side, beyond)
        for s in np.arange(0.0, plan.centreline.length, 1.6):
            if generator.random() < 0.75:
                yield _tuft(generator, s + generator.uniform(-0.8, 0.8), side, _edge(plan))


def _tree(generator: np.random.Generator, s: float, side: int, beyond: float, conifer_share: float) -> _Thing:
    conifer = generator.random() < conifer_share
    height = generator.uniform(7.0, 15.0) if conifer else generator.uniform(6.0, 12.0)
    out = beyond + 0.16 * height + generator.exponential(14.0)
    kind = FIRST_CONIFER + generator.integers(CONIFERS) if conifer else generator.integers(BROADLEAVES)
    return _Thing(s, side * out, PLANT, int(kind), height, 450.0, _tinted(generator, LEAVES[1 if conifer else 0]))


def _bush(generator: np.random.Generator, s: float, side: int, beyond: float) -> _Thing:
    height = generator.uniform(1.0, 2.8)
    out = beyond + 0.3 * height + generator.exponential(7.0)
    return _Thing(
        s, side * out, PLANT, int(FIRST_BUSH + generator.integers(BUSHES)), height, 200.0, _tinted(generator, LEAVES[2])
    )


def _tuft(generator: np.random.Generator, s: float, side: int, edge: float) -> _Thing:
    height = generator.uniform(0.25, 0.65)
    out = edge + 0.45 + 0.4 * height + generator.exponential(1.6)
    return _Thing(s, side * out, PLANT, int(FIRST_TUFT + generator.integers(TUFTS)), height, 55.0, _tinted(generator, LEAVES[3]))


def _tinted(generator: np.random.Generator, colour: tuple[float, float, float]) -> tuple[float, float, float]:
    bright, warm = generator.uniform(0.8, 1.15), generator.normal(0.0, 0.06)
    return colour[0] * bright * (1 + warm), colour[1] * bright, colour[2] * bright * (1 - warm)


@kernel
def _measure(distances: NDArray[np.float64], ground: Ground, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> None:
    """Write the distance [m] of points from the reference line where a road is near."""
    for i in range(xs.size):
        near, _, d, _, _ = road_coordinates(ground, xs[i], ys[i])
        if near:
            distances[i] = abs(d)
