"""The sky in an image: the panorama of `sky_panorama`, looked up by direction."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import FrameBuffer
from sim.types import Image

PackedTexels = NDArray[np.uint64]
# A packed texel holds three colours of 8 bits and 13 bits for their interpolation weights.
COLUMN_STEPS = 1 << 6  # steps of the weight between two columns
ROW_STEPS = 1 << 7  # steps of the weight between two rows
BITS_PER_COLOUR = 21  # 8 + 6 + 7
WEIGHT_SUM = COLUMN_STEPS * ROW_STEPS


def pack_panorama(panorama: Image) -> PackedTexels:
    """Return a panorama as `draw_sky` reads it, uint64 (rows, columns + 1).

    The colours of a texel lie BITS_PER_COLOUR bits apart in one number. The first column is
    repeated after the last.
    """
    red, green, blue = np.moveaxis(
        np.concatenate([panorama, panorama[:, :1]], axis=1).astype(np.uint64), 2, 0
    )
    return red | green << np.uint64(BITS_PER_COLOUR) | blue << np.uint64(2 * BITS_PER_COLOUR)


def draw_sky(
    canvas: FrameBuffer,
    sky: PackedTexels,
    focal: float,
    horizon: float,
    heading: float,
    gain: float,
) -> None:
    """Fill the rows above the horizon, `gain` times as bright as the panorama."""
    width = canvas.image.shape[1]
    column_indices = np.empty(width, np.int32)
    shares = np.empty(width, np.uint32)
    stretches = np.empty(width, np.float32)
    _place_columns(column_indices, shares, stretches, sky.shape[1] - 1, focal, heading)
    last = min(math.ceil(horizon), canvas.last)
    below = np.empty(width, np.int32)
    rises = np.empty(width, np.int32)
    texels = np.empty(width, np.uint64)
    buffers = (below, rises, texels)
    flat = sky.reshape(-1)
    _draw_rows(
        canvas.image,
        sky,
        flat,
        column_indices,
        shares,
        stretches,
        buffers,
        horizon,
        np.float32(gain / WEIGHT_SUM),
        canvas.first,
        last,
    )


@kernel
def _place_columns(
    column_indices: NDArray[np.int32],
    shares: NDArray[np.uint32],
    stretches: NDArray[np.float32],
    columns: int,
    focal: float,
    heading: float,
) -> None:
    """Find where each column of the image lies in the panorama.

    Writes the panorama's column to the left, the share of the next one in steps of 1 /
    COLUMN_STEPS, and how many rows of the panorama one row of the image spans there.
    """
    for n in range(column_indices.size):
        across = (n + 0.5 - column_indices.size / 2) / focal
        position = (heading + math.atan(across)) * columns / (2 * math.pi) - 0.5
        whole = math.floor(position)
        column_indices[n] = int(whole) % columns
        shares[n] = np.uint32((position - whole) * COLUMN_STEPS + 0.5)
        stretches[n] = 1 / math.sqrt(1 + across * across)


@kernel
def _draw_rows(
    image: Image,
    sky: PackedTexels,
    flat: PackedTexels,
    column_indices: NDArray[np.int32],
    shares: NDArray[np.uint32],
    stretches: NDArray[np.float32],
    buffers: tuple[NDArray[np.int32], NDArray[np.int32], PackedTexels],
    horizon: float,
    scale: np.float32,
    first: int,
    last: int,
) -> None:
    """Fill the rows [first, last) with bilinear samples, all three colours at once.

    No weighted sum of levels needs more than BITS_PER_COLOUR bits.
    flat: the panorama as one line.
    buffers: for one row, the index of the lower left of four texels, the share of the upper ones,
    and the weighted sums.
    """
    # Only reading texels here and there keeps a loop from running on vectors, so it is done apart.
    below, rises, texels = buffers
    for row in range(first, last):
        above = np.float32(horizon - row - 0.5)
        _look_up(
            below,
            rises,
            column_indices,
            stretches,
            above,
            np.int32(sky.shape[0] - 2),
            np.int32(sky.shape[1]),
        )
        _blend(texels, flat, flat[np.uint32(sky.shape[1]) :], below, rises, shares)
        _unpack(image[row], texels, scale)


@kernel
def _look_up(
    below: NDArray[np.int32],
    rises: NDArray[np.int32],
    column_indices: NDArray[np.int32],
    stretches: NDArray[np.float32],
    above: np.float32,
    highest: np.int32,
    columns: np.int32,
) -> None:
    """Write where a row of the image lies in the flat panorama.

    below: index of the lower left texel.
    rises: share of the row above in steps of 1 / ROW_STEPS.
    """
    for n in range(column_indices.size):
        rise = np.int32(
            max(above * stretches[n] - np.float32(0.5), np.float32(0)) * np.float32(ROW_STEPS)
        )
        below[n] = min(rise // np.int32(ROW_STEPS), highest) * columns + column_indices[n]
        rises[n] = rise % np.int32(ROW_STEPS)


@kernel
def _blend(
    texels: PackedTexels,
    lower: PackedTexels,
    upper: PackedTexels,
    below: NDArray[np.int32],
    rises: NDArray[np.int32],
    shares: NDArray[np.uint32],
) -> None:
    """Write the weighted sum of four texels per pixel, WEIGHT_SUM times as bright.

    lower, upper: the flat panorama from row 0 and from row 1.
    """
    for n in range(below.size):
        i = np.uint32(below[n])
        t = np.uint64(shares[n])
        w = np.uint64(np.uint32(rises[n]))
        j = i + np.uint32(1)
        # Where a colour falls from one texel to the next its difference borrows from the colour
        # above it, and gives back.
        left = lower[i] * np.uint64(ROW_STEPS) + w * (upper[i] - lower[i])
        right = lower[j] * np.uint64(ROW_STEPS) + w * (upper[j] - lower[j])
        texels[n] = left * np.uint64(COLUMN_STEPS) + t * (right - left)


@kernel
def _unpack(line: Image, texels: PackedTexels, scale: np.float32) -> None:
    """Write the colours of a row, `scale` times their sums."""
    mask = np.uint64((1 << BITS_PER_COLOUR) - 1)
    half = np.float32(0.5)
    most = np.float32(255)
    # Signed numbers become floats in one step, unsigned ones do not.
    for n in range(texels.size):
        texel = texels[n]
        line[n, 0] = np.uint8(
            np.int32(min(np.float32(np.int32(texel & mask)) * scale + half, most))
        )
        line[n, 1] = np.uint8(
            np.int32(
                min(
                    np.float32(np.int32(texel >> np.uint64(BITS_PER_COLOUR) & mask)) * scale + half,
                    most,
                )
            )
        )
        line[n, 2] = np.uint8(
            np.int32(
                min(
                    np.float32(np.int32(texel >> np.uint64(2 * BITS_PER_COLOUR))) * scale + half,
                    most,
                )
            )
        )
