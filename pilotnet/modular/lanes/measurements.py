"""Measure where the lane's lines and edges lie in every row of a bird's-eye view.

All features move together when the lane bends away from its expected course. The Viterbi algorithm
first finds the one course on which they are clearest together; then each is measured close to it.
Rails, walls and skid marks seldom run along with all the others.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pilotnet.modular.lanes.birds_eye_view import HALF_WIDTH, STEP, Floats32
from pilotnet.modular.records import Floats
from sim.jit import kernel

EDGE_SPAN = 8  # columns on either side of an edge that must differ
BORDER = 16  # columns of sight that a measurement needs on either side
LEAST = 0.15  # evidence below this is none


SEARCH_COLUMNS = 60  # columns to either side that the course may lie from where it was expected
LEAST_SLOPE = 0.03  # that the course may take at least between two rows
# what a clear line or edge adds to the log likelihood of a course
LINE_GAIN = 2.5
EDGE_GAIN = 1.0


class FeatureKind(IntEnum):
    """Kind of a feature of the cross-section."""

    LINE = 0
    RUT = 2
    RIGHT_EDGE = 1
    LEFT_EDGE = -1


# for kernels
LINE = int(FeatureKind.LINE)
RUT = int(FeatureKind.RUT)


def measure_rows(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    kind: FeatureKind,
    expected: Floats,
    window: float,
) -> tuple[Floats, Floats]:
    """Return for each row how far right of `expected` [m] the feature lies, and its clarity in [0,
    1], 0 where it is not seen.

    expected: expected lateral offset, (rows,) [m].
    window: search range around it [m].
    """
    residual = np.zeros(expected.size)
    clear = np.zeros(expected.size)
    _trace(
        marking_likelihood, off_road_likelihood, seen, int(kind), expected, window, residual, clear
    )
    return residual, clear


def viterbi_course(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    features: Floats,
    along: Floats,
    start: float,
    slopes: Floats,
) -> Floats:
    """Return the most likely course: how far right [m] of their expected positions the features lie
    in each row, (rows,).

    features: (K, 2), kind and expected lateral offset [m].
    start: standard deviation of the course in the first row [m].
    slopes: standard deviation of the course's slope, (rows,).
    """
    rows = along.size
    states = 2 * SEARCH_COLUMNS + 1
    score = np.zeros((rows, states))
    source = np.zeros((rows, states), np.int64)
    course = np.zeros(rows)
    _follow(
        marking_likelihood,
        off_road_likelihood,
        seen,
        features,
        along,
        start,
        np.maximum(slopes, LEAST_SLOPE),
        score,
        source,
        course,
    )
    return course


@kernel
def _add_evidence(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    kind: int,
    expected: float,
    i: int,
    score: Floats,
) -> None:
    """Add what speaks for each place of the course, (states,), as far as one feature in one row
    knows.
    """
    gain = LINE_GAIN if kind in (LINE, RUT) else EDGE_GAIN
    first = int(round((expected + HALF_WIDTH) / STEP)) - SEARCH_COLUMNS
    for state in range(score.size):
        j = first + state
        if EDGE_SPAN < j < marking_likelihood.shape[1] - EDGE_SPAN - 1:
            score[state] += gain * max(
                _response(marking_likelihood, off_road_likelihood, seen, kind, i, j), 0.0
            )


@kernel
def _step(score: Floats, source: NDArray[np.int64], i: int, allowed: float) -> None:
    """Take every place of the course from row i - 1 to i; allowed: standard deviation of the step
    in columns.
    """
    states = score.shape[1]
    most = int(2.5 * allowed) + 1
    for state in range(states):
        best = -1e9
        came = state
        for before in range(max(state - most, 0), min(state + most + 1, states)):
            value = score[i - 1, before] - 0.5 * ((state - before) / allowed) ** 2
            if value > best:
                best = value
                came = before
        score[i, state] += best
        source[i, state] = came


@kernel
def _follow(
    marking_likelihood: Floats32, off_road_likelihood: Floats32, seen: NDArray[np.bool_], features: Floats, along: Floats, start: float, slopes: Floats,
    score: Floats, source: NDArray[np.int64], course: Floats,
) -> None:  # fmt: skip
    rows = score.shape[0]
    states = score.shape[1]
    for i in range(rows):
        for k in range(features.shape[0]):
            _add_evidence(
                marking_likelihood,
                off_road_likelihood,
                seen,
                int(features[k, 0]),
                features[k, 1],
                i,
                score[i],
            )
    for state in range(states):
        score[0, state] -= 0.5 * ((state - SEARCH_COLUMNS) * STEP / start) ** 2
    for i in range(1, rows):
        _step(score, source, i, slopes[i] * (along[i] - along[i - 1]) / STEP)
    state = 0
    for other in range(states):
        if score[rows - 1, other] > score[rows - 1, state]:
            state = other
    for i in range(rows - 1, -1, -1):
        course[i] = (state - SEARCH_COLUMNS) * STEP
        state = source[i, state]


@kernel
def _response(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    kind: int,
    i: int,
    j: int,
) -> float:
    if kind == LINE:
        return marking_likelihood[i, j]
    if kind == RUT:
        return -marking_likelihood[i, j]
    if not (seen[i, j - EDGE_SPAN] and seen[i, j + EDGE_SPAN]):
        return 0.0
    right = left = 0.0
    for n in range(1, EDGE_SPAN + 1):
        right += off_road_likelihood[i, j + n]
        left += off_road_likelihood[i, j - n]
    # Both that it changes here and that what lies beyond is foreign.
    return kind * (right - left) / EDGE_SPAN


@kernel
def _middle(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
    kind: int,
    i: int,
    place: int,
) -> float:
    """Return the centre of mass of the likelihood around a column, in columns."""
    total = 1e-6
    moment = 1e-6 * place
    for j in range(place - 4, place + 5):
        response = max(_response(marking_likelihood, off_road_likelihood, seen, kind, i, j), 0.0)
        total += response
        moment += response * j
    return moment / total


@kernel
def _trace(
    marking_likelihood: Floats32, off_road_likelihood: Floats32, seen: NDArray[np.bool_], kind: int, expected: Floats, window: float,
    residual: Floats, clear: Floats,
) -> None:  # fmt: skip
    columns = marking_likelihood.shape[1]
    for i in range(expected.size):
        low = max(int(round((expected[i] - window + HALF_WIDTH) / STEP)), EDGE_SPAN + 1)
        high = min(
            int(round((expected[i] + window + HALF_WIDTH) / STEP)) + 1, columns - EDGE_SPAN - 1
        )
        best = LEAST
        place = -1
        for j in range(low, high):
            response = _response(marking_likelihood, off_road_likelihood, seen, kind, i, j)
            if response > best:
                best = response
                place = j
        # At the border of sight the evidence is cut off, and its middle would be wrong.
        if place < 0 or not (
            seen[i, max(place - BORDER, 0)] and seen[i, min(place + BORDER, columns - 1)]
        ):
            continue
        middle = _middle(marking_likelihood, off_road_likelihood, seen, kind, i, place)
        # Once more around what was found: the clearest column of a broad line may be at its side.
        middle = _middle(marking_likelihood, off_road_likelihood, seen, kind, i, int(round(middle)))
        residual[i] = middle * STEP - HALF_WIDTH - expected[i]
        clear[i] = min(best, 1.0)
