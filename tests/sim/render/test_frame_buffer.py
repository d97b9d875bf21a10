"""The frame buffer and the pose of the camera."""

import math

import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render.frame_buffer import Label, blank_frame_buffer, eye_of, level_of, write_truth
from sim.types import Pose


def test_brightness_is_rounded_to_levels_and_clipped() -> None:
    assert [level_of(value) for value in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [0, 0, 128, 255, 255]


def test_a_camera_to_the_right_stands_right_of_the_car() -> None:
    # The car faces along world y, so its right is world -x.
    eye = eye_of(Camera(lateral=0.5), Pose(10.0, 20.0, math.pi / 2))
    assert (eye.x, eye.y) == pytest.approx((9.5, 20.0))
    assert (eye.cos, eye.sin) == pytest.approx((0.0, 1.0))


def test_a_pose_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        eye_of(Camera(), Pose(math.nan, 0.0, 0.0))


def test_ground_truth_is_written_only_where_it_is_requested() -> None:
    canvas = blank_frame_buffer(4, 6, truth=True)
    assert np.isinf(canvas.depth).all()
    write_truth(canvas, 1, 2, 7.5, int(Label.CAR), 3)
    assert (canvas.depth[1, 2], canvas.label[1, 2], canvas.instance[1, 2]) == (7.5, Label.CAR, 3)
    without = blank_frame_buffer(4, 6)
    write_truth(without, 1, 2, 7.5, int(Label.CAR), 3)
    assert without.depth.size == 0
