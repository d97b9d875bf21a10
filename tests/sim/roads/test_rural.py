"""Rural roads."""

from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS


def test_a_rural_road_has_one_lane_of_equal_width_each_way() -> None:
    for plan in PLANS[RoadKind.RURAL]:
        own, oncoming = plan.lanes
        assert (own.direction, oncoming.direction) == (1, -1)
        assert own.offset == -oncoming.offset == own.width / 2
        assert 3.2 <= own.width == oncoming.width <= 3.7
