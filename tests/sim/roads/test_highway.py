"""Highways."""

from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS


def test_a_highway_has_two_to_four_lanes_of_standard_width_each_way() -> None:
    for plan in PLANS[RoadKind.HIGHWAY]:
        directions = [lane.direction for lane in plan.lanes]
        assert 2 <= directions.count(1) == directions.count(-1) <= 4
        assert {lane.width for lane in plan.lanes} == {3.75}


def test_barriers_of_the_median_stand_left_of_the_drivable_surface() -> None:
    for plan in PLANS[RoadKind.HIGHWAY]:
        assert any(abs(barrier.offset) < plan.drivable[0] for barrier in plan.barriers)
