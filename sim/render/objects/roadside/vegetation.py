"""Trees, bushes and tufts of grass: what grows beside each kind of road, in stands and clearings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.render.objects.object_tables import PLANT, Scenery, chosen, rows
from sim.render.objects.plants import BROADLEAVES, BUSHES, CONIFERS, TUFTS
from sim.render.objects.roadside.free_ground import FreeGround
from sim.roads.plan import Material
from sim.scenario import RoadKind

FIRST_CONIFER = BROADLEAVES
FIRST_BUSH = BROADLEAVES + CONIFERS
FIRST_TUFT = BROADLEAVES + CONIFERS + BUSHES
LEAVES = np.array(
    [(0.40, 0.50, 0.19), (0.22, 0.33, 0.18), (0.40, 0.48, 0.22), (0.56, 0.56, 0.29)]
)  # tree, conifer, bush, tuft


@dataclass(frozen=True)
class VegetationRule:
    """What grows along a kind of road.

    clearance: nearest that trees stand to the road's outermost band [m].
    spacings: possible mean distances between the trees of a stand [m].
    conifers: possible shares of conifers.
    bushes: how many per tree.
    tufts: how many per metre of verge.
    heights: of broadleaf trees [m].
    depth: how far back they stand on average [m].
    avenue: how often one side is lined with a row of trees.
    """

    clearance: float
    spacings: tuple[float, ...]
    conifers: tuple[float, ...]
    bushes: float
    tufts: float
    heights: tuple[float, float] = (6.0, 12.0)
    depth: float = 14.0
    avenue: float = 0.0


COUNTRY = (5.0, 9.0, 18.0, 60.0)
GROWTH = {
    RoadKind.RURAL: VegetationRule(2.5, COUNTRY, (0.05, 0.4, 0.9), 0.5, 0.47, avenue=0.12),
    RoadKind.RURAL_UNMARKED: VegetationRule(2.0, COUNTRY, (0.05, 0.3, 0.8), 0.8, 0.55, avenue=0.15),
    RoadKind.UNPAVED: VegetationRule(2.0, (4.0, 7.0, 15.0, 50.0), (0.05, 0.5, 0.9), 0.9, 0.6),
    RoadKind.HIGHWAY: VegetationRule(
        8.0, (6.0, 12.0, 30.0), (0.05, 0.4, 0.9), 0.7, 0.45, depth=18.0
    ),
    RoadKind.RESIDENTIAL: VegetationRule(
        2.0, (9.0, 14.0, 30.0), (0.05, 0.25), 1.4, 0.0, heights=(4.0, 9.0), depth=9.0
    ),
    RoadKind.TUNNEL: VegetationRule(4.0, COUNTRY, (0.4, 0.9), 0.6, 0.45),
    RoadKind.MOUNTAIN: VegetationRule(
        2.0, (5.0, 9.0, 20.0), (0.8, 0.95), 0.5, 0.35, heights=(5.0, 9.0), depth=12.0
    ),
    RoadKind.RACETRACK: VegetationRule(22.0, (12.0, 25.0, 60.0), (0.1, 0.5), 0.4, 0.25, depth=20.0),
}


def vegetation_rows(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Everything that grows along a plan, where there is room for it."""
    growth = GROWTH[site.plan.kind]
    for side in (-1, 1):
        stands = list(_stands(generator, growth, site.plan.centreline.length))
        s, share = (np.concatenate(each) for each in zip(*stands, strict=True))
        yield from _settled(site, _trees(generator, site, growth, s, share, side), 1.2)
        few = s[generator.random(s.size) < min(growth.bushes, 1.0)]
        few = np.concatenate([few, s[generator.random(s.size) < growth.bushes - 1.0]])
        yield from _settled(
            site,
            _bushes(generator, site, growth, few + generator.uniform(-4.0, 4.0, few.size), side),
            0.4,
        )
        if growth.tufts:
            bare = 0.5 if site.plan.beyond is Material.ROCK else 1.0
            count = generator.poisson(growth.tufts * bare * site.plan.centreline.length)
            along = np.sort(generator.uniform(0.0, site.plan.centreline.length, count))
            yield from _settled(site, _tufts(generator, site, along, side), 0.15)


def _settled(site: FreeGround, plants: Scenery, margin: float) -> Iterator[Scenery]:
    yield chosen(plants, site.clear(plants.x, plants.y, margin))


def _stands(
    generator: np.random.Generator, growth: VegetationRule, length: float
) -> Iterator[tuple[Floats, Floats]]:
    """Stations of trees, and for each the chance that it is a conifer (-1 in avenues), stand by
    stand of 30 to 150 m.
    """
    s = -40.0
    while s < length:
        end = s + generator.uniform(30.0, 150.0)
        spacing = generator.choice(growth.spacings)
        share = generator.choice(growth.conifers)
        if generator.random() < growth.avenue:
            at = np.arange(s, end + 60.0, 11.0)
            yield at, np.full(at.size, -1.0)
            end += 60.0
        else:
            at = generator.uniform(s, end, max(generator.poisson((end - s) / spacing), 1))
            yield at, np.full(at.size, share)
        s = end


def _trees(
    generator: np.random.Generator,
    site: FreeGround,
    growth: VegetationRule,
    s: Floats,
    share: Floats,
    side: int,
) -> Scenery:
    conifer = generator.random(s.size) < share
    avenue = share < 0
    height = np.where(
        conifer, generator.uniform(7.0, 15.0, s.size), generator.uniform(*growth.heights, s.size)
    )
    out = growth.clearance + np.where(
        avenue, 0.5, 0.16 * height + generator.exponential(growth.depth, s.size)
    )
    kind = np.where(
        conifer,
        FIRST_CONIFER + generator.integers(CONIFERS, size=s.size),
        generator.integers(BROADLEAVES, size=s.size),
    )
    kind = np.where(avenue, kind[0] % BROADLEAVES, kind)
    height = np.where(avenue, 8.5 + 0.15 * height, height)
    return _plants(
        generator,
        site,
        s,
        side * (site.edge(s, side) + out),
        kind,
        height,
        450.0,
        LEAVES[conifer.astype(int)],
    )


def _bushes(
    generator: np.random.Generator, site: FreeGround, growth: VegetationRule, s: Floats, side: int
) -> Scenery:
    height = generator.uniform(1.0, 2.8, s.size)
    out = (
        site.edge(s, side)
        + growth.clearance
        + 0.3 * height
        + generator.exponential(0.5 * growth.depth, s.size)
    )
    kind = FIRST_BUSH + generator.integers(BUSHES, size=s.size)
    return _plants(generator, site, s, side * out, kind, height, 200.0, LEAVES[2])


def _tufts(generator: np.random.Generator, site: FreeGround, s: Floats, side: int) -> Scenery:
    height = generator.uniform(0.25, 0.65, s.size)
    out = site.edge(s, side) + 0.45 + 0.4 * height + generator.exponential(1.6, s.size)
    kind = FIRST_TUFT + generator.integers(TUFTS, size=s.size)
    return _plants(generator, site, s, side * out, kind, height, 55.0, LEAVES[3])


def _plants(
    generator: np.random.Generator,
    site: FreeGround,
    s: Floats,
    d: Floats,
    kind: NDArray[np.int64],
    height: Floats,
    reach: float,
    leaves: Floats,
) -> Scenery:
    """Rows for plants, each of a slightly different colour."""
    bright = generator.uniform(0.8, 1.15, s.size)
    warm = generator.normal(0.0, 0.06, s.size)
    colour = leaves * np.stack([bright * (1 + warm), bright, bright * (1 - warm)], axis=1)
    x, y, _ = site.places(s, d)
    return rows(
        station=s,
        x=x,
        y=y,
        family=PLANT,
        kind=kind,
        height=height,
        reach=reach,
        colour=colour,
        radius=1.5 * height,
    )
