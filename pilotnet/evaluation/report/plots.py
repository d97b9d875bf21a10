"""The report's plots, as SVG in the page's text colour and font, so that they follow dark mode."""

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
from pilotnet.drivers.driver_names import driver_title
from pilotnet.drivers.driver_table import driver_info
from pilotnet.evaluation.metrics import Score
from pilotnet.evaluation.report.traces import drive_columns
from sim.referee import MAX_OFFSET
from sim.types import quoted

# Of drivers that are not in the table of drivers, from Paul Tol's "muted" scheme.
OTHER_COLOURS = ("#aa4499", "#999933", "#33bbee", "#882255", "#bbbbbb")
INTERVENTION_COLOUR = "#cc3311"
INK = "#010203"  # replaced by the page's text colour when the SVG is written
PLOT_WIDTH = 9.0  # [inch] of every plot
MAX_SHOWN_OFFSET = 2.0 * MAX_OFFSET  # [m] larger offsets leave the panel and keep it readable

# Autonomy bars, in units of one bar's row.
BAR_HEIGHT = 0.78
GROUP_GAP = 0.6
ROW_HEIGHT = 0.34  # [inch]
AXIS_HEIGHT = 0.4  # [inch] of the axis below the bars
LABEL_GAP = 1.5  # [%] between the interval and the label
LABEL_SPACE = 118  # [%] width of the axis without the longest title; a character takes about 1 %

# Offset panels.
PANEL_HEIGHT = 1.15  # [inch] for each driver
CURVATURE_HEIGHT = 1.2  # [inch] of the curvature panel and the titles
CURVATURE_RATIO = 0.6  # height of the curvature panel relative to a driver's
OFFSET_MARGIN = 1.35  # half height of a panel relative to the largest shown offset
MARKER_MARGIN = 1.3  # where interventions beyond the panel are marked, in the same unit

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,  # a dollar sign in a name does not begin a formula
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

PLAIN_COLOUR = "#222222"  # of text and axes in pictures that do not follow the page
PLAIN_FONT_SIZE = 8.0  # [pt]

Series = tuple[NDArray[np.float64], NDArray[np.float64]]


def plain_style() -> dict[Any, Any]:
    """Return the style of pictures outside the page: dark text and axes."""
    names = [name for name, value in STYLE.items() if value == INK]
    return STYLE | dict.fromkeys(names, PLAIN_COLOUR) | {"font.size": PLAIN_FONT_SIZE}


def colours(drivers: Iterable[str]) -> dict[str, str]:
    """Return the colour of each driver, `#rrggbb`, as in the window and in every plot of a page.

    Variants of the modular stack, and a colour that an earlier driver has, give another colour.
    """
    others = cycle(OTHER_COLOURS)
    found: dict[str, str] = {}
    for name in drivers:
        info = driver_info(name) if "+" not in name else None
        taken = info is None or info.colour in found.values()
        found[name] = next(others) if info is None or taken else info.colour
    return found


def autonomy_bars(groups: Mapping[str, Mapping[str, Score]]) -> Markup:
    """Plot autonomy with its 95 % interval: a bar for each driver in each group of roads."""
    names = list(dict.fromkeys(name for scores in groups.values() for name in scores))
    longest = max(len(driver_title(name)) for name in names)
    bar_colours = colours(names)
    rows = sum(len(scores) + GROUP_GAP for scores in groups.values())
    with matplotlib.rc_context(STYLE):
        figure = Figure((PLOT_WIDTH, AXIS_HEIGHT + ROW_HEIGHT * rows), layout="constrained")
        axes = figure.subplots()
        position = 0.0
        ticks = []
        for scores in groups.values():
            ticks.append(position + (len(scores) - 1) / 2)
            for name, score in scores.items():
                _bar(axes, position, name, score, bar_colours[name])
                position += 1
            position += GROUP_GAP
        axes.set_yticks(ticks, list(groups))
        axes.set(
            xlim=(0, LABEL_SPACE + longest),
            xticks=range(0, 101, 20),
            xlabel="autonomy [%]",
            ylim=(position - 1, -0.7),
        )
        axes.tick_params("y", length=0)
        axes.spines["left"].set_visible(False)
        axes.spines["bottom"].set_bounds(0, 100)
        return svg(figure, "autonomy")


def _bar(axes: Axes, position: float, name: str, score: Score, colour: str) -> None:
    """Draw one driver's bar with its interval and label."""
    low, high = score.interval
    axes.barh(position, score.autonomy, BAR_HEIGHT, color=colour)
    spread = [[max(score.autonomy - low, 0)], [max(high - score.autonomy, 0)]]
    axes.errorbar(score.autonomy, position, xerr=spread, color=INK, capsize=3, linewidth=1)
    label = f"{driver_title(name)}  {score.autonomy:.1f}"
    axes.text(high + LABEL_GAP, position, label, va="center", color=INK)


def offset_lines(traces: pyarrow.Table, drivers: Sequence[str], scenarios: Sequence[str]) -> Markup:
    """Plot the cross-track error along the road: a row for each driver, a column for each scenario.

    The last row shows the curvature of the road.
    """
    count = len(drivers)
    with matplotlib.rc_context(STYLE):
        height = PANEL_HEIGHT * count + CURVATURE_HEIGHT
        figure = Figure((PLOT_WIDTH, height), layout="constrained")
        panels = figure.subplots(
            count + 1,
            len(scenarios),
            sharex="col",
            sharey="row",
            squeeze=False,
            height_ratios=[1.0] * count + [CURVATURE_RATIO],
        )
        line_colours = colours(drivers)
        largest = MAX_OFFSET
        for column, scenario in enumerate(scenarios):
            for row, name in enumerate(drivers):
                drive = drive_columns(traces, name, scenario)
                draw_offset(panels[row, column], drive, line_colours[name])
                drive_largest = np.abs(drive["offset"]).max()
                largest = float(np.clip(drive_largest, largest, MAX_SHOWN_OFFSET))
            _draw_curvature(panels[count, column], drive_columns(traces, drivers[0], scenario))
            panels[0, column].set_title(scenario, loc="left")
        for row, name in enumerate(drivers):
            panels[row, 0].set_ylabel(f"{driver_title(name)}\nerror [m]")
            panels[row, 0].set_ylim(-OFFSET_MARGIN * largest, OFFSET_MARGIN * largest)
        panels[count, 0].set_ylabel("curvature\n[1/km]")
        figure.align_ylabels(panels[:, 0])
        return svg(figure, "offset")


def draw_offset(axes: Axes, drive: Mapping[str, NDArray[np.float64]], colour: str) -> None:
    """Draw the cross-track error of one drive, and a cross at each intervention.

    drive: the columns of `drive_columns`.
    """
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
        color=colour,
        linewidth=1.1,
    )
    edge = MARKER_MARGIN * MAX_SHOWN_OFFSET
    marked = np.clip(offset, -edge, edge)
    crosses = stopped > 0
    axes.plot(station[crosses], marked[crosses], "x", color=INTERVENTION_COLOUR, markersize=4.5)
    axes.set_yticks([-MAX_OFFSET, 0, MAX_OFFSET])


def _draw_curvature(axes: Axes, drive: Mapping[str, NDArray[np.float64]]) -> None:
    """Draw the curvature of the road under one drive."""
    curvature = 1000 * drive["path_curvature"]
    axes.fill_between(drive["station"], curvature, color=INK, alpha=0.3, linewidth=0)
    axes.set_xlabel("distance along the road [m]")


def training_curves(metrics: Mapping[str, Series]) -> Markup:
    """Plot the losses over the epochs, and the validation errors in metres and of speed, if any."""
    errors = [
        ("val_offset", "steady-state offset [m]"),
        ("val_speed", "speed error [m/s]"),
    ]
    errors = [(name, label) for name, label in errors if name in metrics]
    with matplotlib.rc_context(STYLE):
        figure = Figure((PLOT_WIDTH, 3.0), layout="constrained")
        losses, *others = figure.subplots(1, 1 + len(errors), squeeze=False)[0]
        train_colour = colours(["pilotnet"])["pilotnet"]
        _curve(losses, metrics, "train_loss", "training roads", train_colour)
        _curve(losses, metrics, "val_loss", "validation roads", INK)
        losses.set(xlabel="epoch", ylabel="squared error [label variance]", ylim=(0, None))
        for axes, (name, label) in zip(others, errors, strict=True):
            _curve(axes, metrics, name, "validation roads", INK)
            axes.set(xlabel="epoch", ylabel=label, ylim=(0, None))
        for axes in (losses, *others):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.legend()
        return svg(figure, "training")


def _curve(axes: Axes, metrics: Mapping[str, Series], name: str, label: str, colour: str) -> None:
    """Draw a column of the metrics over the epochs, if it exists."""
    if name in metrics:
        axes.plot(*metrics[name], "-o", color=colour, markersize=3, linewidth=1.3, label=label)


def read_metrics(path: Path) -> dict[str, Series]:
    """Read the columns of metrics.csv: for each the epochs, from 1, and the values.

    Raises DamagedFileError, naming file, row and column, when it is missing or damaged. Raises
    ValueError when it may not be read.
    """
    rows = read_rows(path, ["epoch"], optional=None)
    points: dict[str, list[tuple[int, float]]] = {}
    previous = 0
    for number, row in enumerate(rows, 1):
        epoch = int(_metric(path, number, "epoch", row["epoch"]))
        # Each epoch has one row. Lightning's own file, of earlier versions, has two for each, and
        # a column `step`.
        if epoch < previous or ("step" not in row and epoch != number - 1):
            raise DamagedFileError(
                f"{path} has epoch {epoch} in row {number}; rows are missing, added or out of order"
            )
        previous = epoch
        for name, text in row.items():
            if name not in ("epoch", "step") and text:
                value = _metric(path, number, name, text)
                points.setdefault(name, []).append((epoch + 1, value))
    columns = {name: np.array(values, float).T for name, values in points.items()}
    return {name: (epochs, values) for name, (epochs, values) in columns.items()}


def _metric(path: Path, row: int, name: str, text: str) -> float:
    """Return a cell of metrics.csv as a number, whole for an epoch.

    Raises DamagedFileError unless it is finite.
    """
    try:
        value = int(text) if name == "epoch" else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DamagedFileError(
            f"{path} is damaged: it has {name} {quoted(text)} in row {row}; "
            "it must be a finite number"
        )
    return value


def svg(figure: Figure, name: str) -> Markup:
    """Return the figure as an <svg> element.

    `name` makes its ids differ from those of other plots, and the same in every run.
    """
    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None}
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(stream, format="svg", transparent=True, metadata=metadata)
    text = stream.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", text)
    return Markup(text)
