"""How far apart two pictures of the same place are: the column shift of each strip of rows, to a
fraction of a pixel.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

REACH = 12  # [px] how far to either side a strip is tried
BLUR = 15  # [px] brightness that varies over more columns than this does not count
LIKENESS = 0.5  # correlation of two strips that show the same
# [levels] standard deviation that a strip needs to be told from its neighbours; noise has less
DETAIL = 1.5
LEAST = 40  # pixels that a strip needs


def brightness(image: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean of the three colours, (H, W) [levels]."""
    return image.astype(float).mean(axis=2)


def strip_shifts(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    valid: NDArray[np.bool_],
    rows: range,
    depth: int = 4,
) -> NDArray[np.float64]:
    """How far to the right of their place in `one` things are in `other` [px], one number for each
    strip of `depth` rows, (N,).

    one, other: brightness (H, W); valid: pixels of `one` that count. Strips without detail are left
    out; one that `other` shows nowhere within REACH counts as inf.
    """
    first = _detail(one)
    second = _detail(other)
    shifts = []
    for top in range(rows.start, rows.stop - depth + 1, depth):
        strip = slice(top, top + depth)
        inside = valid[strip].copy()
        inside[:, :REACH] = inside[:, -REACH:] = False
        wanted = first[strip][inside]
        if wanted.size < LEAST or wanted.std() < DETAIL:
            continue
        moves = range(-REACH, REACH + 1)
        likeness = np.array(
            [
                np.corrcoef(wanted, np.roll(second[strip], -move, axis=1)[inside])[0, 1]
                for move in moves
            ]
        )
        shifts.append(_peak(likeness) - REACH)
    return np.array(shifts)


def clear_of(things: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels (H, W) whose strips are compared without a look at any of the `things` (H, W)."""
    around = np.ones((3, 2 * (REACH + BLUR // 2) + 1), np.uint8)
    return cv2.dilate(things.astype(np.uint8), around) == 0


def _detail(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a row has beside its running mean over BLUR columns."""
    return picture - cv2.blur(picture, (BLUR, 1))


def _peak(likeness: NDArray[np.float64]) -> float:
    """Where a sampled curve is highest, by the parabola through its highest sample and its
    neighbours; inf for no clear peak.
    """
    at = int(likeness.argmax())
    if likeness[at] < LIKENESS or not 0 < at < likeness.size - 1:
        return np.inf
    before, here, after = likeness[at - 1 : at + 2]
    return float(at + 0.5 * (before - after) / (before - 2 * here + after))
