"""Steering in terms of curvature: HighwayEnv's bicycle, and the command that brings a car back to its path.

One place for both, because the expert steers by the recovery and the training labels of moved views are corrected by it.
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

CAR_LENGTH = 5.0  # [m] the ego's, and HighwayEnv's default
CAR_WIDTH = 2.0  # [m]
MAX_CURVATURE = 0.2  # [1/m] a turning circle of 5 m radius
MAX_CURVATURE_RATE = 0.2  # [1/m/s] the front wheels turn about 30 degrees a second
STEERING_RATIO = 15.0  # turns of a steering wheel for one of the front wheels
RECOVERY_TIME = 2.0  # [s] the paper's: back to the lane's position and heading in two seconds
MIN_RECOVERY_LENGTH = 10.0  # [m] below 5 m/s two seconds are too short a way to turn in

Number = TypeVar("Number", float, NDArray[np.float64])


def steering_angle(curvature: float, length: float = CAR_LENGTH) -> float:
    """Front wheel angle [rad] that makes HighwayEnv's bicycle of `length` [m] drive a circle of `curvature` [1/m].

    The bicycle turns by v sin(beta) / (length / 2) with tan(beta) = tan(angle) / 2.
    """
    return math.atan(2 * math.tan(slip_angle(curvature, length)))


def slip_angle(curvature: float, length: float = CAR_LENGTH) -> float:
    """Direction of motion minus heading [rad] of HighwayEnv's bicycle on a circle: its centre moves across its axis."""
    return math.asin(min(max(curvature * length / 2, -1.0), 1.0))


def arc(curvature: float, length: float, across: float = 0.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ground track, (forward, right) [m] in the car's frame, that a held curvature [1/m] drives within `length` [m].

    across: how far right of the car's centre the track begins. HighwayEnv's bicycle moves across its axis, by the slip angle.
    """
    turned = curvature * np.linspace(0.0, length, 60)
    travelled = np.linspace(0.0, length, 60)
    direction = turned / 2 + slip_angle(curvature)
    chord = travelled * np.sinc(turned / 2 / np.pi)
    heading = turned + slip_angle(curvature)
    forward = chord * np.cos(direction) - across * np.sin(heading)
    right = chord * np.sin(direction) + across * np.cos(heading)
    return forward, right


def recovery_length(speed: Number) -> Number:
    """The way [m] in which a car at `speed` [m/s] should be back on its path."""
    return np.maximum(speed * RECOVERY_TIME, MIN_RECOVERY_LENGTH)


def recovery_curvature(offset: Number, heading_error: Number, speed: Number) -> Number:
    """Curvature [1/m] to add to the path's own, for a car `offset` [m] right of it and turned right by `heading_error` [rad].

    The cubic that leads from (offset, heading error) to (0, 0) along L metres starts with curvature -(6 e + 4 psi L) / L².
    Followed at every moment anew it is a damped oscillator in distance: natural frequency sqrt(6)/L, damping 0.82.
    """
    length = recovery_length(speed)
    return -(6 * offset + 4 * heading_error * length) / length**2
