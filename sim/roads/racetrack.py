"""Racetracks: wide asphalt in one direction, kerbs and gravel traps in the bends, tyre walls."""

from collections.abc import Iterator

import numpy as np

from sim.geometry.frenet import Floats
from sim.roads.assembly import assemble
from sim.roads.curves import winding_curvature
from sim.roads.furniture import RAIL_HEIGHT, bends, free_stretches
from sim.roads.plan import Band, Barrier, Lane, Marking, Material, RoadPlan, Wall
from sim.scenario import RoadKind

TRACK_KERB_WIDTH = 0.9  # [m] width of a kerb; chosen
SPEED_LIMIT = 33.0  # [m/s]; chosen
EDGE_LINE = 0.2  # [m] width of the white edge lines; chosen
TRAP_RADIUS = 150.0  # [m] bends tighter than this have traps; chosen
TRAP = (2.5, 11.0)  # [m] lateral limits of a trap from the track's edge; chosen


def racetrack(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a track of three lanes abreast, all in one direction; the path is the middle one."""
    width = generator.uniform(10.8, 13.0)
    edge = width / 2
    curvature = winding_curvature(
        generator,
        total,
        radii=(25.0, 300.0),
        arcs=(25.0, 130.0),
        straights=(20.0, 200.0),
        share=0.75,
    )
    kerbs = list(_kerbs(curvature, edge))
    traps = list(_traps(generator, curvature, edge))
    strip = generator.uniform(1.0, 3.0)
    return assemble(
        RoadKind.RACETRACK,
        curvature,
        length,
        lanes=tuple(Lane(i * width / 3, width / 3) for i in (-1, 0, 1)),
        bands=(
            Band(
                -edge - TRACK_KERB_WIDTH - strip,
                edge + TRACK_KERB_WIDTH + strip,
                Material.GRASS if generator.random() < 0.6 else Material.CONCRETE,
            ),
            Band(-edge - 0.1, edge + 0.1, Material.ASPHALT),
            *traps,
        ),
        markings=(Marking(-edge + 0.1, EDGE_LINE), Marking(edge - 0.1, EDGE_LINE), *kerbs),
        path=1,
        drivable=(-edge - TRACK_KERB_WIDTH, edge + TRACK_KERB_WIDTH),
        speed_limit=SPEED_LIMIT,
        carriageway=(-edge, edge),
        barriers=tuple(_barriers(generator, curvature, edge, total)),
    )


def _kerbs(curvature: Floats, edge: float) -> Iterator[Marking]:
    """Yield red and white kerbs: inside along every bend, outside where the bend opens."""
    for start, finish, sign in bends(curvature, 300.0, 12.0, margin=3.0):
        yield Marking(
            sign * (edge + 0.1 + TRACK_KERB_WIDTH / 2),
            TRACK_KERB_WIDTH,
            1.5,
            1.5,
            red=True,
            start=start,
            finish=finish,
        )
        yield Marking(
            -sign * (edge + 0.1 + TRACK_KERB_WIDTH / 2),
            TRACK_KERB_WIDTH,
            1.5,
            1.5,
            red=True,
            start=finish - 12.0,
            finish=finish + 24.0,
        )


def _traps(generator: np.random.Generator, curvature: Floats, edge: float) -> Iterator[Band]:
    """Yield gravel traps or asphalt run-off areas on the outside of bends."""
    for start, finish, sign in bends(curvature, TRAP_RADIUS, 15.0, margin=12.0):
        left, right = sorted((-sign * (edge + TRAP[0]), -sign * (edge + TRAP[1])))
        yield Band(
            left,
            right,
            Material.SAND if generator.random() < 0.7 else Material.ASPHALT,
            start,
            finish,
        )


def _barriers(
    generator: np.random.Generator, curvature: Floats, edge: float, total: float
) -> Iterator[Barrier]:
    """Yield tyre walls behind the traps and rails along the rest."""
    corners = bends(curvature, TRAP_RADIUS, 15.0, margin=12.0)
    for side in (-1, 1):
        occupied = [(start, finish) for start, finish, sign in corners if sign == -side]
        for start, finish in occupied:
            yield Barrier(
                Wall.TYRES,
                side * (edge + TRAP[1] + 1.0),
                start,
                finish,
                float(generator.uniform(0.9, 1.3)),
            )
        for start, finish in free_stretches(total, occupied, 10.0):
            if generator.random() < 0.85:
                kind = Wall.CONCRETE if generator.random() < 0.2 else Wall.RAIL
                yield Barrier(
                    kind, side * (edge + generator.uniform(6.0, 11.0)), start, finish, RAIL_HEIGHT
                )
