"""Comfort by nuPlan's bounds, on drives whose derivatives are known."""

import math

import pytest

from pilotnet.evaluation.comfort import comfort
from sim.types import Cause
from tests.pilotnet.evaluation.made_steps import RATE, made_steps

TICKS = 60  # three segments of 2 s


def test_steady_driving_is_comfortable() -> None:
    assert comfort(made_steps([15.0] * TICKS), RATE) == (3, 3)


def test_a_remainder_below_a_segment_does_not_count() -> None:
    assert comfort(made_steps([15.0] * (TICKS + 19)), RATE).segments == 3
    assert comfort(made_steps([15.0] * 19), RATE) == (0, 0)


@pytest.mark.parametrize(
    ("acceleration", "comfortable"), [(2.39, 3), (2.41, 0), (-4.04, 3), (-4.06, 0)]
)
def test_longitudinal_acceleration_has_bounds(acceleration: float, comfortable: int) -> None:
    steps = made_steps([15.0] * TICKS, [acceleration] * TICKS)
    assert comfort(steps, RATE).comfortable == comfortable


@pytest.mark.parametrize(("lateral", "comfortable"), [(4.88, 3), (4.90, 0), (-4.90, 0)])
def test_lateral_acceleration_is_speed_squared_times_curvature(
    lateral: float, comfortable: int
) -> None:
    steps = made_steps([20.0] * TICKS, curvatures=[lateral / 400] * TICKS)
    assert comfort(steps, RATE).comfortable == comfortable


@pytest.mark.parametrize(("yaw_rate", "comfortable"), [(0.94, 3), (0.96, 0)])
def test_the_yaw_rate_is_speed_times_curvature(yaw_rate: float, comfortable: int) -> None:
    steps = made_steps([2.0] * TICKS, curvatures=[yaw_rate / 2] * TICKS)
    assert comfort(steps, RATE).comfortable == comfortable


@pytest.mark.parametrize(("jerk", "comfortable"), [(4.1, True), (4.2, False)])
def test_the_jerk_is_the_slope_of_the_acceleration(jerk: float, comfortable: bool) -> None:
    ramp = [-4.0 + jerk * min(max(index - 5, 0), 14) / RATE for index in range(20)]
    steps = made_steps([15.0] * 20, ramp)
    assert comfort(steps, RATE) == (1, int(comfortable))


def test_a_swerve_is_uncomfortable_only_where_it_happens() -> None:
    curvatures = [0.0] * 20 + [0.01 * math.sin(index / 4) for index in range(20)] + [0.0] * 40
    found = comfort(made_steps([25.0] * 80, curvatures=curvatures), RATE)
    assert found == (4, 3)


def test_an_intervention_cuts_the_drive() -> None:
    speeds = [20.0] * 30 + [5.0] * 30
    steps = made_steps(speeds, causes={29: Cause.DEPARTURE})
    assert comfort(steps, RATE) == (2, 2)
