"""Centrelines: closed forms and round trips."""

import math

import numpy as np
import pytest

from sim.geometry.frenet import SPACING, Centreline, wrap_angle
from sim.types import Pose


def circle(radius: float, length: float) -> Centreline:
    return Centreline.from_curvature(
        np.full(int(length / SPACING) + 1, 1 / radius), Pose(0.0, 0.0, 0.0)
    )


def test_a_line_without_curvature_goes_straight_on() -> None:
    line = Centreline.from_curvature(np.zeros(201), Pose(1.0, 2.0, 0.0))
    assert line.length == 100.0
    assert line.pose_at(100.0) == Pose(101.0, 2.0, 0.0)


def test_constant_curvature_closes_a_circle() -> None:
    radius = 100 / math.pi
    pose = circle(radius, 200.0).pose_at(200.0)
    assert math.hypot(pose.x, pose.y) < 1e-9
    assert pose.heading == pytest.approx(2 * math.pi)


def test_positive_curvature_turns_right_which_is_positive_y() -> None:
    pose = circle(50.0, 20.0).pose_at(20.0)
    assert pose.y > 0
    assert pose.heading > 0


def test_positive_d_is_to_the_right() -> None:
    assert circle(1e9, 20.0).pose_at(10.0, 2.0).y == pytest.approx(2.0)


@pytest.mark.parametrize("d", [-8.0, -1.0, 0.0, 0.7, 5.0])
def test_projecting_a_point_gives_back_its_road_coordinates(d: float) -> None:
    line = circle(60.0, 120.0)
    for s in np.linspace(-20.0, 140.0, 41):
        pose = line.pose_at(s, d)
        assert line.project(pose.x, pose.y) == pytest.approx((s, d), abs=0.01)


def test_the_line_goes_on_straight_beyond_its_ends() -> None:
    line = circle(60.0, 30.0)
    end = line.pose_at(30.0)
    beyond = line.pose_at(40.0)
    assert math.hypot(beyond.x - end.x, beyond.y - end.y) == pytest.approx(10.0)
    assert beyond.heading == end.heading


def test_arrays_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="share one shape"):
        Centreline(np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(4))


def test_wrapping_keeps_the_direction() -> None:
    for angle in np.linspace(-20, 20, 81):
        assert math.cos(wrap_angle(angle)) == pytest.approx(math.cos(angle))
        assert -math.pi <= wrap_angle(angle) < math.pi
