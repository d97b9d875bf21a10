"""Unpaved roads."""

from sim.roads.plan import Material
from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS


def test_an_unpaved_road_has_neither_paint_nor_asphalt() -> None:
    sealed = {Material.ASPHALT, Material.PAVING, Material.CONCRETE}
    for plan in PLANS[RoadKind.UNPAVED]:
        assert plan.markings == ()
        assert not {band.material for band in plan.bands} & sealed
