"""Evaluation: rows and traces agree and do not depend on workers or interruptions."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet
import pytest

import pilotnet.evaluation.evaluate
from pilotnet.common.provenance import read_provenance
from pilotnet.evaluation.compare import compare
from pilotnet.evaluation.drive_files import INPUTS_FILE, ROW_KEY, drive_path, write_drive
from pilotnet.evaluation.evaluate import EvaluateConfig, evaluate
from pilotnet.evaluation.metrics import EpisodeScore
from pilotnet.evaluation.report import write_report
from pilotnet.evaluation.results import EPISODES_FILE, TRACES_FILE, read_info, read_results
from pilotnet.training.export import export_onnx
from sim.scenario import WORLD_VERSION
from sim.types import Step
from tests.conftest import contents

TINY = EvaluateConfig(drivers=("expert", "straight"), episodes=2, length=120.0, workers=1)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated") / "results"
    evaluate(TINY, folder)
    return folder


def test_every_driver_has_a_row_for_every_scenario(
    results: Path,
) -> None:
    read = read_results(results)
    assert [(row.driver, row.scenario) for row in read.episodes] == [
        (driver, scenario.name) for driver in TINY.drivers for scenario in TINY.scenarios()
    ]
    scores = read.scores()
    assert scores["expert"].autonomy == 100.0
    assert scores["straight"].interventions > 0


def test_rows_read_back_as_they_were_written(results: Path, tmp_path: Path) -> None:
    again = evaluate(replace(TINY, workers=2), tmp_path / "again")
    assert (
        again.episodes
        == read_results(tmp_path / "again").episodes
        == read_results(results).episodes
    )


def test_traces_and_rows_agree(results: Path) -> None:
    trace = pyarrow.parquet.read_table(results / TRACES_FILE).to_pylist()
    for row in read_results(results).episodes:
        ticks = [
            tick
            for tick in trace
            if (tick["driver"], tick["scenario"]) == (row.driver, row.scenario)
        ]
        assert len(ticks) / 10 == pytest.approx(row.elapsed)
        assert sum(bool(tick["intervention"]) for tick in ticks) == row.interventions


def test_the_results_folder_holds_the_settings(results: Path) -> None:
    assert read_provenance(results, "evaluate")["config"]["split"] == "test"


def test_the_default_roads_are_of_the_test_split() -> None:
    assert {scenario.split for scenario in EvaluateConfig().scenarios()} == {"test"}


def test_pilotnet_drives_by_its_checkpoint(tiny_model: Path, tmp_path: Path) -> None:
    config = EvaluateConfig(
        drivers=("pilotnet",), suite="traffic-small", episodes=1, length=60.0, workers=1
    )
    row = evaluate(config, tmp_path / "results", tiny_model).episodes[0]
    assert row.distance == pytest.approx(60.0, abs=5.0)


def test_the_disturbance_is_the_same_for_every_driver(results: Path, tmp_path: Path) -> None:
    calm = read_results(results).scores()["expert"].offset_rms
    pushed = evaluate(replace(TINY, drivers=("expert",), noise=0.4), tmp_path / "pushed").scores()[
        "expert"
    ]
    assert pushed.offset_rms > 1.5 * calm
    assert pushed.interventions == 0


def test_the_expert_drives_equally_with_both_speed_controls(results: Path, tmp_path: Path) -> None:
    driven = evaluate(
        replace(TINY, drivers=("expert", "straight"), pedals="driver"), tmp_path / "own"
    )
    shared = read_results(results)
    assert [e for e in driven.episodes if e.driver == "expert"] == [
        e for e in shared.episodes if e.driver == "expert"
    ]
    assert [e for e in driven.episodes if e.driver == "straight"] != [
        e for e in shared.episodes if e.driver == "straight"
    ]
    assert read_provenance(tmp_path / "own", "evaluate")["config"]["pedals"] == "driver"
    assert read_provenance(results, "evaluate")["config"]["pedals"] == "shared"


def test_wrong_settings_leave_no_folder(tmp_path: Path) -> None:
    for changes, message in [
        ({"drivers": ("nonsense",)}, "driver is 'nonsense'"),
        ({"suite": "moon"}, "suite is 'moon'"),
        ({"drivers": ("pilotnet",)}, "needs a checkpoint"),
        ({"noise": -1.0}, "noise is -1.0 m"),
        ({"drivers": ("pilotnet",), "pedals": "driver"}, "needs a checkpoint"),
    ]:
        with pytest.raises(ValueError, match=message):
            evaluate(replace(TINY, **changes), tmp_path / "results")
    assert not (tmp_path / "results").exists()


def test_a_driver_given_twice_is_refused() -> None:
    with pytest.raises(
        ValueError, match="drivers contains 'expert' 2 times; each driver may occur once"
    ):
        EvaluateConfig(drivers=("expert", "straight", "expert"))


def test_an_unknown_speed_control_is_refused() -> None:
    with pytest.raises(ValueError, match="pedals is 'both'; it must be one of shared, driver"):
        replace(TINY, pedals="both")


def test_a_network_without_speed_cannot_control_its_speed(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="only steers; with speed control by the driver it must also"
    ):
        evaluate(
            replace(TINY, drivers=("pilotnet",), pedals="driver"), tmp_path / "results", tiny_model
        )
    assert not (tmp_path / "results").exists()


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a results folder"):
        read_results(tmp_path)


def test_a_damaged_table_is_refused(results: Path, tmp_path: Path) -> None:
    (tmp_path / EPISODES_FILE).write_text(
        (results / EPISODES_FILE).read_text().replace("rural", "rural,rural", 1)
    )
    with pytest.raises(ValueError, match=r"episodes\.csv is damaged"):
        read_results(tmp_path)


def stop_after(monkeypatch: pytest.MonkeyPatch, drives: int, error: BaseException) -> None:
    """Make the evaluation raise `error` after this number of drives."""
    left = iter(range(drives))

    def fail_or_write(path: Path, score: EpisodeScore, trace: pyarrow.Table) -> None:
        if next(left, None) is None:
            raise error
        write_drive(path, score, trace)

    monkeypatch.setattr(pilotnet.evaluation.evaluate, "write_drive", fail_or_write)


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), ValueError("Control.curvature is nan"), OSError("full")]
)
def test_a_resumed_evaluation_writes_the_same_files(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 3, error)
        with pytest.raises(
            type(error),
            match="is kept, the same command"
            if isinstance(error, KeyboardInterrupt)
            else str(error),
        ):
            evaluate(TINY, tmp_path)
    assert {path.name for path in (tmp_path / "unfinished").iterdir()} == {
        f"drive-00000{number}.parquet" for number in range(3)
    }
    with pytest.raises(
        ValueError,
        match="already holds something; choose another folder, delete it, "
        "or go on with it by --resume",
    ):
        evaluate(TINY, tmp_path)
    with monkeypatch.context() as patch:
        stop_after(patch, 1, RuntimeError("more than what was missing is driven"))
        evaluate(TINY, tmp_path, resume=True)
    assert contents(tmp_path) == contents(results)


def test_damaged_or_swapped_drives_are_repeated(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 3, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            evaluate(TINY, tmp_path)
    first, second, third = (drive_path(tmp_path, number) for number in range(3))
    first.rename(tmp_path / "aside")
    second.rename(first)
    (tmp_path / "aside").rename(second)
    table = pyarrow.parquet.ParquetFile(third).read()
    row = json.loads(table.schema.metadata[ROW_KEY]) | {"distance": 99_999.0}
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({**table.schema.metadata, ROW_KEY: json.dumps(row)}), third
    )
    evaluate(TINY, tmp_path, resume=True)
    assert contents(tmp_path) == contents(results)


def test_an_interruption_before_the_first_drive_leaves_nothing(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_after(patch, 0, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt, match="nothing was finished, so nothing is kept"):
            evaluate(TINY, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    evaluate(TINY, tmp_path / "out", resume=True)
    assert contents(tmp_path / "out") == contents(results)


def test_resuming_a_finished_evaluation_changes_nothing(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(results)
    stop_after(monkeypatch, 0, RuntimeError("a drive was repeated"))
    assert evaluate(TINY, results, resume=True).episodes == read_results(results).episodes
    assert contents(results) == before


@pytest.mark.parametrize(
    ("key", "value"), [("length", 130.0), ("drivers", ("straight",)), ("first", 1), ("noise", 0.1)]
)
def test_another_evaluation_cannot_be_resumed(results: Path, key: str, value: object) -> None:
    before = contents(results)
    with pytest.raises(
        ValueError,
        match=f"^{key} is .*, but .* was begun with .*; "
        "it can only be resumed with its own settings",
    ):
        evaluate(replace(TINY, **{key: value}), results, resume=True)
    assert contents(results) == before


def test_another_world_or_network_cannot_be_resumed(
    results: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(
        ValueError,
        match=r"checkpoint is a network with SHA-256 \w{12}\.\.\., "
        r"but .* was begun with no network",
    ):
        evaluate(TINY, results, tiny_model, resume=True)
    earlier = shutil.copytree(results, tmp_path / "earlier") / "evaluate.yaml"
    earlier.write_text(earlier.read_text().replace(f"world: {WORLD_VERSION}", "world: 1"))
    with pytest.raises(ValueError, match="is from world version 1"):
        evaluate(TINY, tmp_path / "earlier", resume=True)


def test_the_error_of_a_driver_names_its_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[Step]:
        raise ValueError("Control.curvature is nan")

    monkeypatch.setattr(pilotnet.evaluation.evaluate, "rollout", fail)
    with pytest.raises(ValueError, match=r"^driver expert on [\w-]+: Control\.curvature is nan$"):
        evaluate(TINY, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_comparison_stops_at_the_look_that_decides_it(tmp_path: Path) -> None:
    config = replace(TINY, episodes=20, length=60.0, until_decided=True)
    found = evaluate(config, tmp_path / "results")
    count = len(found.episodes) // 2
    assert count in config.looks()
    assert count < 20
    assert compare(tmp_path / "results").decided
    plain = evaluate(replace(TINY, episodes=count, length=60.0), tmp_path / "plain")
    assert found.episodes == plain.episodes


def test_an_undecided_comparison_ends_with_the_budget(tmp_path: Path) -> None:
    config = replace(
        TINY, episodes=9, length=50.0, until_decided=True, drivers=("expert", "modular+all")
    )
    assert len(evaluate(config, tmp_path / "results").episodes) == 18
    assert not compare(tmp_path / "results").decided


OWN_DRIVERS = """
from sim import Control


class Fails:
    made = 0

    def __init__(self):
        Fails.made += 1
        self.ticks = 0

    def reset(self):
        pass

    def act(self, observation):
        self.ticks += 1
        if self.ticks > 5 and Fails.made == 3:
            raise KeyError("road")
        return Control(0.0)


class AlwaysFails(Fails):
    def act(self, observation):
        raise KeyError("road")
"""


@pytest.fixture
def own_drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module `failing_cars`; its class Fails fails in the second drive (its third object)."""
    (tmp_path / "failing_cars.py").write_text(OWN_DRIVERS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "failing_cars", raising=False)


@pytest.mark.usefixtures("own_drivers")
def test_an_error_of_a_class_loses_one_drive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = replace(TINY, drivers=("failing_cars:Fails", "straight"), episodes=3, length=60.0)
    found = evaluate(config, tmp_path / "results")
    assert [row.driver for row in found.episodes] == ["failing_cars:Fails"] * 2 + ["straight"] * 3
    assert "lost 1 of 3 drives; on" in capsys.readouterr().err
    info = read_info(tmp_path / "results")
    assert info is not None
    assert info.lost == [
        ("failing_cars:Fails", config.scenarios()[1].name, "act raised KeyError: 'road'")
    ]
    assert compare(tmp_path / "results").scenarios == 2
    write_report(tmp_path / "results", tmp_path / "report.html")


@pytest.mark.usefixtures("own_drivers")
def test_a_class_that_loses_every_drive_is_refused(tmp_path: Path) -> None:
    config = replace(TINY, drivers=("straight", "failing_cars:AlwaysFails"))
    with pytest.raises(ValueError, match=r"AlwaysFails lost 2 of 2 drives; on .* KeyError: 'road'"):
        evaluate(config, tmp_path / "results")


def test_several_training_seeds_are_scored_as_one_driver(tiny_model: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(tiny_model, tmp_path / "other"))
    config = replace(TINY, drivers=("pilotnet", "straight"), length=60.0)
    found = evaluate(config, tmp_path / "results", [tiny_model, other])
    names = [tiny_model.name, "other"]
    assert [row.driver for row in found.episodes] == [
        *(f"pilotnet@{name}" for name in names for _ in range(2)),
        *("straight", "straight"),
    ]
    score = found.scores()["pilotnet"]
    assert list(score.networks) == [f"pilotnet@{name}" for name in names]
    assert score.between_networks == 0.0
    assert not compare(tmp_path / "results", drivers=tuple(score.networks)).decided
    write_report(tmp_path / "results", tmp_path / "report.html", tiny_model, clip_seconds=0.5)


def test_an_onnx_file_drives_as_its_network(tiny_model: Path, tmp_path: Path) -> None:
    path = export_onnx(tiny_model, tmp_path / "network.onnx")
    config = replace(TINY, drivers=("pilotnet", str(path)), length=60.0)
    found = evaluate(config, tmp_path / "results", tiny_model)
    by_network, by_file = found.scores().values()
    assert by_file.offset_rms == pytest.approx(by_network.offset_rms, abs=0.01)
    inputs = json.loads((tmp_path / "results" / INPUTS_FILE).read_text())
    assert inputs[str(path)] is not None
