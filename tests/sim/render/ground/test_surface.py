"""Frenet coordinates of world points, and means over footprints."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.surface import road_coordinates
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind
from tests.sim.render.ground.ground_views import (
    road_surface,
)


def test_road_coordinates_agree_with_the_centreline(plan: RoadPlan, ground: Ground) -> None:
    generator = np.random.default_rng(0)
    # As far as the ground is anything else than what lies all around; from hairpins 12 m may lie
    # nearer to another part.
    reach = min(6.0 if plan.kind is RoadKind.MOUNTAIN else 12.0, ground.reach)
    for s, d in zip(
        generator.uniform(0, plan.centreline.length, 400),
        generator.uniform(-reach, reach, 400),
        strict=True,
    ):
        place = plan.centreline.pose_at(s, d)
        near, along, across, cos, sin = road_coordinates(ground, place.x, place.y)
        assert near
        assert (along, across) == pytest.approx((s, d), abs=0.01)
        assert (cos, sin) == pytest.approx(
            (math.cos(place.heading), math.sin(place.heading)), abs=2e-3
        )


def test_far_from_the_road_there_is_none(plan: RoadPlan, ground: Ground) -> None:
    place = plan.centreline.pose_at(100.0, 500.0)
    assert not road_coordinates(ground, place.x, place.y)[0]


def test_a_wider_footprint_is_the_mean_of_narrow_ones(plan: RoadPlan) -> None:
    bands, markings = (
        [part for part in parts if part.endless] for parts in (plan.bands, plan.markings)
    )
    ground = ground_of(replace(plan, bands=bands, markings=markings, streets=(), zebras=()), 3)
    wide = road_surface(ground, 100.0, 1.0, 0.5, 5.12, 0.0)[:3]
    narrow = [
        road_surface(ground, 100.0, d, 0.5, 0.02, 0.0)[:3]
        for d in np.arange(-1.56, 3.56, 0.02) + 0.01
    ]
    assert wide == pytest.approx(np.mean(narrow, axis=0), abs=0.02)
