"""Speed control by closed forms: target speeds, and how hard to brake."""

import math
from enum import StrEnum

COMFORT_BRAKING = 1.5  # [m/s²] towards a place that asks for less speed
PULL_AWAY_ACCELERATION = 1.5  # [m/s²]
MAX_BRAKING = 8.0  # [m/s²]
PEDAL_TIME = 0.6  # [s] a speed difference is closed in about this time
# [m/s²] braking for a stop begins softly at the one and is meant in earnest at the other
EASY = 0.9
FIRM = 1.5
LATERAL_LIMIT = 3.0  # [m/s²] of the path that the wheels hold
# [m/s³] most jerk while braking is comfortable
MAX_JERK_UP = 4.0
MAX_JERK_DOWN = 10.0
COMFORTABLE = 3.0  # [m/s²]
# [m/s], [1/s], [m]
CREEP = 4.0
PER_METRE = 9.0
PASSING_REACH = 2.0


class SpeedControl(StrEnum):
    """Longitudinal control: one shared speed controller for every driver, or each driver by
    itself.
    """

    SHARED = "shared"
    DRIVER = "driver"


def speed_tracking_acceleration(speed: float, desired: float) -> float:
    """Return the acceleration [m/s²] towards a desired speed [m/s]."""
    return (desired - speed) / PEDAL_TIME


def speed_before(speed: float, distance: float) -> float:
    """Return the highest speed [m/s] at `distance` metres before a place that allows `speed`."""
    return math.sqrt(speed**2 + 2 * COMFORT_BRAKING * max(distance, 0.0))


def stopping_acceleration(speed: float, distance: float) -> float:
    """Return the highest acceleration [m/s²] with which a car still stops comfortably within
    `distance` metres.

    Far away it is no limit; closer it changes smoothly into the constant deceleration that ends at
    the place.
    """
    if distance <= 0.05:
        return -MAX_BRAKING if speed > 1.0 else -FIRM
    needed = speed**2 / (2 * distance)
    if needed >= FIRM:
        return -needed
    if needed <= EASY:
        return (
            PULL_AWAY_ACCELERATION
            if distance > 1.0
            else min(PULL_AWAY_ACCELERATION, distance - 0.5)
        )
    share = (needed - EASY) / (FIRM - EASY)
    return PULL_AWAY_ACCELERATION - share * (PULL_AWAY_ACCELERATION + FIRM)


def passing_speed(gap: float) -> float:
    """Return the highest speed [m/s] for passing a pedestrian with `gap` [m] between; inf where the
    gap is large.
    """
    return CREEP + PER_METRE * max(gap - 0.3, 0.0) if gap < PASSING_REACH else math.inf


def cornering_speed_limit(speed: float, curvature: float) -> float:
    """Return the acceleration [m/s²] for a car that is too fast for the curvature its wheels hold;
    inf when it is not.
    """
    if speed**2 * abs(curvature) <= LATERAL_LIMIT:
        return math.inf
    return speed_tracking_acceleration(speed, math.sqrt(LATERAL_LIMIT / abs(curvature)))


def jerk_limited(desired: float, before: float, duration: float) -> float:
    """Return a desired acceleration [m/s²], `duration` [s] after another, with limited jerk while
    braking is comfortable.
    """
    if desired < -COMFORTABLE:
        return desired
    return min(
        max(desired, before - MAX_JERK_DOWN * duration),
        max(before, -COMFORTABLE) + MAX_JERK_UP * duration,
    )
