"""Named random streams: every random draw of the simulator and of the stages comes from one of
them.

NumPy drops trailing zeros of a seed list: `default_rng([5, 1])` and `default_rng([5, 1, 0])` draw
the same numbers. A spawn key keeps its zeros and its length, so two streams, or two indices of one
stream, never agree.
"""

from enum import IntEnum, unique

import numpy as np

MAX_SEED = 2**128  # exclusive; SeedSequence mixes larger seeds into the words of the spawn key
MAX_INDEX = 2**32  # exclusive; a larger index would fill two words of the spawn key


@unique
class Stream(IntEnum):
    """What a sequence of random numbers is for. Numbers are never reused: a new purpose takes the
    next free one.
    """

    # Seeded by the seed of a scenario.
    ROAD_GEOMETRY = 1  # index: position of the road kind in RoadKind
    DRIVE_START = 2
    TRAFFIC = 3
    PARKED_VEHICLES = 4
    PEDESTRIANS = 5
    CROSSING_PEDESTRIANS = 6
    GROUND_TEXTURE = 7
    SCENERY = 8  # index: position of the family (barriers, houses, ...) in the order of placement
    ATMOSPHERE = 9
    SKYLINE = 10  # index: layer, from far to near
    STARS = 11
    CLOUDS = 12
    PRECIPITATION = 13  # index: time [ms], lateral camera position [mm]
    LENS_DROPS = 14  # index: number of the wiping interval
    DISTURBANCE = 15  # added to the steering in evaluations
    RECORDING_DISTURBANCE = 16  # added to the steering in recordings
    SUITE_PARAMETERS = 17
    FAULTS = 27  # of cameras in evaluations
    # Independent of the scenario: seeded by a constant or by what the comment names.
    PEDESTRIAN_APPEARANCE = 18  # seed: identity of the pedestrian
    PLANT_TEXTURE = 19
    NOISE_TILE = 20
    SENSOR_NOISE = 21
    # seed: position of the road kind in the suite; index: turn, position of the split in Split
    SUITE_ORDER = 22
    # Seeded by the seed of a training.
    TRAINING_SAMPLES = 23  # index: epoch
    DETECTOR_SAMPLES = 24  # index: epoch
    DETECTOR_PROPOSALS = 25  # index: epoch and batch, in validation the batch alone
    WEIGHTS = 26


def stream_generator(seed: int, stream: Stream, *index: int) -> np.random.Generator:
    """Return a generator for one purpose of one seed; `index` tells apart several sequences of the
    same stream.

    Raises ValueError for a seed outside [0, 2**128) and for an index outside [0, 2**32).
    """
    return np.random.Generator(np.random.PCG64(_sequence(seed, stream, *index)))


def derived_seed(seed: int, stream: Stream, *index: int) -> int:
    """Return a seed in [0, 2**32) for another library's generator; arguments and errors are those
    of `stream_generator`.
    """
    return int(_sequence(seed, stream, *index).generate_state(1)[0])


def require_seed(name: str, seed: int) -> None:
    """Raise ValueError naming the quantity, its value and the limits unless `seed` is a whole
    number in [0, 2**128).
    """
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < MAX_SEED:
        raise ValueError(f"{name} is {seed!r}; it must be a whole number from 0 to 2**128 - 1")


def _sequence(seed: int, stream: Stream, *index: int) -> np.random.SeedSequence:
    require_seed("seed", seed)
    for value in index:
        if not 0 <= value < MAX_INDEX:
            raise ValueError(
                f"index of random stream {stream.name} is {value}; it must lie between 0 and "
                f"{MAX_INDEX - 1}"
            )
    return np.random.SeedSequence(seed, spawn_key=(int(stream), *index))
