"""Frenet coordinates in the strips of a lane network."""

import numpy as np
import pytest

from sim.highway_env.lane_coordinates import nearby_strips, strip_coordinates
from sim.highway_env.lane_network import LaneStrip, lane_ground

STRAIGHT = LaneStrip(np.array([(0.0, 0.0), (50.0, 0.0)]), np.zeros(2), np.full(2, 4.0))


def test_coordinates_in_a_strip_along_x_are_x_and_y() -> None:
    ground = lane_ground([STRAIGHT])
    _, s, d, cos, sin = strip_coordinates(ground, 0, 20.3, 1.5)
    assert (s, d) == pytest.approx((20.3, 1.5))
    assert (cos, sin) == pytest.approx((1.0, 0.0))


def test_a_strip_is_continued_straight_beyond_its_end() -> None:
    ground = lane_ground([STRAIGHT])
    _, s, d, _, _ = strip_coordinates(ground, 90, 50.3, -1.0)
    assert (s, d) == pytest.approx((50.3, -1.0))


def test_no_strips_are_near_a_far_point() -> None:
    ground = lane_ground([STRAIGHT])
    assert nearby_strips(ground, 25.0, 0.0) >= 0
    assert nearby_strips(ground, 25.0, 500.0) == -1
