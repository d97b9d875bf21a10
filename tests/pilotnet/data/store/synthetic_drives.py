"""Made-up drives: steps with road-like pictures, without a world or a renderer."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from pilotnet.data.store import DatasetWriter, EpisodeRecorder, Quality, StagedEpisode
from pilotnet.data.store.schema import DIGESTS_COLUMN, INFO_PATH
from sim.geometry.camera import Camera, rig
from sim.scenario import RoadKind, Scenario, Split, road_seed
from sim.types import Box, Cause, Control, EgoState, Image, Kind, Observation, Pose, Step

FPS = 10
CAMERAS = rig(Camera(width=64, height=32, focal=35.0, horizon=13.0))


def scenario(index: int, split: Split = Split.TRAIN) -> Scenario:
    return Scenario(RoadKind.RURAL, road_seed(split, index), length=100.0)


def picture(index: int, shift: int, camera: Camera, noise: float = 4.0) -> Image:
    """Sky over asphalt with a marking that moves, under a little sensor noise."""
    rows, columns = np.mgrid[: camera.height, : camera.width]
    below = rows > camera.horizon
    image = np.where(below[..., None], [96, 98, 100], [150, 180, 210]).astype(np.float64)
    marking = below & (
        abs(columns - camera.width / 2 - shift - 0.3 * index) < 0.08 * (rows - camera.horizon) + 1
    )
    image[marking] = 235
    image += np.random.default_rng([index, shift + 100]).normal(0, noise, image.shape[:2])[
        ..., None
    ]
    return image.clip(0, 255).astype(np.uint8)


def boxes(index: int) -> tuple[Box, ...]:
    """A van ahead in every second picture, and behind it a pedestrian that comes nearer."""
    van = Box(
        7,
        Kind.VAN,
        20.0,
        8.0,
        41.0,
        20.0,
        0.75,
        (14.0, 0.5),
        0.1,
        math.hypot(14.0, 0.5),
        (5.0, 2.0, 2.2),
    )
    away = 30.0 - 0.1 * index
    person = Box(
        9,
        Kind.PEDESTRIAN,
        50.0,
        10.0,
        52.0,
        15.0,
        1.0,
        (away, 4.0),
        -1.5,
        math.hypot(away, 4.0),
        (0.35, 0.5, 1.7),
    )
    return (van, person) if index % 2 == 0 else (person,)


def step(index: int, start: Pose, cameras: dict[str, Camera] = CAMERAS, last: bool = False) -> Step:
    """The `index`-th step of a drive along a circle of 200 m to the right, from `start`."""
    speed = 12.0 + 0.01 * index
    curvature = 0.005
    turned = 12.0 * index / FPS * curvature
    along = math.sin(turned) / curvature
    across = (1 - math.cos(turned)) / curvature
    cos = math.cos(start.heading)
    sin = math.sin(start.heading)
    pose = Pose(
        start.x + cos * along - sin * across,
        start.y + sin * along + cos * across,
        start.heading + turned,
    )
    ego = EgoState(pose, speed, 0.0, 0.0049, 1.2 * index, 0.1 * index, -0.01 * index, curvature)
    frames = {name: picture(index, shift, cameras[name]) for shift, name in enumerate(cameras)}
    cause = Cause.DEPARTURE if index == 3 else None
    command = Control(0.005 + 1e-5 * index)
    return Step(
        index,
        index / FPS,
        Observation(speed, **frames),
        ego,
        9.0,
        command,
        Control(0.006),
        cause,
        last,
        boxes(index),
    )


def steps(
    count: int, start: Pose | None = None, cameras: dict[str, Camera] = CAMERAS
) -> list[Step]:
    start = start or Pose(300.0, -40.0, 2.0)
    return [step(index, start, cameras, last=index == count - 1) for index in range(count)]


def stage(
    folder: Path,
    count: int = 12,
    index: int = 0,
    split: Split = Split.TRAIN,
    boxes: bool = False,
    quality: Quality = Quality.SMALL,
) -> StagedEpisode:
    with EpisodeRecorder(folder, FPS, CAMERAS, scenario(index, split), boxes, quality) as recorder:
        for one in steps(count):
            recorder.add(one)
        return recorder.finish()


def write_dataset(
    root: Path,
    lengths: tuple[int, ...] = (12, 15),
    validation: tuple[int, ...] = (11,),
    boxes: bool = False,
) -> DatasetWriter:
    """A dataset of training episodes of these lengths, then validation episodes."""
    writer = DatasetWriter.create(root, FPS, CAMERAS, boxes)
    drives = [(Split.TRAIN, length) for length in lengths] + [
        (Split.VALIDATION, length) for length in validation
    ]
    for index, (split, length) in enumerate(drives):
        writer.commit(
            stage(writer.staging / f"episode-{index}", length, index, split, boxes), split
        )
    return writer


def edit_info(root: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Change info.json as another program would, without updating its digest."""
    path = root / INFO_PATH
    info = json.loads(path.read_text())
    edit(info)
    path.write_text(json.dumps(info))


def as_recorded_earlier(root: Path) -> None:
    """Remove the digests from a dataset, because earlier versions wrote none."""
    for path in root.glob("meta/episodes/*/*.parquet"):
        pq.write_table(pq.ParquetFile(path).read().drop_columns([DIGESTS_COLUMN]), path)
    edit_info(root, lambda info: [info["pilotnet"].pop(key) for key in ("digests", "sha256")])
