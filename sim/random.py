"""Named random streams: every random draw of the simulator and of the stages comes from one of them.

NumPy drops trailing zeros of a seed list, so `default_rng([5, 1])` and `default_rng([5, 1, 0])` draw the same numbers. A spawn key
keeps its zeros and its length, so two streams, or two indices of one stream, never agree.
"""

from enum import IntEnum, unique

import numpy as np

MAX_SEED = 2**128  # exclusive; SeedSequence mixes larger seeds into the words of the spawn key
MAX_INDEX = 2**32  # exclusive; a larger index would fill two words of the spawn key


@unique
class Stream(IntEnum):
    """What a sequence of random numbers is for. Numbers are never reused: a new purpose takes the next free one."""

    ROAD_GEOMETRY = 1
    DRIVE_START = 2
    ATMOSPHERE = 3


def generator(seed: int, stream: Stream, *index: int) -> np.random.Generator:
    """Return a generator for one purpose of one seed; `index` tells apart several sequences of the same stream.

    Raises ValueError for a seed outside [0, 2**128) and for an index outside [0, 2**32).
    """
    return np.random.Generator(np.random.PCG64(sequence(seed, stream, *index)))


def sequence(seed: int, stream: Stream, *index: int) -> np.random.SeedSequence:
    """Return the seed sequence behind `generator`, for a consumer that needs a plain seed."""
    if not 0 <= seed < MAX_SEED:
        raise ValueError(f"seed is {seed}; it must lie between 0 and {MAX_SEED - 1}")
    for value in index:
        if not 0 <= value < MAX_INDEX:
            raise ValueError(f"index of random stream {stream.name} is {value}; it must lie between 0 and {MAX_INDEX - 1}")
    return np.random.SeedSequence(seed, spawn_key=(int(stream), *index))
