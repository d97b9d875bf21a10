"""The noise and the tiles that kernels read it from."""

import numpy as np
import pytest

from sim.render.noise import (
    GRAIN_SCALE,
    MIP_LEVELS,
    TILE,
    TILES_PER_LEVEL,
    grain,
    grain_at,
    grain_tile,
    noise,
    noise_between,
)


def test_every_grain_tile_agrees_with_the_noise_at_its_level() -> None:
    tiles = grain()
    levels = noise()
    generator = np.random.default_rng(0)
    for tile in range(TILES_PER_LEVEL * (MIP_LEVELS - 1)):
        places = generator.uniform(-2 * TILE, 2 * TILE, (60, 2))
        read = [grain_at(tiles.corners, tiles.starts[tile], tile, u, v) for u, v in places]
        exact = [
            noise_between(levels.values, levels.starts, tile / TILES_PER_LEVEL, u, v)
            for u, v in places
        ]
        assert np.abs(np.subtract(read, exact)).mean() < 0.02 + 1 / GRAIN_SCALE
        assert np.corrcoef(read, exact)[0, 1] > 0.99


def test_grain_is_read_from_the_tile_whose_texels_are_as_large_as_the_footprint() -> None:
    assert [grain_tile(footprint) for footprint in (0.01, 1.0, 2.0, 4.0, 1e9)] == [
        0,
        0,
        TILES_PER_LEVEL,
        2 * TILES_PER_LEVEL,
        TILES_PER_LEVEL * (MIP_LEVELS - 1) - 1,
    ]


def test_the_noise_has_no_mean_and_unit_spread() -> None:
    fine = noise().values[: TILE * TILE]
    assert (fine.mean(), fine.std()) == pytest.approx((0.0, 1.0), abs=1e-3)
