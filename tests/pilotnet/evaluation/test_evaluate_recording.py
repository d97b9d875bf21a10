"""Evaluation over recorded video: rows, summary and plot."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from pilotnet.evaluation.evaluate_recording import (
    RECORDING_PLOT,
    RECORDING_TABLE,
    RecordedScore,
    evaluate_recording,
    summary,
)
from pilotnet.evaluation.recording_config import RecordingEvaluationConfig

CONFIG = RecordingEvaluationConfig(split="train", workers=1)


def test_every_recorded_drive_has_a_row(tiny_data: Path, tiny_model: Path, tmp_path: Path) -> None:
    rows = evaluate_recording(CONFIG, tiny_data, tiny_model, tmp_path / "results")
    assert [row.episode for row in rows] == [0, 1]
    for row in rows:
        assert row.elapsed == pytest.approx(row.rendered_elapsed, rel=0.2)
        assert row.rendered >= 0
    assert len((tmp_path / "results" / RECORDING_TABLE).read_text().splitlines()) == 3
    assert cv2.imread(str(tmp_path / "results" / RECORDING_PLOT)) is not None
    plain = evaluate_recording(
        replace(CONFIG, rendered=False, workers=2), tiny_data, tiny_model, tmp_path / "again"
    )
    assert [row.replayed for row in plain] == [row.replayed for row in rows]
    assert {row.rendered for row in plain} == {-1}


def test_the_summary_gives_both_autonomies() -> None:
    rows = [RecordedScore(0, "rural-1", 30.0, 1, 30.0, 0), RecordedScore(1, "rural-2", 30.0, 0)]
    replayed, rendered = summary(rows)
    assert "over the recorded video: autonomy 90.0 %" in replayed
    assert "1 interventions in 2 drives" in replayed
    assert "in the rendered world: autonomy 100.0 %" in rendered
    assert "in 1 drives" in rendered
    assert len(summary(rows[1:])) == 1


def test_a_split_without_drives_is_refused(
    tiny_data: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="has no test episode"):
        evaluate_recording(
            replace(CONFIG, split="test"), tiny_data, tiny_model, tmp_path / "results"
        )
    assert not (tmp_path / "results").exists()
