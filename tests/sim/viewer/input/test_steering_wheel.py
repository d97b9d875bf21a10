"""The law of the keys: closed forms, symmetry, and no dependence on how time is cut."""

from itertools import pairwise

import pytest

from sim.control.bicycle import MAX_CURVATURE
from sim.types import Observation
from sim.viewer.input.steering_wheel import (
    COASTING,
    FULL_BRAKE,
    FULL_THROTTLE,
    LATERAL_REACH,
    LOCK_TIME,
    PEDAL_TRAVEL,
    RETURN_TIME,
    ControlKey,
    HumanDriver,
    SteeringWheel,
    reach,
    turned,
)

RIGHT = 2


def held(*levers: ControlKey, seconds: float = 0.0, cuts: int = 1) -> SteeringWheel:
    wheel = SteeringWheel()
    for key, lever in enumerate(levers):
        wheel.press(key, lever)
    for _ in range(cuts):
        wheel.pass_time(seconds / cuts)
    return wheel


def test_a_held_key_turns_to_full_lock_in_its_time_and_no_further() -> None:
    assert held(ControlKey.RIGHT, seconds=LOCK_TIME / 2).position == pytest.approx(0.5)
    assert held(ControlKey.RIGHT, seconds=LOCK_TIME).position == pytest.approx(1.0)
    assert held(ControlKey.RIGHT, seconds=10 * LOCK_TIME).position == 1.0


def test_a_wheel_let_go_returns_to_the_middle_and_stays_there() -> None:
    wheel = held(ControlKey.RIGHT, seconds=LOCK_TIME)
    wheel.release(0)
    wheel.pass_time(RETURN_TIME / 2)
    assert wheel.position == pytest.approx(0.5)
    wheel.pass_time(RETURN_TIME)
    assert wheel.position == 0.0


def test_left_mirrors_right() -> None:
    for seconds in (0.1, 0.4, 2.0):
        left = held(ControlKey.LEFT, seconds=seconds)
        right = held(ControlKey.RIGHT, seconds=seconds)
        assert left.control(12.0).curvature == -right.control(12.0).curvature < 0


def test_both_keys_hold_the_wheel_straight() -> None:
    assert held(ControlKey.LEFT, ControlKey.RIGHT, seconds=1.0).position == 0.0


def test_the_end_does_not_depend_on_how_time_is_cut() -> None:
    once = turned(-0.7, 1, 0.5)
    position = -0.7
    for _ in range(50):
        position = turned(position, 1, 0.01)
    assert position == pytest.approx(once)
    assert once == pytest.approx((0.5 - 0.7 * RETURN_TIME) / LOCK_TIME)


@pytest.mark.parametrize("speed", [5.0, 10.0, 25.0])
def test_full_lock_asks_for_the_same_lateral_acceleration_at_every_speed(speed: float) -> None:
    curvature = held(ControlKey.RIGHT, seconds=1.0).control(speed).curvature
    assert speed**2 * curvature == pytest.approx(LATERAL_REACH)


def test_at_walking_pace_full_lock_is_what_the_wheels_can_turn() -> None:
    assert reach(0.0) == reach(1.0) == MAX_CURVATURE


def test_a_key_at_its_tick_rate_gives_a_curve_and_no_jump() -> None:
    wheel = SteeringWheel()
    curvatures = [0.0]
    wheel.press(RIGHT, ControlKey.RIGHT)
    for tick in range(24):
        if tick == 12:
            wheel.release(RIGHT)
        wheel.pass_time(0.1)
        curvatures.append(wheel.control(15.0).curvature)
    jumps = [abs(b - a) for a, b in pairwise(curvatures)]
    assert max(jumps) <= 2 * reach(15.0) * 0.1 / RETURN_TIME
    assert curvatures[-1] == 0.0
    assert len({round(c, 9) for c in curvatures}) > 6


def test_pedals_go_down_and_up_and_the_brake_wins() -> None:
    assert held(ControlKey.ACCELERATE, seconds=PEDAL_TRAVEL).control(
        10.0
    ).acceleration == pytest.approx(FULL_THROTTLE)
    assert held(ControlKey.ACCELERATE, ControlKey.BRAKE, seconds=PEDAL_TRAVEL).control(
        10.0
    ).acceleration == pytest.approx(-FULL_BRAKE)
    wheel = held(ControlKey.BRAKE, seconds=1.0)
    wheel.release(0)
    wheel.pass_time(PEDAL_TRAVEL)
    assert wheel.control(10.0).acceleration == pytest.approx(-COASTING)


def test_two_keys_of_one_lever_are_one_until_both_are_up() -> None:
    wheel = held(ControlKey.LEFT, ControlKey.LEFT, seconds=1.0)
    wheel.release(0)
    wheel.pass_time(1.0)
    assert wheel.position == -1.0
    wheel.release(1)
    wheel.pass_time(1.0)
    assert wheel.position == 0.0


def test_a_human_driver_commands_what_the_wheel_commands() -> None:
    wheel = held(ControlKey.RIGHT, seconds=0.4)
    driver = HumanDriver(wheel)
    assert driver.act(Observation(9.0)) == wheel.control(9.0)


def test_a_reset_of_the_human_driver_takes_nothing_out_of_the_hands() -> None:
    wheel = held(ControlKey.RIGHT, ControlKey.ACCELERATE, seconds=0.4)
    driver = HumanDriver(wheel)
    before = driver.act(Observation(9.0))
    driver.reset()
    assert driver.act(Observation(9.0)) == before
    wheel.pass_time(0.2)
    assert driver.act(Observation(9.0)).curvature > before.curvature > 0.0
