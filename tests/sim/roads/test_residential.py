"""Zebras, streets, parking and gardens of residential roads."""

import numpy as np
import pytest

from sim.roads.curves import LEAD_IN
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS, SEEDS


@pytest.mark.parametrize("plan", PLANS[RoadKind.RESIDENTIAL], ids=SEEDS)
def test_zebras_lie_before_the_finish_and_clear_of_streets(plan: RoadPlan) -> None:
    assert plan.zebras
    assert plan.streets
    stations = [zebra.station for zebra in plan.zebras]
    assert min(stations) > LEAD_IN
    assert max(stations) + plan.zebras[0].length <= plan.finish
    assert np.diff(stations).min() >= 80.0
    for zebra in plan.zebras:
        for street in plan.streets:
            assert (
                abs(zebra.station + zebra.length / 2 - street.station)
                > (zebra.length + street.width) / 2 + 1.0
            )


@pytest.mark.parametrize("plan", PLANS[RoadKind.RESIDENTIAL], ids=SEEDS)
def test_parked_cars_and_gardens_leave_streets_and_zebras_free(plan: RoadPlan) -> None:
    mouths = [
        (street.station - street.width / 2, street.station + street.width / 2, side)
        for street in plan.streets
        for side in ((-1, 1) if street.side == 0 else (street.side,))
    ]
    crossings = [
        (zebra.station, zebra.station + zebra.length, side)
        for zebra in plan.zebras
        for side in (-1, 1)
    ]
    for parking in plan.parking:
        assert np.sign(parking.offset) == parking.direction
        for start, finish, side in mouths + crossings:
            assert (
                side != parking.direction
                or finish + 4.9 < parking.start
                or parking.finish < start - 4.9
            )
    for garden in plan.barriers:
        walk = plan.walks[garden.offset > 0]
        assert abs(garden.offset) > abs(walk) + 0.7
        for start, finish, side in mouths:
            assert side != np.sign(garden.offset) or finish < garden.start or garden.finish < start
