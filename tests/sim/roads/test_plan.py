"""Queries of a road plan."""

from dataclasses import replace

import pytest

from sim.geometry.frenet import SPACING
from sim.roads.plan import RoadPlan, Tunnel
from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS, every_plan


def test_comfortable_speed_is_interpolated_between_samples() -> None:
    plan = PLANS[RoadKind.MOUNTAIN][0]
    middle = plan.comfortable_speed_at(100.25 * SPACING)
    assert middle == pytest.approx(0.75 * plan.speed[100] + 0.25 * plan.speed[101])


def test_a_station_is_in_a_tunnel_between_its_portals_only() -> None:
    plan = replace(PLANS[RoadKind.RURAL][0], tunnels=(Tunnel(100.0, 150.0, -5.0, 5.0),))
    assert [plan.in_tunnel(s) for s in (99.0, 100.0, 125.0, 150.0, 151.0)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@every_plan
def test_the_path_is_the_centre_of_the_ego_lane(plan: RoadPlan) -> None:
    assert plan.path_offset == plan.lanes[plan.path].offset
