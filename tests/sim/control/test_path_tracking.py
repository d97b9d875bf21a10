"""The bicycle and the recovery: closed forms, and what following them does."""

import math

import numpy as np
import pytest
from highway_env.vehicle.kinematics import Vehicle

from sim.control.bicycle import slip_angle, steering_angle
from sim.control.path_tracking import MIN_RECOVERY_LENGTH, recovery_curvature, recovery_length


@pytest.mark.parametrize("curvature", [-0.1, -0.02, 0.004, 0.15])
def test_highwayenvs_bicycle_drives_the_circle_of_the_commanded_curvature(curvature: float) -> None:
    car = Vehicle(None, [0.0, 0.0], heading=0.0, speed=5.0)
    car.act({"steering": steering_angle(curvature), "acceleration": 0.0})
    points = []
    for _ in range(int(2 * math.pi / abs(curvature) / 5.0 / 0.001)):
        Vehicle.step(car, 0.001)
        points.append(car.position.copy())
    width, height = np.ptp(points, axis=0)
    assert width == pytest.approx(2 / abs(curvature), rel=1e-3)
    assert height == pytest.approx(2 / abs(curvature), rel=1e-3)
    assert car.heading == pytest.approx(math.copysign(2 * math.pi, curvature), rel=1e-2)


def test_steering_is_antisymmetric_and_positive_to_the_right() -> None:
    assert steering_angle(0.05) == -steering_angle(-0.05) > 0
    assert slip_angle(0.0) == 0.0


def test_the_recovery_steers_back_from_either_side() -> None:
    assert recovery_curvature(1.0, 0.0, 20.0) < 0 < recovery_curvature(-1.0, 0.0, 20.0)
    assert recovery_curvature(0.0, 0.1, 20.0) < 0 < recovery_curvature(0.0, -0.1, 20.0)
    assert recovery_curvature(0.0, 0.0, 20.0) == 0.0


@pytest.mark.parametrize("speed", [12.0, 30.0])
def test_the_recovery_is_the_initial_curvature_of_the_cubic_that_meets_the_path_after_two_seconds(
    speed: float,
) -> None:
    offset = 0.8
    heading_error = -0.03
    length = recovery_length(speed)
    assert length == 2 * speed
    # y(0) = offset, y'(0) = tan(heading error) ~ heading error, y(L) = y'(L) = 0; coefficients of
    # 1, x, x², x³.
    powers = np.array(
        [
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [1, length, length**2, length**3],
            [0, 1, 2 * length, 3 * length**2],
        ]
    )
    cubic = np.linalg.solve(powers, [offset, heading_error, 0.0, 0.0])
    assert recovery_curvature(offset, heading_error, speed) == pytest.approx(2 * cubic[2])


def test_the_recovery_never_asks_for_a_turn_shorter_than_its_minimum_length() -> None:
    assert recovery_length(0.0) == MIN_RECOVERY_LENGTH


def test_the_recovery_is_linear_so_shifts_add_up() -> None:
    together = recovery_curvature(0.3 + 0.5, 0.02 + 0.01, 20.0)
    assert together == pytest.approx(
        recovery_curvature(0.3, 0.02, 20.0) + recovery_curvature(0.5, 0.01, 20.0)
    )
