"""Directions and kerbs of racetracks."""

import numpy as np

from sim.geometry.frenet import SPACING
from sim.scenario import RoadKind
from tests.sim.roads.road_plans import PLANS


def test_a_racetrack_has_one_direction_and_kerbs_in_its_bends() -> None:
    for plan in PLANS[RoadKind.RACETRACK]:
        assert {lane.direction for lane in plan.lanes} == {1}
        kerbs = [marking for marking in plan.markings if marking.red]
        assert kerbs
        for kerb in kerbs:
            assert abs(kerb.offset) > plan.carriageway[1]
            curvature = plan.centreline.curvature[
                int(max(kerb.start, 0) / SPACING) : int(kerb.finish / SPACING) + 1
            ]
            assert not curvature.size or np.abs(curvature).max() > 1 / 300
