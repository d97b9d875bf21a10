"""Staging: an episode is recorded into a folder of its own, by any process, before the dataset's
writer commits it.
"""

import json
import math
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from pilotnet.data.store.box_tables import boxes_table
from pilotnet.data.store.parquet_files import write_table
from pilotnet.data.store.schema import SIGNALS, STRINGS, arrow_schema, camera_key
from pilotnet.data.store.stats import ImageStats, Stats, vector_stats
from pilotnet.data.store.value_limits import column_values
from pilotnet.data.store.video import Quality, VideoEncoder
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Box, Pose, Step

SIGNALS_FILE = "signals.parquet"
BOXES_FILE = "boxes.parquet"


@dataclass(frozen=True)
class StagedEpisode:
    """A finished episode that waits to be committed: where it lies, its frames, its scenario,
    statistics and late frames.
    """

    folder: Path
    length: int
    scenario: Scenario
    stats: dict[str, Stats]
    late: tuple[int, ...] = ()


class EpisodeRecorder:
    """Streams the steps of one drive into `folder`: a video per camera, and, when it is finished,
    signals and (if told to) boxes.

    Leave the `with` block without calling `finish` and nothing remains. Raises ValueError when
    `folder` exists already.
    """

    def __init__(
        self,
        folder: Path,
        fps: int,
        cameras: Mapping[str, Camera],
        scenario: Scenario,
        boxes: bool = False,
        quality: Quality = Quality.SMALL,
    ) -> None:
        self._folder = folder
        self._scenario = scenario
        self._rows: list[dict[str, Any]] = []
        self._late: list[int] = []
        self._boxes: list[tuple[Box, ...]] | None = [] if boxes else None
        self._origin: Pose | None = None
        self._images = {name: ImageStats() for name in cameras}
        self._finished = False
        if folder.exists():
            raise ValueError(
                f"{folder} already exists; an episode is staged into a folder of its own"
            )
        folder.mkdir(parents=True)
        with ExitStack() as stack:
            stack.callback(self._remove_unfinished)
            self._encoders = {
                name: stack.enter_context(
                    VideoEncoder(
                        staged_video(folder, name), fps, camera.width, camera.height, quality
                    )
                )
                for name, camera in cameras.items()
            }
            self._open = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def _remove_unfinished(self) -> None:
        if not self._finished:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, step: Step, late: bool = False) -> None:
        """Record the next step, and whether its tick began late.

        Raises ValueError when it lacks one of the cameras' frames, or the boxes where they are
        recorded.
        """
        if self._boxes is not None:
            if step.boxes is None:
                raise ValueError(
                    f"step {step.index} has no boxes; roll out with boxes=True to record them"
                )
            self._boxes.append(step.boxes)
        for name, encoder in self._encoders.items():
            image = getattr(step.observation, name, None)
            if image is None:
                raise ValueError(
                    f"step {step.index} has no frame of camera {name!r}; the recorder needs "
                    f"every camera"
                )
            encoder.add(image)
            self._images[name].add(image)
        if late:
            self._late.append(len(self._rows))
        self._origin = self._origin or step.ego.pose
        self._rows.append(signals_row(step, self._origin, self._scenario))

    def finish(self) -> StagedEpisode:
        """Close the videos and write the signals; ValueError when no step was recorded."""
        if not self._rows:
            raise ValueError(
                f"the drive {self._scenario.name} has no steps; an episode needs at least one"
            )
        for encoder in self._encoders.values():
            encoder.close()
        table = pa.Table.from_pylist(self._rows, schema=arrow_schema(SIGNALS))
        write_table(self._folder / SIGNALS_FILE, table)
        if self._boxes is not None:
            write_table(self._folder / BOXES_FILE, boxes_table(self._boxes))
        self._finished = True
        images = {camera_key(name): image.stats() for name, image in self._images.items()}
        stats = images | column_stats(table)
        return StagedEpisode(
            self._folder, len(self._rows), self._scenario, stats, tuple(self._late)
        )


def staged_video(folder: Path, camera: str) -> Path:
    """A staged episode's video of one camera."""
    return folder / f"{camera}.mp4"


def signals_row(step: Step, origin: Pose, scenario: Scenario) -> dict[str, Any]:
    """The recorded signals of a step, by column; the pose is given in the frame of the episode's
    first pose.
    """
    ego = step.ego
    return {
        "observation.state": ego.speed,
        "action": step.control.curvature,
        "ego.pose": relative_pose(ego.pose, origin),
        "ego.offset": ego.offset,
        "ego.heading_error": ego.heading_error,
        "ego.curvature": ego.curvature,
        "ego.path_curvature": ego.path_curvature,
        "ego.station": ego.station,
        "applied.curvature": step.applied.curvature,
        "intervention": step.intervention.value if step.intervention else "",
        "t_sim": step.time,
        "scenario": json.dumps(asdict(scenario)),
    }


def relative_pose(pose: Pose, origin: Pose) -> list[float]:
    """x, y [m] and heading [rad, in -pi to pi] of `pose`, seen from `origin`."""
    cos = math.cos(origin.heading)
    sin = math.sin(origin.heading)
    dx = pose.x - origin.x
    dy = pose.y - origin.y
    return [
        cos * dx + sin * dy,
        cos * dy - sin * dx,
        math.remainder(pose.heading - origin.heading, math.tau),
    ]


def column_stats(table: pa.Table) -> dict[str, Stats]:
    """The statistics of every column of numbers."""
    return {
        key: vector_stats(column_values(table, key))
        for key in table.column_names
        if key not in STRINGS
    }
