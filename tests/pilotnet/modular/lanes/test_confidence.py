"""How far the lane finder trusts itself."""

import numpy as np
import pytest

from pilotnet.modular.lanes.confidence import LaneConfidence

SURE = 0.05  # [m] what the filter itself thinks


def watched(measurements: int, seconds: float = 2.0, speed: float = 0.0) -> LaneConfidence:
    """Trust after some time with so many clear measurements a frame."""
    confidence_model = LaneConfidence()
    ones = np.ones(measurements)
    for _ in range(round(seconds / 0.05)):
        confidence_model.age(0.05, speed * 0.05)
        confidence_model.judge(np.linspace(4.0, 19.0, measurements), ones, ones)
    return confidence_model


def test_more_measurements_are_trusted_more() -> None:
    few, some, many = (watched(measurements).confidence(SURE, 0) for measurements in (4, 12, 30))
    assert few < 0.05 < some < 0.9 < many


def test_what_fits_no_better_than_noise_is_not_trusted() -> None:
    confidence_model = LaneConfidence()
    ones = np.ones(60)
    for _ in range(40):
        confidence_model.age(0.05, 0.0)
        confidence_model.judge(np.linspace(4.0, 19.0, 60), 0.25 * ones, ones)
    assert confidence_model.confidence(SURE, 0) < 0.02


def test_trust_ends_within_a_second_without_measurements() -> None:
    confidence_model = watched(30)
    for _ in range(20):
        confidence_model.age(0.05, 0.0)
    assert confidence_model.confidence(SURE, 0) < 0.1
    assert confidence_model.is_lost


def unseen_until_lost(confidence_model: LaneConfidence, speed: float) -> float:
    """How long without a measurement until the lane is lost [s]."""
    none = np.zeros(0)
    for tick in range(200):
        if confidence_model.is_lost:
            return tick * 0.05
        confidence_model.age(0.05, speed * 0.05)
        confidence_model.judge(none, none, none)
    return 10.0


def test_a_lane_that_was_found_for_long_is_kept_for_some_metres_unseen_and_another_is_not() -> None:
    fresh = unseen_until_lost(watched(30, 2.0, 8.0), 8.0)
    known = unseen_until_lost(watched(30, 20.0, 8.0), 8.0)
    assert fresh < 0.6
    assert known - fresh == pytest.approx(12.0 / 8.0, abs=0.35)


def test_who_stands_before_something_that_hides_the_lane_searches_it_after_some_seconds() -> None:
    assert 2.5 < unseen_until_lost(watched(30, 20.0, 8.0), 0.0) < 3.5
