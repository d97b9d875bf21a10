"""Scoring the lane finder: the error's geometry, and the folder from the command line to the files."""

import csv
from pathlib import Path

import numpy as np
import pytest

from pilotnet.cli import main
from pilotnet.modular.lane_score import CALIBRATION_FILE, CONDITIONS_FILE, FRAMES_FILE, lateral_error

LINE = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 10.0]])  # straight ahead, then half right


@pytest.mark.parametrize(
    ("point", "error"),
    [((5.0, 0.4), 0.4), ((5.0, -0.4), -0.4), ((15.0, 5.0), 0.0), ((15.0, 6.0), 0.5**0.5), ((15.0, 4.0), -(0.5**0.5))],
)
def test_the_lateral_error_is_the_distance_from_the_line_right_positive(point: tuple[float, float], error: float) -> None:
    assert lateral_error(np.array(point), LINE) == pytest.approx(error)


def test_scoring_writes_frames_conditions_and_calibration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
