"""The results folder: written by `evaluate`, read by the report and by other tools.

`episodes.csv` holds one row for each drive, `traces.parquet` one row for each control tick.
`results.json` holds the number of drives, and digests of the other files that detect damage.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow

from pilotnet.common.digests import check_digest, check_file, file_digest, with_digest
from pilotnet.common.folders import atomic_path, write_json
from pilotnet.common.provenance import read_provenance
from pilotnet.common.reading import DamagedFileError, load_json, read_rows, structured
from pilotnet.common.schemas import EvaluateSettings, ResultsInfo
from pilotnet.data.store.parquet_files import write_table
from pilotnet.evaluation.metrics import EpisodeScore, Score, total_score
from sim.scenario import WORLD_VERSION, Scenario
from sim.types import Step, quoted

EPISODES_FILE = "episodes.csv"
TRACES_FILE = "traces.parquet"
INFO_FILE = "results.json"
PROVENANCE_FILE = "evaluate.yaml"
HASHED_FILES = (EPISODES_FILE, TRACES_FILE, PROVENANCE_FILE)  # with a digest in results.json
RESULTS_FORMAT = 1  # version of results.json
EPISODE_COLUMNS = tuple(field.name for field in fields(EpisodeScore))
# Absent from results of earlier versions: the columns that have a default.
LATER_COLUMNS = tuple(field.name for field in fields(EpisodeScore) if field.default is not MISSING)
TRACES_SCHEMA = pyarrow.schema(
    [("driver", pyarrow.string()), ("scenario", pyarrow.string())]
    + [
        (key, pyarrow.float64())
        for key in ("time", "station", "x", "y", "speed", "offset", "heading_error")
    ]
    + [(key, pyarrow.float64()) for key in ("curvature", "held_curvature", "path_curvature")]
    + [("intervention", pyarrow.string())]
)


@dataclass(frozen=True)
class Results:
    """The content of a results folder; episodes: in the order of drivers and scenarios."""

    folder: Path
    episodes: tuple[EpisodeScore, ...]

    def scores(self) -> dict[str, Score]:
        """Return the score of each driver over all its networks, in the order of the rows."""
        drives: dict[str, list[EpisodeScore]] = {}
        for episode in self.episodes:
            drives.setdefault(episode.recipe, []).append(episode)
        return {name: total_score(rows) for name, rows in drives.items()}


class Loss(NamedTuple):
    """A drive that an error of the driver ended; it has no score."""

    driver: str
    scenario: str
    reason: str


def trace_table(driver: str, scenario: Scenario, steps: Iterable[Step]) -> pyarrow.Table:
    """Return a drive as a table with a row for each tick, in metres, radians and seconds."""
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
    return pyarrow.Table.from_pylist(rows, schema=TRACES_SCHEMA)


def write_results(
    folder: Path,
    episodes: Sequence[EpisodeScore],
    traces: pyarrow.Table,
    losses: Sequence[Loss] = (),
    suite: str | None = None,
) -> Results:
    """Write the rows and the traces of an evaluation and return them.

    losses: drives without a row. suite: SHA-256 of what the suite is made of.

    `results.json` is written last and marks the folder as finished.
    """
    with (
        atomic_path(folder / EPISODES_FILE) as unfinished,
        unfinished.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, EPISODE_COLUMNS)
        writer.writeheader()
        writer.writerows(asdict(episode) for episode in episodes)
    write_table(folder / TRACES_FILE, traces)
    names = [name for name in HASHED_FILES if (folder / name).exists()]
    info = {
        "format": RESULTS_FORMAT,
        "world": WORLD_VERSION,
        "drives": dict(Counter(episode.driver for episode in episodes)),
        "files": {name: file_digest(folder / name) for name in names},
        "lost": [list(loss) for loss in losses],
        "suite": suite,
    }
    write_json(folder / INFO_FILE, with_digest(info))
    return Results(folder, tuple(episodes))


def read_results(folder: Path) -> Results:
    """Read the rows of a results folder.

    Folders of earlier versions have no `results.json`; their number of drives is taken from
    `evaluate.yaml`.

    Raises ValueError when `folder` is not a results folder or may not be read. Raises
    DamagedFileError, naming file, row and column, for damaged or changed files, and for missing or
    duplicate rows.
    """
    path = folder / EPISODES_FILE
    if not path.exists():
        raise ValueError(
            f"{folder} is not a results folder: it has no {EPISODES_FILE}; "
            "give the folder that `pilotnet evaluate` wrote"
        )
    required = [name for name in EPISODE_COLUMNS if name not in LATER_COLUMNS]
    rows = read_rows(path, required, LATER_COLUMNS)
    episodes = tuple(
        _parsed(row, f"{path} is damaged: row {number}") for number, row in enumerate(rows, 1)
    )
    info = read_info(folder)
    _check_rows(episodes, path, {(one[0], one[1]) for one in info.lost} if info else set())
    expected = _expected_drives(folder, info)
    present = dict(Counter(episode.driver for episode in episodes))
    if expected is not None and present != expected:
        raise DamagedFileError(
            f"{path} has {_counted(present)}; the evaluation drove {_counted(expected)}: "
            "rows are missing or new"
        )
    if info:
        for name in (EPISODES_FILE, PROVENANCE_FILE):
            if name in info.files:
                check_file(folder / name, info.files[name])
    return Results(folder, episodes)


def _expected_drives(folder: Path, info: ResultsInfo | None) -> dict[str, int] | None:
    """Return the number of drives of each driver; None when the folder does not record it."""
    settings = evaluate_settings(folder) if (folder / PROVENANCE_FILE).exists() else None
    if info:
        return info.drives
    if settings:
        return dict.fromkeys(settings.drivers, settings.episodes)
    return None


def read_info(folder: Path) -> ResultsInfo | None:
    """Return the content of `results.json`, None for a folder of an earlier version.

    Raises DamagedFileError when it is damaged.
    """
    path = folder / INFO_FILE
    if not path.exists():
        return None
    raw = load_json(path)
    info = structured(raw, ResultsInfo, path)
    check_digest(raw, path)
    return info


def evaluate_settings(folder: Path) -> EvaluateSettings:
    """Return the settings of the evaluation that wrote a results folder.

    Raises DamagedFileError when they are damaged.
    """
    config = read_provenance(folder, "evaluate")["config"]
    return structured(config, EvaluateSettings, folder / PROVENANCE_FILE)


def _parsed(row: dict[str, str], message: str) -> EpisodeScore:
    """Return a row of episodes.csv as a record.

    Raises DamagedFileError for an impossible value; `message` is the start of the error message.
    """
    values: dict[str, Any] = {}
    for field in fields(EpisodeScore):
        if field.name in row:
            text = row[field.name]
            start = f"{message} has {field.name} {quoted(text)}"
            values[field.name] = _value(text, field.type, start)
    episode = EpisodeScore(**values)
    for name in ("elapsed", "distance", "offset_rms", "curvature_rate_rms"):
        if not math.isfinite(values[name]):
            raise DamagedFileError(f"{message} has {name} {values[name]}; it must be finite")
    if not episode.elapsed > 0:
        raise DamagedFileError(f"{message} has elapsed {episode.elapsed}; it must be above 0")
    try:
        scenario = episode.conditions()
    except DamagedFileError as error:
        raise DamagedFileError(f"{message}: {error}") from None
    described = (scenario.name, scenario.road, scenario.weather, scenario.light)
    if described != (episode.scenario, episode.road, episode.weather, episode.light):
        raise DamagedFileError(
            f"{message} is of {quoted(episode.scenario)}, but its settings describe {scenario.name}"
        )
    return episode


def _value(text: str, kind: Any, message: str) -> Any:
    """Return the value of a cell: text, or a number of 0 or more.

    Raises DamagedFileError for another value; `message` is the start of the error message.
    """
    if kind is str:
        return text
    try:
        value = kind(text)
    except ValueError:
        allowed = "whole number" if kind is int else "number"
        raise DamagedFileError(f"{message}; it must be a {allowed}") from None
    if not value >= 0:
        raise DamagedFileError(f"{message}; it must be 0 or more")
    return value


def _check_rows(episodes: Sequence[EpisodeScore], path: Path, lost: Set[tuple[str, str]]) -> None:
    """Raise DamagedFileError unless there are rows, one for each driver and scenario.

    lost: drivers and scenarios without a row.
    """
    if not episodes:
        raise DamagedFileError(f"{path} has no rows; evaluate again")
    drives = Counter((episode.driver, episode.scenario) for episode in episodes)
    (driver, scenario), count = drives.most_common(1)[0]
    if count > 1:
        raise DamagedFileError(
            f"{path} is damaged: {quoted(driver)} has {count} rows for {quoted(scenario)}; "
            "it must have one"
        )
    scenarios = dict.fromkeys(episode.scenario for episode in episodes)
    for driver in dict.fromkeys(episode.driver for episode in episodes):
        present = lost | drives.keys()
        absent = [scenario for scenario in scenarios if (driver, scenario) not in present]
        if absent:
            raise DamagedFileError(
                f"{path} is damaged: {quoted(driver)} has no row for {quoted(absent[0])}, "
                "other drivers have"
            )


def _counted(drives: Mapping[str, int]) -> str:
    """Return numbers of drives as text, such as `20 of 'expert', 20 of 'pilotnet'`."""
    return ", ".join(f"{count} of {quoted(name)}" for name, count in drives.items())
