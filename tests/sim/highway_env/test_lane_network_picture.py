"""The image of a lane network's ground."""

import numpy as np
import pytest

from sim.highway_env.lane_network import LaneLine, lane_ground
from sim.types import Pose
from tests.sim.highway_env.lane_scenes import (
    CAMERA,
    EGO,
    VIEW,
    ahead,
    arc,
    picture,
    pixel,
    straight,
)


@pytest.mark.parametrize(("side", "right"), [("left", -2.0), ("right", 2.0)])
@pytest.mark.parametrize("forward", [4.5, 8.0, 15.0])
def test_a_line_lands_where_the_camera_says(side: str, right: float, forward: float) -> None:
    row, column = pixel(forward, right)
    gained = (picture(ahead(**{side: LaneLine.SOLID})) - picture(ahead()))[row].sum(axis=1)
    centre = (gained * (np.arange(gained.size) + 0.5)).sum() / gained.sum()
    there, _ = CAMERA.pixel_to_ground(np.array([column]), np.array([row + 0.5]))
    expected, _ = CAMERA.ground_to_pixel(there, np.array([right]))
    assert centre == pytest.approx(expected[0], abs=0.3)
    assert gained.max() > 60


def test_dashes_average_to_their_share_near_and_far() -> None:
    for forward in (6.0, 40.0):
        row, column = pixel(forward, 2.0)
        gained = [0.0, 0.0]
        for k, line in enumerate((LaneLine.DASHED, LaneLine.SOLID)):
            for x in np.linspace(0.0, 9.0, 15, endpoint=False):
                lit, plain = (
                    picture(ahead(right=each), ego=Pose(x, 0.0, 0.0))
                    for each in (line, LaneLine.NONE)
                )
                gained[k] += (lit - plain)[row, column - 2 : column + 3].sum()
        assert gained[0] / gained[1] == pytest.approx(1 / 3, abs=0.03)


def test_strips_that_lie_on_one_another_are_no_brighter_than_one() -> None:
    gained = [
        picture(*[ahead(LaneLine.SOLID, LaneLine.DASHED)] * count) - picture(*[ahead()] * count)
        for count in (1, 2)
    ]
    assert np.abs(gained[1] - gained[0]).max() < 8 < 100 < gained[0].max()


def test_no_grass_shows_between_two_lanes_that_touch() -> None:
    touching = picture(ahead(), straight((-20.0, 4.0), (300.0, 4.0)))
    broad = picture(straight((-20.0, 2.0), (300.0, 2.0), width=8.0))
    assert np.abs(touching - broad)[70:].max() <= 2


def test_a_bend_follows_its_circle() -> None:
    ground = picture(arc(30.0, left=LaneLine.SOLID)) - picture(arc(30.0))
    for turn in (0.3, 0.45):
        forward = 32.0 * np.sin(turn)
        right = 30.0 - 32.0 * np.cos(turn)
        row, column = pixel(forward, right)
        assert ground.sum(axis=2)[row, column - 1 : column + 2].max() > 60


def test_left_and_right_are_mirrored_with_the_road() -> None:
    def road_shows(y: float) -> np.ndarray:
        return VIEW.draw(lane_ground([straight((-20.0, y), (200.0, y))]), EGO, []).astype(float)

    left = road_shows(-6.0)
    right = road_shows(6.0)
    greener = [
        (image[80:, :, 1] - image[80:, :, 2]).reshape(80, 2, 160).mean((0, 2))
        for image in (left, right)
    ]
    assert greener[0][0] < greener[0][1] - 5
    assert greener[1][1] < greener[1][0] - 5
    assert np.allclose(greener[0], greener[1][::-1], atol=3)


def test_a_road_that_crosses_far_away_does_not_flicker() -> None:
    crossing = straight((90.0, -60.0), (90.0, 60.0))
    far = straight((-500.0, 500.0), (-400.0, 500.0))
    gained = np.array(
        [
            (picture(crossing, ego=Pose(x, 0.0, 0.0)) - picture(far, ego=Pose(x, 0.0, 0.0)))[
                64:72, 140:180, 1
            ].sum()
            for x in np.linspace(0.0, 15.0, 31)
        ]
    )
    assert (gained < 0).all()
    assert np.abs(np.diff(gained)).max() < 0.25 * np.abs(gained).max()


def test_a_road_ten_kilometres_long_is_there_all_the_way() -> None:
    road = lane_ground([straight((0.0, 0.0), (10_000.0, 0.0), LaneLine.SOLID, LaneLine.SOLID)])
    near, far = (
        VIEW.draw(road, Pose(x, 0.0, 0.0), [])[100:].astype(float) for x in (100.0, 9000.0)
    )
    assert np.abs(near.mean((0, 1)) - far.mean((0, 1))).max() < 4


def test_nothing_but_grass_lies_far_from_every_strip() -> None:
    image = picture(ahead(), ego=Pose(5000.0, 5000.0, 0.0))
    assert (image[80:, :, 1] > image[80:, :, 2] + 10).mean() > 0.99
