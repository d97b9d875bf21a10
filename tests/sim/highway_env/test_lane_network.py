"""The ground of a lane network: lines where they belong, paint that is shared only once, roads that
cross.
"""

import numpy as np
import pytest

from sim.highway_env.lane_network import LaneLine, LaneStrip, lane_ground
from tests.sim.highway_env.lane_scenes import ahead, picture, pixel, straight


def test_two_lanes_that_both_paint_their_common_line_paint_it_once() -> None:
    left = ahead()
    right = straight((-20.0, 4.0), (300.0, 4.0), left=LaneLine.SOLID)
    both = picture(ahead(right=LaneLine.SOLID), right)
    assert np.abs(both - picture(left, right)).max() <= 2
    assert not np.array_equal(both, picture(left, straight((-20.0, 4.0), (300.0, 4.0))))


def test_a_line_stops_where_another_road_crosses_it() -> None:
    crossing = straight((20.0, -50.0), (20.0, 50.0), width=8.0)
    edge = ahead(right=LaneLine.SOLID)
    gained = (picture(edge, crossing) - picture(ahead(), crossing)).sum(axis=2)
    assert gained[pixel(20.0, 2.0)] == pytest.approx(0, abs=3)
    assert gained[pixel(8.0, 2.0)] > 100


def test_an_open_area_hides_no_line() -> None:
    area = LaneStrip(
        np.array([(-20.0, 0.0), (60.0, 0.0)]), np.zeros(2), np.full(2, 40.0), open=True
    )
    gained = (picture(ahead(right=LaneLine.SOLID), area) - picture(ahead(), area)).sum(axis=2)
    assert gained[pixel(8.0, 2.0)] > 100


@pytest.mark.parametrize(
    ("points", "widths", "message"),
    [
        (np.zeros((1, 2)), np.ones(1), "2 or more"),
        (np.array([(0.0, 0.0), (np.nan, 1.0)]), np.ones(2), "finite"),
        (np.array([(0.0, 0.0), (1.0, 1.0)]), np.array([1.0, 0.0]), "above 0"),
    ],
)
def test_strips_that_are_no_strips_are_refused(
    points: np.ndarray, widths: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        LaneStrip(points, np.zeros(len(points)), widths)


def test_a_network_without_strips_is_refused() -> None:
    with pytest.raises(ValueError, match="0 strips"):
        lane_ground([])
