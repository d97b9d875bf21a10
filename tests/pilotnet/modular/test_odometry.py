"""Dead reckoning drives the circle that HighwayEnv's bicycle drives."""

import math

import pytest

from pilotnet.modular.odometry import Odometry
from sim.control.bicycle import slip_angle


def test_a_full_circle_ends_where_it_began() -> None:
    curvature = 1 / 20
    ticks = 200
    speed = 2 * math.pi / curvature / (ticks * 0.1)
    car = Odometry(0.1, curvature=curvature)
    for _ in range(ticks + 1):
        car.move(speed)
    assert math.hypot(car.pose.x, car.pose.y) < 0.05
    assert car.pose.heading == pytest.approx(2 * math.pi)
    assert car.travelled == pytest.approx(2 * math.pi / curvature)


def test_the_middle_of_the_car_moves_across_its_axis_by_the_slip_angle() -> None:
    car = Odometry(0.01, curvature=0.1)
    car.move(1.0)
    car.move(1.0)
    assert math.atan2(car.pose.y, car.pose.x) == pytest.approx(slip_angle(0.1), abs=0.001)


def test_the_wheels_take_their_time() -> None:
    car = Odometry(0.1)
    car.hold(0.1)
    assert car.curvature == pytest.approx(0.02)
