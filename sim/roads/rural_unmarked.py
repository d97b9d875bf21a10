"""Narrow rural roads without any paint, between walls, hedges and fences."""

import numpy as np

from sim.roads.assembly import assemble
from sim.roads.curves import edge_distance, winding_curvature
from sim.roads.furniture import hedges_and_walls
from sim.roads.plan import Band, Lane, Material, RoadPlan, Wall
from sim.scenario import RoadKind

LANE_WIDTH = (2.5, 2.9)  # [m] limits; chosen
VERGE_WIDTH = (0.15, 0.7)  # [m] limits of the gravel or dirt beyond the asphalt; chosen
DRIVABLE_VERGE = 0.1  # [m] beyond the asphalt that wheels may touch; chosen
SPEED_LIMIT = (14.0, 18.0)  # [m/s] limits; chosen


def rural_unmarked(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a narrow road without paint, between walls, hedges and fences."""
    width = generator.uniform(*LANE_WIDTH)
    curvature = winding_curvature(
        generator,
        total,
        radii=(42.0, 350.0),
        arcs=(25.0, 110.0),
        straights=(10.0, 100.0),
        share=0.8,
    )
    edge = max(width, edge_distance(curvature, width / 2, 1))
    verge = Material.GRAVEL if generator.random() < 0.4 else Material.DIRT
    verge_width = generator.uniform(*VERGE_WIDTH)
    walls = [(Wall.STONE, Wall.HEDGE), (Wall.HEDGE, Wall.FENCE), (Wall.STONE, Wall.FENCE)][
        generator.integers(3)
    ]
    return assemble(
        RoadKind.RURAL_UNMARKED,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=(
            Band(-edge - verge_width, edge + verge_width, verge),
            Band(-edge, edge, Material.ASPHALT),
        ),
        markings=(),
        path=0,
        drivable=(-edge - DRIVABLE_VERGE, edge + DRIVABLE_VERGE),
        speed_limit=float(generator.uniform(*SPEED_LIMIT)),
        carriageway=(-edge, edge),
        barriers=tuple(
            hedges_and_walls(generator, total, (edge + 1.2, edge + 3.0), walls, share=0.45)
        ),
    )
