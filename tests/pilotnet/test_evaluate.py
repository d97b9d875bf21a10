"""Evaluation: rows and traces that agree, whatever the number of workers."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

from pilotnet.evaluate import EvaluateConfig, evaluate
from pilotnet.folders import read_provenance
from pilotnet.results import EPISODES_FILE, TRACES_FILE, read_results

TINY = EvaluateConfig(drivers=("expert", "straight"), episodes=2, length=120.0, workers=1)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated") / "results"
    evaluate(TINY, folder)
    return folder


def test_every_driver_has_a_row_for_every_scenario_and_the_expert_needs_no_help(results: Path) -> None:
    read = read_results(results)
    assert [(row.driver, row.scenario) for row in read.episodes] == [
        (driver, scenario.name) for driver in TINY.drivers for scenario in TINY.scenarios()
    ]
    scores = read.scores()
    assert scores["expert"].autonomy == 100.0
    assert scores["straight"].interventions > 0


def test_rows_read_back_as_they_were_written(results: Path, tmp_path: Path) -> None:
    again = evaluate(replace(TINY, workers=2), tmp_path / "again")
    assert again.episodes == read_results(tmp_path / "again").episodes == read_results(results).episodes


def test_the_traces_tell_the_same_story_as_the_rows(results: Path) -> None:
    trace = pyarrow.parquet.read_table(results / TRACES_FILE).to_pylist()
    for row in read_results(results).episodes:
        ticks = [tick for tick in trace if (tick["driver"], tick["scenario"]) == (row.driver, row.scenario)]
        assert len(ticks) / 10 == pytest.approx(row.elapsed)
        assert sum(bool(tick["intervention"]) for tick in ticks) == row.interventions


def test_the_settings_lie_beside_the_results(results: Path) -> None:
    assert read_provenance(results, "evaluate")["config"]["split"] == "test"


def test_held_out_roads_are_roads_of_the_test_split() -> None:
    assert {scenario.split for scenario in EvaluateConfig().scenarios()} == {"test"}


def test_pilotnet_drives_by_its_checkpoint(tiny_model: Path, tmp_path: Path) -> None:
    config = EvaluateConfig(drivers=("pilotnet",), suite="traffic-small", episodes=1, length=60.0, workers=1)
    row = evaluate(config, tmp_path / "results", tiny_model).episodes[0]
    assert row.distance == pytest.approx(60.0, abs=5.0)


def test_pushes_move_every_driver_alike_and_the_expert_steers_against_them(results: Path, tmp_path: Path) -> None:
    calm = read_results(results).scores()["expert"].offset_rms
    pushed = evaluate(replace(TINY, drivers=("expert",), noise=0.4), tmp_path / "pushed").scores()["expert"]
    assert pushed.offset_rms > 1.5 * calm
    assert pushed.interventions == 0


def test_the_expert_drives_alike_with_its_own_pedals_and_with_the_shared_ones(results: Path, tmp_path: Path) -> None:
    driven = evaluate(replace(TINY, drivers=("expert", "straight"), pedals="driver"), tmp_path / "own")
    shared = read_results(results)
    assert [e for e in driven.episodes if e.driver == "expert"] == [e for e in shared.episodes if e.driver == "expert"]
    assert [e for e in driven.episodes if e.driver == "straight"] != [e for e in shared.episodes if e.driver == "straight"]
    assert read_provenance(tmp_path / "own", "evaluate")["config"]["pedals"] == "driver"
    assert read_provenance(results, "evaluate")["config"]["pedals"] == "shared"


def test_bad_settings_leave_no_folder(tmp_path: Path) -> None:
    for config, message in [
        (replace(TINY, drivers=("nobody",)), "driver is 'nobody'"),
        (replace(TINY, suite="moon"), "suite is 'moon'"),
        (replace(TINY, drivers=("pilotnet",)), "needs a checkpoint"),
        (replace(TINY, noise=-1.0), "noise is -1.0 m"),
        (replace(TINY, drivers=("pilotnet",), pedals="driver"), "needs a checkpoint"),
    ]:
        with pytest.raises(ValueError, match=message):
            evaluate(config, tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_unknown_pedals_are_refused() -> None:
    with pytest.raises(ValueError, match="pedals is 'both'; it must be one of shared, driver"):
        replace(TINY, pedals="both")


def test_with_its_own_pedals_a_network_that_only_steers_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only steers; with pedals driver it must also choose its speed"):
        evaluate(replace(TINY, drivers=("pilotnet",), pedals="driver"), tmp_path / "results", tiny_model)
    assert not (tmp_path / "results").exists()


def test_a_folder_that_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a results folder"):
        read_results(tmp_path)


def test_a_damaged_table_is_refused(results: Path, tmp_path: Path) -> None:
    (tmp_path / EPISODES_FILE).write_text((results / EPISODES_FILE).read_text().replace("rural", "rural,rural", 1))
    with pytest.raises(ValueError, match=r"episodes\.csv is damaged"):
        read_results(tmp_path)
