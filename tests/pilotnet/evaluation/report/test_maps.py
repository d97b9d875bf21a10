"""Maps of roads with the interventions on them."""

from pathlib import Path

import pytest

from pilotnet.evaluation.report.maps import road_maps
from pilotnet.evaluation.report.traces import read_traces
from pilotnet.evaluation.results import read_results


def test_a_map_names_roads_and_drivers(tiny_results: Path) -> None:
    episodes = read_results(tiny_results).episodes
    roads = [episode.scenario for episode in episodes if episode.driver == "straight"]
    drawn = road_maps(read_traces(tiny_results), ["pilotnet", "straight"], roads)
    assert drawn.startswith("<svg")
    for text in (*roads, "PilotNet", "Straight"):
        assert text in drawn


def test_a_map_without_the_drive_is_refused(tiny_results: Path) -> None:
    with pytest.raises(ValueError, match="has no drive of pilotnet on nowhere"):
        road_maps(read_traces(tiny_results), ["pilotnet"], ["nowhere"])
