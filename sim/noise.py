"""Tileable noise with a mip pyramid: the grain of asphalt and grass, the drift of clouds, the raggedness of leaves.

One tile serves every scale: it holds octaves from one texel to a quarter of the tile, and a reader chooses the size of a texel.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.kernels import kernel

TILE = 256  # texels along an edge of the finest level; a power of two
LEVELS = 7


class Noise(NamedTuple):
    """values: all levels one after the other, mean 0 and standard deviation 1 at the finest; starts: where each begins."""

    values: NDArray[np.float32]
    starts: NDArray[np.int64]


@cache
def noise(seed: int = 0) -> Noise:
    """The noise tile of a seed; coarser levels are averages of 2 x 2 texels, so they hold less and less contrast."""
    generator = np.random.default_rng([seed, 77])
    tile = np.zeros((TILE, TILE))
    cells = 4
    while cells <= TILE:
        tile += _upsampled(generator.standard_normal((cells, cells))) * (cells / 4) ** -0.12
        cells *= 2
    tile = (tile - tile.mean()) / tile.std()
    levels = [tile]
    for _ in range(LEVELS - 1):
        last = levels[-1]
        levels.append((last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]) / 4)
    starts = np.cumsum([0] + [level.size for level in levels[:-1]])
    return Noise(np.concatenate([level.ravel() for level in levels]).astype(np.float32), starts)


def _upsampled(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """A small periodic grid stretched smoothly to TILE x TILE."""
    count = cells.shape[0]
    place = (np.arange(TILE) + 0.5) * count / TILE - 0.5
    low = np.floor(place).astype(int)
    t = place - low
    t = t * t * (3 - 2 * t)
    rows = cells[low % count] * (1 - t)[:, None] + cells[(low + 1) % count] * t[:, None]
    return rows[:, low % count] * (1 - t) + rows[:, (low + 1) % count] * t


@kernel
def noise_at(values: NDArray[np.float32], start: int, size: int, x: float, y: float) -> float:
    """Bilinear noise at (x, y), in texels of the level that begins at `start` and is `size` texels wide."""
    u, v = x - 0.5, y - 0.5
    i, j = int(np.floor(v)), int(np.floor(u))
    t, w = u - j, v - i
    mask = size - 1
    top, bottom = start + (i & mask) * size, start + ((i + 1) & mask) * size
    left, right = j & mask, (j + 1) & mask
    # Unsigned indices spare the kernel a test for negative ones.
    first, second = values[np.uint64(top + left)], values[np.uint64(top + right)]
    third, fourth = values[np.uint64(bottom + left)], values[np.uint64(bottom + right)]
    above = first + t * (second - first)
    return above + w * (third + t * (fourth - third) - above)


@kernel
def level_for(footprint: float) -> float:
    """The (fractional) level whose texels are as large as `footprint`, in texels of the finest level."""
    return min(max(np.log2(max(footprint, 1e-9)), 0.0), LEVELS - 1.001)


@kernel
def noise_between(values: NDArray[np.float32], starts: NDArray[np.int64], level: float, u: float, v: float) -> float:
    """Noise at (u, v), in texels of the finest level, blended between the two levels around a fractional one."""
    low = int(level)
    t = level - low
    scale = 0.5**low
    fine = noise_at(values, starts[low], TILE >> low, u * scale, v * scale)
    coarse = noise_at(values, starts[low + 1], TILE >> (low + 1), 0.5 * scale * u, 0.5 * scale * v)
    return fine + t * (coarse - fine)
