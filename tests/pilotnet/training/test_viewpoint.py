"""The viewpoint transform against the pinhole camera's own geometry."""

import math

import numpy as np
import pytest
import torch

from pilotnet.training.samples import LIMIT, Augmentation
from pilotnet.training.viewpoint import YUV, ViewCamera, Viewpoint, to_rgb
from sim.geometry.camera import Camera
from sim.render.frame_buffer import Label
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario
from sim.types import Pose
from tests.sim.picture_match import brightness, strip_shifts

CAMERA = Camera()
VIEW = ViewCamera()


def view_of(
    frame: np.ndarray, shift: float = 0.0, rotation: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    views, inside = Viewpoint(VIEW, CAMERA)(
        torch.from_numpy(frame)[None], torch.tensor([shift]), torch.tensor([rotation])
    )
    return views[0].numpy(), inside[0].numpy()


def source(shift: float, rotation: float) -> tuple[np.ndarray, np.ndarray]:
    columns, rows = Viewpoint(VIEW, CAMERA).source(torch.tensor([shift]), torch.tensor([rotation]))
    return columns[0].numpy(), rows[0].numpy()


@pytest.mark.parametrize(("shift", "rotation"), [(0.0, 0.0), (0.8, 0.0), (0.0, 0.05), (-0.6, 0.07)])
def test_a_ground_point_is_found_where_the_recording_camera_saw_it(
    shift: float, rotation: float
) -> None:
    columns, rows = source(shift, rotation)
    for i, j in [(30, 20), (40, 100), (65, 199), (50, 0)]:
        # From the view's pixel to the ground by its own camera, then to the car's frame, then to
        # the recorded pixel.
        ahead = VIEW.focal * CAMERA.elevation / (i + 0.5 - VIEW.horizon)
        across = ahead * (j + 0.5 - VIEW.width / 2) / VIEW.focal
        forward = ahead * math.cos(rotation) - across * math.sin(rotation)
        right = shift + ahead * math.sin(rotation) + across * math.cos(rotation)
        column, row = CAMERA.ground_to_pixel(np.array([forward]), np.array([right]))
        assert (columns[i, j], rows[i, j]) == pytest.approx((column[0], row[0]), abs=1e-3)


def test_a_shift_does_not_move_the_sky() -> None:
    still = source(0.0, 0.0)
    moved = source(1.0, 0.0)
    above = math.floor(VIEW.horizon)
    np.testing.assert_array_equal(still[0][:above], moved[0][:above])
    assert (moved[0][above:] > still[0][above:]).all()


def test_a_rotation_to_the_right_looks_further_to_the_right_everywhere() -> None:
    assert (source(0.0, 0.05)[0] > source(0.0, 0.0)[0]).all()


def test_the_horizon_stays_level() -> None:
    _, rows = source(0.5, 0.1)
    horizon = rows[21:23].mean(axis=0)
    np.testing.assert_allclose(horizon, CAMERA.horizon, atol=0.1)


def test_mirroring_the_frame_and_the_move_mirrors_the_view() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (160, 320, 3), np.uint8)
    view, _ = view_of(frame, 0.4, 0.03)
    mirrored, _ = view_of(frame[:, ::-1].copy(), -0.4, -0.03)
    np.testing.assert_allclose(view, mirrored[:, :, ::-1], atol=1e-4)


def test_grey_has_luma_only_and_full_range_is_minus_one_to_one() -> None:
    for value, luma in [(0, -1.0), (255, 1.0)]:
        view, _ = view_of(np.full((160, 320, 3), value, np.uint8))
        np.testing.assert_allclose(view[0], luma, atol=1e-5)
        np.testing.assert_allclose(view[1:], 0.0, atol=1e-5)


def test_a_view_comes_back_in_the_colours_it_had() -> None:
    colours = torch.tensor([[255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 130, 77]])
    view = torch.einsum("kc,wc->kw", torch.tensor(YUV), colours / 127.5 - 1)[:, None, :]
    assert to_rgb(view)[0].tolist() == colours.tolist()


@pytest.mark.parametrize(("i", "j"), [(30, 20), (65, 199), (50, 0)])
def test_the_unmoved_view_is_the_virtual_camera_s_picture(i: int, j: int) -> None:
    viewpoint = Viewpoint(VIEW, CAMERA)
    columns, rows = source(0.0, 0.0)
    ground = viewpoint.virtual_camera.pixel_to_ground(np.array([j + 0.5]), np.array([i + 0.5]))
    column, row = CAMERA.ground_to_pixel(*ground)
    assert (columns[i, j], rows[i, j]) == pytest.approx((column[0], row[0]), abs=1e-3)


@pytest.mark.parametrize(("speed", "least"), [(5.0, 0.96), (10.0, 0.995), (30.0, 1.0)])
def test_the_moves_that_training_draws_stay_inside_the_frame_of_the_nearest_camera(
    speed: float, least: float
) -> None:
    augmentation = Augmentation()
    normals = np.clip(np.random.default_rng(0).standard_normal((2, 300)), -LIMIT, LIMIT)
    shift = normals[0] * augmentation.shift
    rotation = augmentation.rotations(normals[1], np.full(300, speed))
    from_nearest = shift - 0.6 * np.clip(np.round(shift / 0.6), -1, 1)
    columns, rows = Viewpoint(VIEW, CAMERA).source(
        *(torch.from_numpy(move).float() for move in (from_nearest, rotation))
    )
    inside = (columns >= 0) & (columns <= CAMERA.width) & (rows >= 0) & (rows <= CAMERA.height)
    assert round(float(inside.float().mean()), 3) >= least


def test_what_lies_outside_the_frame_is_grey_and_masked() -> None:
    view, inside = view_of(np.full((160, 320, 3), 255, np.uint8), rotation=0.3)
    assert not inside[:, -1].any()
    assert (view[:, ~inside] == 0).all()
    assert (view[0, inside] > 0.99).all()
    assert inside[:, VIEW.width // 2].all()


@pytest.mark.parametrize("rotation", [0.2, -0.2])
def test_grey_does_not_tell_which_way_a_view_is_turned(rotation: float) -> None:
    _, inside = view_of(np.full((160, 320, 3), 255, np.uint8), shift=0.4, rotation=rotation)
    assert not inside.all()
    np.testing.assert_array_equal(inside, inside[:, ::-1])


def test_the_rows_needed_hold_every_view_up_to_that_rotation() -> None:
    whole = Viewpoint(VIEW, CAMERA)
    top, bottom = whole.rows_needed(0.1)
    frame = torch.randint(0, 256, (1, 160, 320, 3), dtype=torch.uint8)
    cropped = Viewpoint(VIEW, CAMERA.crop(top, bottom))
    move = torch.tensor([0.3]), torch.tensor([0.1])
    torch.testing.assert_close(
        cropped(frame[:, top:bottom], *move), whole(frame, *move), atol=1e-4, rtol=0
    )
    assert bottom - top < 110


def test_a_frame_of_another_camera_is_refused() -> None:
    with pytest.raises(ValueError, match=r"frames have shape \(80, 320, 3\)"):
        view_of(np.zeros((80, 320, 3), np.uint8))


@pytest.mark.parametrize(
    ("shift", "rotation"), [(0.0, 0.0), (0.6, 0.0), (0.0, -0.05), (-0.5, 0.03), (0.9, 0.06)]
)
def test_a_moved_view_of_a_frame_is_what_a_camera_there_would_have_rendered(
    shift: float, rotation: float
) -> None:
    scenario = Scenario(RoadKind.RURAL, 4, length=300.0)
    plan = plan_road(scenario)
    there = Camera(VIEW.width, VIEW.height, VIEW.focal, VIEW.horizon)
    pose = plan.centreline.pose_at(40.0, plan.path_offset)
    x = pose.x - shift * math.sin(pose.heading)
    y = pose.y + shift * math.cos(pose.heading)
    frame = Renderer(plan, scenario, [CAMERA]).render(pose, [])[0]
    rendered = Renderer(plan, scenario, [there]).truth(Pose(x, y, pose.heading + rotation), [])[0]
    view, inside = view_of(frame, shift, rotation)
    # Luma is close enough to the mean of the colours of a grey road.
    expected = 127.5 * (view[0].astype(float) + 1)
    errors = np.abs(
        strip_shifts(
            brightness(rendered.image),
            expected,
            inside & (rendered.label == Label.ROAD),
            range(28, 66),
        )
    )
    assert len(errors) > 7
    assert errors.max() < 0.2
