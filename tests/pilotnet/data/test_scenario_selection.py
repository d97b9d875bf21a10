"""A selection of scenarios is the suite's, restricted, from a road on."""

import pytest

from pilotnet.data.record_config import ROADS_PER_SEED, RecordConfig
from pilotnet.data.scenario_selection import ScenarioSelection
from pilotnet.data.suites import suite


def test_a_selection_is_a_part_of_its_suite() -> None:
    selection = ScenarioSelection(split="validation", episodes=3, length=100.0, first=2)
    assert selection.scenarios() == suite("lane_keeping", "validation", 5, 100.0)[2:]


def test_kinds_restrict_it() -> None:
    selection = ScenarioSelection(roads="rural, tunnel", weather="fog", light="night", episodes=6)
    scenarios = selection.scenarios()
    assert {scenario.road for scenario in scenarios} == {"rural", "tunnel"}
    assert {(scenario.weather, scenario.light) for scenario in scenarios} == {("fog", "night")}


def test_a_recording_has_a_selection_for_each_split_that_it_records() -> None:
    config = RecordConfig(episodes=2, validation_episodes=0, test_episodes=1, seed=3)
    train, test = config.selections()
    assert (train.split, train.episodes, train.first) == ("train", 2, 3 * ROADS_PER_SEED)
    assert (test.split, test.episodes) == ("test", 1)
    assert config.scenarios() == train.scenarios() + test.scenarios()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"suite": "moon"}, "suite is 'moon'"),
        ({"roads": "canal"}, "roads is 'canal'; of suite lane_keeping it must be one of rural"),
        ({"episodes": 0}, "episodes is 0; it must be 1 or more"),
        ({"first": -1}, "first is -1; it must lie between 0 and"),
        ({"length": float("nan")}, "length is nan"),
        ({"split": "exam"}, "split is 'exam'"),
    ],
)
def test_a_selection_of_nothing_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScenarioSelection(**settings)  # type: ignore[arg-type]
