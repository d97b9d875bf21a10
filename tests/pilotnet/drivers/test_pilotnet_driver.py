"""PilotNet as a driver: symmetry, explanation and speed."""

import numpy as np
import pytest
import torch

from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.control.speed import PEDAL_TIME, PULL_AWAY_ACCELERATION
from sim.drawables import Explanation
from sim.geometry.camera import Camera
from sim.types import Observation


class Balance(torch.nn.Module):
    """A stand-in network: steers right when the right half of the view is brighter."""

    def commands(self, views: torch.Tensor) -> tuple[torch.Tensor, None]:
        return (views[:, 0, :, 100:].mean() - views[:, 0, :, :100].mean())[None], None


class Cruise(torch.nn.Module):
    """A stand-in network: straight on, always towards one speed."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def commands(self, views: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(len(views)), torch.full((len(views),), self._speed)


def test_a_mirrored_image_gives_the_opposite_curvature() -> None:
    driver = PilotNetDriver(Checkpoint(Balance(), ViewCamera(), Camera(), {}))
    frame = np.zeros((160, 320, 3), np.uint8)
    frame[:, 160:] = 255
    right = driver.act(Observation(20.0, centre=frame)).curvature
    left = driver.act(Observation(20.0, centre=frame[:, ::-1].copy())).curvature
    assert right == pytest.approx(-left)
    assert right > 0.5


def test_pilotnet_explains_its_view_by_a_saliency_map() -> None:
    driver = PilotNetDriver(Checkpoint(PilotNet(), ViewCamera(), Camera(elevation=1.2), {}))
    assert driver.explain() == Explanation()
    driver.act(
        Observation(20.0, centre=np.random.default_rng(0).integers(0, 256, (160, 320, 3), np.uint8))
    )
    shown = driver.explain()
    assert shown.view is not None
    assert shown.heat is not None
    assert shown.view.shape == (66, 200, 3)
    assert (shown.heat.min(), shown.heat.max()) == (0, 1)
    assert shown.camera == Camera(200, 66, ViewCamera().focal, 22.0, elevation=1.2)
    driver.reset()
    assert driver.explain() == Explanation()


def test_pilotnet_tracks_the_target_speed_of_its_network() -> None:
    frame = np.zeros((160, 320, 3), np.uint8)
    driver = PilotNetDriver(Checkpoint(Cruise(10.0), ViewCamera(), Camera(), {}))
    assert driver.act(Observation(10.0, centre=frame)).acceleration == pytest.approx(0.0)
    assert driver.act(Observation(12.0, centre=frame)).acceleration == pytest.approx(
        -2.0 / PEDAL_TIME
    )
    assert driver.act(Observation(1.0, centre=frame)).acceleration == PULL_AWAY_ACCELERATION


def test_a_negative_target_speed_is_a_stop() -> None:
    frame = np.zeros((160, 320, 3), np.uint8)
    driver = PilotNetDriver(Checkpoint(Cruise(-3.0), ViewCamera(), Camera(), {}))
    assert driver.act(Observation(0.0, centre=frame)).acceleration == 0.0
    assert driver.act(Observation(1.2, centre=frame)).acceleration == pytest.approx(-2.0)


def test_pilotnet_needs_the_centre_frame() -> None:
    driver = PilotNetDriver(Checkpoint(PilotNet(), ViewCamera(), Camera(), {}))
    with pytest.raises(ValueError, match="has no centre frame"):
        driver.act(Observation(20.0))
