"""What is recorded is what is read."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from pilotnet.data.store import Dataset
from sim.scenario import Split
from tests.pilotnet.data.store.synthetic_drives import CAMERAS, FPS, scenario, steps, write_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("data") / "drives"
    write_dataset(root, lengths=(25, 15), validation=(11,)).close()
    return Dataset.open(root)


def test_episodes_keep_their_order_length_split_and_scenario(dataset: Dataset) -> None:
    assert [episode.index for episode in dataset.episodes] == [0, 1, 2]
    assert [episode.length for episode in dataset.episodes] == [25, 15, 11]
    assert [episode.split for episode in dataset.episodes] == [
        Split.TRAIN,
        Split.TRAIN,
        Split.VALIDATION,
    ]
    assert dataset.episodes[2].scenario == scenario(2, Split.VALIDATION)
    assert dataset.split("validation") == dataset.episodes[2:]
    assert (dataset.fps, dataset.cameras) == (FPS, CAMERAS)


def test_every_signal_comes_back(dataset: Dataset) -> None:
    signals = dataset.signals(0)
    recorded = steps(25)
    assert len(signals) == 25
    assert_array_equal(signals.speed, np.float32([step.ego.speed for step in recorded]))
    assert_array_equal(signals.curvature, np.float32([step.control.curvature for step in recorded]))
    assert_array_equal(signals.applied_curvature, [step.applied.curvature for step in recorded])
    assert_array_equal(signals.offset, [step.ego.offset for step in recorded])
    assert_array_equal(signals.heading_error, [step.ego.heading_error for step in recorded])
    assert_array_equal(signals.wheel_curvature, [step.ego.curvature for step in recorded])
    assert_array_equal(signals.path_curvature, [step.ego.path_curvature for step in recorded])
    assert_array_equal(signals.station, [step.ego.station for step in recorded])
    assert_array_equal(signals.time, [step.time for step in recorded])
    assert list(signals.intervention) == [
        "lane departure" if index == 3 else "" for index in range(25)
    ]


def test_the_pose_is_seen_from_the_first_one(dataset: Dataset) -> None:
    turned = 12.0 * np.arange(25) / FPS * 0.005
    circle = np.stack([np.sin(turned) / 0.005, (1 - np.cos(turned)) / 0.005, turned], axis=1)
    assert_allclose(dataset.signals(0).pose, circle, atol=1e-9)


@pytest.mark.parametrize("camera", list(CAMERAS))
def test_frames_come_back_in_order_and_look_the_same(dataset: Dataset, camera: str) -> None:
    frames = dataset.frames(0, camera)
    recorded = np.stack([getattr(step.observation, camera) for step in steps(25)])
    assert (frames.shape, frames.dtype) == (recorded.shape, np.uint8)
    errors = np.square(frames.astype(float) - recorded).mean(axis=(1, 2, 3))
    assert 10 * math.log10(255**2 / errors.max()) > 32  # PSNR [dB]


def test_rows_cut_every_picture(dataset: Dataset) -> None:
    whole = dataset.frames(1, "left")
    cut = dataset.frames(1, "left", slice(10, 30))
    assert_array_equal(cut, whole[:, 10:30])


@pytest.mark.parametrize(
    "frame_numbers", [slice(3, 7), slice(12, 22, 4), slice(20, None), slice(-1, None), slice(5, 5)]
)
def test_any_moments_can_be_picked(dataset: Dataset, frame_numbers: slice) -> None:
    whole = dataset.frames(0, "centre")
    picked = list(dataset.stream(0, "centre", frame_numbers))
    assert len(picked) == len(whole[frame_numbers])
    assert all(
        np.array_equal(one, other) for one, other in zip(picked, whole[frame_numbers], strict=True)
    )


def test_what_cannot_be_read_is_named(dataset: Dataset) -> None:
    with pytest.raises(
        ValueError, match=r"has no camera 'rear', .* its cameras are left, centre, right"
    ):
        dataset.frames(0, "rear")
    with pytest.raises(ValueError, match="its step must be 1 or more"):
        dataset.stream(0, "left", slice(None, None, -1))
    with pytest.raises(
        ValueError, match="split is 'dev'; it must be one of train, validation, test"
    ):
        dataset.split("dev")


def test_the_summary_counts(dataset: Dataset) -> None:
    summary = dataset.summary()
    assert summary.episodes == {Split.TRAIN: 2, Split.VALIDATION: 1}
    assert (summary.frames, summary.duration, summary.interventions) == (51, 5.1, 3)
    assert summary.distance == pytest.approx(12.0 * 5.1, rel=0.01)
    assert str(summary).startswith("3 episodes (2 train, 1 validation), 51 frames")


def test_a_whole_dataset_passes_the_check(dataset: Dataset) -> None:
    dataset.check()


def test_the_same_drive_gives_the_same_bytes(dataset: Dataset, tmp_path: Path) -> None:
    write_dataset(tmp_path / "again", lengths=(25, 15), validation=(11,)).close()
    paths = [
        path.relative_to(dataset.root) for path in sorted(dataset.root.rglob("*")) if path.is_file()
    ]
    assert len(paths) == 19
    assert all(
        (tmp_path / "again" / path).read_bytes() == (dataset.root / path).read_bytes()
        for path in paths
    )
