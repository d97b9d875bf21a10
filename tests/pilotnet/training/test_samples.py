"""Training samples: where they come from, how they are moved, and the label that belongs to the
move.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pilotnet.data.store import Dataset
from pilotnet.training.samples import (
    LIMIT,
    Augmentation,
    Batch,
    Samples,
    TrainingFrames,
    load_training_frames,
    packed,
    sampling_probability,
    target_speed,
    training_cameras,
    unpacked,
)
from pilotnet.training.viewpoint import ViewCamera
from sim.control.path_tracking import recovery_curvature
from sim.control.speed import speed_tracking_acceleration
from sim.geometry.camera import Camera, rig
from sim.scenario import Split

STEP = 25  # grey levels between two digits: packing moves a level by one or two


def drives(size: int = 400) -> TrainingFrames:
    """Grey frames of 2 x 4 pixels; their columns say in digits which camera and which moment, up to
    999, recorded them.
    """
    cameras = rig(Camera(width=4, height=2, horizon=1.0))
    frame_numbers = np.arange(size) % 1000
    digits = np.stack(
        [np.zeros(size, int), frame_numbers // 100, frame_numbers // 10 % 10, frame_numbers % 10],
        axis=1,
    )
    frames = np.empty((3, size, 3, 4), np.uint8)
    for camera in range(3):
        digits[:, 0] = camera
        for moment in range(size):
            frames[camera, moment] = packed(
                np.tile((STEP * digits[moment]).astype(np.uint8)[None, :, None], (2, 1, 3))
            )
    curvature = 0.01 * np.sin(np.arange(size) / 20)
    return TrainingFrames(
        frames, curvature, np.full(size, 20.0), np.linspace(0.0, 20.0, size), cameras
    )


def digits_of(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """The camera and the moment that each frame of a batch names."""
    read = np.round(batch.frames[:, 0, :, 0].numpy() / STEP).astype(int)
    return read[:, 0], read[:, 1:] @ [100, 10, 1]


def test_the_label_is_the_recorded_command_corrected_for_shift_and_rotation_of_the_view() -> None:
    source = drives()
    samples = Samples(source, Augmentation(), seed=1)
    batch = samples.__getitems__(list(range(400)))
    camera, moment = digits_of(batch)
    offset = batch.shift.numpy() + np.array([-0.6, 0.0, 0.6])[camera]
    expected = source.curvature[moment] + recovery_curvature(offset, batch.rotation.numpy(), 20.0)
    np.testing.assert_allclose(batch.curvature.numpy(), expected, atol=1e-7)


def test_a_moved_view_keeps_the_speed_to_drive_of_its_moment() -> None:
    source = drives()
    batch = Samples(source, Augmentation(), seed=1).__getitems__(list(range(400)))
    _, moment = digits_of(batch)
    assert batch.shift.abs().max() > 0.3
    np.testing.assert_allclose(batch.speed.numpy(), source.target_speed[moment], rtol=1e-6)


def test_whoever_paces_towards_the_speed_label_brakes_as_the_recorded_driver_did() -> None:
    # Constant braking by 1.5 m/s² from 12 m/s: the label is 0.9 m/s below the present speed, and
    # 0.9 / 0.6 is 1.5 again.
    speed = np.maximum(12.0 - 1.5 * np.arange(100) / 10, 0.0).astype(np.float32)
    label = target_speed(speed, rate=10)
    np.testing.assert_allclose(
        [speed_tracking_acceleration(v, w) for v, w in zip(speed[:70], label[:70], strict=True)],
        -1.5,
        atol=1e-4,
    )
    assert label[-1] == speed[-1]


def test_the_speed_label_is_the_same_time_ahead_at_any_rate() -> None:
    seconds = np.arange(60, dtype=np.float32)
    np.testing.assert_allclose(
        target_speed(seconds / 10, 10)[:40], seconds[:40] / 10 + 0.6, atol=1e-5
    )
    np.testing.assert_allclose(
        target_speed(seconds / 30, 30)[:40], seconds[:40] / 30 + 0.6, atol=1e-5
    )


def test_a_shifted_view_starts_from_the_nearest_camera() -> None:
    batch = Samples(drives(), Augmentation(), seed=1).__getitems__(list(range(400)))
    camera, _ = digits_of(batch)
    assert set(camera) == {0, 1, 2}
    inner = torch.from_numpy(camera == 1)
    assert batch.shift[inner].abs().max() <= 0.3
    assert batch.shift.abs().max() <= LIMIT * 0.5 - 0.6 + 1e-6


def test_shift_and_rotation_have_the_spread_asked_for() -> None:
    samples = Samples(drives(20_000), Augmentation(shift=0.4, rotation=3.0), seed=0)
    assert samples._shift.std() == pytest.approx(0.4, rel=0.02)
    assert np.degrees(samples._rotation).std() == pytest.approx(
        3.0 * 30 / 40, rel=0.02
    )  # 40 m of recovery at 20 m/s
    assert samples._shift.mean() == pytest.approx(0.0, abs=0.01)


def test_without_augmentation_every_sample_is_the_centre_frame_with_its_own_label() -> None:
    plain = Augmentation(shift=0.0, rotation=0.0, balance=0.0)
    batch = Samples(drives(), plain, seed=0).__getitems__(list(range(400)))
    assert (digits_of(batch)[0] == 1).all()
    assert not batch.shift.any()
    assert not batch.rotation.any()


def test_epochs_differ_and_each_can_be_drawn_again() -> None:
    samples = Samples(drives(), Augmentation(), seed=5)
    first = samples.__getitems__([0, 1, 2]).curvature
    samples.start_epoch(1)
    second = samples.__getitems__([0, 1, 2]).curvature
    samples.start_epoch(0)
    assert (samples.__getitems__([0, 1, 2]).curvature == first).all()
    assert (first != second).any()


def test_balancing_draws_rare_bends_more_often() -> None:
    curvature = np.concatenate([np.zeros(900), np.full(100, 0.01)])
    as_driven, half, alike = (
        sampling_probability(curvature, np.full(1000, 20.0), balance) for balance in (0.0, 0.5, 1.0)
    )
    assert as_driven[900:].sum() == pytest.approx(0.1)
    assert half[900:].sum() == pytest.approx(0.25)
    assert alike[900:].sum() == pytest.approx(0.5)


def test_hairpins_and_the_bends_of_highways_are_both_drawn_more_often_than_they_are_driven() -> (
    None
):
    # As sharp by lateral acceleration, 2 m/s²; by the angle turned on the way of a recovery a
    # highway's bend is nearly straight.
    speed = np.repeat([20.0, 30.0, 5.0], [850, 140, 10])
    curvature = np.repeat([0.0, 2.0 / 30.0**2, 2.0 / 5.0**2], [850, 140, 10])
    driven = sampling_probability(curvature, speed, 0.0)
    drawn = sampling_probability(curvature, speed, 0.5)
    highway = slice(850, 990)
    hairpin = slice(990, None)
    assert drawn[highway].sum() > 1.3 * driven[highway].sum()
    assert drawn[hairpin].sum() > 4 * driven[hairpin].sum()


def test_moments_count_by_the_root_of_their_speed_between_by_time_and_by_metres() -> None:
    speed = np.concatenate([np.full(300, 9.0), np.full(100, 36.0)])
    probability = sampling_probability(np.zeros(400), speed, 0.0)
    assert probability[:300].sum() == pytest.approx(900 / 1500)


def test_views_are_turned_farther_the_slower_the_car_as_a_car_on_its_way_back_is() -> None:
    augmentation = Augmentation(rotation=2.0)
    normals = np.array([1.0, -1.0, 1.0, 2.9])
    turned = np.degrees(augmentation.rotations(normals, np.array([15.0, 30.0, 7.5, 1.0])))
    assert turned == pytest.approx([2.0, -1.0, 4.0, 12.0])
    assert not Augmentation(rotation=0.0).rotations(normals, np.full(4, 5.0)).any()


def test_a_drive_without_any_bend_can_be_sampled() -> None:
    assert sampling_probability(np.zeros(10), np.full(10, 20.0), 1.0).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "settings", [{"shift": -0.1}, {"rotation": 99.0}, {"balance": 2.0}, {"shift": math.nan}]
)
def test_senseless_augmentation_is_refused(settings: dict) -> None:
    with pytest.raises(ValueError, match="it must lie between 0 and"):
        Augmentation(**settings)


def test_a_split_is_loaded_whole_and_cropped_to_the_rows_a_view_needs(tiny_data: Path) -> None:
    dataset = Dataset.open(tiny_data)
    loaded = load_training_frames(dataset, Split.TRAIN, ViewCamera(), Augmentation())
    length = sum(episode.length for episode in dataset.episodes if episode.split is Split.TRAIN)
    height = loaded.cameras["centre"].height
    assert loaded.frames.shape == (3, length, height * 3 // 2, 320)
    assert height < 110
    top = int(dataset.cameras["centre"].horizon - loaded.cameras["centre"].horizon)
    recorded = dataset.frames(0, "centre", slice(top, top + height))[0].astype(int)
    assert np.abs(unpacked(loaded.frames[1, 0]) - recorded).mean() < 2.0


def test_packing_keeps_greys_to_two_levels_and_smooth_colours_to_a_few() -> None:
    grey = np.repeat(np.random.default_rng(0).integers(0, 256, (6, 8, 1), np.uint8), 3, axis=2)
    assert np.abs(unpacked(packed(grey)).astype(int) - grey).max() <= 2
    rows, columns = np.mgrid[0:32, 0:64]
    smooth = np.stack([40 + 3 * columns, 200 - 3 * rows, 60 + 2 * rows + columns], axis=2).astype(
        np.uint8
    )
    assert np.abs(unpacked(packed(smooth)).astype(int) - smooth).max() <= 8


def test_a_split_without_episodes_is_refused(tiny_data: Path) -> None:
    with pytest.raises(ValueError, match="has no test episode"):
        load_training_frames(Dataset.open(tiny_data), Split.TEST, ViewCamera(), Augmentation())


def test_cameras_by_other_names_are_refused_in_one_line(tiny_data: Path) -> None:
    dataset = Dataset.open(tiny_data)
    front = replace(dataset, cameras={"front": dataset.cameras["centre"]})
    for augmentation in (Augmentation(), Augmentation(side_cameras=False)):
        with pytest.raises(
            ValueError, match="has no camera 'centre', which is needed here; its cameras are front"
        ):
            load_training_frames(front, Split.TRAIN, ViewCamera(), augmentation)


def test_a_camera_that_looks_elsewhere_is_no_source_of_views(tiny_data: Path) -> None:
    dataset = Dataset.open(tiny_data)
    rear = replace(dataset.cameras["right"], focal=90.0)
    mixed = replace(dataset, cameras={**dataset.cameras, "right": rear})
    with pytest.raises(
        ValueError,
        match=r"has the camera right with Camera\(.*focal=90.0.*may differ .* in lateral alone",
    ):
        load_training_frames(mixed, Split.TRAIN, ViewCamera(), Augmentation())
    assert training_cameras(mixed, Augmentation(side_cameras=False)) == ["centre"]
