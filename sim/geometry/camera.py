"""Pinhole cameras over a flat road: mathematics only, no images.

A camera looks along the car's x axis from `elevation` above the ground and `lateral` to the right
of the car's centre. Its optical axis is level, so the horizon is the row `horizon` everywhere;
moving the principal point up or down takes the place of pitch.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.types import quoted, require_finite, require_whole

Number = TypeVar("Number", float, NDArray[np.float64])
CAMERA_NAMES = ("left", "centre", "right")
MAX_SIZE = 2**14  # [px] of width and height; a square RGB picture of that size takes 0.8 GB


@dataclass(frozen=True)
class Camera:
    """width, height [px], focal length [px], horizon [px from the top]; mount: lateral (right
    positive) and elevation [m].
    """

    width: int = 320
    height: int = 160
    focal: float = 175.0
    horizon: float = 64.0
    lateral: float = 0.0
    elevation: float = 1.4

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            require_whole(f"camera.{name}", getattr(self, name), 1, MAX_SIZE, "px")
        for name in ("focal", "horizon", "lateral", "elevation"):
            require_finite(f"camera.{name}", getattr(self, name))
        if not self.focal > 0 or not self.elevation > 0:
            raise ValueError(
                f"camera focal is {self.focal} px and elevation {self.elevation} m; both must be "
                f"above 0"
            )

    @classmethod
    def of(cls, described: "Camera | Mapping[str, Any]") -> "Camera":
        """Return the camera that a record or a mapping of fields describes; ValueError for anything
        else.
        """
        if isinstance(described, Camera):
            return described
        names = [field.name for field in fields(cls)]
        if not isinstance(described, Mapping) or not set(described) <= set(names):
            raise ValueError(
                f"camera is {quoted(described)}; it must be a sim.geometry.camera.Camera, or a "
                f"mapping with some of {', '.join(names)}"
            )
        return cls(**described)

    @property
    def centre_column(self) -> float:
        """Column of the optical axis [px]; pixel (row i, column j) covers [j, j + 1) x [i, i + 1),
        so its centre is at + 0.5.
        """
        return self.width / 2

    def crop(self, top: int, bottom: int) -> "Camera":
        """The same camera with only the rows [top, bottom) of its picture."""
        if not 0 <= top < bottom <= self.height:
            raise ValueError(f"rows are [{top}, {bottom}); they must lie within [0, {self.height})")
        return replace(self, height=bottom - top, horizon=self.horizon - top)

    def transfer(self, other: "Camera", column: Number, row: Number) -> tuple[Number, Number]:
        """Return where in the image of `other`, at the same position, a pixel (column, row) [px] of
        this camera lies.
        """
        larger = other.focal / self.focal
        return other.centre_column + (column - self.centre_column) * larger, other.horizon + (
            row - self.horizon
        ) * larger

    @property
    def field_of_view(self) -> float:
        """Horizontal field of view [rad]."""
        return 2 * math.atan(self.width / 2 / self.focal)

    def ground_to_pixel(
        self, forward: NDArray[np.float64], right: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Pixel coordinates (column, row) of ground points in the car's frame [m]; forward must be
        above 0.
        """
        return self.centre_column + self.focal * (
            right - self.lateral
        ) / forward, self.horizon + self.focal * self.elevation / forward

    def pixel_to_ground(
        self, column: NDArray[np.float64], row: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ground points (forward, right) in the car's frame [m] of pixels below the horizon (row >
        horizon).
        """
        forward = self.focal * self.elevation / (row - self.horizon)
        return forward, self.lateral + forward * (column - self.centre_column) / self.focal


def rig(centre: Camera, spacing: float = 0.6) -> dict[str, Camera]:
    """The paper's three cameras: `centre` and two like it, `spacing` metres to the left and right
    of it.
    """
    return {
        "left": replace(centre, lateral=centre.lateral - spacing),
        "centre": centre,
        "right": replace(centre, lateral=centre.lateral + spacing),
    }
