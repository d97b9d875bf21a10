"""A work buffer for one row of pixels, one channel after the other for vectorised loops.

A row is drawn BLOCK columns at a time. The channels lie a constant STRIDE apart, which tells the
compiler that they do not overlap. Kernels read and write `values[CHANNEL + n]` for column n of the
block.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SPAN = 16  # [px] over which road coordinates are interpolated
BLOCK = 20 * SPAN  # [px]
STRIDE = (
    BLOCK + 16
)  # no power of two, so that the channels do not fight for the same lines of the cache

(
    STATION,  # road coordinates s, d [m]
    OFFSET,
    ALONG,  # how far the pixel's footprint reaches along and across the road [m]
    ACROSS,
    GRAIN,  # noise of the finest scale, and of the scale of fields
    FIELD,
    LAMP,  # light of the ego's headlights and of street lamps
    STREET,
    CLEAR,  # what the haze lets through
    TONE,  # brightness of the road's section, and what is added to the noise at ragged edges
    WANDER,
    # the material: colour, strength of its grain, whether it belongs to the road, whether paint
    # lies on it
    RED,
    GREEN,
    BLUE,
    ROUGH,
    SURFACE,
    TRACK,
    PAINT,
    HARD,
    COVER,  # of snow
) = (STRIDE * k for k in range(20))
CHANNELS = 20


class RowBuffer(NamedTuple):
    """The channels of a block of pixels.

    values: float32 (CHANNELS * STRIDE,).
    indices: int32 (STRIDE,), the table entry that each pixel reads.
    """

    values: NDArray[np.float32]
    indices: NDArray[np.int32]


def blank_row_buffer() -> RowBuffer:
    """Return an empty buffer, for one thread at a time."""
    return RowBuffer(np.zeros(CHANNELS * STRIDE, np.float32), np.zeros(STRIDE, np.int32))
