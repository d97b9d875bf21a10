"""Limits of the values of signals and boxes; messages name file, column and row of a value outside."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pilotnet.common.reading import DamagedFileError
from sim.geometry.camera import Camera
from sim.types import Cause, Kind, quoted

MAX_SPEED = 150.0  # [m/s] faster than any road car
MAX_CURVATURE = 1.0  # [1/m] five times the largest curvature of the simulator's cars
MAX_LENGTH = 1e6  # [m] of a position, and limit of every other value; the longest drive has 2e4 m
# [px] boxes of far pedestrians, below a pixel in size, may leave the picture or invert by as much
EDGE_TOLERANCE = 1.0

# Lowest and highest value of each column, in its own unit.
LIMITS = {
    "observation.state": (0.0, MAX_SPEED),
    "action": (-MAX_CURVATURE, MAX_CURVATURE),
    "ego.pose": (-MAX_LENGTH, MAX_LENGTH),
    "ego.offset": (-MAX_LENGTH, MAX_LENGTH),
    "ego.heading_error": (-MAX_LENGTH, MAX_LENGTH),
    "ego.curvature": (-MAX_CURVATURE, MAX_CURVATURE),
    "ego.path_curvature": (-MAX_CURVATURE, MAX_CURVATURE),
    "ego.station": (-MAX_LENGTH, MAX_LENGTH),
    "applied.curvature": (-MAX_CURVATURE, MAX_CURVATURE),
    "t_sim": (0.0, MAX_LENGTH),
}
CAUSES = ("", *(cause.value for cause in Cause))
ACTORS = tuple(kind.value for kind in Kind)


def column_values(table: pa.Table, key: str) -> NDArray[Any]:
    """Return a column as an array: (N,), or (N, D) where a row holds a list."""
    column = table.column(key).combine_chunks()
    if pa.types.is_fixed_size_list(column.type):
        return np.asarray(column.flatten().to_numpy(zero_copy_only=False)).reshape(
            len(column), column.type.list_size
        )
    return np.asarray(column.to_numpy(zero_copy_only=False))


def check_signals(table: pa.Table, path: Path) -> None:
    """Raise DamagedFileError for a signal of `path` that is missing, not finite or outside of
    LIMITS.

    table: signals of that file, not necessarily all of them.
    """
    for key in table.column_names:
        _require_present(table, key, path)
        if key in LIMITS:
            _require(
                table,
                key,
                partial(_within, *LIMITS[key]),
                "{:g} to {:g}".format(*LIMITS[key]),
                path,
            )
    if "intervention" in table.column_names:
        _require(
            table,
            "intervention",
            lambda values: np.isin(values, CAUSES),
            "a cause of interventions, or empty",
            path,
        )


def check_box_values(table: pa.Table, path: Path, length: int, camera: Camera) -> None:
    """Raise DamagedFileError for a box in `path` that is impossible in the pictures of `camera`.

    table: all columns of boxes.
    length: number of frames of the episode.
    """
    for key in table.column_names:
        _require_present(table, key, path)
    _require(
        table, "frame", partial(_within, 0, length - 1), f"a frame of its episode of {length}", path
    )
    _require(
        table, "kind", lambda values: np.isin(values, ACTORS), f"one of {', '.join(ACTORS)}", path
    )
    _require(table, "visible", partial(_within, 0, 1), "0 to 1", path)
    for low, high, end in (("left", "right", camera.width), ("top", "bottom", camera.height)):
        first = column_values(table, low)
        _require(
            table, low, partial(_within, -EDGE_TOLERANCE, end + EDGE_TOLERANCE), f"0 to {end}", path
        )
        _require(
            table,
            high,
            partial(_within, first - EDGE_TOLERANCE, end + EDGE_TOLERANCE),
            f"{low} to {end}",
            path,
        )
    for key in ("ground_forward", "ground_right", "heading"):
        _require(table, key, partial(_within, -MAX_LENGTH, MAX_LENGTH), "a finite number", path)
    for key in ("distance", "length", "width", "height"):
        _require(table, key, partial(_within, 0, MAX_LENGTH), "0 or more, and finite", path)
    frames = column_values(table, "frame")
    _require(
        table,
        "frame",
        lambda _: np.diff(frames, prepend=frames[:1]) >= 0,
        "not below that of the row before",
        path,
    )


def _within(low: Any, high: Any, values: NDArray[Any]) -> NDArray[np.bool_]:
    return np.asarray((values >= low) & (values <= high))


def _require_present(table: pa.Table, key: str, path: Path) -> None:
    column = table.column(key).combine_chunks()
    inner = column.flatten() if pa.types.is_fixed_size_list(column.type) else column
    if column.null_count or inner.null_count:
        raise DamagedFileError(f"{path} has a row without a value in column {key}; it is damaged")


def _require(
    table: pa.Table,
    key: str,
    fits: Callable[[NDArray[Any]], NDArray[np.bool_]],
    allowed: str,
    path: Path,
) -> None:
    """Raise DamagedFileError naming the first row whose value does not fit; NaN never fits.

    fits: takes the column, (N,) or (N, D), and returns booleans of the same shape.
    allowed: text for the message.
    """
    values = column_values(table, key)
    inner = tuple(
        range(1, values.ndim)
    )  # axes within a row; boxes of a drive without road users have no rows
    wrong = np.flatnonzero(~fits(values).all(axis=inner))
    if wrong.size:
        row = int(wrong[0])
        raise DamagedFileError(
            f"{path} has {key} {quoted(values[row : row + 1].tolist()[0])} in row {row}; it must "
            f"be {allowed}"
        )
