"""info.json: read, checked against this version's layout, and held against the files of an episode."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilotnet.common.digests import check_digest
from pilotnet.common.provenance import FIRST_WORLD
from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.common.schemas import InfoPart
from pilotnet.data.store import schema
from pilotnet.data.store.box_tables import check_boxes
from pilotnet.data.store.parquet_files import read_schema
from pilotnet.data.store.schema import Episode
from pilotnet.data.store.video import Quality, check_video
from sim.geometry.camera import Camera
from sim.scenario import WORLD_VERSION, choice
from sim.types import quoted

# Names of cameras are parts of paths: one like `../x` would lead out of the dataset.
CAMERA_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True)
class DatasetInfo:
    """What holds for the whole dataset.

    fps: frames per second.
    cameras: by name.
    boxes: whether episodes have them.
    quality: of the videos.
    world: the version of the world that was recorded.
    digests: whether every episode must have digests of its files.
    """

    fps: int
    cameras: dict[str, Camera]
    boxes: bool = False
    quality: Quality = Quality.SMALL
    world: int = WORLD_VERSION
    digests: bool = True

    def __post_init__(self) -> None:
        if self.fps < 1:
            raise ValueError(f"fps is {self.fps}; it must be 1 or more")
        if not self.cameras:
            raise ValueError("cameras is empty; a dataset needs at least one camera")
        for name in self.cameras:
            if not CAMERA_NAME.fullmatch(name):
                raise ValueError(
                    f"camera is called {quoted(name)}; it must be up to 64 letters, digits, _ and -"
                )
        if self.boxes and "centre" not in self.cameras:
            raise ValueError(f"cameras is {', '.join(self.cameras)}; boxes need the camera centre")

    def check_files(self, root: Path, episode: Episode) -> None:
        """Check existence, size, columns and length of the episode's data, videos and boxes; reads
        only headers and sizes.

        Raises DamagedFileError naming the first wrong file, and ValueError for one that may not be
        read.
        """
        path = schema.data_path(root, episode.index)
        found, rows = read_schema(path)
        if rows != episode.length:
            raise DamagedFileError(
                f"{path} holds {rows} rows; the episode has {episode.length} frames"
            )
        if not found.equals(schema.arrow_schema(schema.COLUMNS)):
            raise DamagedFileError(
                f"{path} has other columns than schema version {schema.SCHEMA_VERSION}; record "
                f"it again"
            )
        for name, camera in self.cameras.items():
            check_video(
                schema.video_path(root, episode.index, name),
                episode.length,
                camera.width,
                camera.height,
                self.quality,
            )
        if self.boxes:
            check_boxes(schema.boxes_path(root, episode.index))
        self._check_sizes(root, episode)

    def _check_sizes(self, root: Path, episode: Episode) -> None:
        meta = schema.episode_path(root, episode.index)
        if episode.files is None:
            if self.digests:
                raise DamagedFileError(
                    f"{meta} has no digests, but {root / schema.INFO_PATH} says that it has; it "
                    f"is damaged"
                )
            return
        paths = schema.episode_files(root, episode.index, self.cameras, self.boxes)
        if set(paths) != set(episode.files):
            raise DamagedFileError(
                f"{meta} has digests of other files than its episode has; it belongs to another "
                f"dataset"
            )
        for name, path in paths.items():
            size = path.stat().st_size
            if size != episode.files[name].size:
                raise DamagedFileError(
                    f"{path} has {size} bytes; it was written with {episode.files[name].size}, "
                    f"it is damaged"
                )


def read_raw_info(root: Path) -> dict[str, Any]:
    """Return info.json as it stands.

    Raises ValueError when `root` is missing or is not a dataset, and DamagedFileError when the file
    is damaged.
    """
    if not root.is_dir():
        raise ValueError(
            f"{root} does not exist; a dataset is a folder written by `pilotnet record`"
        )
    path = root / schema.INFO_PATH
    if not path.is_file():
        raise ValueError(f"{root} is not a dataset: it has no {schema.INFO_PATH}")
    value = load_json(path)
    if not isinstance(value, dict):
        raise DamagedFileError(f"{path} holds a {type(value).__name__}; it must hold a JSON object")
    return value


def checked_info(root: Path, raw: dict[str, Any]) -> DatasetInfo:
    """Return the checked contents of info.json; raises DamagedFileError naming the first key of
    another version.
    """
    path = root / schema.INFO_PATH
    version = str(raw.get("codebase_version"))
    if version.split(".")[0] != schema.CODEBASE_VERSION.split(".")[0]:
        raise DamagedFileError(
            f"{path} has codebase_version {quoted(version)}; it must be {schema.CODEBASE_VERSION!r}"
        )
    own = raw.get("pilotnet")
    if not isinstance(own, dict):
        raise DamagedFileError(
            f"{root} is a LeRobot dataset, but was not recorded by PilotNet: {path} has no key "
            f"'pilotnet'"
        )
    if own.get("schema_version") != schema.SCHEMA_VERSION:
        found = quoted(own.get("schema_version"))
        raise DamagedFileError(
            f"{path} has schema_version {found}; this version reads {schema.SCHEMA_VERSION}"
        )
    try:
        part = structured(own, InfoPart, "pilotnet")
        cameras = {
            name: structured(camera, Camera, f"camera {quoted(name)}")
            for name, camera in part.cameras.items()
        }
        quality = choice("videos", part.videos, Quality)
        # Earlier recordings lack the version of the world.
        world = FIRST_WORLD if part.world_version is None else part.world_version
        info = DatasetInfo(
            structured(raw.get("fps"), int, "fps"),
            cameras,
            part.boxes,
            quality,
            world,
            part.digests,
        )
    except ValueError as error:
        raise DamagedFileError(f"{path} has no usable fps, cameras and videos: {error}") from None
    if raw.get("features") != schema.features(info.fps, info.cameras, info.quality):
        raise DamagedFileError(
            f"{path} has other features than schema version {schema.SCHEMA_VERSION}; record it "
            f"again"
        )
    for key, wanted in (("data_path", schema.DATA_PATH), ("video_path", schema.VIDEO_PATH)):
        if raw.get(key) != wanted:
            raise DamagedFileError(
                f"{path} has {key} {quoted(raw.get(key))}; it must be {wanted!r}"
            )
    check_digest(own, path)
    return info
