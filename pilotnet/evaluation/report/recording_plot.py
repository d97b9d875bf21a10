"""The plot of EVALUATE-RECORDING: interventions over the video and in the rendered world."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pilotnet.evaluation.report.plots import colours, plain_style

FIGURE_SIZE = (4.0, 3.6)  # [inch]
AREA = 30.0  # [pt²] of the dot of one drive
AXIS_MARGIN = 0.7  # interventions beyond the largest count


class RecordedRow(Protocol):
    """The interventions of one recorded drive; `rendered` is -1 where it was not rendered."""

    @property
    def replayed(self) -> int:
        """Interventions over the video."""

    @property
    def rendered(self) -> int:
        """Interventions in the rendered world."""


def recording_figure(rows: Sequence[RecordedRow]) -> Figure:
    """Return a dot for each pair of counts; its area grows with the number of drives.

    Dots on the dashed line had as many interventions over the video as in the rendered world.
    """
    counts = Counter((max(row.rendered, 0), row.replayed) for row in rows)
    most = max(max(pair) for pair in counts) + AXIS_MARGIN
    compared = any(row.rendered >= 0 for row in rows)
    with matplotlib.rc_context(plain_style()):
        figure = Figure(FIGURE_SIZE, layout="constrained")
        axes = figure.subplots()
        axes.plot([0, most], [0, most], color="#999999", linewidth=0.8, dashes=(4, 3))
        axes.scatter(
            [rendered for rendered, _ in counts],
            [replayed for _, replayed in counts],
            [AREA * count for count in counts.values()],
            color=colours(["pilotnet"])["pilotnet"],
            alpha=0.8,
        )
        for (rendered, replayed), count in counts.items():
            axes.annotate(str(count), (rendered, replayed), ha="center", va="center")
        axes.set(
            xlim=(-AXIS_MARGIN, most),
            ylim=(-AXIS_MARGIN, most),
            xlabel="interventions in the rendered world" if compared else "not rendered",
            ylabel="interventions over the video",
            title="Recorded drives by their interventions",
        )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        return figure
