"""HighwayEnv's bicycle model in terms of curvature: wheel angle, slip angle and the track of a held
curvature.
"""

import math

import numpy as np
from numpy.typing import NDArray

CAR_LENGTH = 5.0  # [m] of the ego, and HighwayEnv's default
CAR_WIDTH = 2.0  # [m]
MAX_CURVATURE = 0.2  # [1/m] a turning circle of 5 m radius
MAX_CURVATURE_RATE = 0.2  # [1/m/s] the front wheels turn about 30 degrees a second
STEERING_RATIO = 15.0  # turns of a steering wheel for one of the front wheels


def steering_angle(curvature: float, length: float = CAR_LENGTH) -> float:
    """Front wheel angle [rad] that makes HighwayEnv's bicycle of `length` [m] drive a circle of
    `curvature` [1/m].

    The bicycle turns by v sin(beta) / (length / 2) with tan(beta) = tan(angle) / 2.
    """
    return math.atan(2 * math.tan(slip_angle(curvature, length)))


def slip_angle(curvature: float, length: float = CAR_LENGTH) -> float:
    """Return the slip angle [rad]: direction of motion minus heading of HighwayEnv's bicycle on a
    circle.
    """
    return math.asin(min(max(curvature * length / 2, -1.0), 1.0))


def arc(
    curvature: float, length: float, across: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ground track, (forward, right) [m] in the car's frame, that a held curvature [1/m] drives
    within `length` [m].

    across: how far right of the car's centre the track begins. HighwayEnv's bicycle moves across
    its axis, by the slip angle.
    """
    turned = curvature * np.linspace(0.0, length, 60)
    travelled = np.linspace(0.0, length, 60)
    direction = turned / 2 + slip_angle(curvature)
    chord = travelled * np.sinc(turned / 2 / np.pi)
    heading = turned + slip_angle(curvature)
    forward = chord * np.cos(direction) - across * np.sin(heading)
    right = chord * np.sin(direction) + across * np.cos(heading)
    return forward, right
