"""A plan of every road kind, and its ground."""

import pytest

from sim.render.ground.paving import Ground, ground_of
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario


@pytest.fixture(scope="module", params=list(RoadKind))
def plan(request: pytest.FixtureRequest) -> RoadPlan:
    return plan_road(Scenario(road=request.param, seed=3, length=400.0))


@pytest.fixture(scope="module")
def ground(plan: RoadPlan) -> Ground:
    return ground_of(plan, 3)
