"""The frame buffer that the renderer's kernels draw on, and the camera that they draw for."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel


class Eye(NamedTuple):
    """A camera in the world: x, y, elevation [m], cosine and sine of its heading, focal length and
    horizon row [px].

    lateral: how far right of the car's middle it sits [m]; the car's headlights shine from there.
    """

    x: float
    y: float
    elevation: float
    cos: float
    sin: float
    focal: float
    horizon: float
    lateral: float


class Label(IntEnum):
    """What a pixel shows."""

    SKY = 0
    TERRAIN = 1
    ROAD = 2
    PLANT = 3
    STRUCTURE = 4
    CAR = 5
    PERSON = 6


class FrameBuffer(NamedTuple):
    """The image that kernels draw on, (H, W, 3), and ground truth of the same size, or of size (0,
    0) when it is not requested.

    depth: along the optical axis [m], inf in the sky.
    label: a Label.
    instance: an actor's ident, 0 for everything else.
    first, last: only rows in [first, last) are drawn; their content does not depend on these
    limits.
    """

    image: NDArray[np.uint8]
    depth: NDArray[np.float32]
    label: NDArray[np.uint8]
    instance: NDArray[np.int32]
    first: int
    last: int


def blank_frame_buffer(height: int, width: int, truth: bool = False) -> FrameBuffer:
    """A canvas to draw on, its truth all sky."""
    size = (height, width) if truth else (0, 0)
    depth = np.full(size, np.inf, np.float32)
    image = np.zeros((height, width, 3), np.uint8)
    label = np.zeros(size, np.uint8)
    instance = np.zeros(size, np.int32)
    return FrameBuffer(image, depth, label, instance, 0, height)


@kernel
def level_of(value: float) -> np.uint8:
    """The pixel level 0-255 of a brightness in [0, 1]; what lies outside is cut."""
    return np.uint8(min(max(value, 0.0), 1.0) * 255 + 0.5)


@inlined
def write_truth(
    canvas: FrameBuffer, row: int, column: int, depth: float, label: int, instance: int
) -> None:
    """Write the ground truth of a pixel, where it is requested."""
    if canvas.depth.size:
        i = np.uint32(row)
        j = np.uint32(column)
        canvas.depth[i, j] = depth
        canvas.label[i, j] = label
        canvas.instance[i, j] = instance
