"""Maps of the roads with most interventions, seen from above, and where each driver had them."""

from collections.abc import Sequence

import matplotlib
import numpy as np
import pyarrow
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.report.plots import INK, PLOT_WIDTH, STYLE, colours, svg
from pilotnet.evaluation.report.traces import drive_columns

MAP_COLUMNS = 3  # maps side by side
MAP_HEIGHT = 2.2  # [inch] of each row of maps
LEGEND_HEIGHT = 0.4  # [inch]
MARKER_STEP = 3.0  # [m] between the marks of two drivers, to the right of the car
MARKER_SIZE = 4.5  # [pt]


def road_maps(traces: pyarrow.Table, drivers: Sequence[str], scenarios: Sequence[str]) -> Markup:
    """Draw each road along the positions of the first driver, with the interventions of all."""
    rows = -(-len(scenarios) // MAP_COLUMNS)
    with matplotlib.rc_context(STYLE):
        figure = Figure((PLOT_WIDTH, MAP_HEIGHT * rows + LEGEND_HEIGHT), layout="constrained")
        panels = figure.subplots(rows, MAP_COLUMNS, squeeze=False)
        for axes in panels.flat:
            axes.set_axis_off()
        for axes, scenario in zip(panels.flat, scenarios, strict=False):
            _draw_map(axes, traces, drivers, scenario)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(drivers))
        return svg(figure, "maps")


def _draw_map(axes: Axes, traces: pyarrow.Table, drivers: Sequence[str], scenario: str) -> None:
    """Draw one road from above; the start is at the bottom of the line, marked by a bar."""
    first = drive_columns(traces, drivers[0], scenario)
    turn = _turn(first["x"], first["y"])
    across, along = turn @ np.stack([first["x"], first["y"]])
    axes.plot(across, along, color=INK, alpha=0.25, linewidth=5, solid_capstyle="round")
    axes.plot(across[0], along[0], "_", color=INK, markersize=10)
    for number, (name, colour) in enumerate(colours(drivers).items()):
        drive = drive_columns(traces, name, scenario)
        stopped = drive["stopped"] > 0
        marked = turn @ np.stack([drive["x"][stopped], drive["y"][stopped]])
        axes.plot(
            marked[0] + MARKER_STEP * number,
            marked[1],
            "o",
            color=colour,
            markersize=MARKER_SIZE,
            label=driver_title(name),
        )
    length = first["station"][-1] - first["station"][0]
    axes.set_title(f"{scenario}, {length:.0f} m", loc="left")
    axes.set_aspect("equal", adjustable="datalim")


def _turn(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix (2, 2) that draws a road upwards; y is to the right of x [m]."""
    angle = np.arctan2(y[-1] - y[0], x[-1] - x[0])
    cos = np.cos(angle)
    sin = np.sin(angle)
    return np.array([[-sin, cos], [cos, sin]])
