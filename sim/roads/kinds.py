"""The table of road kinds: a scenario's seed -> the plan of its road."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.random import Stream, stream_generator
from sim.roads.curves import (
    BEFORE_START,
    COMFORT_BRAKING,
    COMFORT_LATERAL,
    LEAD_IN,
    RUN_OUT,
    comfortable_speed,
)
from sim.roads.highway import highway
from sim.roads.mountain import mountain
from sim.roads.plan import RoadPlan
from sim.roads.racetrack import racetrack
from sim.roads.residential import residential
from sim.roads.rural import rural
from sim.roads.rural_unmarked import rural_unmarked
from sim.roads.tunnel import tunnel
from sim.roads.unpaved import unpaved
from sim.scenario import RoadKind, Scenario

__all__ = [
    "COMFORT_BRAKING",
    "COMFORT_LATERAL",
    "LEAD_IN",
    "RUN_OUT",
    "comfortable_speed",
    "plan_road",
]

# (generator, length of the reference line [m], length of the drive [m]) -> plan
RoadBuilder = Callable[[np.random.Generator, float, float], RoadPlan]
ROAD_BUILDERS: dict[RoadKind, RoadBuilder] = {
    RoadKind.RURAL: rural,
    RoadKind.HIGHWAY: highway,
    RoadKind.RURAL_UNMARKED: rural_unmarked,
    RoadKind.RESIDENTIAL: residential,
    RoadKind.TUNNEL: tunnel,
    RoadKind.UNPAVED: unpaved,
    RoadKind.MOUNTAIN: mountain,
    RoadKind.RACETRACK: racetrack,
}


def plan_road(scenario: Scenario) -> RoadPlan:
    """Return the plan of a scenario's road; the same scenario gives the same plan.

    The drive begins at a random station, in a bend or on a straight.
    """
    geometry = stream_generator(
        scenario.seed, Stream.ROAD_GEOMETRY, list(RoadKind).index(scenario.road)
    )
    before = float(stream_generator(scenario.seed, Stream.DRIVE_START).uniform(0.0, BEFORE_START))
    plan = ROAD_BUILDERS[scenario.road](
        geometry, LEAD_IN + before + scenario.length + RUN_OUT, before + scenario.length
    )
    return replace(plan, start=plan.start + before)
