"""Scoring the lane finder: the error's geometry, and the folder from the command line to the files."""

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pilotnet.cli import main
from pilotnet.modular.lanes import score_lanes as lane_score
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.lanes.score_lanes import (
    CALIBRATION_FILE,
    CONDITIONS_FILE,
    FRAMES_FILE,
    drive_frames,
    lateral_error,
)
from pilotnet.modular.records import LaneEstimate
from sim.rollout import rollout
from sim.scenario import RoadKind, Scenario
from sim.types import Step
from tests.pilotnet.modular.planner_scenes import lane

LINE = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 10.0]])  # straight ahead, then half right


@pytest.mark.parametrize(
    ("point", "error"),
    [
        ((5.0, 0.4), 0.4),
        ((5.0, -0.4), -0.4),
        ((15.0, 5.0), 0.0),
        ((15.0, 6.0), 0.5**0.5),
        ((15.0, 4.0), -(0.5**0.5)),
    ],
)
def test_the_lateral_error_is_the_distance_from_the_line_right_positive(
    point: tuple[float, float], error: float
) -> None:
    assert lateral_error(np.array(point), LINE) == pytest.approx(error)


def test_after_an_intervention_the_finder_is_scored_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    class Logged(LaneFinder):
        """Logs its calls, and finds the middle of a lane."""

        def reset(self) -> None:
            calls.append("reset")

        def find(self, *seen: object) -> LaneEstimate:
            calls.append(f"find {seen[2]:.3f}")
            return lane()

    interventions: list[bool] = []

    def logged(*drive: Any) -> Iterator[Step]:
        for step in rollout(*drive):
            interventions.append(step.intervention is not None)
            yield step

    monkeypatch.setattr(lane_score, "LaneFinder", Logged)
    monkeypatch.setattr(lane_score, "rollout", logged)
    drive_frames(Scenario(RoadKind.RURAL, 1, length=150.0, traffic=0.0), noise=1.5)
    put_back = sum(interventions[:-1])
    assert put_back > 0
    assert calls.count("reset") == 1 + sum(interventions)
    assert all(after == "find 0.000" for before, after in pairwise(calls) if before == "reset")


def test_scoring_writes_frames_conditions_and_calibration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lanes"
    words = [
        "score-lanes",
        "--suite",
        "lane_keeping-small",
        "--episodes",
        "2",
        "--length",
        "60",
        "--workers",
        "1",
        "--out",
        str(out),
    ]
    assert main(words) == 0
    assert {path.name for path in out.iterdir()} == {
        FRAMES_FILE, CONDITIONS_FILE, CALIBRATION_FILE, "calibration.png", "score-lanes.yaml",
    }  # fmt: skip
    assert "rural" in capsys.readouterr().out
    with (out / CONDITIONS_FILE).open() as file:
        rows = list(csv.DictReader(file))
    assert {row["road"] for row in rows} == {"rural", "highway"}
    assert all(float(row["lateral_rms"]) < 0.15 for row in rows if row["weather"] == "all")
    with (out / CALIBRATION_FILE).open() as file:
        assert all(0 <= float(row["close"]) <= 1 for row in csv.DictReader(file))
