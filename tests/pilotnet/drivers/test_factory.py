"""Drivers by name, and that a mirrored world is steered the other way."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pilotnet.drivers.driver_names import ablated, needs_camera, with_oracles
from pilotnet.drivers.factory import make_driver
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.modular.driver import ModularDriver
from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.control.speed import PEDAL_TIME, PULL_AWAY_ACCELERATION
from sim.drawables import Explanation
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import Camera
from sim.types import Control, Observation


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


def test_straight_never_steers() -> None:
    driver = make_driver("straight", DrivingEnv(EnvConfig(cameras=())))
    assert driver.act(Observation(20.0)) == Control(0.0)


def test_straight_keeps_the_first_speed_of_each_drive() -> None:
    driver = make_driver("straight", DrivingEnv(EnvConfig(cameras=())))
    driver.act(Observation(20.0))
    assert driver.act(Observation(17.0)).acceleration == pytest.approx(3.0 / PEDAL_TIME)
    assert driver.act(Observation(20.6)).acceleration == pytest.approx(-0.6 / PEDAL_TIME)
    driver.reset()
    assert driver.act(Observation(8.0)) == driver.act(Observation(8.0)) == Control(0.0)


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


def test_own_speed_control_needs_a_speed_output(tiny_model: Path) -> None:
    with pytest.raises(
        ValueError, match=r"only steers; .* train one with `pilotnet train DATA --speed`"
    ):
        make_driver("pilotnet", DrivingEnv(EnvConfig(pedals="driver")), tiny_model)


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match="driver is 'chauffeur'; it must be one of expert, pilotnet, modular, straight",
    ):
        make_driver("chauffeur", DrivingEnv(EnvConfig(cameras=())))


def test_the_error_without_checkpoint_names_the_option() -> None:
    with pytest.raises(ValueError, match="give --checkpoint the folder"):
        make_driver("pilotnet", DrivingEnv())


def test_a_checkpoint_for_another_camera_is_refused(tiny_model: Path) -> None:
    env = DrivingEnv(EnvConfig(camera=Camera(focal=100.0)))
    with pytest.raises(ValueError, match=r"was trained for Camera\(.*focal=175.0"):
        make_driver("pilotnet", env, tiny_model)


def test_pilotnet_needs_the_centre_frame() -> None:
    driver = PilotNetDriver(Checkpoint(PilotNet(), ViewCamera(), Camera(), {}))
    with pytest.raises(ValueError, match="has no centre frame"):
        driver.act(Observation(20.0))


def test_the_name_of_modular_lists_the_oracle_parts() -> None:
    assert with_oracles(("expert", "modular"), "cars, lanes") == ("expert", "modular+cars+lanes")
    assert needs_camera("modular+cars+lanes")
    assert not needs_camera("modular+all")
    assert not needs_camera("modular+cars+pedestrians+lanes")
    assert isinstance(make_driver("modular+all", DrivingEnv(EnvConfig(cameras=()))), ModularDriver)


def test_ablations_replace_each_part_and_all_parts() -> None:
    forms = ("modular", "modular+cars", "modular+pedestrians", "modular+lanes", "modular+all")
    assert ablated(("expert", "modular")) == ("expert", *forms)


@pytest.mark.parametrize("name", ["modular+", "modular+wheels", "expert+cars", "modular+all+"])
def test_unknown_parts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="it must be one of"):
        needs_camera(name)


def test_the_error_without_detector_names_both_options() -> None:
    with pytest.raises(
        ValueError,
        match=r"give --pedestrians the folder .* "
        r"or replace it by the ground truth with --oracle ped",
    ):
        make_driver("modular+cars+lanes", DrivingEnv())
