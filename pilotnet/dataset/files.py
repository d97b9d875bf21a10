"""Parquet and JSON files of the dataset, read with one-line errors and written in one step."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pilotnet.dataset.schema import EPISODE_GLOB, LATE_COLUMN, TASK, Episode
from pilotnet.folders import atomic_path
from sim.scenario import Scenario, Split, choice

META_COLUMNS = ("episode_index", "length", "split", "scenario")


def write_table(path: Path, table: pa.Table) -> None:
    """Write a parquet file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="snappy", use_dictionary=True)


def read_table(path: Path, columns: Sequence[str] | None = None, optional: Sequence[str] = ()) -> pa.Table:
    """Read a parquet file; ValueError when it is missing, damaged or lacks one of `columns`. `optional` ones may be missing."""
    try:
        # One thread and one plain file: an episode is small, and a folder must not be taken for a partitioned table.
        with pq.ParquetFile(path) as file:
            table = file.read(columns=columns and [*columns, *optional], use_threads=False)
    except FileNotFoundError:
        raise ValueError(f"{path} is missing") from None
    except (pa.ArrowException, OSError):
        raise ValueError(f"{path} is not a readable parquet file; it is damaged or truncated") from None
    absent = set(columns or ()) - set(table.column_names)
    if absent:
        raise ValueError(f"{path} lacks the columns {', '.join(sorted(absent))}; it was written by another program")
    return table


def read_schema(path: Path) -> tuple[pa.Schema, int]:
    """The schema and the number of rows of a parquet file; ValueError when it is missing or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow, file.metadata.num_rows
    except FileNotFoundError:
        raise ValueError(f"{path} is missing") from None
    except (pa.ArrowException, OSError):
        raise ValueError(f"{path} is not a readable parquet file; it is damaged or truncated") from None


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; ValueError when the file is missing or holds something else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path} is missing") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise ValueError(f"{path} is not a readable JSON file; it is damaged or truncated") from None
    if not isinstance(value, dict):
        raise ValueError(f"{path} holds a {type(value).__name__}; it must hold a JSON object")
    return value


def tasks_table() -> pa.Table:
    """The one task, in the form pandas gives a frame whose index is the task's text: LeRobot looks it up by that index."""
    table = pa.table({"task_index": pa.array([0], pa.int64()), "__index_level_0__": pa.array([TASK], pa.string())})
    index = {"name": None, "field_name": "__index_level_0__", "pandas_type": "unicode", "numpy_type": "object"}
    column = {"name": "task_index", "field_name": "task_index", "pandas_type": "int64", "numpy_type": "int64"}
    header = {"name": None, "field_name": None, "pandas_type": "unicode", "numpy_type": "object"}
    pandas = {
        "index_columns": ["__index_level_0__"],
        "column_indexes": [header | {"metadata": {"encoding": "UTF-8"}}],
        "columns": [column | {"metadata": None}, index | {"metadata": None}],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.0.0",
    }
    return table.replace_schema_metadata({"pandas": json.dumps(pandas)})


def read_episode(path: Path) -> Episode:
    """The episode that a meta file describes; ValueError when the file is damaged or from another version."""
    rows = read_table(path, META_COLUMNS, [LATE_COLUMN]).to_pylist()
    if len(rows) != 1:
        raise ValueError(f"{path} describes {len(rows)} episodes; it must describe exactly one")
    row = rows[0]
    try:
        scenario = Scenario(**json.loads(row["scenario"]))
        late = tuple(int(frame) for frame in json.loads(row.get(LATE_COLUMN, "[]")))
        return Episode(row["episode_index"], row["length"], choice("split", row["split"], Split), scenario, late)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} describes an episode that this version cannot read: {error}") from None


def read_episodes(root: Path) -> list[Episode]:
    """All committed episodes in order; ValueError when a meta file is damaged or an episode is missing in between."""
    episodes = [read_episode(path) for path in sorted(root.glob(EPISODE_GLOB))]
    for position, episode in enumerate(episodes):
        if episode.index != position:
            raise ValueError(f"{root} has no episode {position}, but later ones; its meta/episodes files are incomplete")
    return episodes
