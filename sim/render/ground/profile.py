"""The cross profile averaged in advance over all footprint widths.

A pixel reads and interpolates two neighbouring entries of one level.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PROFILE_STEP = 0.02  # [m] between the samples of the cross profile; chosen
LEVELS_PER_OCTAVE = 2  # levels per doubling of the width; chosen
MAX_PROFILE_WIDTH = 1000.0  # [m] widest footprint of the table; chosen
# Channels of the cross profile, after red, green and blue. In the running integrals each pattern of
# paint has a channel of its own; in the table, the last channel is their sum.
GRAIN_CHANNEL = 3
SURFACE_CHANNEL = 4
TRACK_CHANNEL = 5
PAINT_CHANNEL = 6
PROFILE_CHANNELS = 7


class ProfileTable(NamedTuple):
    """Means of the cross profile, level by level; level k has width PROFILE_STEP * 2 ** (k / 2).

    values: (PROFILE_CHANNELS, T) the means of all levels, one after the other.
    levels: (L, 4) index of the first entry, its d [m], entries per metre, last position
    (exclusive).
    alike: (T,) last of the following entries that equal this one.
    """

    values: NDArray[np.float32]
    levels: NDArray[np.float64]
    alike: NDArray[np.int32]


def profile_table(profile: NDArray[np.floating], first: float) -> ProfileTable:
    """Return the table of a profile's running integrals (M, 6 + D), which begin at d = `first`
    [m].
    """
    strips = profile.shape[0] - 1
    running = np.concatenate(
        [profile[:, :PAINT_CHANNEL], profile[:, PAINT_CHANNEL:].sum(1, keepdims=True)], axis=1
    )
    running = running.astype(np.float64)
    positions = np.arange(strips + 1)
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
        outside_width = np.clip(0 - low, 0, width) + np.clip(high - strips, 0, width)
        mean = [
            np.interp(high, positions, channel) - np.interp(low, positions, channel)
            for channel in running.T
        ]
        parts.append((np.stack(mean) + outside_width * outside[:, None]) / (width * PROFILE_STEP))
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
