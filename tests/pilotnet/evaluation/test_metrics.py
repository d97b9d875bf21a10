"""Autonomy and its interval: the paper's figures and closed forms."""

import math
from dataclasses import replace

import pytest

from pilotnet.evaluation.metrics import (
    EpisodeScore,
    ScenarioTotal,
    autonomy,
    autonomy_interval,
    score_episode,
    total_score,
)
from sim.scenario import Daytime, RoadKind, Scenario, Weather
from sim.types import Cause, Control, EgoState, Observation, Pose, Step
from tests.pilotnet.evaluation.made_steps import made_steps

SCENARIO = Scenario(RoadKind.MOUNTAIN, 2, weather=Weather.FOG, light=Daytime.NIGHT, visibility=80.0)


def step(
    index: int, offset: float = 0.0, curvature: float = 0.0, cause: Cause | None = None
) -> Step:
    ego = EgoState(Pose(0, 0, 0), 20.0, 0.0, 0.0, 0.0, offset, 0.0, 0.0)
    control = Control(curvature)
    return Step(index, index / 10, Observation(20.0), ego, math.inf, control, control, cause, False)


def episode(elapsed: float, departures: int = 0, distance: float = 1000.0) -> EpisodeScore:
    return EpisodeScore(
        "pilotnet",
        "rural-2",
        "rural",
        "clear",
        "day",
        "{}",
        elapsed,
        distance,
        0.1,
        0.01,
        5.0,
        departures,
        0,
        0,
        0,
        0,
    )


def test_ten_interventions_in_600_seconds_are_90_percent() -> None:
    assert autonomy(10, 600.0) == pytest.approx(90.0)


def test_autonomy_never_falls_below_zero() -> None:
    assert autonomy(1000, 600.0) == 0.0


def test_autonomy_without_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="elapsed is 0 s"):
        autonomy(0, 0)


def minutes(*counts: int) -> list[ScenarioTotal]:
    """Return scenarios of 60 s with these interventions."""
    return [ScenarioTotal(str(index), count, 60.0) for index, count in enumerate(counts)]


def test_the_interval_contains_the_autonomy_and_narrows_with_drives() -> None:
    few_low, few_high = autonomy_interval(minutes(0, 1, 0, 2))
    low, high = autonomy_interval(minutes(*[0, 1, 0, 2] * 10))
    assert few_low < low < autonomy(30, 2400.0) < high < few_high


def test_the_same_interventions_on_fewer_roads_give_a_wider_interval() -> None:
    spread = autonomy_interval(minutes(*[1] * 12, *[0] * 12))
    clustered = autonomy_interval(minutes(6, 6, *[0] * 22))
    assert clustered[0] < spread[0]
    assert clustered[1] > spread[1]


def test_drives_without_interventions_may_be_perfect() -> None:
    assert autonomy_interval(minutes(*[0] * 20))[1] == 100.0


def test_an_episode_is_scored_by_its_steps() -> None:
    steps = [
        step(0),
        step(1, 0.3, 0.01),
        step(2, -0.4, 0.01, Cause.DEPARTURE),
        step(3, 0.0, 0.0, Cause.CONTACT),
    ]
    score = score_episode("pilotnet", SCENARIO, 10, steps)
    assert score.elapsed == 0.4
    assert score.distance == pytest.approx(8.0)
    assert score.offset_rms == pytest.approx(0.25)
    assert score.curvature_rate_rms == pytest.approx(math.sqrt((0.1**2 + 0 + 0.1**2) / 3))
    assert (score.departure, score.contact, score.interventions) == (1, 1, 2)
    assert score.offset_p95 == pytest.approx(0.385)
    assert (score.heading_error_rms, score.standing, score.segments) == (0.0, 0.0, 0)
    assert score.min_clearance == math.inf


def test_standing_time_is_that_below_half_a_metre_a_second() -> None:
    steps = made_steps([5.0, 0.4, 0.0, 0.6])
    assert score_episode("pilotnet", SCENARIO, 10, steps).standing == pytest.approx(0.2)


def test_comfort_is_the_share_of_the_segments_of_all_drives() -> None:
    long = replace(episode(500.0), segments=30, comfortable=30)
    short = replace(episode(100.0), segments=10, comfortable=0)
    assert total_score([long, short]).comfort == pytest.approx(0.75)
    assert math.isnan(total_score([episode(100.0)]).comfort)


def test_drives_are_weighted_by_their_duration() -> None:
    total = total_score([episode(100.0, 1), episode(500.0, 0)])
    assert total.autonomy == pytest.approx(99.0)
    assert total.kilometres == 2.0
    assert total.autonomous_distance == 2.0
    assert total.causes[Cause.DEPARTURE] == 1


def test_a_score_of_no_drive_is_refused() -> None:
    with pytest.raises(ValueError, match="0 episodes"):
        total_score([])


def test_a_score_holds_the_whole_scenario() -> None:
    score = score_episode("pilotnet", SCENARIO, 10, [step(0)])
    assert score.conditions() == SCENARIO
    assert (score.road, score.weather, score.light) == ("mountain", "fog", "night")


def test_a_damaged_scenario_of_a_score_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"settings of rural-2 are '\{'; they must describe a scenario"
    ):
        replace(episode(10.0), settings="{").conditions()


def with_networks(counts: dict[str, list[int]]) -> list[EpisodeScore]:
    """Return drives of 60 s; counts: departures on each road, by network."""
    return [
        replace(
            episode(60.0, count),
            driver=f"pilotnet@{network}",
            scenario=f"rural-{road}",
            settings=f"{road}",
        )
        for network, own in counts.items()
        for road, count in enumerate(own)
    ]


def test_several_networks_are_one_driver_with_a_spread() -> None:
    drives = with_networks({"a": [0, 1, 0, 1], "b": [0, 0, 0, 0], "c": [0, 4, 0, 0]})
    score = total_score(drives)
    assert score.autonomy == pytest.approx(95.0)
    assert score.networks == pytest.approx(
        {"pilotnet@a": 95.0, "pilotnet@b": 100.0, "pilotnet@c": 90.0}
    )
    assert score.between_networks == pytest.approx(5.0)
    assert math.isnan(total_score(drives[:4]).between_networks)


def test_repeating_the_drives_with_an_equal_network_adds_no_certainty() -> None:
    counts = [0, 1, 0, 1, 3, 0] * 10
    once = total_score(with_networks({"a": counts})).interval
    twice = total_score(with_networks({"a": counts, "b": counts})).interval
    assert twice[1] - twice[0] == pytest.approx(once[1] - once[0], rel=0.1)
