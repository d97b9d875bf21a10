"""The boxes of cars and people in the centre camera's pictures: a file per episode where no reader
of LeRobot looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store.parquet_files import read_schema, read_table
from pilotnet.data.store.value_limits import check_box_values
from sim.geometry.camera import Camera
from sim.types import Box, Kind

SCHEMA = pa.schema(
    [("frame", pa.int64()), ("ident", pa.int64()), ("kind", pa.string())]
    + [(key, pa.float32()) for key in ("left", "top", "right", "bottom", "visible")]
    + [
        (key, pa.float32())
        for key in (
            "ground_forward",
            "ground_right",
            "heading",
            "distance",
            "length",
            "width",
            "height",
        )
    ]
)


@dataclass(frozen=True)
class Boxes:
    """The boxes of one episode, a row each (N,), ordered by frame and within a frame from near to
    far.

    frame: which picture.
    ident: of the actor, the same all through the drive.
    kind: see `sim.types.Kind`; left, top, right,.
    bottom: pixel edges around the whole silhouette, within the picture.
    visible: share of it that shows, in [0, 1].
    ground_forward, ground_right: of its centre in car coordinates, distance: of it from the car's
    [m].
    heading: relative to the car's [rad]; length, width, height [m].
    """

    frame: NDArray[np.int64]
    ident: NDArray[np.int64]
    kind: NDArray[np.object_]
    left: NDArray[np.float32]
    top: NDArray[np.float32]
    right: NDArray[np.float32]
    bottom: NDArray[np.float32]
    visible: NDArray[np.float32]
    ground_forward: NDArray[np.float32]
    ground_right: NDArray[np.float32]
    heading: NDArray[np.float32]
    distance: NDArray[np.float32]
    length: NDArray[np.float32]
    width: NDArray[np.float32]
    height: NDArray[np.float32]

    def __post_init__(self) -> None:
        for field in fields(self):
            shape = getattr(self, field.name).shape
            if shape != (len(self),):
                raise ValueError(
                    f"Boxes.{field.name} has shape {shape}; it must be ({len(self)},), as frame is"
                )

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def person(self) -> NDArray[np.bool_]:
        """Which of them are people, (N,)."""
        return np.asarray(self.kind == Kind.PEDESTRIAN.value, bool)

    def pick(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Self:
        """Some of the boxes, by a mask, by their numbers or by a slice."""
        return type(self)(
            **{field.name: getattr(self, field.name)[which] for field in fields(self)}
        )

    def of_frame(self, frame: int) -> Self:
        """The boxes of one picture."""
        first, end = np.searchsorted(self.frame, [frame, frame + 1])
        return self.pick(slice(int(first), int(end)))


def boxes_table(frames: Sequence[Sequence[Box]]) -> pa.Table:
    """The boxes of an episode's pictures as a table."""
    rows = [
        {
            "frame": number,
            "ident": box.ident,
            "kind": box.kind.value,
            "left": box.left,
            "top": box.top,
            "right": box.right,
            "bottom": box.bottom,
            "visible": box.visible,
            "ground_forward": box.ground[0],
            "ground_right": box.ground[1],
            "heading": box.heading,
            "distance": box.distance,
            **dict(zip(("length", "width", "height"), box.size, strict=True)),
        }
        for number, boxes in enumerate(frames)
        for box in boxes
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def read_boxes(path: Path, length: int, camera: Camera) -> Boxes:
    """Read the boxes of an episode of `length` frames, seen by `camera`.

    Raises DamagedFileError when the file is missing, damaged or of another episode, and ValueError
    when it may not be read.
    """
    check_boxes(path)
    table = read_table(path)
    check_box_values(table, path, length, camera)
    return Boxes(**{key: table.column(key).to_numpy() for key in SCHEMA.names})


def check_boxes(path: Path) -> None:
    """Raise DamagedFileError unless a file of boxes exists and has the columns of boxes; reads only
    its header.
    """
    found, _ = read_schema(path)
    if not found.equals(SCHEMA):
        raise DamagedFileError(f"{path} has other columns than boxes have; record it again")
