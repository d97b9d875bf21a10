"""The dataset's layout on disk: LeRobot v3.0, one data file, one meta file and one video per camera
for every episode.

What is written here in tables is read by the writer, the reader and the tests alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pilotnet.common.digests import with_digest
from pilotnet.common.schemas import FileDigest
from pilotnet.data.store.video import Quality, video_info
from sim.geometry.camera import Camera
from sim.scenario import WORLD_VERSION, Scenario, Split

CODEBASE_VERSION = "v3.0"
SCHEMA_VERSION = 1
TASK = "drive along the lane"
CHUNK_SIZE = 1000
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
BOXES_PATH = "boxes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
EPISODE_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
INFO_PATH = "meta/info.json"
STATS_PATH = "meta/stats.json"
TASKS_PATH = "meta/tasks.parquet"
MARKS_PATH = "marks.yaml"
STAGING_PATH = ".staging"
META_COLUMNS = (
    "episode_index",
    "length",
    "split",
    "scenario",
)  # of the meta files, read when a dataset is opened
# of the meta files: a JSON object, see `row_digests`; earlier recordings have none
DIGESTS_COLUMN = "digests"
_NUMBER = "[0-9][0-9][0-9]"
_NUMBERS = {"chunk_index": _NUMBER, "file_index": _NUMBER, "video_key": "*"}
EPISODE_GLOB = EPISODE_PATH.replace(":03d", "").format(**_NUMBERS)
DATA_GLOB, VIDEO_GLOB, BOXES_GLOB = (
    path.replace(":03d", "").format(**_NUMBERS) for path in (DATA_PATH, VIDEO_PATH, BOXES_PATH)
)
CARD_PATH = "README.md"
# glob patterns of all files of a dataset; the writer never touches other files below its folder
DATASET_FILES = (
    EPISODE_GLOB, DATA_GLOB, VIDEO_GLOB, BOXES_GLOB, INFO_PATH, STATS_PATH, TASKS_PATH, CARD_PATH, STAGING_PATH,
)  # fmt: skip
# of the meta files: a JSON list; earlier recordings have none, and no reader of LeRobot asks for it
LATE_COLUMN = "late_frames"


@dataclass(frozen=True)
class Column:
    """One column of the data files: its key, element type and the names of its elements (None: a
    single unnamed one).
    """

    key: str
    dtype: str
    names: tuple[str, ...] | None = None

    @property
    def shape(self) -> list[int]:
        """The shape of one row's value; [1] means a plain scalar in the parquet file."""
        return [len(self.names) if self.names else 1]

    @property
    def type(self) -> pa.DataType:
        """The column's type in the parquet file."""
        element = {
            "float32": pa.float32(),
            "float64": pa.float64(),
            "int64": pa.int64(),
            "string": pa.string(),
        }[self.dtype]
        return element if self.shape == [1] else pa.list_(element, self.shape[0])


SIGNALS = (
    Column("observation.state", "float32", ("speed",)),
    Column("action", "float32", ("curvature",)),
    Column("ego.pose", "float64", ("x", "y", "heading")),
    Column("ego.offset", "float64"),
    Column("ego.heading_error", "float64"),
    Column("ego.curvature", "float64"),
    Column("ego.path_curvature", "float64"),
    Column("ego.station", "float64"),
    Column("applied.curvature", "float64"),
    Column("intervention", "string"),
    Column("t_sim", "float64"),
    Column("scenario", "string"),
)
INDICES = (
    Column("timestamp", "float32"),
    Column("frame_index", "int64"),
    Column("episode_index", "int64"),
    Column("index", "int64"),
    Column("task_index", "int64"),
)
COLUMNS = SIGNALS + INDICES
STRINGS = tuple(column.key for column in COLUMNS if column.dtype == "string")


@dataclass(frozen=True)
class Episode:
    """One recorded drive: its place in the dataset, its number of frames, the split it belongs to
    and what was driven.

    late: the frames whose tick a window began too long after its time, so that its driver saw it
    late.
    files: size and digest of each of its files, by their paths within the dataset; None in
    recordings without digests.
    """

    index: int
    length: int
    split: Split
    scenario: Scenario
    late: tuple[int, ...] = ()
    files: Mapping[str, FileDigest] | None = field(default=None, compare=False, repr=False)

    def __index__(self) -> int:
        return self.index


def arrow_schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The parquet schema of these columns."""
    return pa.schema([(column.key, column.type) for column in columns])


def camera_key(camera: str) -> str:
    """The feature key of a camera's video."""
    return f"observation.images.{camera}"


def file_indices(episode: int) -> dict[str, int]:
    """The chunk and file numbers of an episode's files."""
    return {"chunk_index": episode // CHUNK_SIZE, "file_index": episode % CHUNK_SIZE}


def data_path(root: Path, episode: int) -> Path:
    """An episode's data file."""
    return root / DATA_PATH.format(**file_indices(episode))


def video_path(root: Path, episode: int, camera: str) -> Path:
    """An episode's video of one camera."""
    return root / VIDEO_PATH.format(video_key=camera_key(camera), **file_indices(episode))


def boxes_path(root: Path, episode: int) -> Path:
    """An episode's boxes, where the dataset has them; no reader of LeRobot looks there."""
    return root / BOXES_PATH.format(**file_indices(episode))


def episode_path(root: Path, episode: int) -> Path:
    """An episode's meta file: once it is there, the episode is committed."""
    return root / EPISODE_PATH.format(**file_indices(episode))


def episode_files(root: Path, episode: int, cameras: Iterable[str], boxes: bool) -> dict[str, Path]:
    """Return the files of an episode without its meta file, by their paths within the dataset."""
    paths = [data_path(root, episode), *(video_path(root, episode, name) for name in cameras)]
    paths += [boxes_path(root, episode)] if boxes else []
    return {path.relative_to(root).as_posix(): path for path in paths}


def features(
    fps: int, cameras: Mapping[str, Camera], quality: Quality
) -> dict[str, dict[str, Any]]:
    """The `features` of info.json: every video and every column with its type, shape and names."""
    videos = {
        camera_key(name): video_feature(fps, camera, quality) for name, camera in cameras.items()
    }
    columns = {
        column.key: {
            "dtype": column.dtype,
            "shape": column.shape,
            "names": list(column.names) if column.names else None,
        }
        for column in COLUMNS
    }
    return videos | columns


def video_feature(fps: int, camera: Camera, quality: Quality) -> dict[str, Any]:
    """The feature of one camera's video."""
    info = {
        "video.height": camera.height,
        "video.width": camera.width,
        "video.fps": fps,
        **video_info(quality),
    }
    return {
        "dtype": "video",
        "shape": [camera.height, camera.width, 3],
        "names": ["height", "width", "channels"],
        "info": info,
    }


def info(
    fps: int,
    cameras: Mapping[str, Camera],
    episodes: list[Episode],
    boxes: bool,
    quality: Quality,
    world: int = WORLD_VERSION,
) -> dict[str, Any]:
    """The whole of info.json; our own keys lie under `pilotnet`. boxes: whether every episode has
    its file of boxes.

    world: the version of the world that was recorded.
    """
    return {
        "codebase_version": CODEBASE_VERSION,
        "robot_type": "pilotnet",
        "fps": fps,
        "total_episodes": len(episodes),
        "total_frames": sum(episode.length for episode in episodes),
        "total_tasks": 1,
        "chunks_size": CHUNK_SIZE,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "splits": splits(episodes),
        "data_path": DATA_PATH,
        "video_path": VIDEO_PATH,
        "features": features(fps, cameras, quality),
        "pilotnet": with_digest(
            {
                "schema_version": SCHEMA_VERSION,
                "world_version": world,
                "cameras": {name: asdict(camera) for name, camera in cameras.items()},
                "boxes": boxes,
                "videos": quality.value,
                "digests": True,
            }
        ),
    }


def splits(episodes: list[Episode]) -> dict[str, str]:
    """Each split's range of episodes, end exclusive; the episodes of a split must follow each
    other.
    """
    ranges: dict[str, str] = {}
    for split in dict.fromkeys(episode.split for episode in episodes):
        indices = [episode.index for episode in episodes if episode.split is split]
        ranges[split.value] = f"{indices[0]}:{indices[-1] + 1}"
    return ranges
