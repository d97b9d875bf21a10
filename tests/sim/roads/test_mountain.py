"""Rock and hairpins of mountain roads."""

import numpy as np
import pytest

from sim.geometry.frenet import SPACING
from sim.roads.curves import BEFORE_START, LEAD_IN
from sim.roads.kinds import plan_road
from sim.roads.plan import Wall
from sim.scenario import RoadKind, Scenario
from tests.sim.roads.road_plans import PLANS


def test_rock_rises_on_one_side_of_the_slope_only() -> None:
    for plan in PLANS[RoadKind.MOUNTAIN]:
        rising = []  # whether the rock lies towards +x of the road
        for rock in (barrier for barrier in plan.barriers if barrier.kind is Wall.ROCK):
            heading = plan.centreline.heading_at((rock.start + rock.finish) / 2)
            rising.append(-np.sin(heading) * rock.offset > 0)
        assert rising
        assert len(set(rising)) == 1


def test_short_drives_begin_anywhere_and_meet_hairpins() -> None:
    plans = [plan_road(Scenario(RoadKind.MOUNTAIN, seed, length=100.0)) for seed in range(40)]
    starts = [plan.start - LEAD_IN for plan in plans]
    assert 0 <= min(starts) < 50
    assert BEFORE_START - 50 < max(starts) <= BEFORE_START
    assert all(plan.finish - plan.start == pytest.approx(100.0) for plan in plans)
    driven = [slice(int(plan.start / SPACING), int(plan.finish / SPACING)) for plan in plans]
    tightest = [
        np.abs(plan.centreline.curvature[part]).max()
        for plan, part in zip(plans, driven, strict=True)
    ]
    assert np.mean(np.array(tightest) > 1 / 20) > 0.1
