"""The schemas of all files that the package reads: their keys and the types of their values.

`pilotnet.common.reading.structured` checks plain values against them. Relations between values are
checked where they are used.
"""

from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct

from sim.geometry.camera import Camera

Count = Annotated[int, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1, le=16_384)]  # [px]
Positive = Annotated[float, Meta(gt=0)]


class _Strict(Struct, forbid_unknown_fields=True, kw_only=True):
    """An object that must not have other keys."""


class FileDigest(NamedTuple):
    """A file's size [bytes] and its SHA-256; a list in JSON."""

    size: Count
    sha256: str


class RowDigests(_Strict):
    """The column `digests` of meta/episodes; see `pilotnet.data.store.row_digests`."""

    files: dict[str, FileDigest]
    rest: str
    row: str


class EpisodeRow(_Strict):
    """The plain columns of meta/episodes that opening a dataset reads."""

    episode_index: Count
    length: Annotated[int, Meta(ge=1)]
    split: str


class InfoPart(_Strict):
    """The package's own part of info.json. Earlier recordings lack the keys that have a default."""

    schema_version: int
    cameras: dict[str, dict[str, int | float]]
    boxes: bool = False
    videos: str = "small"
    digests: bool = False
    world_version: int | None = None
    sha256: str | None = None


class MarksFile(_Strict):
    """marks.yaml: for each episode number the discarded stretches, as pairs [first frame, frame
    behind the last].
    """

    discarded: dict[int, list[tuple[int, int]]]


class AxisFile(_Strict):
    """One axis of a controller's map."""

    number: Count
    rest: float
    full: float
    dead_zone: float


class ControllerFile(_Strict):
    """The map of one kind of controller."""

    name: str
    steering: AxisFile | None
    throttle: AxisFile | None
    brake: AxisFile | None
    buttons: dict[str, Count]


class Provenance(_Strict):
    """`<stage>.yaml`, see `pilotnet.common.provenance`. Earlier ones lack the keys that have a
    default.
    """

    stage: str
    config: dict[str, Any]
    seed: int
    version: str
    revision: str
    world: int | None = None


class EvaluateSettings(Struct, kw_only=True):
    """The settings in evaluate.yaml that readers of a results folder need; the file holds more."""

    drivers: list[str]
    episodes: Annotated[int, Meta(ge=1)]
    split: Literal["train", "validation", "test"]
    noise: Annotated[float, Meta(ge=0)] = 0.0
    pedals: Literal["shared", "driver"] = "shared"  # the only way in earlier versions
    fault: str = ""
    until_decided: bool = False


class ResultsInfo(_Strict):
    """results.json.

    drives: number of rows in episodes.csv by driver. files: SHA-256 by name. lost: driver, scenario
    and reason of each drive without a row. suite: SHA-256 of what the suite is made of.
    """

    format: Literal[1]
    world: int
    drives: dict[str, Count]
    files: dict[str, str]
    sha256: str
    lost: list[tuple[str, str, str]] = []
    suite: str | None = None


class ViewHeader(_Strict):
    """A network's view in the header of its checkpoint [px]."""

    width: Size
    height: Size
    focal: Positive
    horizon: float


class CameraHeader(_Strict):
    """A camera in the header of a checkpoint; see `sim.geometry.camera.Camera`."""

    width: Size
    height: Size
    focal: Positive
    horizon: float
    lateral: float
    elevation: Positive

    def camera(self) -> Camera:
        """Return it as the simulator's camera; raises ValueError for impossible numbers."""
        return Camera(
            self.width, self.height, self.focal, self.horizon, self.lateral, self.elevation
        )


class PilotNetHeader(_Strict):
    """The settings in the header of PilotNet's checkpoint."""

    view: ViewHeader
    camera: CameraHeader
    training: dict[str, Any]
    world: int | None = None


class OnnxSettings(_Strict):
    """The settings in the metadata of an ONNX file."""

    view: ViewHeader
    camera: CameraHeader


class DetectorHeader(_Strict):
    """The settings in the header of a detector's checkpoint."""

    target: Literal["cars", "pedestrians"]
    camera: CameraHeader
    training: dict[str, Any]
    world: int | None = None
