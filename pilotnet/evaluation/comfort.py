"""Comfort of a drive: the share of 2 s segments within the bounds of nuPlan.

The bounds and the smoothing of the derivatives are those of nuPlan's metric `ego_is_comfortable`
(Caesar et al. 2021, "nuPlan: A closed-loop ML-based planning benchmark for autonomous vehicles").
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from sim.types import Step

SEGMENT = 2.0  # [s]; 20 steps at 10 Hz
SMOOTHING_WINDOW = 1.5  # [s] over which derivatives are smoothed; 15 steps at 10 Hz
MAX_LATERAL_ACCELERATION = 4.89  # [m/s²]
MAX_ACCELERATION = 2.40  # [m/s²] forward
MAX_BRAKING = 4.05  # [m/s²]
MAX_JERK = 8.37  # [m/s³] of the whole acceleration
MAX_LONGITUDINAL_JERK = 4.13  # [m/s³]
MAX_YAW_RATE = 0.95  # [rad/s]
MAX_YAW_ACCELERATION = 1.93  # [rad/s²]

Values = NDArray[np.float64]


class Comfort(NamedTuple):
    """Number of 2 s segments of a drive, and of those within all bounds."""

    segments: int
    comfortable: int


def comfort(steps: Sequence[Step], rate: float) -> Comfort:
    """Return the comfort of a drive; rate: of its steps [Hz].

    The drive is cut at interventions, because the referee moves the car there. What is left over
    behind the last whole segment does not count.
    """
    stretches: list[list[Step]] = [[]]
    for step in steps:
        stretches[-1].append(step)
        if step.intervention is not None:
            stretches.append([])
    length = round(SEGMENT * rate)
    parts = [_comfortable_ticks(stretch, rate) for stretch in stretches if len(stretch) >= length]
    segments = [
        bool(ticks[start : start + length].all())
        for ticks in parts
        for start in range(0, len(ticks) - length + 1, length)
    ]
    return Comfort(len(segments), sum(segments))


def _comfortable_ticks(steps: Sequence[Step], rate: float) -> NDArray[np.bool_]:
    """Return for each step of an uninterrupted stretch whether it is within all bounds."""
    speed = np.array([step.ego.speed for step in steps])
    yaw_rate = speed * np.array([step.ego.curvature for step in steps])
    lateral = speed * yaw_rate
    longitudinal = np.array([step.ego.acceleration for step in steps])
    jerk = np.hypot(_derivative(longitudinal, rate), _derivative(lateral, rate))
    inside: NDArray[np.bool_] = (
        (np.abs(lateral) <= MAX_LATERAL_ACCELERATION)
        & (longitudinal <= MAX_ACCELERATION)
        & (longitudinal >= -MAX_BRAKING)
        & (jerk <= MAX_JERK)
        & (np.abs(_derivative(longitudinal, rate)) <= MAX_LONGITUDINAL_JERK)
        & (np.abs(yaw_rate) <= MAX_YAW_RATE)
        & (np.abs(_derivative(yaw_rate, rate)) <= MAX_YAW_ACCELERATION)
    )
    return inside


def _derivative(values: Values, rate: float) -> Values:
    """Return the derivative [1/s], smoothed by a parabola over SMOOTHING_WINDOW."""
    window = 2 * int(SMOOTHING_WINDOW * rate / 2) + 1  # an odd number of steps
    slope: Values = savgol_filter(values, window, 2, deriv=1, delta=1 / rate)
    return slope
