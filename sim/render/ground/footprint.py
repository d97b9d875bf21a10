"""What covers how much of a pixel's footprint: exact means by the difference of running integrals."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING
from sim.jit import kernel
from sim.render.ground.row_buffer import SPAN


@kernel
def overlap(centre: float, width: float, low: float, high: float) -> float:
    """The share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@kernel
def dash_integral(s: float, dash: float, period: float) -> float:
    """Metres of dashes between 0 and s."""
    whole = math.floor(s / period)
    return whole * dash + min(s - whole * period, dash)


@kernel
def _integral(running: NDArray[np.float64], s: float) -> float:
    place = min(max(s / SPACING, 0.0), running.size - 1.001)
    i = int(place)
    return running[i] + (place - i) * (running[i + 1] - running[i])


@kernel
def window_mean(running: NDArray[np.float64], s: float, along: float) -> float:
    """The mean over `along` metres around s of what a running integral over s holds."""
    return (_integral(running, s + along / 2) - _integral(running, s - along / 2)) / along


@kernel
def value_range(channel: NDArray[np.float32]) -> tuple[float, float]:
    """The least and the greatest of a channel's first SPAN values."""
    least = greatest = channel[0]
    for n in range(SPAN):
        least, greatest = min(least, channel[n]), max(greatest, channel[n])
    return least, greatest
