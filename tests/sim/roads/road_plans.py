"""Plans of every road kind for the tests of roads."""

import pytest

from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario

SEEDS = (0, 3, 6, 9)
PLANS = {kind: [plan_road(Scenario(kind, seed)) for seed in SEEDS] for kind in RoadKind}
EVERY_PLAN = [plan for plans in PLANS.values() for plan in plans]
every_plan = pytest.mark.parametrize("plan", EVERY_PLAN, ids=lambda plan: plan.kind)
every_kind = pytest.mark.parametrize("kind", RoadKind)
