"""Suites: what they are made of, that splits never meet, and what is refused."""

import json
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from pilotnet.data.suites import (
    ScenarioFilter,
    suite,
    suite_config,
    suite_digest,
    suite_names,
    suite_of,
)
from sim.actors.placement import place, with_room
from sim.roads.kinds import plan_road
from sim.scenario import WALKABLE, Daytime, RoadKind, Scenario, Split, Weather
from sim.world import World

DIGESTS = Path(__file__).with_name("suite_digests.json")  # version and SHA-256, by suite and split


@pytest.mark.parametrize("name", suite_names())
def test_train_validation_and_test_of_a_suite_never_share_a_road(name: str) -> None:
    seeds = {split: {s.seed for s in suite(name, split, 40)} for split in Split}
    assert not seeds[Split.TRAIN] & seeds[Split.VALIDATION]
    assert not (seeds[Split.TRAIN] | seeds[Split.VALIDATION]) & seeds[Split.TEST]
    assert all(s.split is split for split in Split for s in suite(name, split, 40))


def test_every_road_of_lane_keeping_meets_every_weather_and_light_once_before_any_comes_again() -> (
    None
):
    drives = suite("lane_keeping", "test", 160)
    seen = [(s.road, s.weather, s.light) for s in drives]
    assert sorted(seen) == sorted(product(RoadKind, Weather, Daytime))


def test_lane_keeping_is_learned_with_twice_as_much_snow_and_twice_as_many_tight_bends() -> None:
    seen = Counter((s.road, s.weather, s.light) for s in suite("lane_keeping", "train", 240))
    tight = (RoadKind.MOUNTAIN, RoadKind.RACETRACK)
    twice = {
        each: (1 + (each[0] in tight)) * (1 + (each[1] is Weather.SNOW))
        for each in product(RoadKind, Weather, Daytime)
    }
    assert seen == twice


def test_the_roads_of_a_suite_take_turns() -> None:
    assert [s.road for s in suite("lane_keeping-small", "train", 4)] == [
        RoadKind.RURAL,
        RoadKind.HIGHWAY,
    ] * 2


def test_a_suite_from_a_later_road_on_is_the_tail_of_the_whole_suite() -> None:
    assert suite("everything", "test", 3, first=4) == suite("everything", "test", 7)[4:]


def test_several_suites_take_turns_on_roads_of_their_own() -> None:
    drives = suite("lane_keeping-small+obstacles-small", "train", 6)
    assert len({s.seed for s in drives}) == 6
    assert [s.road for s in drives[::2]] == [
        s.road for s in suite("lane_keeping-small", "train", 3)
    ]
    assert [s.road for s in drives[1::2]] == [s.road for s in suite("obstacles-small", "train", 3)]
    assert all(s.parked or s.pedestrians for s in drives[1::2])
    assert not any(s.parked or s.pedestrians for s in drives[::2])
    assert suite("lane_keeping-small+obstacles-small", "train", 3, first=3) == drives[3:]
    assert [suite_of("lane_keeping-small+obstacles-small", i) for i in (0, 1, 2)] == [
        "lane_keeping-small",
        "obstacles-small",
        "lane_keeping-small",
    ]


def test_a_suite_can_be_limited_to_some_of_its_kinds() -> None:
    drives = suite(
        "obstacles", "validation", 6, only=ScenarioFilter("rural,residential", light="day")
    )
    assert [s.road for s in drives] == [RoadKind.RURAL, RoadKind.RESIDENTIAL] * 3
    assert {s.light for s in drives} == {Daytime.DAY}
    assert len({s.weather for s in drives}) > 1
    with pytest.raises(
        ValueError,
        match="roads is 'tunnel'; of suite obstacles it must be one of residential, rural",
    ):
        suite("obstacles", "validation", 1, only=ScenarioFilter("tunnel"))


def test_a_kind_that_comes_twice_is_named_once() -> None:
    with pytest.raises(ValueError, match=r"it must be one of clear, cloudy, fog, rain, snow$"):
        suite("lane_keeping", "train", 1, only=ScenarioFilter(weather="hail"))


def test_unseen_conditions_trains_without_snow_and_dusk_and_is_tested_at_dusk() -> None:
    train = suite_config("unseen_conditions", Split.TRAIN)
    test = suite_config("unseen_conditions", Split.TEST)
    assert Weather.SNOW not in train.weather
    assert Daytime.DUSK not in train.light
    assert test.light == (Daytime.DUSK,)
    assert Weather.SNOW in test.weather


@pytest.mark.parametrize("name", suite_names())
def test_every_suite_has_a_small_form(name: str) -> None:
    small = suite_config(f"{name}-small", Split.TRAIN)
    whole = suite_config(name, Split.TRAIN)
    assert set(small.roads) <= set(whole.roads)
    assert set(small.weather) <= set(whole.weather)


def test_people_are_only_where_people_walk() -> None:
    for scenario in suite("everything", "test", 64):
        assert scenario.road in WALKABLE or not (
            scenario.parked or scenario.pedestrians or scenario.crossing
        )


@pytest.mark.parametrize("name", ["obstacles-small", "detection", "crossings"])
def test_a_short_road_of_a_suite_goes_without_what_it_has_no_room_for(name: str) -> None:
    for scenario in suite(name, "test", 24, 100.0):
        place(plan_road(scenario), scenario)


def test_a_scenario_of_ones_own_that_cannot_be_placed_is_refused_where_a_suite_goes_without() -> (
    None
):
    wished = Scenario(RoadKind.RESIDENTIAL, seed=0, length=100.0, parked=7.0, pedestrians=10.0)
    given = with_room(wished)
    assert (given.parked, given.pedestrians) == (0.0, 10.0)
    with pytest.raises(
        ValueError, match=r"parked is 7.0 per km; on this road there is room for none"
    ):
        World(wished)


@pytest.mark.parametrize(
    ("name", "split", "episodes", "message"),
    [
        ("moon", "train", 1, "suite is 'moon'; it must be one of .*everything"),
        ("moon-small", "train", 1, "suite is 'moon-small'"),
        ("traffic+moon", "train", 2, "suite is 'moon'"),
        ("traffic", "exam", 1, "split is 'exam'; it must be one of train"),
        ("traffic", "train", 0, "episodes is 0; it must be 1 or more"),
    ],
)
def test_a_bad_suite_is_refused(name: str, split: str, episodes: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        suite(name, split, episodes)


def test_a_suite_whose_contents_change_gets_a_new_version() -> None:
    committed = json.loads(DIGESTS.read_text())
    present = {
        f"{name} {split}": [suite_config(name, split).version, suite_digest(name, split)]
        for name in suite_names()
        for split in Split
    }
    for key, (version, digest) in present.items():
        assert digest == committed[key][1] or version > committed[key][0], (
            f"{key} has changed: increase its version, and commit "
            f"{DIGESTS.name} with {[version, digest]}"
        )
    assert present == committed, f"commit {DIGESTS.name} with the new versions"


def test_the_digest_follows_all_joined_suites() -> None:
    both = suite_digest("lane_keeping+obstacles", "test")
    assert both not in (suite_digest("lane_keeping", "test"), suite_digest("obstacles", "test"))
    assert both != suite_digest("obstacles+lane_keeping", "test")
    assert suite_digest("lane_keeping", "train") != suite_digest("lane_keeping", "test")
