"""The robustness card as a plot and as a table."""

import io

from rich.console import Console

from pilotnet.evaluation.report.robustness_card import robustness_figure, robustness_table
from pilotnet.evaluation.robustness_rows import RobustnessRow

ROWS = [
    RobustnessRow(fault, strength, unit, driver, autonomy, autonomy - 5, autonomy, 0, 1, 8)
    for fault, strength, unit, loss in (
        ("none", 0.0, "", 0),
        ("yaw", 1.0, "°", 5),
        ("yaw", 2.0, "°", 20),
        ("late", 0.2, "s", 8),
    )
    for driver, autonomy in (("pilotnet", 95 - loss), ("modular", 90 - loss))
]


def test_each_kind_of_fault_has_a_panel_with_a_line_for_each_driver() -> None:
    panels = [axes for axes in robustness_figure(ROWS).axes if axes.axison]
    assert [axes.get_title() for axes in panels] == ["camera turned to the right", "late frames"]
    for axes in panels:
        assert axes.get_legend_handles_labels()[1] == ["PilotNet", "Modular"]
    assert [float(value) for value in panels[0].lines[0].get_ydata()] == [95, 90, 75]
    assert [label.get_text() for label in panels[0].get_xticklabels()] == ["0", "1", "2"]


def test_the_table_has_a_row_for_each_fault() -> None:
    page = io.StringIO()
    Console(file=page, width=80).print(robustness_table(ROWS))
    lines = [line.split() for line in page.getvalue().splitlines() if line.strip()]
    assert lines[2][:2] == ["none", "95.0"]
    assert lines[4][:3] == ["yaw", "2", "°"]
    assert "75.0" in lines[4]
