"""The table of means of the cross profile."""

import numpy as np
import pytest

from sim.render.ground.paving import Ground
from sim.render.ground.profile import PAINT_CHANNEL, PROFILE_STEP, profile_table


def test_the_table_of_means_agrees_with_the_exact_integral(ground: Ground) -> None:
    table = profile_table(ground.profile, ground.first)
    generator = np.random.default_rng(0)
    running = np.column_stack(
        [ground.profile[:, :PAINT_CHANNEL], ground.profile[:, PAINT_CHANNEL:].sum(1)]
    )
    at = ground.first + np.arange(len(running)) * PROFILE_STEP
    for level, (start, begin, density, last) in enumerate(table.levels[::3]):
        width = PROFILE_STEP * 2 ** (3 * level / 2)
        place = np.clip((generator.uniform(at[0], at[-1], 50) - begin) * density, 0, last)
        d = begin + place / density
        i = start.astype(int) + place.astype(int)
        read = table.values[:, i] + (place % 1) * (table.values[:, i + 1] - table.values[:, i])
        low = d - width / 2
        high = d + width / 2
        beyond = np.clip(at[0] - low, 0, width) + np.clip(high - at[-1], 0, width)
        exact = [
            np.interp(high, at, r) - np.interp(low, at, r) + beyond * r[1] / PROFILE_STEP
            for r in running.T
        ]
        # A mean over `width` bends by at most 1 / width where the profile jumps by 1: straight
        # lines between entries miss a bend
        # by a quarter of it per metre between them.
        assert np.abs(read - np.array(exact) / width).max() < 1e-3 + max(
            width / 4, PROFILE_STEP
        ) / (4 * width)
        assert np.abs(read - np.array(exact) / width).mean() < 0.01


def test_entries_marked_as_alike_are_equal(ground: Ground) -> None:
    table = ground.means
    for i in np.random.default_rng(0).integers(0, table.alike.size, 300):
        after = table.values[:, i : table.alike[i] + 1]
        assert after == pytest.approx(np.broadcast_to(after[:, :1], after.shape), abs=1e-3)
