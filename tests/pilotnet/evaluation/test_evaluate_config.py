"""The settings of an evaluation: scenarios, and folders that drivers need."""

from pathlib import Path

import pytest

from pilotnet.evaluation.evaluate_config import EvaluateConfig


def test_scenarios_have_the_given_number_and_length() -> None:
    scenarios = EvaluateConfig(episodes=3, length=200.0).scenarios()
    assert [scenario.length for scenario in scenarios] == [200.0] * 3
    assert len({scenario.name for scenario in scenarios}) == 3


def test_roads_can_be_restricted() -> None:
    scenarios = EvaluateConfig(roads="highway", episodes=3).scenarios()
    assert {scenario.road for scenario in scenarios} == {"highway"}


def test_no_driver_is_refused() -> None:
    with pytest.raises(ValueError, match="drivers is empty; it must name at least one of expert"):
        EvaluateConfig(drivers=())


def test_a_missing_checkpoint_is_refused(tmp_path: Path) -> None:
    config = EvaluateConfig(drivers=("pilotnet",))
    with pytest.raises(ValueError, match="driver pilotnet needs a checkpoint"):
        config.require_folders([], None)
    with pytest.raises(ValueError, match="does not exist"):
        config.require_folders([tmp_path / "nowhere"], None)


@pytest.mark.parametrize("drivers", [("expert",), ("expert", "straight", "modular+all")])
def test_two_drivers_are_compared(drivers: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="until_decided compares 2 drivers"):
        EvaluateConfig(drivers=drivers, until_decided=True)
