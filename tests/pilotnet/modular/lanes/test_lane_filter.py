"""The tracked lane: what sightings do to it, and how far it lets them stray."""

import numpy as np
import pytest

from pilotnet.modular.lanes.lane_filter import (
    CURVATURES,
    OFFSET,
    RIGHT,
    SECTION,
    WIDTH,
    CurvatureModel,
    LaneFilter,
    Measurements,
    road_scales,
    speed_after,
)

ALONG = np.arange(4.0, 20.0, 0.4)
RIGHT_EDGE = np.array([0.5, 1.0, 0.0])  # moves with half the width and all of the room to the right


def edge(residual: np.ndarray, stray: float) -> Measurements:
    """The right edge of a road in every row, so far right of where it was expected [m]."""
    ones = np.ones(ALONG.size)
    return Measurements(
        residual, ones, 0.12 * ones, stray * ones, CurvatureModel(ALONG).model(RIGHT_EDGE)
    )


def test_an_edge_seen_farther_out_is_a_wider_road_or_a_car_farther_left() -> None:
    lane = LaneFilter(10.0, 0.0)
    before = lane.mean.copy()
    lane.update(edge(np.full(ALONG.size, 0.3), 0.24))
    moved = lane.mean - before
    assert RIGHT_EDGE @ moved[SECTION] - moved[OFFSET] == pytest.approx(0.3, abs=0.03)
    assert moved[OFFSET] < 0 < moved[RIGHT]
    assert moved[WIDTH] > 0


def test_a_verge_may_be_ragged_and_a_line_may_not() -> None:
    # Mountain roads in rain once seemed lost with both their edges in plain sight, which swung by a
    # quarter of a metre.
    ragged = 0.25 * np.sin(2 * np.pi * ALONG / 5)
    verge, line = (LaneFilter(10.0, 0.0).update(edge(ragged, stray)) for stray in (0.24, 0.06))
    assert verge.mean() > 0.6
    assert line.mean() < 0.5


def test_stopping_on_a_road_does_not_widen_its_curvature() -> None:
    stopped = speed_after(15.0, 37.5)  # from 15 m/s at 3 m/s²
    assert road_scales(stopped)[0] < 0.5 * road_scales(0.0)[0]
    lanes = [LaneFilter(15.0, 0.0) for _ in range(2)]
    for lane, road_speed in zip(lanes, (None, stopped), strict=True):
        for _ in range(10):
            lane.predict(2.0, 0.0, 0.1, road_speed)
    ahead = [lane.covariance[CURVATURES, CURVATURES][-1, -1] for lane in lanes]
    assert ahead[1] < 0.8 * ahead[0]


def test_a_road_s_speed_falls_by_comfortable_braking() -> None:
    assert speed_after(10.0, 0.0) == 10.0
    assert speed_after(10.0, 18.0) == pytest.approx(8.0)
    assert speed_after(10.0, 60.0) == 0.0
