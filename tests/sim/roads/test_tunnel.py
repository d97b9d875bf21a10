"""Where the tubes of tunnel roads lie."""

from itertools import pairwise

import pytest

from sim.roads.curves import LEAD_IN
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario


@pytest.mark.parametrize("length", [60.0, 300.0, 1500.0, 4000.0])
def test_tunnels_leave_open_road_before_and_between_them(length: float) -> None:
    for seed in range(12):
        plan = plan_road(Scenario(RoadKind.TUNNEL, seed, length=length))
        assert plan.tunnels[0].start >= LEAD_IN + 80.0 - 1e-9
        gaps = [after.start - before.finish for before, after in pairwise(plan.tunnels)]
        assert min(gaps, default=50.0) >= 50.0 - 1e-9
        if length >= 300.0:
            covered = sum(tube.finish - tube.start for tube in plan.tunnels)
            assert 0.35 <= covered / (plan.finish - LEAD_IN) <= 0.60
            assert plan.tunnels[-1].finish <= plan.finish
