"""Writes a dataset, one episode at a time, so that a crash at any moment costs at most the episode
in hand.

An episode's files go to their places in the order videos, data, boxes, meta/episodes. That last
file appears in one step and *is* the commit. stats.json and info.json only repeat what the meta
files say and are rebuilt from them on every `append`.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pilotnet.common.folders import publish, remove_temporaries, write_json, write_text
from pilotnet.common.locks import FolderLock
from pilotnet.common.provenance import require_present_world
from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store import schema
from pilotnet.data.store.box_tables import check_boxes
from pilotnet.data.store.info import DatasetInfo, checked_info, read_raw_info
from pilotnet.data.store.mending import set_damaged_aside
from pilotnet.data.store.parquet_files import (
    advised,
    missing_episodes,
    read_episodes,
    read_stats,
    read_table,
    tasks_table,
    write_table,
)
from pilotnet.data.store.row_digests import row_digests
from pilotnet.data.store.schema import Episode
from pilotnet.data.store.staging import (
    BOXES_FILE,
    SIGNALS_FILE,
    StagedEpisode,
    column_stats,
    staged_video,
)
from pilotnet.data.store.stats import Stats, as_lists, pooled_features
from pilotnet.data.store.value_limits import check_signals
from pilotnet.data.store.video import Quality, check_video
from sim.geometry.camera import Camera
from sim.scenario import Split, choice
from sim.types import quoted

DATASET_LOCK = "dataset"
CARD = """---
task_categories: [robotics]
tags: [LeRobot, self-driving, behavioural-cloning]
configs:
- config_name: default
  data_files: data/*/*.parquet
---

Driving recorded by PilotNet in simulation, in the LeRobot v3.0 layout: camera videos, the driver's path curvature
[1/m, right positive] as `action`, the car's speed [m/s] as `observation.state`, and for every frame the car's pose, lane
offset, heading error and scenario.
"""


class DatasetWriter:
    """Changes a dataset, which it locks until `close`; make it with `create` or `append`."""

    def __init__(
        self,
        root: Path,
        info: DatasetInfo,
        episodes: list[Episode],
        stats: dict[str, Stats],
        lock: FolderLock,
    ) -> None:
        self._lock = lock
        self.root = root
        self.fps = info.fps
        self.cameras = info.cameras
        self.boxes = info.boxes
        self.quality = info.quality
        self._world = info.world
        self._episodes = episodes
        self._stats = stats

    @classmethod
    def create(
        cls,
        root: Path,
        fps: int,
        cameras: Mapping[str, Camera],
        boxes: bool = False,
        quality: Quality = Quality.SMALL,
    ) -> Self:
        """Begin an empty dataset in the folder `root`, with or without boxes.

        Raises ValueError when `root` holds files of a dataset, or when another writer has it open.
        """
        for pattern in schema.DATASET_FILES:
            for path in root.glob(pattern):
                raise ValueError(
                    f"{root} already holds {path.relative_to(root)}; choose another folder or "
                    f"delete it"
                )
        info = DatasetInfo(fps, dict(cameras), boxes, quality)
        (root / schema.INFO_PATH).parent.mkdir(parents=True, exist_ok=True)
        with _locked(root) as lock:
            write_json(root / schema.INFO_PATH, schema.info(fps, cameras, [], boxes, quality))
            return cls._repaired(root, info, lock)

    @classmethod
    def append(cls, root: Path) -> Self:
        """Go on with a dataset, after clearing away what an interrupted recording left behind.

        Raises ValueError when `root` is no dataset of the present world version, or when another
        writer has it open. Raises DamagedFileError for a damaged episode.
        """
        read_raw_info(root)  # before locking, which would write into a folder that is no dataset
        with _locked(root) as lock:
            info, counted = read_info(root)
            found = len(read_episodes(root))
            # info.json is written after each commit, so it may lag behind the meta files but never
            # be ahead of them.
            if counted > found:
                raise DamagedFileError(missing_episodes(root, counted, found))
            require_present_world(root, info.world)
            return cls._repaired(root, info, lock)

    @classmethod
    def mend(cls, root: Path) -> list[Path]:
        """Move damaged last episodes aside, rewrite the files that depend on all episodes, and
        return the folders moved to.

        Only leftovers of an interrupted recording are deleted. Raises ValueError when `root` is no
        dataset or when a writer has it open, and DamagedFileError when an earlier episode is
        damaged.
        """
        read_raw_info(root)
        with _locked(root) as lock:
            info, counted = read_info(root)
            made = set_damaged_aside(root, info, counted)
            cls._repaired(root, info, lock).close()
        return made

    @classmethod
    def _repaired(cls, root: Path, info: DatasetInfo, lock: FolderLock) -> Self:
        episodes = read_episodes(root)
        remove_leftovers(root, info, len(episodes))
        stats: dict[str, Stats] = {}
        for episode in episodes:
            with advised(root, episode.index, len(episodes)):
                info.check_files(root, episode)
            files = schema.episode_files(root, episode.index, info.cameras, info.boxes)
            add_late_columns(schema.episode_path(root, episode.index), files)
            stats = pooled_features(stats, read_stats(schema.episode_path(root, episode.index)))
        if episodes:
            # Read again, because `add_late_columns` may have added digests.
            episodes = read_episodes(root)
        writer = cls(root, info, episodes, stats, lock)
        if not (root / schema.CARD_PATH).exists():
            write_text(root / schema.CARD_PATH, CARD)
        write_table(root / schema.TASKS_PATH, tasks_table())
        writer._write_derived()
        return writer

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """The committed episodes."""
        return tuple(self._episodes)

    @property
    def staging(self) -> Path:
        """Where episodes are staged; on the same disk as the dataset, ignored by every reader."""
        return self.root / schema.STAGING_PATH

    def commit(self, staged: StagedEpisode, split: Split | str) -> Episode:
        """Make a staged episode the dataset's next one.

        Raises ValueError when its videos or boxes do not fit the dataset, for an impossible signal,
        and when the episodes of a split would not follow each other.
        """
        episode = Episode(
            len(self._episodes),
            staged.length,
            choice("split", split, Split),
            staged.scenario,
            staged.late,
        )
        self._check_order(episode)
        for name, camera in self.cameras.items():
            check_video(
                staged_video(staged.folder, name),
                staged.length,
                camera.width,
                camera.height,
                self.quality,
            )
        signals = read_table(staged.folder / SIGNALS_FILE)
        check_signals(signals, staged.folder / SIGNALS_FILE)
        if self.boxes:
            check_boxes(staged.folder / BOXES_FILE)
        for name in self.cameras:
            publish(
                staged_video(staged.folder, name), schema.video_path(self.root, episode.index, name)
            )
        table = self._data(episode, signals)
        write_table(schema.data_path(self.root, episode.index), table)
        if self.boxes:
            publish(staged.folder / BOXES_FILE, schema.boxes_path(self.root, episode.index))
        stats = column_stats(table) | {
            key: value for key, value in staged.stats.items() if key not in table.column_names
        }
        write_table(schema.episode_path(self.root, episode.index), self._meta(episode, stats))
        self._episodes.append(episode)
        self._stats = pooled_features(self._stats, stats)
        self._write_derived()
        shutil.rmtree(staged.folder, ignore_errors=True)
        return episode

    def close(self) -> None:
        """Remove the staging folder and whatever uncommitted episode lies in it, and free the
        dataset for other writers.
        """
        shutil.rmtree(self.staging, ignore_errors=True)
        self._lock.release()

    @property
    def _frames(self) -> int:
        return sum(episode.length for episode in self._episodes)

    def _check_order(self, episode: Episode) -> None:
        earlier = [other.split for other in self._episodes]
        if episode.split in earlier and earlier[-1] is not episode.split:
            raise ValueError(
                f"split is {episode.split.value!r}, but {earlier[-1].value!r} episodes have "
                f"followed its last one; "
                "the episodes of a split must follow each other"
            )

    def _data(self, episode: Episode, signals: pa.Table) -> pa.Table:
        """The episode's data file: the staged signals and LeRobot's five index columns."""
        rows = np.arange(episode.length)
        values = {
            "timestamp": (rows / self.fps).astype(np.float32),
            "frame_index": rows,
            "episode_index": np.full_like(rows, episode.index),
            "index": rows + self._frames,
            "task_index": np.zeros_like(rows),
        }
        for column in schema.INDICES:
            signals = signals.append_column(
                pa.field(column.key, column.type), pa.array(values[column.key], column.type)
            )
        return signals

    def _meta(self, episode: Episode, stats: Mapping[str, Stats]) -> pa.Table:
        """The episode's row in meta/episodes."""
        place = schema.file_indices(episode.index)
        first = self._frames
        row: dict[str, Any] = {
            "episode_index": episode.index,
            "tasks": [schema.TASK],
            "length": episode.length,
            **{f"data/{key}": value for key, value in place.items()},
            "dataset_from_index": first,
            "dataset_to_index": first + episode.length,
        }
        for name in self.cameras:
            video = f"videos/{schema.camera_key(name)}"
            row |= {f"{video}/{key}": value for key, value in place.items()}
            row |= {
                f"{video}/from_timestamp": 0.0,
                f"{video}/to_timestamp": episode.length / self.fps,
            }
        row |= {f"meta/episodes/{key}": value for key, value in place.items()}
        row |= {"split": episode.split.value, "scenario": json.dumps(asdict(episode.scenario))}
        row[schema.LATE_COLUMN] = json.dumps(episode.late)
        row |= {
            f"stats/{key}/{name}": value
            for key, lists in as_lists(stats).items()
            for name, value in lists.items()
        }
        return with_digests(
            pa.Table.from_pylist([row]),
            schema.episode_files(self.root, episode.index, self.cameras, self.boxes),
        )

    def _write_derived(self) -> None:
        write_json(self.root / schema.STATS_PATH, as_lists(self._stats))
        write_json(
            self.root / schema.INFO_PATH,
            schema.info(
                self.fps, self.cameras, self._episodes, self.boxes, self.quality, self._world
            ),
        )


def read_info(root: Path) -> tuple[DatasetInfo, int]:
    """Return the contents of info.json and its number of episodes; raises as `checked_info` does."""
    raw = read_raw_info(root)
    counted = raw.get("total_episodes")
    if not isinstance(counted, int):
        raise DamagedFileError(
            f"{root / schema.INFO_PATH} has total_episodes {quoted(counted)}; it must be a number"
        )
    return checked_info(root, raw), counted


@contextmanager
def _locked(root: Path) -> Iterator[FolderLock]:
    """Lock a dataset; the lock is kept when the body succeeds and freed when it fails."""
    lock = FolderLock(root, DATASET_LOCK)
    lock.acquire()
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def remove_leftovers(root: Path, info: DatasetInfo, committed: int) -> None:
    """Remove staged episodes, temporary files, and data, videos and boxes of uncommitted episodes.

    Only files with the names of a dataset's files are removed; other files of the user stay.
    """
    shutil.rmtree(root / schema.STAGING_PATH, ignore_errors=True)
    keep = {schema.data_path(root, index) for index in range(committed)}
    keep |= {
        schema.video_path(root, index, name) for index in range(committed) for name in info.cameras
    }
    keep |= {schema.boxes_path(root, index) for index in range(committed)}
    for pattern in (schema.DATA_GLOB, schema.BOXES_GLOB, schema.VIDEO_GLOB):
        for path in list(root.glob(pattern)):
            if path not in keep:
                path.unlink()
    remove_temporaries(root, schema.DATASET_FILES)


def add_late_columns(path: Path, files: Mapping[str, Path]) -> None:
    """Add the columns that a meta file of an earlier recording lacks: all meta files of a dataset
    must have the same columns.

    files: of the episode, by their paths within the dataset; the digests of their present contents
    are added.
    """
    table = read_table(path)
    if schema.DIGESTS_COLUMN in table.column_names:
        return
    if schema.LATE_COLUMN not in table.column_names:
        none = pa.array(["[]"] * table.num_rows, pa.string())
        place = table.column_names.index("scenario") + 1
        table = table.add_column(place, schema.LATE_COLUMN, none)
    write_table(path, with_digests(table, files))


def with_digests(table: pa.Table, files: Mapping[str, Path]) -> pa.Table:
    """Return the row of meta/episodes with a column of digests of itself and of the episode's
    files.
    """
    digests = pa.array([row_digests(table.to_pylist()[0], files)], pa.string())
    return table.add_column(
        table.column_names.index(schema.LATE_COLUMN) + 1, schema.DIGESTS_COLUMN, digests
    )
