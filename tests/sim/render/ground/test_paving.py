"""The ground of a plan as arrays."""

from dataclasses import replace

import numpy as np
import pytest

from sim.render.ground.paving import Ground, ground_of
from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.kinds import plan_road
from sim.roads.plan import Material, RoadPlan
from sim.scenario import RoadKind, Scenario
from tests.sim.render.ground.ground_views import (
    road_surface,
)


def test_only_sealed_ground_is_hard_and_only_lanes_have_tracks(
    plan: RoadPlan, ground: Ground
) -> None:
    lane = plan.lanes[plan.path]
    # Where edges are ragged, tracks wander a little too.
    middle, wheel = (
        np.mean(
            [road_surface(ground, s, lane.offset + d, 0.1, 0.1, 0.0)[4:] for s in range(20, 220)],
            axis=0,
        )
        for d in (0.0, 0.8)
    )
    assert middle[0] == pytest.approx(0.0 if plan.kind is RoadKind.UNPAVED else 1.0, abs=1e-3)
    assert middle[1] == pytest.approx(0.35, abs=0.05)
    assert wheel[1] > 0.75
    assert road_surface(ground, 70.0, 70.0, 0.1, 0.1, 0.0)[4:] == pytest.approx(
        (0.0, 0.0), abs=1e-6
    )


def test_the_ground_away_from_the_road_is_that_of_the_plan() -> None:
    plan = replace(plan_road(Scenario(RoadKind.MOUNTAIN, 3, length=400.0)), beyond=Material.ROCK)
    ground = ground_of(plan, 3)
    rock = (*PALETTE[Material.ROCK], GRAIN[Material.ROCK])
    assert tuple(ground.beyond) == rock
    assert road_surface(ground, 100.0, ground.reach - 0.5, 0.1, 0.1, 0.0)[:4] == pytest.approx(
        rock, abs=1e-4
    )


def test_the_ground_of_a_seed_is_always_the_same(plan: RoadPlan) -> None:
    first, again = ground_of(plan, 5), ground_of(plan, 5)
    np.testing.assert_array_equal(first.patches, again.patches)
    np.testing.assert_array_equal(first.tone, again.tone)
    assert not np.array_equal(first.tone, ground_of(plan, 6).tone)


def test_running_integrals_along_the_road_never_fall(ground: Ground) -> None:
    assert (np.diff(ground.tone) > 0).all()
    assert (np.diff(ground.worn) >= 0).all()
