"""The cross profile averaged beforehand over every width of footprint: a pixel reads two
neighbouring entries of one level.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PROFILE_STEP = 0.02  # [m] between the samples of the cross profile
LEVELS_PER_OCTAVE = 2  # levels per octave of width
MAX_PROFILE_WIDTH = 1000.0  # [m]
# Channels of the cross profile, after red, green and blue. In the running integrals every pattern
# of paint has a channel of its
# own, in the table the last one is their sum.
GRAIN_CHANNEL = 3
SURFACE_CHANNEL = 4
TRACK_CHANNEL = 5
PAINT_CHANNEL = 6
CHANNELS = 7


class ProfileTable(NamedTuple):
    """values: (CHANNELS, T) the means, level by level; levels: (L, 4) for each level of width PROFILE_STEP
    * 2 ** (level / LEVELS_PER_OCTAVE): its first entry's index and d [m], entries per metre, and the farthest
    place within it (a little less than its entries - 1);
    alike: (T,) the last of the entries that follow each one and are the same.
    """

    values: NDArray[np.float32]
    levels: NDArray[np.float64]
    alike: NDArray[np.int32]


def profile_table(profile: NDArray[np.floating], first: float) -> ProfileTable:
    """The table of a profile's running integrals (M, 6 + D) over d, which begin at d = `first` [m]."""
    strips = profile.shape[0] - 1
    running = np.concatenate(
        [profile[:, :PAINT_CHANNEL], profile[:, PAINT_CHANNEL:].sum(1, keepdims=True)], axis=1
    )
    running = running.astype(np.float64)
    at = np.arange(strips + 1)
    outside = running[1]
    parts = []
    levels = []
    count = 0
    for level in range(round(LEVELS_PER_OCTAVE * np.log2(MAX_PROFILE_WIDTH / PROFILE_STEP))):
        width = 2 ** (level / LEVELS_PER_OCTAVE)  # everything in strips here
        step = max(width / 4, 1.0)
        edge = width / 2 + step
        centres = (
            np.arange(np.floor(-edge / step), np.ceil((strips + edge) / step) + 1) * step + 0.5
        )
        low = centres - width / 2
        high = centres + width / 2
        beyond = np.clip(0 - low, 0, width) + np.clip(high - strips, 0, width)
        mean = [np.interp(high, at, channel) - np.interp(low, at, channel) for channel in running.T]
        parts.append((np.stack(mean) + beyond * outside[:, None]) / (width * PROFILE_STEP))
        levels.append(
            (
                count,
                first + centres[0] * PROFILE_STEP,
                1 / (step * PROFILE_STEP),
                centres.size - 1.001,
            )
        )
        count += centres.size
    values = np.concatenate(parts, axis=1).astype(np.float32)
    changes = np.flatnonzero(np.abs(np.diff(values, axis=1)).max(0) > 1e-4)
    alike = np.append(changes, count - 1)[np.searchsorted(changes, np.arange(count))]
    return ProfileTable(values, np.array(levels), alike.astype(np.int32))
