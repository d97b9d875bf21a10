"""The table of drivers: what each needs, and that every row makes a driver."""

import pytest

from pilotnet.drivers.driver_table import DRIVERS, HUMAN, DriverInputs, Part, driver_info
from sim.env import DrivingEnv
from sim.types import Control, Observation

WITHOUT_NETWORKS = DriverInputs("modular", oracles=frozenset(Part))


def test_names_titles_and_colours_are_unique() -> None:
    for values in zip(*((info.name, info.title, info.colour) for info in DRIVERS), strict=True):
        assert len(set(values)) == len(DRIVERS)


def test_parts_after_a_plus_sign_are_ignored() -> None:
    assert driver_info("modular+cars") is driver_info("modular")
    assert driver_info("human") is HUMAN
    assert driver_info("unknown") is None


def test_a_colour_has_red_green_and_blue() -> None:
    assert DRIVERS[0].rgb == (0x00, 0x9E, 0x73)


@pytest.mark.parametrize(
    "info", [one for one in DRIVERS if not one.needs_checkpoint], ids=lambda one: one.name
)
def test_every_row_has_a_factory(info: object) -> None:
    env = DrivingEnv(cameras=[])
    driver = info.load()(env, WITHOUT_NETWORKS)  # type: ignore[attr-defined]
    driver.reset()
    observation, _ = env.reset(seed=1)
    assert isinstance(driver.act(Observation(float(observation["speed"][0]))), Control)
