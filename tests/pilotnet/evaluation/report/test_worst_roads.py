"""The scenarios that the report draws."""

from dataclasses import replace

from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.evaluation.report.worst_roads import largest_deviations, most_interventions
from tests.pilotnet.evaluation.made_results import drive


def drives(driver: str, *counts: int) -> list[EpisodeScore]:
    return [drive(driver, index, count) for index, count in enumerate(counts)]


def test_the_roads_with_most_interventions_come_first() -> None:
    episodes = drives("pilotnet", 1, 0, 3, 0) + drives("modular", 1, 0, 0, 1)
    names = [episode.scenario for episode in drives("pilotnet", 0, 0, 0, 0)]
    assert most_interventions(episodes, ["pilotnet", "modular"]) == [names[2], names[0], names[3]]
    assert most_interventions(episodes, ["modular"]) == [names[0], names[3]]


def test_at_most_six_roads_are_mapped() -> None:
    assert len(most_interventions(drives("pilotnet", *range(1, 10)), ["pilotnet"])) == 6


def test_a_scenario_that_a_driver_lost_is_left_out() -> None:
    episodes = drives("pilotnet", 1, 5, 3) + drives("modular", 1, 0, 0)[::2]
    names = [episode.scenario for episode in drives("pilotnet", 0, 0, 0)]
    assert most_interventions(episodes, ["pilotnet"]) == [names[2], names[0]]
    assert largest_deviations(episodes, "pilotnet") == [names[2]]


def test_each_plotted_drive_is_on_another_kind_of_road() -> None:
    rural = drives("pilotnet", 2, 4, 1)
    tunnel = [replace(one, road="tunnel", scenario=f"t{one.scenario}") for one in rural]
    found = largest_deviations([*rural, *tunnel], "pilotnet")
    assert found == [rural[1].scenario, tunnel[1].scenario]


def test_the_larger_error_decides_between_equal_interventions() -> None:
    first, second = drives("pilotnet", 0, 0)
    worse = replace(second, offset_rms=first.offset_rms + 0.1)
    assert largest_deviations([first, worse], "pilotnet") == [second.scenario]
