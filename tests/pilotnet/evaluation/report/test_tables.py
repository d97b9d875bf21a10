"""The score table: units, bounds, width in the terminal, and Markdown."""

import io
import math
from dataclasses import replace

from rich.console import Console

from pilotnet.evaluation.metrics import EpisodeScore, scores_by, total_score
from pilotnet.evaluation.report import score_table
from pilotnet.evaluation.report.tables import (
    BRIEF,
    Grid,
    condition_grid,
    markdown_grid,
    markdown_text,
    score_rows,
)

EPISODE = EpisodeScore(
    "pilotnet",
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


def cell(label: str, episode: EpisodeScore) -> str:
    rows = score_rows({"pilotnet": total_score([episode])})
    return next(row.values[0] for row in rows if row.label.startswith(label))


def test_values_have_the_units_of_their_labels() -> None:
    assert cell("Autonomy", EPISODE) == "97.0"  # 3 interventions of 6 s in 600 s
    assert cell("Interventions", EPISODE) == "3"
    assert cell("lane departure", EPISODE) == "2"
    assert cell("Mean autonomous distance", EPISODE) == "3.0"
    assert cell("RMS curvature rate", EPISODE) == "1.20"
    assert cell("Min. time to collision", EPISODE) == "3.2"


def test_without_intervention_the_distance_is_a_lower_bound() -> None:
    assert cell("Mean autonomous distance", replace(EPISODE, departure=0, off_road=0)) == "> 9.0"


def test_interventions_of_a_car_that_never_moved_have_no_rate_by_distance() -> None:
    still = replace(EPISODE, distance=0.0)
    assert cell("each km", still) == "\N{EN DASH}"
    assert cell("each hour", still) != "\N{EN DASH}"


def test_an_infinite_time_to_collision_is_a_dash() -> None:
    assert (
        cell("Min. time to collision", replace(EPISODE, min_time_to_collision=math.inf))
        == "\N{EN DASH}"
    )


def test_the_table_fits_eighty_columns_with_every_row() -> None:
    scores = {name: total_score([EPISODE]) for name in ("expert", "pilotnet", "straight")}
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(score_table(scores))
    lines = console.export_text().splitlines()
    assert all(
        any(row.label in line and row.values[0] in line for line in lines)
        for row in score_rows(scores)
    )
    assert "PilotNet" in lines[1]


def test_six_drivers_fit_eighty_columns() -> None:
    labels = ("expert", "pilotnet", "modular", "modular+cars", "modular+pedestrians", "straight")
    scores = {
        label: total_score([replace(EPISODE, driver=label, elapsed=6000.0 + i)])
        for i, label in enumerate(labels)
    }
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(score_table(scores, "speed control: driver"))
    lines = console.export_text().splitlines()
    for row in score_rows(scores):
        matching = [
            line.removeprefix(f"  {row.label}").split("  ")
            for line in lines
            if line.strip().startswith(row.label)
        ]
        values = [
            value.strip()
            for line in matching
            for value in line
            if value.strip() and row.label not in value
        ]
        assert values == list(row.values)
    assert "…" not in "".join(lines)
    assert "speed control: driver" in lines[-1]


def test_every_road_has_its_own_score() -> None:
    parts = scores_by([EPISODE, replace(EPISODE, road="highway", departure=0, off_road=0)], "road")
    assert {road: part["pilotnet"].interventions for road, part in parts.items()} == {
        "rural": 3,
        "highway": 0,
    }
    labels = [row.label for row in score_rows(parts["rural"], BRIEF)]
    assert labels == ["Autonomy [%]", "95 % interval [%]", "Interventions"]


def test_the_grid_has_every_condition_and_totals() -> None:
    drives = [
        EPISODE,
        replace(EPISODE, road="highway", weather="snow", light="low_sun", departure=0, off_road=0),
        replace(EPISODE, driver="straight"),
    ]
    grid = condition_grid(drives, "pilotnet")
    assert grid.columns == ("rural", "highway", "all")
    assert grid.rows == (
        ("clear, day", (97.0, None, 97.0)),
        ("snow, low sun", (None, 100.0, 100.0)),
        ("all", (97.0, 100.0, 98.5)),
    )
    assert markdown_grid(grid).splitlines() == [
        "| autonomy [%] | rural | highway | all |",
        "| --- | ---: | ---: | ---: |",
        "| clear, day | 97.0 |  | 97.0 |",
        "| snow, low sun |  | 100.0 | 100.0 |",
        "| all | 97.0 | 100.0 | 98.5 |",
    ]


def test_marks_of_html_and_markdown_are_escaped() -> None:
    assert markdown_text("<img src=x onerror=alert(1)>") == "&lt;img src=x onerror=alert(1)&gt;"
    assert markdown_text("a|b\n[c](d) `e` *f*") == r"a\|b \[c\](d) \`e\` \*f\*"
    assert markdown_text("Modular + cars & lanes") == "Modular + cars &amp; lanes"
    lines = markdown_grid(Grid(("<b>", "all"), (("x|y", (1.0, None)),))).splitlines()
    assert lines == [
        "| autonomy [%] | &lt;b&gt; | all |",
        "| --- | ---: | ---: |",
        r"| x\|y | 1.0 |  |",
    ]
