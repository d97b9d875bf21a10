"""Scenarios and suites: who may drive which road, and what is refused."""

import pytest

from sim.scenario import RoadKind, Scenario, Split, road_seed, suite


def test_train_validation_and_test_never_share_a_road() -> None:
    seeds = {split: {road_seed(split, i) for i in range(1000)} for split in Split}
    assert not seeds[Split.TRAIN] & seeds[Split.VALIDATION]
    assert not seeds[Split.TRAIN] & seeds[Split.TEST]
    assert not seeds[Split.VALIDATION] & seeds[Split.TEST]


@pytest.mark.parametrize("split", list(Split))
def test_a_scenario_knows_its_split_from_its_seed(split: Split) -> None:
    assert all(scenario.split is split for scenario in suite("lane_keeping", split, 6))


def test_the_roads_of_a_suite_take_turns() -> None:
    assert [s.road for s in suite("lane_keeping", "train", 4)] == [RoadKind.RURAL, RoadKind.HIGHWAY] * 2


def test_a_suite_from_a_later_road_on_is_the_tail_of_the_whole_suite() -> None:
    assert suite("lane_keeping", "test", 3, first=4) == suite("lane_keeping", "test", 7)[4:]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"road": "moon"}, "road is 'moon'; it must be one of rural, highway"),
        ({"seed": -1}, "seed is -1; it must be 0 or more"),
        ({"length": -5.0}, "length is -5.0 m; it must lie between"),
        ({"length": float("nan")}, "length is nan; it must be a finite number"),
        ({"traffic": 1000.0}, "traffic is 1000.0 cars/km; it must lie between"),
    ],
)
def test_a_bad_scenario_is_refused_with_its_value_and_what_is_allowed(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scenario(**{"road": RoadKind.RURAL, "seed": 0, **settings})


@pytest.mark.parametrize(("name", "split", "episodes"), [("moon", "train", 1), ("rural", "exam", 1), ("rural", "train", 0)])
def test_a_bad_suite_is_refused(name: str, split: str, episodes: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        suite(name, split, episodes)
