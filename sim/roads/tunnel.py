"""Tunnel roads: two lanes through one or more tubes, with open air before, between and after."""

import numpy as np

from sim.roads.assembly import assemble
from sim.roads.curves import LEAD_IN, winding_curvature
from sim.roads.furniture import RAIL_HEIGHT
from sim.roads.plan import (
    GROUND_UNDER_WALLS,
    Band,
    Barrier,
    Lane,
    Marking,
    Material,
    RoadPlan,
    Tunnel,
    Wall,
)
from sim.scenario import RoadKind

APPROACH = 80.0  # [m] minimum open road before the first tunnel; chosen
MIN_TUNNEL_GAP = 50.0  # [m] minimum open road after each tunnel; chosen
SPEED_LIMIT = 22.0  # [m/s]; chosen
CENTRE_LINE = 0.14  # [m] width of a dashed centre line; chosen, RMS has 0.12


def tunnel(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a road with one lane each way in gentle bends, walkways and walls inside its
    tunnels.
    """
    width = generator.uniform(3.4, 3.75)
    shoulder = generator.uniform(0.4, 0.9)
    edge = width + shoulder
    curvature = winding_curvature(
        generator,
        total,
        radii=(210.0, 900.0),
        arcs=(60.0, 260.0),
        straights=(20.0, 200.0),
        share=0.7,
    )
    wall = edge + generator.uniform(0.7, 1.2)
    height = float(generator.uniform(4.8, 6.0))
    lamps = float(generator.uniform(8.0, 16.0))
    tubes = tuple(
        Tunnel(start, finish, -wall, wall, height, lamps)
        for start, finish in _covered(generator, length)
    )
    wear = float(generator.choice([0.0, 0.1, 0.25]))
    bands = [Band(-edge - 1.0, edge + 1.0, Material.GRAVEL), Band(-edge, edge, Material.ASPHALT)]
    markings = [Marking(-width, 0.15, wear=wear), Marking(width, 0.15, wear=wear)]
    if generator.random() < 0.5:
        markings += [Marking(-0.13, 0.12, wear=wear), Marking(0.13, 0.12, wear=wear)]
    else:
        markings.append(Marking(0.0, CENTRE_LINE, 3.0, float(generator.choice([3.0, 6.0])), wear))
    barriers = []
    for tube in tubes:
        for side in (-1, 1):
            left, right = sorted((side * edge, side * (wall + GROUND_UNDER_WALLS)))
            bands.append(Band(left, right, Material.CONCRETE, tube.start, tube.finish))
            offset = side * (edge + 0.6)
            barriers.append(
                Barrier(Wall.RAIL, offset, max(tube.start - 40.0, 0.0), tube.start, RAIL_HEIGHT)
            )
            barriers.append(
                Barrier(Wall.RAIL, offset, tube.finish, tube.finish + 30.0, RAIL_HEIGHT)
            )
    return assemble(
        RoadKind.TUNNEL,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=bands,
        markings=markings,
        path=0,
        drivable=(-edge, edge),
        speed_limit=SPEED_LIMIT,
        barriers=tuple(barriers),
        tunnels=tubes,
    )


def _covered(generator: np.random.Generator, length: float) -> list[tuple[float, float]]:
    """Return the (start, finish) stations [m] of the tubes.

    They cover about 35 to 60 % of the drive, where it is long enough for APPROACH and
    MIN_TUNNEL_GAP.
    """
    tubes = int(generator.integers(1, 4))
    share = generator.uniform(0.37, 0.58)
    while tubes > 1 and (
        share * length / tubes < 60.0 or (1 - share) * length < APPROACH + tubes * MIN_TUNNEL_GAP
    ):
        tubes -= 1
    covered = share * length
    least = np.array([APPROACH] + [MIN_TUNNEL_GAP] * tubes)
    spare = max((1 - share) * length - least.sum(), 0.0)
    opens = least + spare * generator.dirichlet(np.ones(tubes + 1))
    parts = covered * (0.5 / tubes + 0.5 * generator.dirichlet(np.ones(tubes)))
    starts = LEAD_IN + np.cumsum(opens[:-1]) + np.concatenate([[0.0], np.cumsum(parts[:-1])])
    return [(float(start), float(start + part)) for start, part in zip(starts, parts, strict=True)]
