"""Checks that the files of a dataset agree with each other."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.data.store import schema
from pilotnet.data.store.parquet_files import (
    episode_paths,
    missing_episodes,
    read_stats,
    read_table,
    tasks_table,
)
from pilotnet.data.store.schema import Episode
from pilotnet.data.store.stats import Stats, as_lists, pooled_features
from pilotnet.data.store.value_limits import column_values
from sim.scenario import Scenario
from sim.types import quoted


def check_totals(root: Path, raw: dict[str, Any], episodes: list[Episode]) -> None:
    """Raise DamagedFileError unless info.json, given as `raw`, has the numbers of episodes and
    frames in meta/episodes.
    """
    path = root / schema.INFO_PATH
    counted = raw.get("total_episodes")
    if isinstance(counted, int) and counted > len(episodes):
        raise DamagedFileError(missing_episodes(root, counted, len(episodes)))
    found = {
        "total_episodes": len(episodes),
        "total_frames": sum(episode.length for episode in episodes),
    }
    for key, value in found.items():
        if raw.get(key) != value:
            raise DamagedFileError(
                f"{path} has {key} {quoted(raw.get(key))}, but meta/episodes has {value}; the "
                f"recording was interrupted: "
                f"continue it with `pilotnet record --resume`, or mend the count with `pilotnet "
                f"check {root} --mend`"
            )


def check_derived(root: Path) -> None:
    """Raise DamagedFileError unless stats.json and tasks.parquet, which only other programs read,
    fit the meta files.
    """
    stats: dict[str, Stats] = {}
    for path in episode_paths(root):
        stats = pooled_features(stats, read_stats(path))
    path = root / schema.STATS_PATH
    if load_json(path) != as_lists(stats):
        raise DamagedFileError(
            f"{path} does not hold the statistics of the episodes; `pilotnet check {root} "
            f"--mend` writes it again"
        )
    path = root / schema.TASKS_PATH
    if not read_table(path).equals(tasks_table()):
        raise DamagedFileError(
            f"{path} does not hold the task; `pilotnet check {root} --mend` writes it again"
        )


def check_indices(path: Path, episode: Episode, first: int, fps: int) -> None:
    """Raise DamagedFileError unless the index columns and the scenario of a data file are those of
    the episode.

    first: index of its first frame in the dataset.
    fps: frames per second.
    """
    rows = np.arange(episode.length)
    expected: dict[str, NDArray[Any]] = {
        "timestamp": (rows / fps).astype(np.float32),
        "frame_index": rows,
        "episode_index": np.full_like(rows, episode.index),
        "index": rows + first,
        "task_index": np.zeros_like(rows),
    }
    table = read_table(path, (*expected, "scenario"))
    for key, values in expected.items():
        if not np.array_equal(column_values(table, key), values):
            raise DamagedFileError(
                f"{path} has wrong values in column {key!r}; the file belongs to another episode"
            )
    for text in table.column("scenario").unique().to_pylist():
        if (
            structured(load_json(text or "", f"{path}, column 'scenario',"), Scenario, path)
            != episode.scenario
        ):
            raise DamagedFileError(
                f"{path} has wrong values in column 'scenario'; the file belongs to another episode"
            )
