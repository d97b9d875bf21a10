"""Drivers are made by name; wrong names and networks are refused."""

from pathlib import Path

import pytest

from pilotnet.drivers.factory import make_driver
from pilotnet.modular.driver import ModularDriver
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import Camera


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


def test_the_error_without_detector_names_both_options() -> None:
    with pytest.raises(
        ValueError,
        match=r"give --pedestrians the folder .* "
        r"or replace it by the ground truth with --oracle ped",
    ):
        make_driver("modular+cars+lanes", DrivingEnv())


def test_modular_without_networks_needs_no_camera() -> None:
    assert isinstance(make_driver("modular+all", DrivingEnv(EnvConfig(cameras=()))), ModularDriver)
