"""The pinhole camera: closed forms, symmetry and round trips."""

import math

import numpy as np
import pytest

from sim.geometry.camera import Camera, rig


def test_a_point_on_the_axis_falls_on_the_centre_column() -> None:
    column, row = Camera().ground_to_pixel(np.array([10.0]), np.array([0.0]))
    assert column[0] == 160.0
    assert row[0] == pytest.approx(64 + 175 * 1.4 / 10)


def test_what_is_to_the_right_of_the_car_appears_to_the_right() -> None:
    column, _ = Camera().ground_to_pixel(np.array([10.0, 10.0]), np.array([-1.0, 1.0]))
    assert column[0] < 160 < column[1]
    assert column[0] + column[1] == 320.0


def test_far_points_rise_to_the_horizon() -> None:
    _, row = Camera().ground_to_pixel(np.array([1e6]), np.array([3.0]))
    assert row[0] == pytest.approx(64.0, abs=1e-3)


def test_ground_and_pixel_round_trip_for_every_camera_of_the_rig() -> None:
    forward = np.array([3.0, 20.0, 80.0])
    right = np.array([-2.0, 0.5, 9.0])
    for camera in rig(Camera()).values():
        back = camera.pixel_to_ground(*camera.ground_to_pixel(forward, right))
        np.testing.assert_allclose(back, [forward, right])


def test_the_rig_is_left_centre_right() -> None:
    assert [camera.lateral for camera in rig(Camera()).values()] == [-0.6, 0.0, 0.6]


def test_the_default_field_of_view_is_85_degrees() -> None:
    assert math.degrees(Camera().field_of_view) == pytest.approx(85, abs=0.2)


def test_cropping_rows_moves_no_point_of_the_picture() -> None:
    whole = Camera()
    part = Camera().crop(40, 112)
    point = np.array([12.0]), np.array([1.5])
    assert part.height == 72
    assert part.ground_to_pixel(*point)[1] == pytest.approx(whole.ground_to_pixel(*point)[1] - 40)
    with pytest.raises(ValueError, match="must lie within"):
        whole.crop(-1, 20)


@pytest.mark.parametrize(
    "settings",
    [
        {"width": 0},
        {"focal": 0.0},
        {"elevation": -1.0},
        {"horizon": math.nan},
        {"lateral": math.inf},
    ],
)
def test_an_impossible_camera_is_refused(settings: dict) -> None:
    with pytest.raises(ValueError, match="must be"):
        Camera(**settings)
