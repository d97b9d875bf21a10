"""Unpaved roads: dirt or gravel with worn ruts, without paint and without sharp edges."""

import numpy as np

from sim.roads.assembly import assemble
from sim.roads.curves import edge_distance, winding_curvature
from sim.roads.furniture import hedges_and_walls
from sim.roads.plan import Band, Lane, Material, RoadPlan, Wall
from sim.scenario import RoadKind

LANE_WIDTH = (2.4, 2.7)  # [m] limits; chosen
VERGE_WIDTH = 0.5  # [m] looser ground beyond the track; chosen
DRIVABLE_VERGE = 0.4  # [m] beyond the track that wheels may touch; chosen
EDGE_OVERLAP = 0.3  # [m] by which a car in the tightest bend may reach onto the verge; chosen
GRASS_STRIP = (0.2, 0.35)  # [m] limits of half the width of grass between the ruts; chosen
SPEED_LIMIT = (12.0, 16.0)  # [m/s] limits; chosen


def unpaved(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a dirt or gravel track with worn ruts, sometimes with grass between them."""
    width = generator.uniform(*LANE_WIDTH)
    curvature = winding_curvature(
        generator, total, radii=(30.0, 250.0), arcs=(20.0, 90.0), straights=(10.0, 90.0), share=0.8
    )
    edge = max(width, edge_distance(curvature, width / 2, 1) - EDGE_OVERLAP)
    track = Material.DIRT if generator.random() < 0.65 else Material.GRAVEL
    bands = [
        Band(
            -edge - VERGE_WIDTH,
            edge + VERGE_WIDTH,
            Material.GRAVEL if track is Material.DIRT else Material.DIRT,
        )
    ]
    bands.append(Band(-edge, edge, track))
    if generator.random() < 0.5:
        half = generator.uniform(*GRASS_STRIP)
        bands.append(Band(-half, half, Material.GRASS))
    return assemble(
        RoadKind.UNPAVED,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=bands,
        markings=(),
        path=0,
        drivable=(-edge - DRIVABLE_VERGE, edge + DRIVABLE_VERGE),
        speed_limit=float(generator.uniform(*SPEED_LIMIT)),
        carriageway=(-edge, edge),
        barriers=tuple(
            hedges_and_walls(
                generator,
                total,
                (edge + 2.0, edge + 5.0),
                (Wall.FENCE, Wall.HEDGE, Wall.STONE),
                share=0.25,
            )
        ),
    )
