"""What stands around a racetrack: grandstands, boards of sponsors, huts of the marshals."""

from collections.abc import Iterator

import numpy as np

from sim.geometry.frenet import Floats
from sim.render.objects.object_tables import ONE_SIDED, Scenery, panels
from sim.render.objects.roadside.free_ground import FreeGround
from sim.render.objects.surfaces.surface_table import SurfaceKind
from sim.roads.furniture import stretches
from sim.scenario import RoadKind

STAND_PAINTS = np.array(
    [
        (0.70, 0.10, 0.10),
        (0.10, 0.25, 0.60),
        (0.85, 0.65, 0.08),
        (0.12, 0.42, 0.22),
        (0.80, 0.80, 0.80),
        (0.15, 0.15, 0.17),
    ]
)
# [m]
STAND_DEPTH = 9.0
STAND_HEIGHT = 8.5
STAND_RANGE = 450.0  # [m]


def racing_rows(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Everything in this module, if the plan is a racetrack's."""
    if site.plan.kind is RoadKind.RACETRACK:
        yield from _stands(generator, site)
        yield from _boards(generator, site)
        yield from _huts(generator, site)


def _box(
    site: FreeGround,
    s: float,
    d: float,
    length: float,
    depth: float,
    high: float,
    skins: list[SurfaceKind],
    colour: object,
    seed: float,
) -> Scenery:
    """A box along the road with its front, on the road's side, at d; skins of its front and its
    other sides.
    """
    side = 1 if d > 0 else -1
    ends = [s + side * length / 2, s - side * length / 2]
    offsets = [d, d + side * depth]
    # From the front's left end, as seen from the road, around: the front is on the right of its
    # way.
    corners = [
        (ends[0], offsets[0]),
        (ends[1], offsets[0]),
        (ends[1], offsets[1]),
        (ends[0], offsets[1]),
    ]
    points = np.array([site.places(np.array([cs]), np.array([cd]))[:2] for cs, cd in corners])[
        :, :, 0
    ]
    after = np.roll(points, -1, axis=0)
    kinds = np.array([int(skins[0])] + 3 * [int(skins[1])])
    table = panels(
        s, (points[:, 0], points[:, 1]), (after[:, 0], after[:, 1]), kinds, high, colour, flags=ONE_SIDED, reach=STAND_RANGE, seed=seed,
        pitch=np.where(kinds == SurfaceKind.GARAGE, length, 0.0),
    )  # fmt: skip
    middle = points.mean(axis=0)
    radius = float(np.hypot(*(points[0] - points.mean(axis=0))))
    site.take(middle[:1], middle[1:], np.array([radius]))
    return table._replace(
        x=np.full(4, middle[0]),
        y=np.full(4, middle[1]),
        radius=np.full(4, radius),
        lead=np.full(4, radius),
    )


def _stands(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Grandstands along straights, behind the rails."""
    curvature = site.plan.centreline.curvature
    for start, finish in stretches(np.abs(curvature) < 1 / 600, 35.0):
        if generator.random() < 0.6:
            side = int(generator.choice([-1, 1]))
            length = min(finish - start, generator.uniform(30.0, 60.0))
            middle = (start + finish) / 2
            d = side * (site.plan.drivable[1] + generator.uniform(14.0, 18.0))
            ends = np.array([middle - length / 2, middle, middle + length / 2])
            x, y, _ = site.places(ends, np.full(3, d))
            if site.clear(x, y, 1.0).all():
                colour = STAND_PAINTS[generator.integers(len(STAND_PAINTS))]
                yield _box(
                    site,
                    middle,
                    d,
                    length,
                    STAND_DEPTH,
                    STAND_HEIGHT,
                    [SurfaceKind.STAND, SurfaceKind.PLAIN],
                    colour,
                    float(generator.random()),
                )


def _boards(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Boards of sponsors behind the barriers."""
    s = generator.uniform(0.0, 60.0)
    while s < site.plan.centreline.length - 30.0:
        side = int(generator.choice([-1, 1]))
        count = int(generator.integers(2, 6))
        at: Floats = s + 6.0 * np.arange(count + 1, dtype=np.float64)
        d = side * (site.plan.drivable[1] + 12.5)
        x, y, _ = site.places(at, np.full(at.size, d))
        if site.clear(x, y, 0.4).all():
            colours = STAND_PAINTS[generator.integers(len(STAND_PAINTS), size=count)]
            yield panels(
                at[:-1],
                (x[:-1], y[:-1]),
                (x[1:], y[1:]),
                SurfaceKind.BOARD,
                1.1,
                colours,
                seed=generator.random(count),
                reach=STAND_RANGE,
            )
        s += 6.0 * count + generator.uniform(40.0, 140.0)


def _huts(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Marshals' huts."""
    stations: Floats = np.arange(generator.uniform(20.0, 100.0), site.plan.centreline.length, 160.0)
    for s in stations:
        d = generator.choice([-1, 1]) * (site.plan.drivable[1] + 14.0)
        x, y, _ = site.places(np.array([s - 1.5, s + 1.5]), np.full(2, d))
        if site.clear(x, y, 1.5).all():
            yield _box(
                site,
                float(s),
                float(d),
                2.4,
                2.4,
                2.5,
                [SurfaceKind.GARAGE, SurfaceKind.PLAIN],
                (0.85, 0.45, 0.10),
                0.5,
            )
