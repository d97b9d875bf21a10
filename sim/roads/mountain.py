"""Mountain roads: hairpins between legs across the slope, rock uphill, rails and walls downhill."""

from collections.abc import Iterator

import numpy as np

from sim.geometry.frenet import SPACING, Floats
from sim.roads.assembly import assemble
from sim.roads.curves import edge_distance, outer_swept_distance, serpentine_curvature
from sim.roads.furniture import RAIL_HEIGHT, stretches
from sim.roads.plan import Band, Barrier, Lane, Marking, Material, RoadPlan, Wall
from sim.scenario import RoadKind


def mountain(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a mountain road whose lanes let two cars meet in its tightest hairpin."""
    tightest = generator.uniform(11.0, 15.0)
    width = _meeting_width(tightest) + generator.uniform(0.0, 0.1)
    curvature = serpentine_curvature(generator, total, radii=(tightest, 18.0), legs=(50.0, 170.0))
    edges = [max(width + 0.2, edge_distance(curvature, width / 2, side)) for side in (-1, 1)]
    left = -edges[0]
    right = edges[1]
    wear = float(generator.choice([0.2, 0.35, 0.5]))
    markings = []
    if generator.random() < 0.7:
        markings.append(
            Marking(0.0, 0.12, 3.0, 3.0, wear)
            if generator.random() < 0.6
            else Marking(0.0, 0.12, wear=wear)
        )
    if generator.random() < 0.45:
        markings += [Marking(-width, 0.12, wear=wear), Marking(width, 0.12, wear=wear)]
    climbs = int(generator.choice([-1, 1]))
    verge = generator.uniform(0.5, 1.1)
    bands = (
        Band(
            left - verge,
            right + verge,
            Material.ROCK if generator.random() < 0.5 else Material.GRAVEL,
        ),
        Band(left, right, Material.ASPHALT),
    )
    return assemble(
        RoadKind.MOUNTAIN,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=bands,
        markings=markings,
        path=0,
        drivable=(left, right),
        speed_limit=float(generator.uniform(12.0, 15.0)),
        carriageway=(-width, width),
        barriers=tuple(_slopes(generator, curvature, climbs, (left - 0.3, right + 0.3), verge)),
        beyond=Material.ROCK if generator.random() < 0.4 else Material.GRASS,
    )


def _meeting_width(radius: float) -> float:
    """Return the lane width [m] at which two cars pass each other in a bend of `radius` [m]."""
    inner = outer_swept_distance(1 / (radius - 1.6))
    inwards = 1.25  # how far the rear of the outer car cuts in
    return inner + inwards + 0.45


def _slopes(
    generator: np.random.Generator,
    curvature: Floats,
    climbs: int,
    edges: tuple[float, float],
    verge: float,
) -> Iterator[Barrier]:
    """Yield rock faces uphill, rails and stone walls downhill.

    climbs: +1 where the slope rises along the road's main direction, -1 where it falls.
    edges: lateral offsets of both road edges [m].
    verge: width of the ground beyond them [m].
    """
    heading = np.concatenate([[0.0], np.cumsum((curvature[1:] + curvature[:-1]) / 2 * SPACING)])
    rises_right = -np.sin(heading) * climbs
    tight = np.abs(curvature) > 1 / 25
    for side, edge in zip((-1, 1), edges, strict=True):
        for start, finish in stretches((side * rises_right > 0.4) & ~tight, least=12.0):
            for a, b in _pieces(generator, start, finish):
                if generator.random() < 0.8:
                    yield Barrier(
                        Wall.ROCK,
                        edge + side * (verge + 0.4),
                        a,
                        b,
                        float(generator.uniform(3.0, 9.0)),
                    )
        for start, finish in stretches(
            (side * rises_right < -0.2) | (tight & (side * curvature < 0)), least=12.0
        ):
            kind = generator.choice([Wall.RAIL, Wall.STONE], p=[0.6, 0.4])
            if generator.random() < 0.85:
                height = RAIL_HEIGHT if kind == Wall.RAIL else float(generator.uniform(0.6, 1.0))
                yield Barrier(Wall(kind), edge + side * (verge - 0.3), start, finish, height)


def _pieces(
    generator: np.random.Generator, start: float, finish: float
) -> Iterator[tuple[float, float]]:
    """Yield the (start, finish) [m] of pieces of 15 to 60 m that make up a stretch."""
    while start < finish:
        end = min(start + generator.uniform(15.0, 60.0), finish)
        yield start, end
        start = end
