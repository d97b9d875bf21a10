"""scores.json holds the values of the score table in full precision."""

import io
import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from rich.console import Console

from pilotnet.evaluation.evaluate import EvaluateConfig, evaluate
from pilotnet.evaluation.metrics import EpisodeScore, Score, total_score
from pilotnet.evaluation.report import score_table, scores_by_suite
from pilotnet.evaluation.report.tables import score_rows, suite_title
from pilotnet.evaluation.scores import SCORES_FILE, write_scores
from sim.types import Cause

EPISODE = EpisodeScore(
    "pilotnet",
    "rural-2",
    "rural",
    "clear",
    "day",
    "{}",
    700.0,
    9000.0,
    0.21,
    0.0012,
    3.25,
    2,
    1,
    0,
    0,
    0,
)


def score_of(plain: dict) -> Score:
    """The score that scores.json describes."""
    nearest = plain["min_time_to_collision"]
    causes = {Cause(cause): count for cause, count in plain["causes"].items()}
    interval = tuple(plain["interval"])
    return Score(
        **plain
        | {
            "causes": causes,
            "interval": interval,
            "min_time_to_collision": math.inf if nearest is None else nearest,
        }
    )


def test_an_evaluation_writes_the_values_of_its_table(tmp_path: Path) -> None:
    suites = "lane_keeping-small+traffic-small"
    config = EvaluateConfig(
        drivers=("expert", "straight"), suite=suites, episodes=4, length=100.0, workers=1
    )
    results = evaluate(config, tmp_path / "results")
    drivers = json.loads((tmp_path / "results" / SCORES_FILE).read_text())["drivers"]
    scores = {name: score_of(driver["all"]) for name, driver in drivers.items()}
    parts = {
        suite_title(suite): {
            name: score_of(driver["suites"][suite]) for name, driver in drivers.items()
        }
        for suite in suites.split("+")
    }
    assert scores == results.scores()
    assert printed(scores, parts) == printed(results.scores(), scores_by_suite(results.episodes))
    text = printed(scores, parts)
    for row in score_rows(scores):
        assert any(
            row.label in line and all(value in line for value in row.values)
            for line in text.splitlines()
        )


def printed(scores: dict[str, Score], parts: dict[str, dict[str, Score]]) -> str:
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(score_table(scores, parts=parts))
    return console.export_text()


def test_every_driver_has_a_score_for_each_suite(tmp_path: Path) -> None:
    rows = [
        replace(EPISODE, suite="traffic"),
        replace(EPISODE, suite="obstacles", departure=0),
        replace(EPISODE, driver="expert"),
    ]
    written = json.loads(write_scores(tmp_path, rows).read_text())
    assert written["format"] == 1
    assert list(written["drivers"]) == ["pilotnet", "expert"]
    assert list(written["drivers"]["pilotnet"]["suites"]) == ["traffic", "obstacles"]
    total = total_score(rows[:2])
    found = written["drivers"]["pilotnet"]["all"]
    assert (found["autonomy"], tuple(found["interval"])) == (total.autonomy, total.interval)
    assert found["causes"] == {
        "lane departure": 2,
        "off road": 2,
        "contact": 0,
        "person hit": 0,
        "stuck": 0,
        "taken over": 0,
    }
    assert set(found) == set(asdict(total))


def test_an_infinite_time_to_collision_is_null(tmp_path: Path) -> None:
    path = write_scores(tmp_path, [replace(EPISODE, min_time_to_collision=math.inf)])
    assert (
        json.loads(path.read_text())["drivers"]["pilotnet"]["all"]["min_time_to_collision"] is None
    )


def test_no_file_is_written_without_drives(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="episodes is empty; it must have at least one drive"):
        write_scores(tmp_path, [])
    assert not list(tmp_path.iterdir())
