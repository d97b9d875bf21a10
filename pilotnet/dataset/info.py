"""info.json: read, checked against this version's layout, and held against the files of an episode."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pilotnet.dataset import schema
from pilotnet.dataset.boxes import check_boxes
from pilotnet.dataset.files import read_json, read_schema
from pilotnet.dataset.schema import Episode
from pilotnet.dataset.video import Quality, check_video
from pilotnet.folders import FIRST_WORLD
from sim.camera import Camera
from sim.scenario import WORLD_VERSION, choice


@dataclass(frozen=True)
class DatasetInfo:
    """What holds for the whole dataset.

    fps: frames per second; cameras: by name; boxes: whether episodes have them; quality: of the videos; world: the version of the
    world that was recorded.
    """

    fps: int
    cameras: dict[str, Camera]
    boxes: bool = False
    quality: Quality = Quality.SMALL
    world: int = WORLD_VERSION

    def __post_init__(self) -> None:
        if self.fps < 1:
            raise ValueError(f"fps is {self.fps}; it must be 1 or more")
        if not self.cameras:
            raise ValueError("cameras is empty; a dataset needs at least one camera")
        if self.boxes and "centre" not in self.cameras:
            raise ValueError(f"cameras is {', '.join(self.cameras)}; boxes need the camera centre")

    def check_files(self, root: Path, episode: Episode) -> None:
        """Raise ValueError unless the episode's data, videos and boxes are there, whole and of its length; reads only headers."""
        path = schema.data_path(root, episode.index)
        found, rows = read_schema(path)
        if rows != episode.length:
            raise ValueError(f"{path} holds {rows} rows; the episode has {episode.length} frames")
        if not found.equals(schema.arrow_schema(schema.COLUMNS)):
            raise ValueError(f"{path} has other columns than schema version {schema.SCHEMA_VERSION}; record it anew")
        for name, camera in self.cameras.items():
            check_video(schema.video_path(root, episode.index, name), episode.length, camera.width, camera.height, self.quality)
        if self.boxes:
            check_boxes(schema.boxes_path(root, episode.index))


def read_raw_info(root: Path) -> dict[str, Any]:
    """info.json as it stands; ValueError when `root` is missing or is not a dataset."""
    if not root.is_dir():
        raise ValueError(f"{root} does not exist; a dataset is a folder written by `pilotnet record`")
    if not (root / schema.INFO_PATH).is_file():
        raise ValueError(f"{root} is not a dataset: it has no {schema.INFO_PATH}")
    return read_json(root / schema.INFO_PATH)


def checked_info(root: Path, raw: dict[str, Any]) -> DatasetInfo:
    """What this version needs of info.json; ValueError naming the first thing that is of another version."""
    path = root / schema.INFO_PATH
    version = str(raw.get("codebase_version"))
    if version.split(".")[0] != schema.CODEBASE_VERSION.split(".")[0]:
        raise ValueError(f"{path} has codebase_version {version!r}; it must be {schema.CODEBASE_VERSION!r}")
    own = raw.get("pilotnet")
    if not isinstance(own, dict):
        raise ValueError(f"{root} is a LeRobot dataset, but was not recorded by PilotNet: {path} has no key 'pilotnet'")
    if own.get("schema_version") != schema.SCHEMA_VERSION:
        found = own.get("schema_version")
        raise ValueError(f"{path} has schema_version {found!r}; this version reads {schema.SCHEMA_VERSION}")
    try:
        cameras = {name: Camera(**camera) for name, camera in own["cameras"].items()}
        quality = choice("videos", own.get("videos", Quality.SMALL), Quality)
        # Earlier recordings lack the keys that have a default.
        info = DatasetInfo(int(raw["fps"]), cameras, bool(own.get("boxes")), quality, int(own.get("world_version", FIRST_WORLD)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} has no usable fps, cameras and videos: {error}") from None
    if raw.get("features") != schema.features(info.fps, info.cameras, info.quality):
        raise ValueError(f"{path} has other features than schema version {schema.SCHEMA_VERSION}; record it anew")
    return info
