"""How far the lane finder trusts itself."""

import numpy as np
import pytest

from pilotnet.modular.lane_trust import LaneTrust

SURE = 0.05  # [m] what the filter itself thinks


def trusted(measurements: int, share: float, frames: int = 40) -> float:
    """The confidence after some frames with so many clear measurements, and so much of the lane's borders in the frame."""
    trust, ones = LaneTrust(), np.ones(measurements)
    for _ in range(frames):
        trust.age(0.05)
        trust.judge(np.linspace(4.0, 19.0, measurements), ones, ones, share)
    return trust.confidence(SURE, 0)


def test_who_sees_less_of_the_lane_needs_fewer_measurements() -> None:
    # In hairpins, which leave the frame after a few metres, cars once stood before lanes that were known to a few centimetres.
    assert trusted(10, 0.86) > trusted(10, 0.92) > trusted(10, 1.0)
    assert trusted(9, 0.9) == pytest.approx(trusted(10, 1.0), abs=1e-3)


def test_a_sliver_of_the_lane_is_not_enough() -> None:
    assert trusted(4, 0.1) == pytest.approx(trusted(4, 0.85), abs=1e-3)
    assert trusted(4, 0.1) < 0.05


def test_trust_ends_within_a_second_without_measurements() -> None:
    trust, ones = LaneTrust(), np.ones(30)
    for _ in range(40):
        trust.age(0.05)
        trust.judge(np.linspace(4.0, 19.0, 30), ones, ones, 1.0)
    assert trust.confidence(SURE, 0) > 0.9
    for _ in range(20):
        trust.age(0.05)
    assert trust.confidence(SURE, 0) < 0.1
    assert trust.is_lost
