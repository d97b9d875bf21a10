"""Views rendered from moved cameras against the same views warped: the ground moves as a plane,
what is far as a rotation.

The geometry is the pinhole camera's own, point by point; training moves its views by the same
rules.
"""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sim.geometry.camera import Camera, rig
from sim.render.frame_buffer import FrameBuffer, Label
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario
from sim.types import Pose
from tests.sim.picture_match import brightness, clear_of, strip_shifts

CAMERA = Camera()
SCENARIO = Scenario(
    RoadKind.RURAL, 3, length=300.0
)  # a road whose markings and sky have detail everywhere
PLAN = plan_road(SCENARIO)
HERE = PLAN.centreline.pose_at(40.0, PLAN.path_offset)
# rows
GROUND = range(72, 160)
SKY = range(56)
MOVES = [(0.5, 0.0), (-1.0, 0.0), (0.0, 0.05), (0.0, -0.07), (0.8, -0.05), (-0.6, 0.04)]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(PLAN, SCENARIO, [CAMERA])


def moved(shift: float, rotation: float) -> Pose:
    """HERE, `shift` metres further right and turned right by `rotation` [rad]."""
    x = HERE.x - shift * math.sin(HERE.heading)
    y = HERE.y + shift * math.cos(HERE.heading)
    return Pose(x, y, HERE.heading + rotation)


def seen_from(renderer: Renderer, shift: float, rotation: float) -> tuple[FrameBuffer, FrameBuffer]:
    """What the camera sees from HERE, and moved."""
    before, after = (renderer.truth(pose, [])[0] for pose in (HERE, moved(shift, rotation)))
    return before, after


def warped(
    picture: NDArray[np.float64], camera: Camera, shift: float, rotation: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A picture (H, W) as a camera moved by `shift` [m] and `rotation` [rad] should see it, and the
    pixels where that is known.

    Below the horizon from a pixel to the ground, into the frame of the camera that took the picture
    and to its pixel; above it by directions alone.
    """
    rows, columns = np.mgrid[: camera.height, : camera.width] + 0.5
    below = rows > camera.horizon
    ahead, across = camera.pixel_to_ground(columns, np.where(below, rows, camera.horizon + 1))
    ahead, across = (
        np.where(below, ahead, 1.0),
        np.where(below, across, (columns - camera.centre_column) / camera.focal),
    )
    forward = ahead * math.cos(rotation) - across * math.sin(rotation)
    right = ahead * math.sin(rotation) + across * math.cos(rotation) + np.where(below, shift, 0.0)
    column, row = camera.ground_to_pixel(forward, right)
    row = np.where(below, row, camera.horizon + (rows - camera.horizon) / forward)
    where = (column - 0.5).astype(np.float32), (row - 0.5).astype(np.float32)
    known = cv2.remap(np.ones_like(picture), *where, cv2.INTER_LINEAR) > 0.999
    return cv2.remap(picture, *where, cv2.INTER_LINEAR), known


def ground_errors(
    before: FrameBuffer, after: FrameBuffer, camera: Camera, shift: float, rotation: float
) -> NDArray[np.float64]:
    """How far the road's features lie from where warping puts them [px], strip by strip."""
    expected, known = warped(brightness(before.image), camera, shift, rotation)
    return np.abs(
        strip_shifts(brightness(after.image), expected, known & (after.label == Label.ROAD), GROUND)
    )


@pytest.mark.parametrize(("shift", "rotation"), MOVES)
def test_the_ground_seen_by_a_moved_camera_is_the_warped_ground_to_within_a_pixel(
    renderer: Renderer, shift: float, rotation: float
) -> None:
    errors = ground_errors(*seen_from(renderer, shift, rotation), CAMERA, shift, rotation)
    assert len(errors) == len(GROUND) // 4
    assert errors.max() < 1.0
    assert np.median(errors) < 0.1


@pytest.mark.parametrize(("shift", "rotation"), MOVES)
def test_the_sky_seen_by_a_moved_camera_is_the_turned_sky_to_within_a_pixel(
    renderer: Renderer, shift: float, rotation: float
) -> None:
    before, after = seen_from(renderer, shift, rotation)
    expected, known = warped(brightness(before.image), CAMERA, shift, rotation)
    # Trees are nearer than the sky: neither where they are nor where they would have been counts.
    trees = warped((before.label != Label.SKY).astype(float), CAMERA, shift, rotation)[0] > 0
    clear = clear_of(trees | (after.label != Label.SKY) | ~known)
    errors = np.abs(strip_shifts(brightness(after.image), expected, clear, SKY, depth=14))
    assert len(errors) > 2
    assert errors.max() < 1.0


def test_a_camera_that_only_turns_sees_everything_turned(renderer: Renderer) -> None:
    before, after = seen_from(renderer, 0.0, 0.06)
    expected, known = warped(brightness(before.image), CAMERA, 0.0, 0.06)
    errors = np.abs(strip_shifts(brightness(after.image), expected, known, range(160), depth=8))
    assert len(errors) == 20
    assert errors.max() < 1.0


@pytest.mark.parametrize(
    ("camera", "shift", "rotation"),
    [
        (CAMERA, -0.8, 0.05),
        (CAMERA, 0.8, -0.05),
        (replace(CAMERA, elevation=1.2), 0.8, 0.05),
        (replace(CAMERA, elevation=1.6), 0.8, 0.05),
        (replace(CAMERA, horizon=68.0), 0.8, 0.05),
    ],
)
def test_a_wrong_sign_height_or_horizon_would_be_noticed(
    renderer: Renderer, camera: Camera, shift: float, rotation: float
) -> None:
    assert ground_errors(*seen_from(renderer, 0.8, 0.05), camera, shift, rotation).max() > 1.5


def test_the_outer_cameras_see_what_the_centre_camera_would_see_from_their_place() -> None:
    left, centre, right = Renderer(PLAN, SCENARIO, list(rig(CAMERA, 0.6).values())).truth(HERE, [])
    for outer, shift in ((left, -0.6), (right, 0.6)):
        errors = ground_errors(centre, outer, CAMERA, shift, 0.0)
        assert len(errors) > 20
        assert errors.max() < 1.0
