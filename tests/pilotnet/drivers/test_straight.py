"""The baseline driver keeps wheel and speed."""

import pytest

from pilotnet.drivers.straight import Straight
from sim.control.speed import PEDAL_TIME
from sim.types import Control, Observation


def test_straight_never_steers() -> None:
    driver = Straight()
    assert driver.act(Observation(20.0)) == Control(0.0)


def test_straight_keeps_the_first_speed_of_each_drive() -> None:
    driver = Straight()
    driver.act(Observation(20.0))
    assert driver.act(Observation(17.0)).acceleration == pytest.approx(3.0 / PEDAL_TIME)
    assert driver.act(Observation(20.6)).acceleration == pytest.approx(-0.6 / PEDAL_TIME)
    driver.reset()
    assert driver.act(Observation(8.0)) == driver.act(Observation(8.0)) == Control(0.0)
