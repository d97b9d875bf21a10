"""Overlaps, dash integrals and window means."""

import numpy as np
import pytest

from sim.geometry.frenet import SPACING
from sim.render.ground.footprint import dash_integral, overlap, value_range, window_mean
from sim.render.ground.row_buffer import SPAN


def test_overlap_is_the_share_of_the_window_inside_the_limits() -> None:
    assert overlap(0.0, 2.0, -5.0, 5.0) == 1.0
    assert overlap(0.0, 2.0, 0.5, 5.0) == pytest.approx(0.25)  # [0.5, 1] of [-1, 1]
    assert overlap(0.0, 2.0, 3.0, 5.0) == 0.0


def test_dash_integral_counts_whole_dashes_and_the_last_one_partly() -> None:
    # Dashes of 3 m every 9 m: 2 m at 2 m, 3 m at 8 m, 3 + 1 m at 10 m.
    assert [dash_integral(s, 3.0, 9.0) for s in (2.0, 8.0, 10.0)] == pytest.approx([2, 3, 4])
    assert dash_integral(-6.0, 3.0, 9.0) == pytest.approx(0.0)


def test_the_window_mean_of_a_linear_quantity_is_its_value_in_the_middle() -> None:
    s = np.arange(200) * SPACING
    running = s**2 / 2  # the integral of f(s) = s
    assert window_mean(running, 40.0, 10.0) == pytest.approx(40.0, abs=1e-6)


def test_the_value_range_covers_one_span() -> None:
    channel = np.arange(2 * SPAN, dtype=np.float32)
    assert value_range(channel) == (0.0, SPAN - 1)
