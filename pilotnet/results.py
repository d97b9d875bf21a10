"""The results folder: what `evaluate` writes and every reader opens.

`episodes.csv` holds one row per drive, `traces.parquet` one row per control tick of every drive.
"""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow

from pilotnet.folders import atomic_path
from pilotnet.metrics import EpisodeScore, Score, total_score
from sim.scenario import Scenario
from sim.types import Step

EPISODES_FILE = "episodes.csv"
TRACES_FILE = "traces.parquet"


@dataclass(frozen=True)
class Results:
    """What an evaluation wrote: the folder and its rows, in the order of drivers and scenarios."""

    folder: Path
    episodes: tuple[EpisodeScore, ...]

    def scores(self) -> dict[str, Score]:
        """The total score of each driver."""
        return {name: total_score(rows) for name, rows in groupby(self.episodes, lambda row: row.driver)}


def trace_table(driver: str, scenario: Scenario, steps: Iterable[Step]) -> pyarrow.Table:
    """A drive as columns, one row per tick: metres, radians and seconds as everywhere."""
    rows: list[dict[str, Any]] = [
        {
            "driver": driver,
            "scenario": scenario.name,
            "time": step.time,
            "station": step.ego.station,
            "x": step.ego.pose.x,
            "y": step.ego.pose.y,
            "speed": step.ego.speed,
            "offset": step.ego.offset,
            "heading_error": step.ego.heading_error,
            "curvature": step.control.curvature,
            "held_curvature": step.ego.curvature,
            "path_curvature": step.ego.path_curvature,
            "intervention": step.intervention or "",
        }
        for step in steps
    ]
    return pyarrow.Table.from_pylist(rows)


def write_episodes(path: Path, episodes: Iterable[EpisodeScore]) -> None:
    """One row per episode as CSV."""
    with atomic_path(path) as unfinished, unfinished.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(EpisodeScore)])
        writer.writeheader()
        writer.writerows(asdict(episode) for episode in episodes)


def read_results(folder: Path) -> Results:
    """The rows of a results folder; ValueError when it is not one."""
    path = folder / EPISODES_FILE
    if not path.is_file():
        raise ValueError(
            f"{folder} is not a results folder: it has no {EPISODES_FILE}; give the folder that `pilotnet evaluate` wrote"
        )
    try:
        with path.open(newline="") as file:
            episodes = tuple(_parse(row) for row in csv.DictReader(file))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    if not episodes:
        raise ValueError(f"{path} has no rows; evaluate anew")
    return Results(folder, episodes)


def _parse(row: dict[str, str]) -> EpisodeScore:
    known = [field for field in fields(EpisodeScore) if field.name in row]
    return EpisodeScore(**{field.name: field.type(row[field.name]) for field in known})  # type: ignore[operator]
