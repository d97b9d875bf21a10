"""Cover of a pixel's footprint: exact means as differences of running integrals."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING
from sim.jit import kernel
from sim.render.ground.row_buffer import SPAN


@kernel
def overlap(centre: float, width: float, low: float, high: float) -> float:
    """Return the share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@kernel
def dash_integral(s: float, dash: float, period: float) -> float:
    """Return the length of dashes between 0 and s [m]."""
    whole = math.floor(s / period)
    return whole * dash + min(s - whole * period, dash)


@kernel
def _integral(running: NDArray[np.float64], s: float) -> float:
    """Return a running integral over s at station s [m], interpolated."""
    position = min(max(s / SPACING, 0.0), running.size - 1.001)
    i = int(position)
    return running[i] + (position - i) * (running[i + 1] - running[i])


@kernel
def window_mean(running: NDArray[np.float64], s: float, along: float) -> float:
    """Return the mean of a quantity over `along` metres around s, given its running integral."""
    return (_integral(running, s + along / 2) - _integral(running, s - along / 2)) / along


@kernel
def value_range(channel: NDArray[np.float32]) -> tuple[float, float]:
    """Return the minimum and maximum of the first SPAN values of a channel."""
    least = greatest = channel[0]
    for n in range(SPAN):
        least, greatest = min(least, channel[n]), max(greatest, channel[n])
    return least, greatest
