"""Drivers of the user's own: found by name, checked, and with their errors named."""

import re
import sys
from pathlib import Path

import pytest

from pilotnet.drivers.driver_names import driver_title, needs_camera
from pilotnet.drivers.factory import make_driver
from pilotnet.drivers.own_driver import DriverError
from sim.env import DrivingEnv
from sim.types import Control, Observation

MODULE = """
from sim import Control


class Holds:
    def reset(self):
        self.ticks = 0

    def act(self, observation):
        self.ticks += 1
        return Control(0.01 * self.ticks)


class Raises(Holds):
    def act(self, observation):
        return 1 / 0


class ReturnsNothing(Holds):
    def act(self, observation):
        pass


class HasNoAct:
    def reset(self):
        pass


class NeedsArguments(Holds):
    def __init__(self, gain):
        pass
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module `own_cars` in the current folder, which is not in the module search path."""
    (tmp_path / "own_cars.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    monkeypatch.delitem(sys.modules, "own_cars", raising=False)


def test_a_class_in_the_current_folder_drives() -> None:
    driver = make_driver("own_cars:Holds", DrivingEnv(cameras=()))
    driver.reset()
    assert driver.act(Observation(10.0)) == Control(0.01)
    assert driver.act(Observation(10.0)) == Control(0.02)


def test_its_title_is_the_name_of_its_class() -> None:
    assert driver_title("own_cars:Holds") == "Holds"
    assert needs_camera("own_cars:Holds")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("own_bikes:Holds", "module own_bikes cannot be imported: ModuleNotFoundError"),
        ("own_cars:Flies", "module own_cars has no class Flies"),
        ("own_cars:HasNoAct", r"has no method act; it must have reset\(\) and act\(observation\)"),
        ("own_cars:NeedsArguments", "must work without arguments"),
        ("own cars:Holds", "it must have the form package.module:Class"),
        (":", "it must have the form package.module:Class"),
    ],
)
def test_a_class_that_cannot_drive_is_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_driver(name, DrivingEnv(cameras=()))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Raises", "act raised ZeroDivisionError: division by zero"),
        ("ReturnsNothing", "act returned 'None'; it must return sim.Control(curvature)"),
    ],
)
def test_an_error_while_driving_is_named(name: str, message: str) -> None:
    driver = make_driver(f"own_cars:{name}", DrivingEnv(cameras=()))
    driver.reset()
    with pytest.raises(DriverError, match=re.escape(message)):
        driver.act(Observation(10.0))
