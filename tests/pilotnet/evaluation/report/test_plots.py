"""Drawings are SVG elements that take the page's colours; metrics.csv is read with its gaps."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from pilotnet.evaluation.metrics import EpisodeScore, total_score
from pilotnet.evaluation.report.plots import (
    INK,
    WIDEST_OFFSET,
    _offset,
    autonomy_bars,
    read_metrics,
    training_curves,
)

SPARSE = "epoch,step,train_loss,val_loss,val_offset\n0,9,,0.8,0.4\n0,9,0.9,,\n1,19,,0.5,0.2\n1,19,0.6,,\n"


def test_metrics_are_read_with_their_gaps(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE)
    metrics = read_metrics(tmp_path / "metrics.csv")
    assert set(metrics) == {"train_loss", "val_loss", "val_offset"}
    assert metrics["val_loss"][0].tolist() == [1, 2]
    assert metrics["train_loss"][1].tolist() == [0.9, 0.6]


def test_damaged_metrics_are_named(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE.replace("0.6", "o.6"))
    with pytest.raises(ValueError, match=r"metrics\.csv is damaged"):
        read_metrics(tmp_path / "metrics.csv")


def test_a_drawing_follows_the_pages_text_colour_and_is_the_same_twice(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE)
    metrics = read_metrics(tmp_path / "metrics.csv")
    drawing = training_curves(metrics)
    assert drawing.startswith("<svg")
    assert "currentColor" in drawing
    assert INK not in drawing
    assert drawing == training_curves(metrics)


def test_an_intervention_far_off_the_road_is_marked_at_the_edge_of_its_panel() -> None:
    axes = Figure().subplots()
    drive = {
        "station": np.arange(3.0),
        "offset": np.array([0.0, 0.9, -9.0]),
        "stopped": np.array([0.0, 1.0, 1.0]),
    }
    _offset(axes, drive, "#000000")
    marks = np.asarray(axes.lines[-1].get_ydata())
    assert marks.tolist() == [0.9, -1.3 * WIDEST_OFFSET]


def test_a_name_with_dollar_signs_is_drawn_as_it_is() -> None:
    row = EpisodeScore(
        "x",
        "rural-2",
        "rural",
        "clear",
        "day",
        "{}",
        600.0,
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
    assert r"$\frac{$" in autonomy_bars({r"$\frac{$": {"x": total_score([row])}})
