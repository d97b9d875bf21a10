"""Unmarked rural roads."""

from sim.roads.plan import Material
from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS


def test_an_unmarked_road_has_asphalt_without_paint() -> None:
    for plan in PLANS[RoadKind.RURAL_UNMARKED]:
        assert plan.markings == ()
        assert Material.ASPHALT in {band.material for band in plan.bands}
