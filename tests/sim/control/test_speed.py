"""The shared pedals' parts, by closed forms."""

import math

import pytest

from sim.control.speed import (
    FIRM,
    LATERAL_LIMIT,
    MAX_BRAKING,
    cornering_speed_limit,
    jerk_limited,
    passing_speed,
    speed_before,
    stopping_acceleration,
)


def test_stopping_ends_where_it_should() -> None:
    speed = 15.0
    gone = 0.0
    dt = 0.01
    hardest = 0.0
    while speed > 1e-3 and gone < 100.0:
        acceleration = min(stopping_acceleration(speed, 80.0 - gone), 0.0)
        hardest = min(hardest, acceleration)
        gone += speed * dt
        speed = max(speed + acceleration * dt, 0.0)
    assert gone == pytest.approx(80.0, abs=0.7)
    assert -hardest < FIRM + 0.3


def test_stopping_in_little_room_brakes_as_hard_as_it_takes() -> None:
    assert stopping_acceleration(20.0, 40.0) == pytest.approx(-5.0)
    assert stopping_acceleration(5.0, 0.0) == -MAX_BRAKING


def test_a_far_stop_is_no_limit() -> None:
    assert stopping_acceleration(10.0, 200.0) > 1.0


def test_speed_before_a_slow_place_follows_from_constant_braking() -> None:
    assert speed_before(5.0, 0.0) == 5.0
    assert speed_before(5.0, 50.0) == pytest.approx(math.sqrt(25 + 2 * 1.5 * 50))


def test_the_closer_somebody_is_passed_the_slower() -> None:
    speeds = [passing_speed(gap) for gap in (0.0, 0.5, 1.0, 1.5, 1.9)]
    assert speeds == sorted(speeds)
    assert passing_speed(3.0) == math.inf


def test_wheels_that_hold_too_tight_a_path_slow_the_car_down() -> None:
    assert cornering_speed_limit(10.0, 0.9 * LATERAL_LIMIT / 100) == math.inf
    assert cornering_speed_limit(10.0, -2 * LATERAL_LIMIT / 100) < -3.0


def test_jerk_is_limited_while_braking_is_comfortable_and_never_in_an_emergency() -> None:
    assert jerk_limited(-2.0, 1.0, 0.1) == pytest.approx(0.0)
    assert jerk_limited(1.5, -1.0, 0.1) == pytest.approx(-0.6)
    assert jerk_limited(-8.0, 1.5, 0.1) == -8.0
