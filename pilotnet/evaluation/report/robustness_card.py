"""The robustness card: autonomy against the strength of each fault, as a plot and as a table."""

from collections.abc import Sequence
from itertools import groupby

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich import box
from rich.table import Table
from rich.text import Text

from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.faults import FAULTS, FaultKind
from pilotnet.evaluation.report.plots import PLAIN_FONT_SIZE, colours, plain_style
from pilotnet.evaluation.robustness_rows import SOUND, RobustnessRow

CARD_COLUMNS = 4  # panels side by side
PANEL_SIZE = (2.7, 1.9)  # [inch] width and height
LEGEND_HEIGHT = 0.4  # [inch]
DRIVER_STEP = 0.08  # between two drivers, in steps of strength, so that both can be seen
EN_DASH = "\N{EN DASH}"


def robustness_figure(rows: Sequence[RobustnessRow]) -> Figure:
    """Return a panel for each kind of fault, with a line for each driver and its 95 % interval."""
    kinds = [kind for kind in FaultKind if any(row.fault == kind for row in rows)]
    drivers = list(dict.fromkeys(row.driver for row in rows))
    columns = min(CARD_COLUMNS, len(kinds))
    lines = -(-len(kinds) // columns)
    size = (PANEL_SIZE[0] * columns, PANEL_SIZE[1] * lines + LEGEND_HEIGHT)
    with matplotlib.rc_context(plain_style()):
        figure = Figure(size, layout="constrained")
        panels = figure.subplots(lines, columns, squeeze=False, sharey=True)
        for axes, kind in zip(panels.flat, kinds, strict=False):
            _panel(axes, kind, rows, drivers)
        for axes in panels.flat[len(kinds) :]:
            axes.set_axis_off()
        for axes in panels[:, 0]:
            axes.set_ylabel("autonomy [%]")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(drivers))
        return figure


def _panel(
    axes: Axes, kind: FaultKind, rows: Sequence[RobustnessRow], drivers: Sequence[str]
) -> None:
    """Draw the panel of one kind of fault; strength 0 is the evaluation without a fault."""
    shown = [row for row in rows if row.fault in (kind, SOUND)]
    strengths = sorted({row.strength for row in shown})
    for number, (driver, colour) in enumerate(colours(drivers).items()):
        own = sorted((row for row in shown if row.driver == driver), key=lambda row: row.strength)
        aside = DRIVER_STEP * (number - (len(drivers) - 1) / 2)
        below = [row.autonomy - row.low for row in own]
        above = [row.high - row.autonomy for row in own]
        axes.errorbar(
            [strengths.index(row.strength) + aside for row in own],
            [row.autonomy for row in own],
            [below, above],
            marker="o",
            markersize=3,
            linewidth=1.2,
            elinewidth=0.7,
            color=colour,
            label=driver_title(driver),
        )
    axes.set_xticks(range(len(strengths)), [f"{strength:g}" for strength in strengths])
    axes.set(title=FAULTS[kind].description, xlabel=f"{kind} [{FAULTS[kind].unit}]", ylim=(0, 104))
    axes.title.set_fontsize(PLAIN_FONT_SIZE)


def robustness_table(rows: Sequence[RobustnessRow]) -> Table:
    """Return the card for the terminal: a row for each fault and strength, a column a driver."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", collapse_padding=True)
    table.add_column("fault", no_wrap=True)
    for driver in dict.fromkeys(row.driver for row in rows):
        table.add_column(Text(driver_title(driver)), justify="right", no_wrap=True)
    for (fault, strength), found in groupby(rows, key=lambda row: (row.fault, row.strength)):
        own = list(found)
        name = f"{fault} {strength:g} {own[0].unit}" if fault != SOUND else SOUND
        cells = [f"{row.autonomy:.1f} ({row.low:.0f}{EN_DASH}{row.high:.0f})" for row in own]
        table.add_row(Text(name), *cells)
    return table
