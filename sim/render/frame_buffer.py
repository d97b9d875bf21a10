"""The frame buffer that the renderer's kernels draw on, and the camera as they use it."""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.jit import inlined, kernel
from sim.types import Pose


class Eye(NamedTuple):
    """A camera's pose and optics in the world, as kernels use them.

    x, y: world position [m].
    elevation: above the ground [m].
    cos, sin: of the heading.
    focal: focal length [px].
    horizon: row of the horizon [px].
    lateral: position right of the car's centre line [m]; the headlights are placed relative to it.
    """

    x: float
    y: float
    elevation: float
    cos: float
    sin: float
    focal: float
    horizon: float
    lateral: float


def eye_of(camera: Camera, ego: Pose) -> Eye:
    """Return the Eye of a camera on a car at `ego`; ValueError for a pose that is not finite."""
    if not math.isfinite(ego.x + ego.y + ego.heading):
        raise ValueError(f"ego is at {ego}; all its numbers must be finite")
    cos = math.cos(ego.heading)
    sin = math.sin(ego.heading)
    x = ego.x - camera.lateral * sin
    y = ego.y + camera.lateral * cos
    return Eye(
        x,
        y,
        float(camera.elevation),
        cos,
        sin,
        float(camera.focal),
        float(camera.horizon),
        float(camera.lateral),
    )


class Label(IntEnum):
    """The semantic class of a pixel."""

    SKY = 0
    TERRAIN = 1
    ROAD = 2
    PLANT = 3
    STRUCTURE = 4
    CAR = 5
    PERSON = 6


class FrameBuffer(NamedTuple):
    """The image that kernels draw on, and the ground truth of its pixels.

    image: RGB uint8 (H, W, 3).
    depth: along the optical axis [m], inf in the sky.
    label: a Label.
    instance: an actor's ident, 0 for everything else. The latter three have shape (H, W), or (0, 0)
    when no ground truth is requested.
    first, last: only the rows [first, last) are drawn; what is drawn in them does not depend on
    these limits.
    """

    image: NDArray[np.uint8]
    depth: NDArray[np.float32]
    label: NDArray[np.uint8]
    instance: NDArray[np.int32]
    first: int
    last: int


def blank_frame_buffer(height: int, width: int, truth: bool = False) -> FrameBuffer:
    """Return an empty frame buffer, with ground truth (all sky) if `truth` is set."""
    size = (height, width) if truth else (0, 0)
    depth = np.full(size, np.inf, np.float32)
    image = np.zeros((height, width, 3), np.uint8)
    label = np.zeros(size, np.uint8)
    instance = np.zeros(size, np.int32)
    return FrameBuffer(image, depth, label, instance, 0, height)


@kernel
def level_of(value: float) -> np.uint8:
    """Return the pixel value 0 to 255 of a brightness, clipped to [0, 1]."""
    return np.uint8(min(max(value, 0.0), 1.0) * 255 + 0.5)


@inlined
def write_truth(
    canvas: FrameBuffer, row: int, column: int, depth: float, label: int, instance: int
) -> None:
    """Write the ground truth of a pixel, if it is requested."""
    if canvas.depth.size:
        i = np.uint32(row)
        j = np.uint32(column)
        canvas.depth[i, j] = depth
        canvas.label[i, j] = label
        canvas.instance[i, j] = instance
