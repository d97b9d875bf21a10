"""A work buffer for one row of pixels, one channel after the other for vectorised loops.

A row is drawn BLOCK_COLUMNS columns at a time. The channels lie a constant STRIDE apart, which
tells the compiler that they do not overlap. Kernels read and write `values[CHANNEL + n]` for
column n of the block.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SPAN = 16  # [px] over which Frenet coordinates are interpolated; chosen
BLOCK_COLUMNS = 20 * SPAN  # [px] columns drawn at a time; chosen
STRIDE = BLOCK_COLUMNS + 16  # no power of two: the channels would compete for the same cache lines

(
    STATION,  # s [m]
    OFFSET,  # d [m]
    ALONG,  # extent of the pixel's footprint along the road [m]
    ACROSS,  # and across it [m]
    GRAIN,  # fine noise
    FIELD,  # noise of the scale of fields
    LAMP,  # light of the ego's headlights
    STREET,  # light of street lamps
    CLEAR,  # transmission of the haze
    TONE,  # brightness of the road section
    WANDER,  # value added to the noise at ragged edges
    RED,  # colour of the material, later of the pixel
    GREEN,
    BLUE,
    ROUGH,  # strength of the grain
    SURFACE,  # 1 on the road
    TRACK,  # wear by tyres
    PAINT,  # cover of endless markings
    HARD,  # share of sealed surface
    COVER,  # of snow; scratch before
) = (STRIDE * k for k in range(20))
ROW_CHANNELS = 20


class RowBuffer(NamedTuple):
    """The channels of a block of pixels.

    values: float32 (ROW_CHANNELS * STRIDE,).
    indices: int32 (STRIDE,), the table entry that each pixel reads.
    """

    values: NDArray[np.float32]
    indices: NDArray[np.int32]


def blank_row_buffer() -> RowBuffer:
    """Return an empty buffer, for one thread at a time."""
    return RowBuffer(np.zeros(ROW_CHANNELS * STRIDE, np.float32), np.zeros(STRIDE, np.int32))
