"""Road kinds: a scenario's seed -> the plan of a road. The simple ones here, the others in files of
their own.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.random import Stream, stream_generator
from sim.roads.assembly import assemble
from sim.roads.curves import (
    BEFORE_START,
    COMFORT_BRAKING,
    COMFORT_LATERAL,
    LEAD_IN,
    RUN_OUT,
    comfortable_speed,
    edge_distance,
    winding_curvature,
)
from sim.roads.furniture import bends, hedges_and_walls, rails_in_bends
from sim.roads.highway import highway
from sim.roads.mountain import mountain
from sim.roads.plan import Band, Lane, Marking, Material, RoadPlan, Wall
from sim.roads.racetrack import racetrack
from sim.roads.residential import residential
from sim.roads.tunnel import tunnel
from sim.scenario import RoadKind, Scenario

__all__ = [
    "COMFORT_BRAKING",
    "COMFORT_LATERAL",
    "LEAD_IN",
    "RUN_OUT",
    "comfortable_speed",
    "plan_road",
]

Builder = Callable[[np.random.Generator, float, float], RoadPlan]


def plan_road(scenario: Scenario) -> RoadPlan:
    """The plan of a scenario's road: same scenario, same plan. The drive begins anywhere along it,
    bend or straight.
    """
    geometry = stream_generator(
        scenario.seed, Stream.ROAD_GEOMETRY, list(RoadKind).index(scenario.road)
    )
    before = float(stream_generator(scenario.seed, Stream.DRIVE_START).uniform(0.0, BEFORE_START))
    plan = _BUILDERS[scenario.road](
        geometry, LEAD_IN + before + scenario.length + RUN_OUT, before + scenario.length
    )
    return replace(plan, start=plan.start + before)


def _rural(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """One lane each way, 3.2-3.7 m, lines in several styles, rails in bends, hedges and fences."""
    width = generator.uniform(3.2, 3.7)
    shoulder = generator.uniform(0.3, 0.6)
    edge = width + shoulder
    curvature = winding_curvature(
        generator,
        total,
        radii=(70.0, 400.0),
        arcs=(40.0, 140.0),
        straights=(10.0, 120.0),
        share=0.75,
    )
    gap = float(generator.choice([3.0, 6.0]))
    wear = float(generator.choice([0.0, 0.15, 0.3, 0.5]))
    gravel = generator.uniform(0.4, 1.3)
    style = generator.choice(["dashed", "bends", "double"], p=[0.45, 0.4, 0.15])
    markings = [Marking(0.0, 0.14, 3.0, gap, wear)] if style != "double" else []
    if style == "double":
        markings += [Marking(-0.13, 0.12, wear=wear), Marking(0.13, 0.12, wear=wear)]
    if style == "bends":
        for start, finish, sign in bends(curvature, 160.0, 20.0, margin=15.0):
            markings.append(Marking(0.2 * sign, 0.12, wear=wear, start=start, finish=finish))
    if generator.random() < 0.8:
        markings += [Marking(-width, 0.14, wear=wear), Marking(width, 0.14, wear=wear)]
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
        speed_limit=22.0,
        barriers=(
            *rails_in_bends(generator, curvature, edge + 0.7, share=generator.uniform(0.0, 0.8)),
            *hedges_and_walls(
                generator, total, (edge + 2.5, edge + 6.0), (Wall.HEDGE, Wall.FENCE), share=0.25
            ),
        ),
    )


def _rural_unmarked(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """A narrow road without any paint, between walls, hedges and fences at places."""
    width = generator.uniform(2.5, 2.9)
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
    strip = generator.uniform(0.15, 0.7)
    walls = [(Wall.STONE, Wall.HEDGE), (Wall.HEDGE, Wall.FENCE), (Wall.STONE, Wall.FENCE)][
        generator.integers(3)
    ]
    return assemble(
        RoadKind.RURAL_UNMARKED,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=(Band(-edge - strip, edge + strip, verge), Band(-edge, edge, Material.ASPHALT)),
        markings=(),
        path=0,
        drivable=(-edge - 0.1, edge + 0.1),
        speed_limit=float(generator.uniform(14.0, 18.0)),
        carriageway=(-edge, edge),
        barriers=tuple(
            hedges_and_walls(generator, total, (edge + 1.2, edge + 3.0), walls, share=0.45)
        ),
    )


def _unpaved(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """A track of dirt or gravel with worn ruts, sometimes with grass between them; no paint, no
    sharp edge.
    """
    width = generator.uniform(2.4, 2.7)
    curvature = winding_curvature(
        generator, total, radii=(30.0, 250.0), arcs=(20.0, 90.0), straights=(10.0, 90.0), share=0.8
    )
    edge = max(width, edge_distance(curvature, width / 2, 1) - 0.3)
    track = Material.DIRT if generator.random() < 0.65 else Material.GRAVEL
    bands = [
        Band(-edge - 0.5, edge + 0.5, Material.GRAVEL if track is Material.DIRT else Material.DIRT)
    ]
    bands.append(Band(-edge, edge, track))
    if generator.random() < 0.5:
        half = generator.uniform(0.2, 0.35)
        bands.append(Band(-half, half, Material.GRASS))
    return assemble(
        RoadKind.UNPAVED,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=bands,
        markings=(),
        path=0,
        drivable=(-edge - 0.4, edge + 0.4),
        speed_limit=float(generator.uniform(12.0, 16.0)),
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


_BUILDERS: dict[RoadKind, Builder] = {
    RoadKind.RURAL: _rural,
    RoadKind.HIGHWAY: highway,
    RoadKind.RURAL_UNMARKED: _rural_unmarked,
    RoadKind.RESIDENTIAL: residential,
    RoadKind.TUNNEL: tunnel,
    RoadKind.UNPAVED: _unpaved,
    RoadKind.MOUNTAIN: mountain,
    RoadKind.RACETRACK: racetrack,
}
