"""Drivers by name, and that a mirrored world is steered the other way."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pilotnet.checkpoint import Checkpoint
from pilotnet.drivers import PilotNetDriver, make_driver
from pilotnet.model import PilotNet
from pilotnet.viewpoint import View
from sim.camera import Camera
from sim.drawables import Explanation
from sim.env import DrivingEnv, EnvConfig
from sim.types import Control, Observation


class Balance(torch.nn.Module):
    """A stand-in network: steers right when the right half of the view is brighter."""

    def forward(self, views: torch.Tensor) -> torch.Tensor:
        return (views[:, 0, :, 100:].mean() - views[:, 0, :, :100].mean())[None]


def test_a_mirrored_picture_is_steered_the_other_way() -> None:
    driver = PilotNetDriver(Checkpoint(Balance(), View(), Camera(), {}))
    frame = np.zeros((160, 320, 3), np.uint8)
    frame[:, 160:] = 255
    right = driver.act(Observation(20.0, centre=frame)).curvature
    left = driver.act(Observation(20.0, centre=frame[:, ::-1].copy())).curvature
    assert right == pytest.approx(-left)
    assert right > 0.5


def test_pilotnet_shows_its_view_and_what_counts_in_it() -> None:
    driver = PilotNetDriver(Checkpoint(PilotNet(), View(), Camera(elevation=1.2), {}))
    assert driver.explain() == Explanation()
    driver.act(Observation(20.0, centre=np.random.default_rng(0).integers(0, 256, (160, 320, 3), np.uint8)))
    shown = driver.explain()
    assert shown.view is not None
    assert shown.heat is not None
    assert shown.view.shape == (66, 200, 3)
    assert (shown.heat.min(), shown.heat.max()) == (0, 1)
    assert shown.camera == Camera(200, 66, 173.0, 22.0, elevation=1.2)
    driver.reset()
    assert driver.explain() == Explanation()


def test_straight_never_steers() -> None:
    driver = make_driver("straight", DrivingEnv(EnvConfig(cameras=())))
    assert driver.act(Observation(20.0)) == Control(0.0)


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(ValueError, match="driver is 'chauffeur'; it must be one of expert, pilotnet, straight"):
        make_driver("chauffeur", DrivingEnv(EnvConfig(cameras=())))


def test_pilotnet_without_a_checkpoint_says_how_to_give_one() -> None:
    with pytest.raises(ValueError, match="give --checkpoint the folder"):
        make_driver("pilotnet", DrivingEnv())


def test_pilotnet_refuses_a_camera_it_was_not_trained_for(tiny_model: Path) -> None:
    env = DrivingEnv(EnvConfig(camera=Camera(focal=100.0)))
    with pytest.raises(ValueError, match=r"was trained for Camera\(.*focal=175.0"):
        make_driver("pilotnet", env, tiny_model)


def test_pilotnet_needs_to_see() -> None:
    driver = PilotNetDriver(Checkpoint(PilotNet(), View(), Camera(), {}))
    with pytest.raises(ValueError, match="has no centre frame"):
        driver.act(Observation(20.0))
