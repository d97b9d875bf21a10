"""Curvature along roads, comfortable speed and the width that a car needs."""

import numpy as np
import pytest

from sim.control.bicycle import CAR_WIDTH
from sim.geometry.frenet import SPACING
from sim.roads.curves import (
    COMFORT_BRAKING,
    COMFORT_LATERAL,
    LEAD_IN,
    comfortable_speed,
    edge_distance,
    outer_swept_distance,
    path_curvature,
    serpentine_curvature,
    winding_curvature,
)
from sim.roads.furniture import bends
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario


def test_roads_bend_both_ways_equally_often() -> None:
    curvature = np.concatenate(
        [
            plan_road(s).centreline.curvature
            for s in [Scenario(RoadKind.RURAL, 3 * i) for i in range(60)]
        ]
    )
    assert abs((curvature > 0.001).mean() - (curvature < -0.001).mean()) < 0.06


def test_comfortable_speed_limits_lateral_acceleration_and_braking() -> None:
    curvature = np.concatenate([np.zeros(800), np.full(200, 1 / 50), np.zeros(400)])
    speed = comfortable_speed(curvature, 30.0)
    assert (speed**2 * curvature).max() <= COMFORT_LATERAL + 1e-9
    assert (-np.diff(speed**2) / (2 * SPACING)).max() <= COMFORT_BRAKING + 1e-9
    assert speed[0] == 30.0


def test_comfortable_speed_on_an_arc_is_sqrt_of_acceleration_times_radius() -> None:
    # v = sqrt(a r) = sqrt(2 m/s² * 50 m) = 10 m/s
    np.testing.assert_allclose(comfortable_speed(np.full(10, 1 / 50), 30.0), 10.0)


def test_a_path_to_the_right_has_a_smaller_radius_in_right_bends() -> None:
    # A right bend of radius 50 m has its centre 50 m to the right: 40 m from the path.
    assert path_curvature(np.array([1 / 50]), 10.0)[0] == pytest.approx(1 / 40)


def test_a_car_on_a_straight_reaches_outwards_by_half_its_width() -> None:
    assert outer_swept_distance(0.0) == pytest.approx(CAR_WIDTH / 2, abs=1e-3)
    assert outer_swept_distance(1 / 12) > CAR_WIDTH / 2 + 0.1


def test_both_edges_of_a_straight_are_equally_far_from_a_central_path() -> None:
    straight = np.zeros(10)
    assert edge_distance(straight, 0.0, 1) == edge_distance(straight, 0.0, -1)
    assert edge_distance(straight, 1.5, 1) - edge_distance(straight, 0.0, 1) == pytest.approx(1.5)


def test_curvature_begins_straight_and_respects_the_smallest_radius() -> None:
    generator = np.random.default_rng(3)
    curvature = winding_curvature(
        generator, 800.0, radii=(50.0, 200.0), arcs=(20.0, 90.0), straights=(10.0, 90.0), share=0.8
    )
    assert not curvature[: int(LEAD_IN / SPACING)].any()
    assert 0 < np.abs(curvature).max() <= 1 / 50 + 1e-9


def test_a_serpentine_turns_left_and_right_by_turns() -> None:
    generator = np.random.default_rng(3)
    curvature = serpentine_curvature(generator, 1500.0, radii=(12.0, 18.0), legs=(50.0, 120.0))
    hairpins = bends(curvature, 25.0, 5.0)
    signs = np.array([sign for _, _, sign in hairpins])
    assert signs.size >= 4
    assert (signs[1:] == -signs[:-1]).all()
