"""Plots are SVG elements in the page's text colour; metrics.csv may have empty cells."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from pilotnet.evaluation.metrics import EpisodeScore, total_score
from pilotnet.evaluation.report.plots import (
    INK,
    MAX_SHOWN_OFFSET,
    autonomy_bars,
    draw_offset,
    read_metrics,
    training_curves,
)

SPARSE = (
    "epoch,step,train_loss,val_loss,val_offset\n"
    "0,9,,0.8,0.4\n0,9,0.9,,\n1,19,,0.5,0.2\n1,19,0.6,,\n"
)


def test_metrics_may_have_empty_cells(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE)
    metrics = read_metrics(tmp_path / "metrics.csv")
    assert set(metrics) == {"train_loss", "val_loss", "val_offset"}
    assert metrics["val_loss"][0].tolist() == [1, 2]
    assert metrics["train_loss"][1].tolist() == [0.9, 0.6]


def test_damaged_metrics_are_named(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE.replace("0.6", "o.6"))
    with pytest.raises(ValueError, match=r"metrics\.csv is damaged"):
        read_metrics(tmp_path / "metrics.csv")


def test_a_plot_is_reproducible_and_in_the_text_colour(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text(SPARSE)
    metrics = read_metrics(tmp_path / "metrics.csv")
    plot = training_curves(metrics)
    assert plot.startswith("<svg")
    assert "currentColor" in plot
    assert INK not in plot
    assert plot == training_curves(metrics)


def test_a_far_intervention_is_marked_at_the_panel_edge() -> None:
    axes = Figure().subplots()
    drive = {
        "station": np.arange(3.0),
        "offset": np.array([0.0, 0.9, -9.0]),
        "stopped": np.array([0.0, 1.0, 1.0]),
    }
    draw_offset(axes, drive, "#000000")
    marks = np.asarray(axes.lines[-1].get_ydata())
    assert marks.tolist() == [0.9, -1.3 * MAX_SHOWN_OFFSET]


def test_a_dollar_sign_in_a_name_begins_no_formula() -> None:
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
