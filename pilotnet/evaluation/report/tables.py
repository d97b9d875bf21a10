"""Scores in words and figures: the rows of the score table, once, for the terminal and for the
page.
"""

import html
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pilotnet.drivers.driver_table import driver_info
from pilotnet.evaluation.metrics import EpisodeScore, Score, scores_by, total_score
from sim.scenario import Daytime, RoadKind, Weather
from sim.types import Cause

MARKDOWN_MARKS = re.compile(r"[\\`*_\[\]|~]")
# [columns] of the terminal; so many drivers fit beside the labels
LONGEST_VALUE = 11
DRIVERS_ABREAST = 4


@dataclass(frozen=True)
class Measure:
    """One row of the score table: its label with the unit, and the text of a value.

    detail: whether it is a part of the row above.
    rare: left out where it is 0 for all drivers.
    """

    label: str
    text: Callable[[Score], str]
    detail: bool = False
    rare: bool = False


@dataclass(frozen=True)
class Row:
    """A measure written out, one value per driver."""

    label: str
    values: tuple[str, ...]
    detail: bool


def count_text(cause: Cause, score: Score) -> str:
    """Return the number of interventions of one cause."""
    return str(score.causes[cause])


BRIEF = (
    Measure("Autonomy [%]", lambda score: f"{score.autonomy:.1f}"),
    Measure("95 % interval [%]", lambda score: interval_text(score), detail=True),
    Measure("Interventions", lambda score: str(score.interventions)),
)
MEASURES = (
    *BRIEF,
    *(
        Measure(
            cause.value,
            partial(count_text, cause),
            detail=True,
            rare=cause is Cause.TAKEOVER,
        )
        for cause in Cause
    ),
    Measure("Distance [km]", lambda score: f"{score.kilometres:.1f}"),
    Measure("Time [h]", lambda score: f"{score.hours:.2f}"),
    Measure("Mean autonomous distance [km]", lambda score: distance_text(score)),
    Measure("RMS offset [m]", lambda score: f"{score.offset_rms:.2f}"),
    Measure("RMS curvature rate [1/km/s]", lambda score: f"{1000 * score.curvature_rate_rms:.2f}"),
    Measure("Min. time to collision [s]", lambda score: time_text(score.min_time_to_collision)),
)


def score_rows(scores: Mapping[str, Score], measures: Sequence[Measure] = MEASURES) -> list[Row]:
    """The score table's rows, a value for each driver in the order of `scores`."""
    rows = [(m, tuple(m.text(score) for score in scores.values())) for m in measures]
    return [
        Row(m.label, values, m.detail) for m, values in rows if not m.rare or set(values) != {"0"}
    ]


Parts = Mapping[
    str, Mapping[str, Score]
]  # for each part of the roads, by its title, the score of every driver


def score_table(
    scores: Mapping[str, Score], caption: str = "", parts: Parts | None = None
) -> Group:
    """The score table for the terminal: measures down, drivers across, as many below each other as
    80 columns make necessary.

    parts: scores on parts of the roads, which come, in brief, below those on all.
    """
    names = list(scores)
    abreast = [names[i : i + DRIVERS_ABREAST] for i in range(0, len(names), DRIVERS_ABREAST)]
    tables = [_table(scores, parts or {}, some) for some in abreast]
    return Group(*tables, *([Text(f"  {caption}", "dim")] if caption else []))


def _table(scores: Mapping[str, Score], parts: Parts, names: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", collapse_padding=True)
    table.add_column(no_wrap=True)
    for name in names:
        table.add_column(
            Text(driver_title(name), overflow="fold"), justify="right", max_width=LONGEST_VALUE
        )
    for title, part, measures in [
        ("", scores, MEASURES),
        *((title, part, BRIEF) for title, part in parts.items()),
    ]:
        if title:
            table.add_section()
            table.add_row(Text(title, "bold"))
        for row in score_rows({name: part[name] for name in names}, measures):
            # Plain strings would lose their [units] as markup.
            table.add_row(
                Text(f"  {row.label}", "dim") if row.detail else Text(row.label), *row.values
            )
    return table


def scores_by_suite(episodes: Sequence[EpisodeScore]) -> dict[str, dict[str, Score]]:
    """For each suite, by its title, the score of every driver; nothing where all drives are from
    the same one.
    """
    parts = scores_by(episodes, "suite")
    return {suite_title(name): part for name, part in parts.items()} if len(parts) > 1 else {}


@dataclass(frozen=True)
class Grid:
    """One driver's autonomy [%] by condition (rows: weather and light) and road (columns); None
    where nothing was driven.

    The last column and the last row are over all roads and all conditions.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


def condition_grid(episodes: Iterable[EpisodeScore], driver: str) -> Grid:
    """The autonomy of `driver` on every road in every weather and light that it met."""
    own = [episode for episode in episodes if episode.driver == driver]
    roads = [kind for kind in RoadKind if any(e.road == kind for e in own)]
    skies = [
        (w, d) for w in Weather for d in Daytime if any((e.weather, e.light) == (w, d) for e in own)
    ]
    lines = [
        (f"{w}, {in_words(d)}", [e for e in own if (e.weather, e.light) == (w, d)])
        for w, d in skies
    ]
    return Grid(
        columns=(*(in_words(road) for road in roads), "all"),
        rows=tuple(
            (
                title,
                (
                    *(_autonomy([e for e in part if e.road == road]) for road in roads),
                    _autonomy(part),
                ),
            )
            for title, part in [*lines, ("all", own)]
        ),
    )


def _autonomy(episodes: list[EpisodeScore]) -> float | None:
    return total_score(episodes).autonomy if episodes else None


def markdown_grid(grid: Grid) -> str:
    """Return the grid as a Markdown table."""
    lines = [
        ["autonomy [%]", *map(markdown_text, grid.columns)],
        ["---", *["---:"] * len(grid.columns)],
    ]
    lines += [
        [markdown_text(title), *("" if value is None else f"{value:.1f}" for value in values)]
        for title, values in grid.rows
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_text(text: str) -> str:
    """Return text from a file for Markdown, on one line, with HTML and Markdown's marks escaped."""
    return MARKDOWN_MARKS.sub(r"\\\g<0>", html.escape(" ".join(text.split()), quote=False))


def in_words(name: str) -> str:
    """A name for people: `low_sun` is `low sun`."""
    return name.replace("_", " ")


def suite_title(name: str) -> str:
    """A suite's name for people: `lane_keeping-small` is `Lane keeping, small`."""
    return in_words(name).replace("-", ", ").capitalize()


def base_name(label: str) -> str:
    """The driver that a label is about: `modular` of `modular+cars`, the modular stack that is told
    where the cars are.
    """
    return label.split("+")[0]


def driver_title(label: str) -> str:
    """A driver's label for people: `modular+cars` is `Modular + cars`."""
    base, *parts = label.split("+")
    info = driver_info(base)
    title = info.title if info else in_words(base).capitalize()
    return " + ".join([title, *map(in_words, parts)])


def interval_text(score: Score) -> str:
    """The 95 % interval of the autonomy, such as `97.1-99.4` with an en dash."""
    return "\N{EN DASH}".join(f"{limit:.1f}" for limit in score.interval)


def distance_text(score: Score) -> str:
    """The mean autonomous distance; without an intervention it is only known to be longer than what
    was driven.
    """
    distance = score.autonomous_distance
    return f"{'' if score.interventions else '> '}{distance:.{1 if distance >= 1 else 2}f}"


def time_text(seconds: float) -> str:
    """A time to collision, or a dash when the car never closed in on another."""
    return f"{seconds:.1f}" if math.isfinite(seconds) else "\N{EN DASH}"
