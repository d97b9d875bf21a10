"""Tileable noise with mip levels: grain of surfaces, drift of clouds, ragged leaves.

One tile serves every scale. It holds octaves from one texel to a quarter of the tile; the caller
chooses the size of a texel.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator

TILE = 256  # texels along an edge of the finest level; a power of two
MIP_LEVELS = 7  # the coarsest is 4 texels wide
TILES_PER_LEVEL = 4  # grain tiles per mip level
# what a standard deviation is stored as in grain tiles, so that four of them fit a byte
GRAIN_SCALE = 32.0


class Noise(NamedTuple):
    """A noise tile with its mip levels.

    values: all levels one after the other; the finest has mean 0 and standard deviation 1.
    starts: index of the first value of each level.
    """

    values: NDArray[np.float32]
    starts: NDArray[np.int64]


@cache
def noise(seed: int = 0) -> Noise:
    """Return the noise tile of a seed; each coarser level averages 2 x 2 texels of the one
    before.
    """
    draws = stream_generator(seed, Stream.NOISE_TILE)
    tile = np.zeros((TILE, TILE))
    cells = 4
    while cells <= TILE:
        tile += _upsampled(draws.standard_normal((cells, cells))) * (cells / 4) ** -0.12
        cells *= 2
    tile = (tile - tile.mean()) / tile.std()
    levels = [tile]
    for _ in range(MIP_LEVELS - 1):
        last = levels[-1]
        levels.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) / 4)
    starts = np.cumsum([0] + [level.size for level in levels[:-1]])
    return Noise(np.concatenate([level.ravel() for level in levels]).astype(np.float32), starts)


class Grain(NamedTuple):
    """Noise for fast lookups: neighbouring mip levels blended in advance, TILES_PER_LEVEL per
    level.

    corners: int32; its four bytes hold a texel and its right, lower and lower right neighbours
    (lowest byte first), each times GRAIN_SCALE.
    starts: index of each tile. Tile q is TILE >> (q // TILES_PER_LEVEL) texels wide.
    """

    corners: NDArray[np.int32]
    starts: NDArray[np.int64]


@cache
def grain(seed: int = 0) -> Grain:
    """Return the grain tiles of a seed's noise."""
    tile = noise(seed)
    levels = [
        tile.values[start:][: (TILE >> k) ** 2].reshape(TILE >> k, -1)
        for k, start in enumerate(tile.starts)
    ]
    tiles = []
    for q in range(TILES_PER_LEVEL * (MIP_LEVELS - 1)):
        fine = levels[q // TILES_PER_LEVEL]
        coarse = levels[q // TILES_PER_LEVEL + 1]
        tiles.append(
            _corners(
                fine
                + q % TILES_PER_LEVEL / TILES_PER_LEVEL * (_doubled(_doubled(coarse).T).T - fine)
            )
        )
    starts = np.cumsum([0] + [each.size for each in tiles[:-1]])
    return Grain(np.concatenate([each.ravel() for each in tiles]), starts)


def _doubled(tile: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a tile with twice the rows, bilinear between the centres of its texels."""
    above = np.roll(tile, 1, axis=0)
    below = np.roll(tile, -1, axis=0)
    return np.stack([0.75 * tile + 0.25 * above, 0.75 * tile + 0.25 * below], axis=1).reshape(
        -1, tile.shape[1]
    )


def _corners(tile: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return each texel and its neighbours to the right and below as four signed bytes."""
    whole = np.round(tile * GRAIN_SCALE).clip(-128, 127).astype(np.int8)
    right = np.roll(whole, -1, axis=1)
    below = np.roll(whole, -1, axis=0)
    return (
        np.stack([whole, right, below, np.roll(below, -1, axis=1)], axis=-1)
        .view("<i4")[..., 0]
        .astype(np.int32)
    )


def _upsampled(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a small periodic grid, interpolated smoothly to TILE x TILE."""
    count = cells.shape[0]
    position = (np.arange(TILE) + 0.5) * count / TILE - 0.5
    low = np.floor(position).astype(int)
    t = position - low
    t = t * t * (3 - 2 * t)
    rows = cells[low % count] * (1 - t)[:, None] + cells[(low + 1) % count] * t[:, None]
    return rows[:, low % count] * (1 - t) + rows[:, (low + 1) % count] * t


@kernel
def noise_at(values: NDArray[np.float32], start: int, size: int, x: float, y: float) -> float:
    """Return bilinear noise at (x, y) [texels of its level].

    The level begins at `start` and is `size` texels wide.
    """
    u = x - 0.5
    v = y - 0.5
    i = int(np.floor(v))
    j = int(np.floor(u))
    t = u - j
    w = v - i
    mask = size - 1
    top = start + (i & mask) * size
    bottom = start + ((i + 1) & mask) * size
    left = j & mask
    right = (j + 1) & mask
    # Unsigned indices spare the kernel a test for negative ones.
    first = values[np.uint64(top + left)]
    second = values[np.uint64(top + right)]
    third = values[np.uint64(bottom + left)]
    fourth = values[np.uint64(bottom + right)]
    above = first + t * (second - first)
    return above + w * (third + t * (fourth - third) - above)


@kernel
def grain_tile(footprint: float) -> int:
    """Return the tile whose texels are nearest in size to `footprint` [texels of the finest
    level].
    """
    return min(
        max(int(np.floor(np.log2(max(footprint, 1e-9)) * TILES_PER_LEVEL + 0.5)), 0),
        TILES_PER_LEVEL * (MIP_LEVELS - 1) - 1,
    )


@kernel
def grain_at(corners: NDArray[np.int32], start: int, tile: int, x: float, y: float) -> float:
    """Return the grain at (x, y) [texels of the finest level] from a tile that begins at
    `start`.
    """
    scale = 1.0 / (1 << tile // TILES_PER_LEVEL)
    mask = (TILE >> (tile // TILES_PER_LEVEL)) - 1
    u = x * scale - 0.5
    v = y * scale - 0.5
    i = int(np.floor(v))
    j = int(np.floor(u))
    t = u - j
    w = v - i
    four = corners[np.uint64(start + (i & mask) * (mask + 1) + (j & mask))]
    # Shifts to the left and back extend the sign of each byte.
    first = np.int32(four << 24) >> 24
    second = np.int32(four << 16) >> 24
    third = np.int32(four << 8) >> 24
    fourth = four >> 24
    above = first + t * (second - first)
    return (above + w * (third + t * (fourth - third) - above)) / GRAIN_SCALE


@kernel
def grain_between(
    corners: NDArray[np.int32], starts: NDArray[np.int64], level: float, x: float, y: float
) -> float:
    """Return the grain at (x, y) [texels of the finest level].

    It is read from the tile nearest to the fractional `level`.
    """
    tile = min(max(int(level * TILES_PER_LEVEL + 0.5), 0), TILES_PER_LEVEL * (MIP_LEVELS - 1) - 1)
    return grain_at(corners, starts[np.uint32(tile)], tile, x, y)


@kernel
def level_for(footprint: float) -> float:
    """Return the fractional level with texels of size `footprint` [texels of the finest level]."""
    return min(max(np.log2(max(footprint, 1e-9)), 0.0), MIP_LEVELS - 1.001)


@kernel
def noise_between(
    values: NDArray[np.float32], starts: NDArray[np.int64], level: float, u: float, v: float
) -> float:
    """Return the noise at (u, v) [texels of the finest level].

    It is blended between the two levels around a fractional `level`.
    """
    low = int(level)
    t = level - low
    scale = 0.5**low
    fine = noise_at(values, starts[low], TILE >> low, u * scale, v * scale)
    coarse = noise_at(values, starts[low + 1], TILE >> (low + 1), 0.5 * scale * u, 0.5 * scale * v)
    return fine + t * (coarse - fine)
