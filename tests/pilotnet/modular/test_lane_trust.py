"""How far the lane finder trusts itself."""

import numpy as np

from pilotnet.modular.lane_trust import LaneTrust

SURE = 0.05  # [m] what the filter itself thinks


def watched(measurements: int) -> LaneTrust:
    """Trust after two seconds with so many clear measurements a frame."""
    trust, ones = LaneTrust(), np.ones(measurements)
    for _ in range(40):
        trust.age(0.05)
        trust.judge(np.linspace(4.0, 19.0, measurements), ones, ones)
    return trust


def test_more_measurements_are_trusted_more() -> None:
    few, some, many = (watched(measurements).confidence(SURE, 0) for measurements in (4, 12, 30))
    assert few < 0.05 < some < 0.9 < many


def test_what_fits_no_better_than_noise_is_not_trusted() -> None:
    trust, ones = LaneTrust(), np.ones(60)
    for _ in range(40):
        trust.age(0.05)
        trust.judge(np.linspace(4.0, 19.0, 60), 0.25 * ones, ones)
    assert trust.confidence(SURE, 0) < 0.02


def test_trust_ends_within_a_second_without_measurements() -> None:
    trust = watched(30)
    for _ in range(20):
        trust.age(0.05)
    assert trust.confidence(SURE, 0) < 0.1
    assert trust.is_lost
