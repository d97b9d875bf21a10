"""Reads a dataset: training and the report see recordings only through `Dataset`."""

import hashlib
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from pilotnet.common.digests import check_file
from pilotnet.data.store import schema
from pilotnet.data.store.box_tables import Boxes, read_boxes
from pilotnet.data.store.consistency import check_derived, check_indices, check_totals
from pilotnet.data.store.info import checked_info, read_raw_info
from pilotnet.data.store.marks import FrameRange, Marks, read_marks
from pilotnet.data.store.parquet_files import advised, read_episodes, read_table
from pilotnet.data.store.schema import Episode
from pilotnet.data.store.value_limits import check_signals, column_values
from pilotnet.data.store.video import decode_frames
from sim.geometry.camera import Camera
from sim.scenario import WORLD_VERSION, Split, choice
from sim.types import Image


@dataclass(frozen=True)
class Signals:
    """The recorded signals of one episode, one row per frame (N).

    speed [m/s] float32; curvature: the driver's command [1/m] float32, the label; pose: x, y [m],
    heading [rad] in the frame of the episode's first pose, (N, 3); offset [m], heading_error [rad]
    and station [m] on the path;
    wheel_curvature: what the front wheels held, path_curvature: the path's own, applied_curvature:
    what the car was given [1/m].
    intervention: its cause or empty, object; time [s] of the simulation.
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
    """How much was recorded: per split the episodes, and over all frames, time [s], distance [m],
    interventions and bytes.

    discarded: the time [s] of the frames that are marked as discarded and not learned from.
    late: ticks that began late.
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
            f"{sum(self.episodes.values())} episodes ({counts}), {self.frames} frames, "
            f"{self.duration / 60:.1f} min{besides}, "
            f"{self.distance / 1000:.1f} km, {self.size / 1e6:.0f} MB"
        )


@dataclass(frozen=True)
class Dataset:
    """A recorded dataset: its folder, frames per second, cameras by name, committed episodes,
    whether they have boxes, and marks.

    world: the version of the world that was recorded.

    Methods read everything recorded, whether it is marked as discarded or not; training uses
    `kept_of`. The digest of a file is checked on its first reading. Every method that reads raises
    DamagedFileError for a damaged file, and ValueError for one that may not be read.
    """

    root: Path
    fps: int
    cameras: dict[str, Camera]
    episodes: tuple[Episode, ...]
    has_boxes: bool = False
    marks: Marks = field(default_factory=Marks)
    world: int = WORLD_VERSION
    _checked_files: set[Path] = field(
        default_factory=set, init=False, repr=False, compare=False
    )  # those with checked digests

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open a dataset and check the header of every file.

        Raises ValueError when `root` is missing or no dataset, and for files that may not be read.
        Raises DamagedFileError for another version and for damaged, missing or contradicting files.
        """
        raw = read_raw_info(root)
        info = checked_info(root, raw)
        episodes = read_episodes(root)
        check_totals(root, raw, episodes)
        for episode in episodes:
            with advised(root, episode.index, len(episodes)):
                info.check_files(root, episode)
        return cls(
            root,
            info.fps,
            info.cameras,
            tuple(episodes),
            info.boxes,
            read_marks(root, episodes),
            info.world,
        )

    def camera(self, name: str) -> Camera:
        """Return a camera by name; ValueError naming the existing ones for an unknown name."""
        if name not in self.cameras:
            raise ValueError(
                f"{self.root} has no camera {name!r}, which is needed here; its cameras are "
                f"{', '.join(self.cameras)}"
            )
        return self.cameras[name]

    def fingerprint(self) -> str:
        """Return a SHA-256, in hexadecimal, of data, cameras and marks; it does not depend on where
        the dataset lies.
        """
        episodes = [asdict(episode) for episode in self.episodes]
        cameras = {name: asdict(camera) for name, camera in self.cameras.items()}
        header = [self.world, self.fps, cameras, self.has_boxes, episodes, self.marks.stretches]
        digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
        for episode in self.episodes:
            digest.update(schema.data_path(self.root, episode.index).read_bytes())
        return digest.hexdigest()

    def split(self, split: Split | str) -> tuple[Episode, ...]:
        """The episodes of one split."""
        wanted = choice("split", split, Split)
        return tuple(episode for episode in self.episodes if episode.split is wanted)

    def kept(self, episode: SupportsIndex) -> tuple[FrameRange, ...]:
        """The stretches of an episode, [first, end) in frames, that are not marked as discarded."""
        return self.marks.kept(self.episodes[episode])

    def kept_of(self, split: Split | str, every: int = 1) -> list[Episode]:
        """The episodes of a split that have any of `kept_frame_numbers`: training and scoring look
        at these alone.

        Raises ValueError when the split has no episode, and when all of it is marked as discarded.
        """
        episodes = self.split(split)
        if not episodes:
            option = "--episodes" if split == Split.TRAIN else f"--{split}-episodes"
            raise ValueError(
                f"dataset {self.root} has no {split} episode; record some with {option}"
            )
        kept = [episode for episode in episodes if self.kept_frame_numbers(episode, every)]
        if not kept:
            raise ValueError(
                f"every {split} frame of {self.root} is marked as discarded; restore some with "
                f"`pilotnet watch`"
            )
        return kept

    def signals(self, episode: SupportsIndex) -> Signals:
        """Read the signals of an episode, given by its record or its index; DamagedFileError
        outside of `value_limits.LIMITS`.
        """
        record = self.episodes[episode]
        path = self._checked(record, schema.data_path(self.root, record.index))
        table = read_table(path, tuple(FIELDS.values()))
        check_signals(table, path)
        return Signals(**{field: column_values(table, key) for field, key in FIELDS.items()})

    def boxes(self, episode: SupportsIndex) -> Boxes:
        """Read the cars and people that the centre camera saw in an episode; raises ValueError when
        they were not recorded.
        """
        if not self.has_boxes:
            raise ValueError(
                f"{self.root} was recorded without boxes of cars and people; record with --boxes"
            )
        record = self.episodes[episode]
        path = self._checked(record, schema.boxes_path(self.root, record.index))
        return read_boxes(path, record.length, self.cameras["centre"])

    def stream(
        self, episode: SupportsIndex, camera: str, frame_numbers: slice | None = None
    ) -> Iterator[Image]:
        """The RGB frames (H, W, 3) of one camera, decoded in one pass; `frame_numbers` picks some
        of them, step 1 or more.

        Raises ValueError for an unknown camera, a backward slice and a damaged video.
        """
        self.camera(camera)
        wanted = range(self.episodes[episode].length)[frame_numbers or slice(None)]
        if wanted.step < 1:
            raise ValueError(
                f"frame_numbers is {frame_numbers}; its step must be 1 or more, since videos are "
                f"decoded forwards"
            )
        record = self.episodes[episode]
        return decode_frames(
            self._checked(record, schema.video_path(self.root, record.index, camera)), wanted
        )

    def verify(self) -> Self:
        """Check the digest of every file that has not been checked yet; return the dataset.

        Recordings without digests pass. Reads every file once, with about 1 GB/s.
        """
        for episode in self.episodes:
            with advised(self.root, episode.index, len(self.episodes)):
                for path in schema.episode_files(
                    self.root, episode.index, self.cameras, self.has_boxes
                ).values():
                    self._checked(episode, path)
        return self

    def _checked(self, episode: Episode, path: Path) -> Path:
        """Check the digest of a file, once, and return the file; raises DamagedFileError when it
        does not fit.
        """
        if episode.files is not None and path not in self._checked_files:
            check_file(path, episode.files[path.relative_to(self.root).as_posix()].sha256)
            self._checked_files.add(path)
        return path

    def kept_frame_numbers(self, episode: SupportsIndex, every: int = 1) -> list[int]:
        """Every so manieth moment of an episode, less what is discarded: marks take moments away
        and bring no others.
        """
        return [
            moment
            for first, end in self.kept(episode)
            for moment in range(first + -first % every, end, every)
        ]

    def kept_frames(
        self, episode: SupportsIndex, camera: str, every: int = 1
    ) -> Iterator[tuple[int, Image]]:
        """The moments of `kept_frame_numbers` and one camera's frames then, decoded in one pass."""
        kept = set(self.kept_frame_numbers(episode, every))
        frame_numbers = slice(None, None, every)
        numbers = range(self.episodes[episode].length)[frame_numbers]
        pictures = zip(numbers, self.stream(episode, camera, frame_numbers), strict=True)
        return ((number, frame) for number, frame in pictures if number in kept)

    def frames(self, episode: SupportsIndex, camera: str, rows: slice | None = None) -> Image:
        """All frames of one camera in one array, (N, H, W, 3) RGB; `rows` keeps only some rows of
        each picture.

        Raises ValueError as `stream` does.
        """
        kept = rows or slice(None)
        stream = self.stream(episode, camera)
        height = self.cameras[camera].height
        width = self.cameras[camera].width
        frames = np.empty(
            (self.episodes[episode].length, len(range(height)[kept]), width, 3), np.uint8
        )
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
            discarded=(
                frames
                - sum(end - first for episode in self.episodes for first, end in self.kept(episode))
            )
            / self.fps,
            late=sum(len(episode.late) for episode in self.episodes),
        )

    def check(self) -> None:
        """Check every digest, read every row and decode every frame.

        Raises DamagedFileError naming the first file that is damaged or contradicts the others.
        """
        self.verify()
        check_derived(self.root)
        first = 0
        for episode in self.episodes:
            with advised(self.root, episode.index, len(self.episodes)):
                self._check_episode(episode, first)
            first += episode.length

    def _check_episode(self, episode: Episode, first: int) -> None:
        """Read every row and decode every frame of an episode whose first frame is the dataset's
        number `first`.
        """
        check_indices(schema.data_path(self.root, episode.index), episode, first, self.fps)
        self.signals(episode)
        for camera in self.cameras:
            deque(self.stream(episode, camera), maxlen=0)
        if self.has_boxes:
            self.boxes(episode)
