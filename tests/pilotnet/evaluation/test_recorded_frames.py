"""Views of a recording from a shifted and rotated car."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pilotnet.data.store import Dataset
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.evaluation.recorded_frames import RecordedFrames
from pilotnet.training.checkpoint import Checkpoint, load_checkpoint
from pilotnet.training.viewpoint import Viewpoint
from sim.geometry.camera import Camera
from sim.types import Observation


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    return Dataset.open(tiny_data)


@pytest.fixture
def network(tiny_model: Path) -> Checkpoint:
    return load_checkpoint(tiny_model)


def test_without_displacement_the_command_is_that_of_the_driver(
    dataset: Dataset, network: Checkpoint
) -> None:
    frames = RecordedFrames(dataset, dataset.episodes[0], network)
    driver = PilotNetDriver(network)
    for number, frame in zip(range(4), dataset.stream(0, "centre"), strict=False):
        expected = driver.act(Observation(10.0, centre=frame)).curvature
        assert frames.command(number, 0.0, 0.0) == pytest.approx(expected, abs=1e-6)


def test_a_shift_to_a_side_camera_takes_its_frame(dataset: Dataset, network: Checkpoint) -> None:
    frames = RecordedFrames(dataset, dataset.episodes[0], network)
    right = dataset.cameras["right"]
    frame = next(iter(dataset.stream(0, "right")))
    views, _ = Viewpoint(network.view, right)(
        torch.from_numpy(frame)[None], torch.zeros(1), torch.zeros(1)
    )
    with torch.inference_mode():
        expected, _ = network.model.commands(views)
    assert frames.command(0, right.lateral, 0.0) == pytest.approx(float(expected), abs=1e-6)


def test_frames_may_be_left_out_but_not_repeated_backwards(
    dataset: Dataset, network: Checkpoint
) -> None:
    frames = RecordedFrames(dataset, dataset.episodes[0], network)
    assert frames.command(3, 0.0, 0.0) == frames.command(3, 0.0, 0.0)
    with pytest.raises(ValueError, match="frame number is 2; it must be at least 3"):
        frames.command(2, 0.0, 0.0)


def test_a_network_of_another_camera_is_refused(dataset: Dataset, network: Checkpoint) -> None:
    other = replace(network, camera=Camera(focal=100.0))
    with pytest.raises(ValueError, match=r"was trained for Camera\(.*focal=100.0"):
        RecordedFrames(dataset, dataset.episodes[0], other)
