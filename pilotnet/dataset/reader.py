"""Reads a dataset: training and the report see recordings only through `Dataset`."""

import hashlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from pilotnet.dataset import schema
from pilotnet.dataset.boxes import Boxes, read_boxes
from pilotnet.dataset.files import read_episodes, read_table
from pilotnet.dataset.info import checked_info, read_raw_info
from pilotnet.dataset.marks import Marks, Stretch, read_marks
from pilotnet.dataset.schema import Episode
from pilotnet.dataset.staging import column_values
from pilotnet.dataset.video import decode_frames
from sim.camera import Camera
from sim.scenario import WORLD_VERSION, Split, choice
from sim.types import Image


@dataclass(frozen=True)
class Signals:
    """The recorded signals of one episode, one row per frame (N).

    speed [m/s] float32; curvature: the driver's command [1/m] float32, the label; pose: x, y [m], heading [rad] in the
    frame of the episode's first pose, (N, 3); offset [m], heading_error [rad] and station [m] on the path;
    wheel_curvature: what the front wheels held, path_curvature: the path's own, applied_curvature: what the car was
    given [1/m]; intervention: its cause or empty, object; time [s] of the simulation.
    """

    speed: NDArray[np.float32]
    curvature: NDArray[np.float32]
    pose: NDArray[np.float64]
    offset: NDArray[np.float64]
    heading_error: NDArray[np.float64]
    wheel_curvature: NDArray[np.float64]
    path_curvature: NDArray[np.float64]
    station: NDArray[np.float64]
    applied_curvature: NDArray[np.float64]
    intervention: NDArray[np.object_]
    time: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.time)


FIELDS = {
    "speed": "observation.state",
    "curvature": "action",
    "pose": "ego.pose",
    "offset": "ego.offset",
    "heading_error": "ego.heading_error",
    "wheel_curvature": "ego.curvature",
    "path_curvature": "ego.path_curvature",
    "station": "ego.station",
    "applied_curvature": "applied.curvature",
    "intervention": "intervention",
    "time": "t_sim",
}


@dataclass(frozen=True)
class Summary:
    """How much was recorded: per split the episodes, and over all frames, time [s], distance [m], interventions and bytes.

    discarded: the time [s] of the frames that are marked as discarded and not learned from; late: ticks that began late.
    """

    episodes: dict[Split, int]
    frames: int
    duration: float
    distance: float
    interventions: int
    size: int
    discarded: float = 0.0
    late: int = 0

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {split.value}" for split, count in self.episodes.items())
        besides = f", {self.discarded / 60:.1f} min of them discarded" if self.discarded else ""
        besides += f", {self.late} ticks late" if self.late else ""
        return (
            f"{sum(self.episodes.values())} episodes ({counts}), {self.frames} frames, {self.duration / 60:.1f} min{besides}, "
            f"{self.distance / 1000:.1f} km, {self.size / 1e6:.0f} MB"
        )


@dataclass(frozen=True)
class Dataset:
    """A recorded dataset: its folder, frames per second, cameras by name, committed episodes, whether they have boxes, and marks.

    world: the version of the world that was recorded.

    Everything recorded is read, whether it is marked as discarded or not; who learns from it asks `kept_of`.
    """

    root: Path
    fps: int
    cameras: dict[str, Camera]
    episodes: tuple[Episode, ...]
    has_boxes: bool = False
    marks: Marks = field(default_factory=Marks)
    world: int = WORLD_VERSION

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open a dataset and check the header of every file.

        Raises ValueError, in one line, when `root` is missing, is no dataset or one of another version, or holds damaged,
        truncated, missing or contradicting files.
        """
        raw = read_raw_info(root)
        info, episodes = checked_info(root, raw), read_episodes(root)
        check_totals(root, raw, episodes)
        for episode in episodes:
            info.check_files(root, episode)
        return cls(root, info.fps, info.cameras, tuple(episodes), info.boxes, read_marks(root, episodes), info.world)

    def camera(self, name: str) -> Camera:
        """Return one of the cameras; ValueError naming those that there are when it is not among them."""
        if name not in self.cameras:
            raise ValueError(
                f"{self.root} has no camera {name!r}, which is needed here; its cameras are {', '.join(self.cameras)}"
            )
        return self.cameras[name]

    def fingerprint(self) -> str:
        """Return a SHA-256 of what is learned from: the same wherever the dataset lies, another for other data or marks."""
        episodes = [asdict(episode) for episode in self.episodes]
        cameras = {name: asdict(camera) for name, camera in self.cameras.items()}
        known = [self.world, self.fps, cameras, self.has_boxes, episodes, self.marks.stretches]
        digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
        for episode in self.episodes:
            digest.update(schema.data_path(self.root, episode.index).read_bytes())
        return digest.hexdigest()

    def split(self, split: Split | str) -> tuple[Episode, ...]:
        """The episodes of one split."""
        wanted = choice("split", split, Split)
        return tuple(episode for episode in self.episodes if episode.split is wanted)

    def kept(self, episode: SupportsIndex) -> tuple[Stretch, ...]:
        """The stretches of an episode, [first, end) in frames, that are not marked as discarded."""
        return self.marks.kept(self.episodes[episode])

    def kept_of(self, split: Split | str, every: int = 1) -> list[Episode]:
        """The episodes of a split that have any of `kept_moments`: training and scoring look at these alone.

        Raises ValueError when the split has no episode, and when all of it is marked as discarded.
        """
        episodes = self.split(split)
        if not episodes:
            option = "--episodes" if split == Split.TRAIN else f"--{split}_episodes"
            raise ValueError(f"dataset {self.root} has no {split} episode; record some with {option}")
        kept = [episode for episode in episodes if self.kept_moments(episode, every)]
        if not kept:
            raise ValueError(f"every {split} frame of {self.root} is marked as discarded; restore some with `pilotnet watch`")
        return kept

    def signals(self, episode: SupportsIndex) -> Signals:
        """The signals of an episode, given by its record or its index."""
        table = read_table(schema.data_path(self.root, self.episodes[episode].index), tuple(FIELDS.values()))
        return Signals(**{field: column_values(table, key) for field, key in FIELDS.items()})

    def boxes(self, episode: SupportsIndex) -> Boxes:
        """The cars and people that the centre camera saw in an episode; ValueError when they were not recorded."""
        if not self.has_boxes:
            raise ValueError(f"{self.root} was recorded without boxes of cars and people; record with --boxes true")
        record = self.episodes[episode]
        return read_boxes(schema.boxes_path(self.root, record.index), record.length)

    def stream(self, episode: SupportsIndex, camera: str, moments: slice | None = None) -> Iterator[Image]:
        """The RGB frames (H, W, 3) of one camera, decoded in one pass; `moments` picks some of them, step 1 or more.

        Raises ValueError for an unknown camera, a backward slice and a damaged video.
        """
        self.camera(camera)
        wanted = range(self.episodes[episode].length)[moments or slice(None)]
        if wanted.step < 1:
            raise ValueError(f"moments is {moments}; its step must be 1 or more, since videos are decoded forwards")
        return decode_frames(schema.video_path(self.root, self.episodes[episode].index, camera), wanted)

    def kept_moments(self, episode: SupportsIndex, every: int = 1) -> list[int]:
        """Every so manieth moment of an episode, less what is discarded: marks take moments away and bring no others."""
        return [moment for first, end in self.kept(episode) for moment in range(first + -first % every, end, every)]

    def kept_frames(self, episode: SupportsIndex, camera: str, every: int = 1) -> Iterator[tuple[int, Image]]:
        """The moments of `kept_moments` and one camera's frames then, decoded in one pass."""
        kept, moments = set(self.kept_moments(episode, every)), slice(None, None, every)
        numbers = range(self.episodes[episode].length)[moments]
        pictures = zip(numbers, self.stream(episode, camera, moments), strict=True)
        return ((number, frame) for number, frame in pictures if number in kept)

    def frames(self, episode: SupportsIndex, camera: str, rows: slice | None = None) -> Image:
        """All frames of one camera in one array, (N, H, W, 3) RGB; `rows` keeps only some rows of each picture.

        Raises ValueError as `stream` does.
        """
        kept = rows or slice(None)
        stream = self.stream(episode, camera)
        height, width = self.cameras[camera].height, self.cameras[camera].width
        frames = np.empty((self.episodes[episode].length, len(range(height)[kept]), width, 3), np.uint8)
        for index, frame in enumerate(stream):
            frames[index] = frame[kept]
        return frames

    def summary(self) -> Summary:
        """How much was recorded."""
        signals = [self.signals(episode) for episode in self.episodes]
        frames = sum(episode.length for episode in self.episodes)
        return Summary(
            episodes={split: len(self.split(split)) for split in Split if self.split(split)},
            frames=frames,
            duration=frames / self.fps,
            distance=float(sum(one.speed.sum(dtype=np.float64) for one in signals)) / self.fps,
            interventions=sum(int((one.intervention != "").sum()) for one in signals),
            size=sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file()),
            discarded=(frames - sum(end - first for episode in self.episodes for first, end in self.kept(episode))) / self.fps,
            late=sum(len(episode.late) for episode in self.episodes),
        )

    def check(self) -> None:
        """Read every row and decode every frame; ValueError naming the first file that is damaged or contradicts the others."""
        first = 0
        for episode in self.episodes:
            check_indices(schema.data_path(self.root, episode.index), episode, first, self.fps)
            for camera in self.cameras:
                deque(self.stream(episode, camera), maxlen=0)
            if self.has_boxes:
                self.boxes(episode)
            first += episode.length


def check_totals(root: Path, raw: dict[str, Any], episodes: list[Episode]) -> None:
    """Raise ValueError unless info.json counts the episodes and frames that meta/episodes holds."""
    found = {"total_episodes": len(episodes), "total_frames": sum(episode.length for episode in episodes)}
    for key, value in found.items():
        if raw.get(key) != value:
            raise ValueError(
                f"{root / schema.INFO_PATH} has {key} {raw.get(key)}, but meta/episodes has {value}; "
                "the recording was interrupted: continue it with `pilotnet record --resume`"
            )


def check_indices(path: Path, episode: Episode, first: int, fps: int) -> None:
    """Raise ValueError unless the index columns of a data file count as they must."""
    rows = np.arange(episode.length)
    expected: dict[str, NDArray[Any]] = {
        "timestamp": (rows / fps).astype(np.float32),
        "frame_index": rows,
        "episode_index": np.full_like(rows, episode.index),
        "index": rows + first,
    }
    table = read_table(path, tuple(expected))
    for key, values in expected.items():
        if not np.array_equal(column_values(table, key), values):
            raise ValueError(f"{path} has wrong values in column {key!r}; the file belongs to another episode")
