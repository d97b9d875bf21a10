"""Scores as text: the rows of the score table, for the terminal and for the page, and titles."""

import html
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.compare import Comparison
from pilotnet.evaluation.metrics import EpisodeScore, Score, scores_by, total_score
from sim.scenario import Daytime, RoadKind, Weather
from sim.types import Cause

MARKDOWN_MARKS = re.compile(r"[\\`*_\[\]|~]")
DASH = "\N{EN DASH}"  # a value that is not there
NOTHING = frozenset(("0", "", DASH))  # values of a row that is left out
DRIVER_COLUMN_WIDTH = 11  # [characters] at most
DRIVERS_PER_TABLE = 4  # as many columns as fit next to the labels in 80 characters


@dataclass(frozen=True)
class Measure:
    """One row of the score table.

    label: with the unit.
    text: the function that writes the value of a score.
    detail: whether the row belongs to the row above it, and is indented.
    rare: whether the row is left out when it is 0, empty or a dash for all drivers.
    """

    label: str
    text: Callable[[Score], str]
    detail: bool = False
    rare: bool = False


@dataclass(frozen=True)
class Row:
    """A measure as text, with a value for each driver."""

    label: str
    values: tuple[str, ...]
    detail: bool


def count_text(cause: Cause, score: Score) -> str:
    """Return the number of interventions of one cause."""
    return str(score.causes[cause])


BRIEF = (
    Measure("Autonomy [%]", lambda score: f"{score.autonomy:.1f}"),
    Measure("95 % interval [%]", lambda score: interval_text(score), detail=True),
    Measure("networks", lambda score: networks_text(score), detail=True, rare=True),
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
    Measure("each hour", lambda score: each(score.interventions, score.hours, 1), detail=True),
    Measure("each km", lambda score: each(score.interventions, score.kilometres, 2), detail=True),
    Measure("Distance [km]", lambda score: f"{score.kilometres:.1f}"),
    Measure("Time [h]", lambda score: f"{score.hours:.2f}"),
    Measure("Mean autonomous distance [km]", lambda score: distance_text(score)),
    Measure("RMS cross-track error [m]", lambda score: f"{score.offset_rms:.2f}"),
    Measure(
        "95th percentile [m]", lambda score: number(score.offset_p95, 2), detail=True, rare=True
    ),
    Measure(
        "RMS heading error [°]",
        lambda score: number(math.degrees(score.heading_error_rms), 2),
        rare=True,
    ),
    Measure("RMS curvature rate [1/km/s]", lambda score: f"{1000 * score.curvature_rate_rms:.2f}"),
    Measure("Min. time to collision [s]", lambda score: number(score.min_time_to_collision, 1)),
    Measure("Min. clearance [m]", lambda score: number(score.min_clearance, 2), rare=True),
    Measure("Comfortable (nuPlan) [%]", lambda score: number(100 * score.comfort, 1), rare=True),
    Measure("Standing [min]", lambda score: number(60 * score.standing, 1), rare=True),
    Measure("Route completion [%]", lambda score: number(100 * score.completion, 1), rare=True),
    Measure("CARLA driving score 1.0 [%]", lambda score: number(score.driving_score, 1), rare=True),
)


def score_rows(scores: Mapping[str, Score], measures: Sequence[Measure] = MEASURES) -> list[Row]:
    """Return the rows of the score table; their values are in the order of `scores`."""
    rows = []
    for measure in measures:
        values = tuple(measure.text(score) for score in scores.values())
        if not measure.rare or set(values) - NOTHING:
            rows.append(Row(measure.label, values, measure.detail))
    return rows


# The score of every driver on each part of the roads, by the title of the part.
Parts = Mapping[str, Mapping[str, Score]]


def score_table(
    scores: Mapping[str, Score], caption: str = "", parts: Parts | None = None
) -> Group:
    """Return the score table for the terminal: a row for each measure, a column for each driver.

    More than DRIVERS_PER_TABLE drivers make several tables, so that each fits 80 characters.
    parts: scores on parts of the roads; they follow in brief below the scores on all roads.
    """
    names = list(scores)
    starts = range(0, len(names), DRIVERS_PER_TABLE)
    tables = [_table(scores, parts or {}, names[i : i + DRIVERS_PER_TABLE]) for i in starts]
    captions = [Text(f"  {caption}", "dim")] if caption else []
    return Group(*tables, *captions)


def _table(scores: Mapping[str, Score], parts: Parts, names: Sequence[str]) -> Table:
    """Return the score table of the drivers `names`."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", collapse_padding=True)
    table.add_column(no_wrap=True)
    for name in names:
        heading = Text(driver_title(name), overflow="fold")
        table.add_column(heading, justify="right", max_width=DRIVER_COLUMN_WIDTH)
    _add_rows(table, score_rows({name: scores[name] for name in names}))
    for title, part in parts.items():
        table.add_section()
        table.add_row(Text(title, style="bold"))
        _add_rows(table, score_rows({name: part[name] for name in names}, BRIEF))
    return table


def _add_rows(table: Table, rows: Sequence[Row]) -> None:
    """Add rows; labels are Text, because plain strings would lose their [units] as markup."""
    for row in rows:
        label = Text(f"  {row.label}", "dim") if row.detail else Text(row.label)
        table.add_row(label, *row.values)


def comparison_table(comparison: Comparison) -> Table:
    """Return the scenarios that decide a comparison, with their part in the difference."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("scenario")
    table.add_column("points", justify="right")
    for scenario, points in comparison.roads:
        table.add_row(scenario, f"{points:+.1f}")
    return table


def scores_by_suite(episodes: Sequence[EpisodeScore]) -> dict[str, dict[str, Score]]:
    """Return the score of every driver on each suite, by the title of the suite.

    The result is empty when all drives are from one suite.
    """
    parts = scores_by(episodes, "suite")
    return {suite_title(name): part for name, part in parts.items()} if len(parts) > 1 else {}


@dataclass(frozen=True)
class Grid:
    """One driver's autonomy [%] for each weather and light (rows) and kind of road (columns).

    The last column holds all roads, the last row all conditions. A value is None where there was
    no drive.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]


def condition_grid(episodes: Iterable[EpisodeScore], driver: str) -> Grid:
    """Return the autonomy of a driver for every kind of road, weather and light it has driven."""
    own = [episode for episode in episodes if episode.recipe == driver]
    driven_roads = {episode.road for episode in own}
    driven_conditions = {(episode.weather, episode.light) for episode in own}
    roads = [road for road in RoadKind if road in driven_roads]
    rows = []
    for condition in product(Weather, Daytime):
        if condition in driven_conditions:
            weather, light = condition
            drives = [e for e in own if (e.weather, e.light) == condition]
            rows.append((f"{weather}, {in_words(light)}", _autonomies(drives, roads)))
    rows.append(("all", _autonomies(own, roads)))
    return Grid((*map(in_words, roads), "all"), tuple(rows))


def _autonomies(
    episodes: Sequence[EpisodeScore], roads: Sequence[RoadKind]
) -> tuple[float | None, ...]:
    """Return the autonomy on each kind of road, and last on all of them."""
    by_road = [[episode for episode in episodes if episode.road == road] for road in roads]
    return (*map(_autonomy, by_road), _autonomy(episodes))


def _autonomy(episodes: Sequence[EpisodeScore]) -> float | None:
    """Return the autonomy [%] over all episodes, None when there is none."""
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
    """Return text for Markdown: in one line, with the marks of HTML and Markdown escaped."""
    return MARKDOWN_MARKS.sub(r"\\\g<0>", html.escape(" ".join(text.split()), quote=False))


def in_words(name: str) -> str:
    """Return a name for people: `low sun` for `low_sun`."""
    return name.replace("_", " ")


def suite_title(name: str) -> str:
    """Return a suite's title: `Lane keeping, small` for `lane_keeping-small`."""
    return in_words(name).replace("-", ", ").capitalize()


def interval_text(score: Score) -> str:
    """Return the 95 % interval of the autonomy, such as `97.1-99.4` with an en dash."""
    return "\N{EN DASH}".join(f"{limit:.1f}" for limit in score.interval)


def networks_text(score: Score) -> str:
    """Return number and standard deviation of several networks, such as `3, ±2.1`."""
    count = len(score.networks)
    return f"{count}, ±{score.between_networks:.1f}" if count > 1 else ""


def distance_text(score: Score) -> str:
    """Return the mean distance between interventions [km].

    Without any intervention it is a lower bound, marked by `>`.
    """
    distance = score.autonomous_distance
    sign = "" if score.interventions else "> "
    decimals = 1 if distance >= 1 else 2
    return f"{sign}{distance:.{decimals}f}"


def each(count: int, amount: float, decimals: int) -> str:
    """Return a count by an amount, a dash where the amount is 0, as of a car that never moved."""
    return number(count / amount, decimals) if amount else DASH


def number(value: float, decimals: int) -> str:
    """Return a number, or a dash for infinity and NaN: nothing was near, or earlier results."""
    return f"{value:.{decimals}f}" if math.isfinite(value) else DASH
