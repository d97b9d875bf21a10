"""The report's drawings, as SVG that takes the page's text colour and font, so that they follow it
into dark mode.
"""

import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pyarrow
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pilotnet.common.reading import DamagedFileError, read_rows
from pilotnet.drivers.driver_table import DRIVERS
from pilotnet.evaluation.metrics import Score
from pilotnet.evaluation.report.tables import driver_title
from pilotnet.evaluation.report.traces import drive_columns
from sim.referee import MAX_OFFSET
from sim.types import quoted

# Of drivers that are not in the table, from Paul Tol's "muted" scheme.
OTHER_COLOURS = ("#aa4499", "#999933", "#33bbee", "#882255", "#bbbbbb")
ALARM_COLOUR = "#cc3311"
INK = "#010203"  # stands for the page's text colour until the SVG is written
WIDTH = 9.0  # [inch] of every drawing
WIDEST_OFFSET = (
    2.0 * MAX_OFFSET
)  # [m] what strays farther leaves its panel, lest nothing be seen of the others
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # dollar signs in names are no formulas
    "font.size": 10.0,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.0,
    "legend.frameon": False,
}

Series = tuple[NDArray[np.float64], NDArray[np.float64]]


def colours(drivers: Iterable[str]) -> dict[str, str]:
    """Return the colour of each driver, `#rrggbb`, the same in every drawing of a page and in the
    window.

    Forms of the modular stack, and drivers that are not in the table, take the colours that are
    left.
    """
    others = cycle(OTHER_COLOURS)
    table = {info.name: info.colour for info in DRIVERS}
    return {name: table[name] if name in table else next(others) for name in drivers}


def autonomy_bars(groups: Mapping[str, Mapping[str, Score]]) -> Markup:
    """Autonomy with its 95 % interval: a bar per driver in each group of roads."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(
            (WIDTH, 0.4 + 0.34 * sum(len(scores) + 0.6 for scores in groups.values())),
            layout="constrained",
        )
        axes = figure.subplots()
        place = 0.0
        ticks = []
        longest = max(len(driver_title(name)) for scores in groups.values() for name in scores)
        shades = colours(dict.fromkeys(name for scores in groups.values() for name in scores))
        for scores in groups.values():
            ticks.append(place + (len(scores) - 1) / 2)
            for name, score in scores.items():
                _bar(axes, place, name, score, shades[name])
                place += 1
            place += 0.6
        axes.set_yticks(ticks, list(groups))
        axes.set(
            xlim=(0, 118 + longest),
            xticks=range(0, 101, 20),
            xlabel="autonomy [%]",
            ylim=(place - 1, -0.7),
        )
        axes.tick_params("y", length=0)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_bounds(0, 100)
        return _svg(figure, "autonomy")


def _bar(axes: Axes, place: float, name: str, score: Score, shade: str) -> None:
    low, high = score.interval
    axes.barh(place, score.autonomy, 0.78, color=shade)
    spread = [[max(score.autonomy - low, 0)], [max(high - score.autonomy, 0)]]
    axes.errorbar(score.autonomy, place, xerr=spread, color=INK, capsize=3, linewidth=1)
    axes.text(
        high + 1.5, place, f"{driver_title(name)}  {score.autonomy:.1f}", va="center", color=INK
    )


def offset_lines(traces: pyarrow.Table, drivers: Sequence[str], scenarios: Sequence[str]) -> Markup:
    """Offset from the path along the road: drivers down, scenarios across, over the road's
    curvature.
    """
    with matplotlib.rc_context(STYLE):
        count = len(drivers)
        figure = Figure((WIDTH, 1.15 * count + 1.2), layout="constrained")
        ratios = [1.0] * count + [0.6]
        panels = figure.subplots(
            count + 1,
            len(scenarios),
            sharex="col",
            sharey="row",
            squeeze=False,
            height_ratios=ratios,
        )
        shades = colours(drivers)
        widest = MAX_OFFSET
        for column, scenario in enumerate(scenarios):
            for row, name in enumerate(drivers):
                drive = drive_columns(traces, name, scenario)
                _offset(panels[row, column], drive, shades[name])
                widest = float(np.clip(np.abs(drive["offset"]).max(), widest, WIDEST_OFFSET))
            drive = drive_columns(traces, drivers[0], scenario)
            panels[count, column].fill_between(
                drive["station"], 1000 * drive["path_curvature"], color=INK, alpha=0.3, linewidth=0
            )
            panels[0, column].set_title(scenario, loc="left")
            panels[count, column].set_xlabel("distance along the road [m]")
        for row, name in enumerate(drivers):
            panels[row, 0].set_ylabel(f"{driver_title(name)}\noffset [m]")
            panels[row, 0].set_ylim(-1.35 * widest, 1.35 * widest)
        panels[count, 0].set_ylabel("bend\n[1/km]")
        figure.align_ylabels(panels[:, 0])
        return _svg(figure, "offset")


def _offset(axes: Axes, drive: Mapping[str, NDArray[np.float64]], shade: str) -> None:
    station = drive["station"]
    offset = drive["offset"]
    stopped = drive["stopped"]
    axes.axhspan(-MAX_OFFSET, MAX_OFFSET, color=INK, alpha=0.05, linewidth=0)
    for limit in (-MAX_OFFSET, MAX_OFFSET):
        axes.axhline(limit, color=INK, linewidth=0.6, dashes=(4, 3))
    # The car is put back at an intervention: the line breaks there.
    breaks = np.flatnonzero(stopped) + 1
    axes.plot(
        np.insert(station, breaks, np.nan),
        np.insert(offset, breaks, np.nan),
        color=shade,
        linewidth=1.1,
    )
    edge = 1.3 * WIDEST_OFFSET
    within = np.clip(offset, -edge, edge)
    axes.plot(station[stopped > 0], within[stopped > 0], "x", color=ALARM_COLOUR, markersize=4.5)
    axes.set_yticks([-MAX_OFFSET, 0, MAX_OFFSET])


def training_curves(metrics: Mapping[str, Series]) -> Markup:
    """Over the epochs: the losses, and beside them the validation errors, as an offset and, where
    it is learned, of the speed.
    """
    errors = [
        ("val_offset", "offset the error would hold [m]"),
        ("val_speed", "error of the speed [m/s]"),
    ]
    errors = [(name, label) for name, label in errors if name in metrics]
    with matplotlib.rc_context(STYLE):
        figure = Figure((WIDTH, 3.0), layout="constrained")
        losses, *others = figure.subplots(1, 1 + len(errors), squeeze=False)[0]
        for name, label, shade in (
            ("train_loss", "training roads", colours(["pilotnet"])["pilotnet"]),
            ("val_loss", "validation roads", INK),
        ):
            _curve(losses, metrics, name, label, shade)
        losses.set(xlabel="epoch", ylabel="squared error [label variance]", ylim=(0, None))
        for axes, (name, label) in zip(others, errors, strict=True):
            _curve(axes, metrics, name, "validation roads", INK)
            axes.set(xlabel="epoch", ylabel=label, ylim=(0, None))
        for axes in (losses, *others):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.legend()
        return _svg(figure, "training")


def _curve(axes: Axes, metrics: Mapping[str, Series], name: str, label: str, shade: str) -> None:
    if name in metrics:
        axes.plot(*metrics[name], "-o", color=shade, markersize=3, linewidth=1.3, label=label)


def read_metrics(path: Path) -> dict[str, Series]:
    """Read the columns of metrics.csv: for each the epochs, from 1, and the values.

    Raises DamagedFileError, naming file, row and column, when it is missing or damaged, and
    ValueError when it may not be read.
    """
    rows = read_rows(path, ["epoch"], optional=None)
    points: dict[str, list[tuple[int, float]]] = {}
    before = 0
    for number, row in enumerate(rows, 1):
        epoch = int(_metric(path, number, "epoch", row["epoch"]))
        # Each epoch has one row; Lightning's own file, of earlier versions, has two and a column
        # `step`.
        if epoch < before or ("step" not in row and epoch != number - 1):
            raise DamagedFileError(
                f"{path} has epoch {epoch} in row {number}; rows are missing, added or out of order"
            )
        before = epoch
        for name in row:
            if name not in ("epoch", "step") and row[name]:
                points.setdefault(name, []).append(
                    (epoch + 1, _metric(path, number, name, row[name]))
                )
    columns = {name: np.array(values, float).T for name, values in points.items()}
    return {name: (values[0], values[1]) for name, values in columns.items()}


def _metric(path: Path, row: int, name: str, text: str) -> float:
    """Return a cell of metrics.csv as a number; raises DamagedFileError unless it is finite, and
    whole for an epoch.
    """
    try:
        value = int(text) if name == "epoch" else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DamagedFileError(
            f"{path} is damaged: it has {name} {quoted(text)} in row {row}; it must be a finite "
            f"number"
        )
    return value


def _svg(figure: Figure, name: str) -> Markup:
    """The figure as an <svg> element; `name` keeps its ids apart from the other drawings' and the
    same in every run.
    """
    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(
            stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    text = stream.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", text)
    return Markup(text)
