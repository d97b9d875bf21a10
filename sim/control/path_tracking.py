"""Path tracking: the curvature that brings a car back to its path.

The expert steers by it, and the training labels of shifted views are corrected by it.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

RECOVERY_TIME = 2.0  # [s] the paper's: back to the lane's position and heading in two seconds
MIN_RECOVERY_LENGTH = 10.0  # [m] below 5 m/s two seconds are too short a way to turn in

Number = TypeVar("Number", float, NDArray[np.float64])


def recovery_length(speed: Number) -> Number:
    """Return the distance [m] within which a car at `speed` [m/s] should be back on its path."""
    return np.maximum(speed * RECOVERY_TIME, MIN_RECOVERY_LENGTH)


def recovery_curvature(offset: Number, heading_error: Number, speed: Number) -> Number:
    """Curvature [1/m] to add to the path's own, for a car `offset` [m] right of it and turned right
    by `heading_error` [rad].

    The cubic that leads from (offset, heading error) to (0, 0) along L metres starts with curvature
    -(6 e + 4 psi L) / L². Followed at every moment anew it is a damped oscillator in distance:
    natural frequency sqrt(6)/L, damping 0.82.
    """
    length = recovery_length(speed)
    return -(6 * offset + 4 * heading_error * length) / length**2
