"""Scores recomputed from the stored traces, by code that shares nothing with the evaluator."""

import csv
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from pilotnet.evaluation.evaluate import evaluate
from pilotnet.evaluation.evaluate_config import EvaluateConfig

TICK = 0.1  # [s]
COST = 6.0  # [s] of an intervention
CONFIG = EvaluateConfig(
    drivers=("expert", "straight", "modular+all"),
    suite="lane_keeping+obstacles",
    split="validation",
    episodes=8,
    length=120.0,
    noise=0.2,
)
CAUSES = {
    "departure": "lane departure",
    "off_road": "off road",
    "contact": "contact",
    "person": "person hit",
    "stuck": "stuck",
}

Drive = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated") / "results"
    evaluate(CONFIG, folder)
    return folder


@pytest.fixture(scope="module")
def drives(results: Path) -> dict[tuple[str, str], Drive]:
    """The ticks of each drive as columns, by driver and scenario."""
    table = pyarrow.parquet.read_table(results / "traces.parquet")
    columns = {name: np.array(table[name].to_pylist()) for name in table.column_names}
    keys = list(zip(columns["driver"], columns["scenario"], strict=True))
    return {
        key: {name: column[[one == key for one in keys]] for name, column in columns.items()}
        for key in dict.fromkeys(keys)
    }


@pytest.fixture(scope="module")
def rows(results: Path) -> list[dict[str, str]]:
    with (results / "episodes.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def rms(values: np.ndarray) -> float:
    return math.sqrt(sum(value * value for value in values) / len(values))


def smoothed_slopes(values: np.ndarray) -> np.ndarray:
    """Return the slope of a parabola through the 15 nearest ticks of each tick [1/s]."""
    slopes = []
    for index in range(len(values)):
        first = min(max(index - 7, 0), len(values) - 15)
        times = TICK * (np.arange(first, first + 15) - index)
        slopes.append(np.polyfit(times, values[first : first + 15], 2)[1])
    return np.array(slopes)


def segments(drive: Drive) -> int:
    """Return the number of whole 2 s segments between interventions."""
    ends = [index + 1 for index, cause in enumerate(drive["intervention"]) if cause]
    edges = [0, *ends, len(drive["time"])]
    return sum((after - before) // 20 for before, after in itertools.pairwise(edges))


def test_every_row_has_a_drive(rows: list[dict[str, str]], drives: dict[Any, Drive]) -> None:
    assert {(row["driver"], row["scenario"]) for row in rows} == set(drives)
    assert len(rows) == 3 * CONFIG.episodes


def test_the_rows_agree_with_the_ticks(
    rows: list[dict[str, str]], drives: dict[Any, Drive]
) -> None:
    for row in rows:
        drive = drives[row["driver"], row["scenario"]]
        for column, cause in CAUSES.items():
            assert int(row[column]) == sum(drive["intervention"] == cause)
        length = json.loads(row["settings"])["length"]
        driven = drive["station"][-1] - drive["station"][0]
        expected = {
            "elapsed": TICK * len(drive["time"]),
            "distance": TICK * sum(drive["speed"]),
            "offset_rms": rms(drive["offset"]),
            "offset_p95": np.percentile([abs(value) for value in drive["offset"]], 95),
            "heading_error_rms": rms(drive["heading_error"]),
            "curvature_rate_rms": rms(np.diff(drive["curvature"]) / TICK),
            "standing": TICK * sum(drive["speed"] < 0.5),
            "completion": min(max(driven / length, 0.0), 1.0),
            "segments": segments(drive),
        }
        for name, value in expected.items():
            assert float(row[name]) == pytest.approx(value, abs=1e-9), name


def test_a_comfortable_share_is_bounded_by_the_lateral_forces(
    rows: list[dict[str, str]], drives: dict[Any, Drive]
) -> None:
    checked = 0
    for row in rows:
        drive = drives[row["driver"], row["scenario"]]
        if any(drive["intervention"]):
            continue
        yaw_rate = drive["speed"] * drive["held_curvature"]
        calm = (abs(drive["speed"] * yaw_rate) <= 4.89) & (abs(yaw_rate) <= 0.95)
        calm &= abs(smoothed_slopes(yaw_rate)) <= 1.93
        count = len(calm) // 20
        at_most = sum(bool(calm[20 * i : 20 * i + 20].all()) for i in range(count))
        assert int(row["segments"]) == count
        assert int(row["comfortable"]) <= at_most
        checked += 1
    assert checked >= CONFIG.episodes


def test_no_car_is_off_its_lane_on_a_free_road_without_an_intervention(
    rows: list[dict[str, str]], drives: dict[Any, Drive]
) -> None:
    for row in rows:
        drive = drives[row["driver"], row["scenario"]]
        departures = np.flatnonzero(drive["intervention"] == "lane departure")
        for tick in departures:
            moved = TICK * drive["speed"][tick] * math.sin(drive["heading_error"][tick])
            assert abs(drive["offset"][tick] + moved) > 0.9
        if row["suite"] == "lane_keeping":
            assert max(abs(drive["offset"])) <= 1.0


def test_the_scores_are_those_of_the_ticks(results: Path, drives: dict[Any, Drive]) -> None:
    scores = json.loads((results / "scores.json").read_text())["drivers"]
    for driver in CONFIG.drivers:
        own = [drive for (name, _), drive in drives.items() if name == driver]
        count = sum(sum(drive["intervention"] != "") for drive in own)
        seconds = sum(TICK * len(drive["time"]) for drive in own)
        found = scores[driver]["all"]
        assert found["interventions"] == count
        assert found["hours"] == pytest.approx(seconds / 3600)
        assert found["autonomy"] == pytest.approx(max(0.0, 100 * (1 - COST * count / seconds)))
        assert found["interval"][0] <= found["autonomy"] <= found["interval"][1]
    assert scores["straight"]["all"]["interventions"] > 0
