"""Rural roads: one lane each way, lines in several styles, rails in bends, hedges and fences."""

import numpy as np

from sim.roads.assembly import assemble
from sim.roads.curves import winding_curvature
from sim.roads.furniture import bends, hedges_and_walls, rails_in_bends
from sim.roads.plan import Band, Lane, Marking, Material, RoadPlan, Wall
from sim.scenario import RoadKind

LANE_WIDTH = (3.2, 3.7)  # [m] limits; RAL has 3.25 m (EKL 4: 3.0 m) to 3.5 m
PAVED_SHOULDER = (0.3, 0.6)  # [m] limits of the asphalt beyond the edge line; RAL has 0.25 to 0.5 m
GRAVEL_VERGE = (0.4, 1.3)  # [m] limits; chosen
SINGLE_LINE = 0.14  # [m] width of centre and edge lines; chosen, RMS has 0.12 m
THIN_LINE = 0.12  # [m] width of double lines and lines in bends; RMS
DASH = 3.0  # [m] paint of the dashed centre line; chosen
DASH_GAPS = [3.0, 6.0]  # [m] one of them between its dashes; chosen
DOUBLE_LINE_OFFSET = 0.13  # [m] of each double line from the centre; RMS has a gap of 0.12 m
BEND_LINE_OFFSET = 0.2  # [m] of the solid line beside the dashes in bends; chosen
SPEED_LIMIT = 22.0  # [m/s]; chosen


def rural(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a road with one lane each way and centre and edge lines in several styles."""
    width = generator.uniform(*LANE_WIDTH)
    shoulder = generator.uniform(*PAVED_SHOULDER)
    edge = width + shoulder
    curvature = winding_curvature(
        generator,
        total,
        radii=(70.0, 400.0),
        arcs=(40.0, 140.0),
        straights=(10.0, 120.0),
        share=0.75,
    )
    gap = float(generator.choice(DASH_GAPS))
    wear = float(generator.choice([0.0, 0.15, 0.3, 0.5]))
    gravel = generator.uniform(*GRAVEL_VERGE)
    style = generator.choice(["dashed", "bends", "double"], p=[0.45, 0.4, 0.15])
    markings = [Marking(0.0, SINGLE_LINE, DASH, gap, wear)] if style != "double" else []
    if style == "double":
        markings += [Marking(side * DOUBLE_LINE_OFFSET, THIN_LINE, wear=wear) for side in (-1, 1)]
    if style == "bends":
        for start, finish, sign in bends(curvature, 160.0, 20.0, margin=15.0):
            markings.append(
                Marking(BEND_LINE_OFFSET * sign, THIN_LINE, wear=wear, start=start, finish=finish)
            )
    if generator.random() < 0.8:
        markings += [
            Marking(-width, SINGLE_LINE, wear=wear),
            Marking(width, SINGLE_LINE, wear=wear),
        ]
    return assemble(
        RoadKind.RURAL,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=(
            Band(-edge - gravel, edge + gravel, Material.GRAVEL),
            Band(-edge, edge, Material.ASPHALT),
        ),
        markings=markings,
        path=0,
        drivable=(-edge, edge),
        speed_limit=SPEED_LIMIT,
        barriers=(
            *rails_in_bends(generator, curvature, edge + 0.7, share=generator.uniform(0.0, 0.8)),
            *hedges_and_walls(
                generator, total, (edge + 2.5, edge + 6.0), (Wall.HEDGE, Wall.FENCE), share=0.25
            ),
        ),
    )
