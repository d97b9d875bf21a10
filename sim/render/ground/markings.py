"""Road markings that run along the whole road, and pieces of road between two stations."""

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.ground.footprint import dash_integral, value_range, window_mean
from sim.render.ground.pieces import (
    BLUE as PIECE_BLUE,
)
from sim.render.ground.pieces import (
    DASH,
    FINISH,
    INDEX_SPACING,
    LEFT,
    OUTER_LEFT,
    OUTER_RIGHT,
    PERIOD,
    REMADE,
    RIGHT,
    SLOPE,
    START,
    WEAR,
)
from sim.render.ground.pieces import GREEN as PIECE_GREEN
from sim.render.ground.pieces import HARD as PIECE_HARD
from sim.render.ground.pieces import RED as PIECE_RED
from sim.render.ground.pieces import ROUGH as PIECE_ROUGH
from sim.render.ground.pieces import TRACK as PIECE_TRACK
from sim.render.ground.profile import PAINT_CHANNEL, PROFILE_STEP
from sim.render.ground.row_buffer import (
    ACROSS,
    ALONG,
    BLUE,
    GRAIN,
    GREEN,
    HARD,
    OFFSET,
    PAINT,
    RED,
    ROUGH,
    SPAN,
    STATION,
    TONE,
    TRACK,
    WANDER,
    RowBuffer,
)
from sim.render.lighting.palette import PALETTE
from sim.roads.plan import Material

PAINTED = PALETTE[Material.PAINT]
MIN_PAINT_COVER = 0.002  # the share of a footprint below which paint does not show


@kernel
def lay_paint(
    buffer: RowBuffer,
    profile: NDArray[np.float32],
    edge: float,
    patterns: NDArray[np.float64],
    ragged: NDArray[np.float32],
    worn: NDArray[np.float64],
    first: int,
    last: int,
) -> None:
    """Blend the endless markings into the pixels [first, last) that show any.

    profile: running integrals of the cross profile, which begins at d = `edge` [m].
    patterns: dash, period and wear of each marking.
    ragged: displacement of edges by noise [m].
    worn: running integral of the local wear.
    """
    pixels = buffer.values
    for n in range(first, last):
        if pixels[PAINT + n] > MIN_PAINT_COVER:
            s = pixels[STATION + n]
            along = pixels[ALONG + n]
            grain = pixels[GRAIN + n]
            width = max(pixels[ACROSS + n], PROFILE_STEP)
            d = pixels[OFFSET + n]
            d += ragged[min(max(int((d - edge) / PROFILE_STEP), 0), ragged.size - 1)] * (
                grain + pixels[WANDER + n]
            )
            for k in range(patterns.shape[0]):
                cover = _mean(profile, PAINT_CHANNEL + k, d, edge, width)
                if cover > MIN_PAINT_COVER:
                    dash = patterns[k, 0]
                    period = patterns[k, 1]
                    wear = patterns[k, 2]
                    if dash < period:
                        cover *= (
                            dash_integral(s + along / 2, dash, period)
                            - dash_integral(s - along / 2, dash, period)
                        ) / along
                    if wear > 0:
                        cover *= _kept(wear, worn, s, along, grain)
                    pixels[RED + n] += (PAINTED[0] - pixels[RED + n]) * cover
                    pixels[GREEN + n] += (PAINTED[1] - pixels[GREEN + n]) * cover
                    pixels[BLUE + n] += (PAINTED[2] - pixels[BLUE + n]) * cover


@kernel
def _mean(profile: NDArray[np.float32], k: int, d: float, first: float, width: float) -> float:
    """Return the mean of channel k over `width` metres around d.

    profile: running integrals that begin at d = `first` [m].
    """
    half = width / PROFILE_STEP / 2
    position = (d - first) / PROFILE_STEP
    last = profile.shape[0] - 1.001
    low = min(max(position - half, 0.0), last)
    high = min(max(position + half, 0.0), last)
    i = int(low)
    j = int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return (upper - lower) / width


@kernel
def _kept(wear: float, worn: NDArray[np.float64], s: float, along: float, grain: float) -> float:
    """Return the share of paint that wear leaves: spots are missing nearby, uniform far away."""
    missing = min(wear * window_mean(worn, s, along), 1.0)
    return min(max(1.0 - missing + 1.2 * min(missing, 1.0 - missing) * grain, 0.0), 1.0)


@kernel
def lay_pieces(
    buffer: RowBuffer,
    pieces: NDArray[np.float64],
    ranges: NDArray[np.int64],
    worn: NDArray[np.float64],
    first: int,
    last: int,
) -> None:
    """Blend the pieces of road into the pixels [first, last) that they touch."""
    pixels = buffer.values
    for start in range(first, last, SPAN):
        long = value_range(pixels[ALONG + start :])[1] / 2
        wide = max(value_range(pixels[ACROSS + start :])[1], PROFILE_STEP) / 2
        (low, high), (left, right) = (
            value_range(pixels[STATION + start :]),
            value_range(pixels[OFFSET + start :]),
        )
        low, high, left, right = low - long, high + long, left - wide, right + wide
        first_piece = ranges[min(max(int(low / INDEX_SPACING), 0), ranges.shape[0] - 1), 0]
        last_piece = ranges[min(max(int(high / INDEX_SPACING), 0), ranges.shape[0] - 1), 1]
        for k in range(first_piece, last_piece):
            # Most are elsewhere: told at a glance, with buffer for those that drift sideways.
            is_beside = pieces[k, OUTER_LEFT] > right or pieces[k, OUTER_RIGHT] < left
            if not (is_beside or pieces[k, START] > high or pieces[k, FINISH] < low):
                for n in range(start, start + SPAN):
                    _lay_piece(pixels, pieces, k, worn, n)


@kernel
def _lay_piece(
    pixels: NDArray[np.float32],
    pieces: NDArray[np.float64],
    k: int,
    worn: NDArray[np.float64],
    n: int,
) -> None:
    """Blend piece k into pixel n."""
    s = pixels[STATION + n]
    along = pixels[ALONG + n]
    cover = _covered(pieces, k, s, pixels[OFFSET + n], along, max(pixels[ACROSS + n], PROFILE_STEP))
    if cover <= 0.0:
        return
    if pieces[k, WEAR] > 0:
        cover *= _kept(pieces[k, WEAR], worn, s, along, pixels[GRAIN + n])
    shade = 1 + (pixels[TONE + n] - 1) * pieces[k, PIECE_HARD]
    pixels[RED + n] += (pieces[k, PIECE_RED] * shade - pixels[RED + n]) * cover
    pixels[GREEN + n] += (pieces[k, PIECE_GREEN] * shade - pixels[GREEN + n]) * cover
    pixels[BLUE + n] += (pieces[k, PIECE_BLUE] * shade - pixels[BLUE + n]) * cover
    pixels[ROUGH + n] += (pieces[k, PIECE_ROUGH] - pixels[ROUGH + n]) * cover
    pixels[HARD + n] += (pieces[k, PIECE_HARD] - pixels[HARD + n]) * cover
    pixels[TRACK + n] += (pieces[k, PIECE_TRACK] - pixels[TRACK + n]) * cover * pieces[k, REMADE]


@kernel
def _covered(
    pieces: NDArray[np.float64], n: int, s: float, d: float, along: float, across: float
) -> float:
    """Return the share of a footprint of along x across [m] at (s, d) that piece n covers."""
    shift = pieces[n, SLOPE] * (min(max(s, pieces[n, START]), pieces[n, FINISH]) - pieces[n, START])
    near = max(s - along / 2, pieces[n, START])
    far = min(s + along / 2, pieces[n, FINISH])
    left = max(d - across / 2, pieces[n, LEFT] + shift)
    right = min(d + across / 2, pieces[n, RIGHT] + shift)
    if far <= near or right <= left:
        return 0.0
    length = far - near
    width = right - left
    dash = pieces[n, DASH]
    period = pieces[n, PERIOD]
    if period > 0:
        length = dash_integral(far - pieces[n, START], dash, period) - dash_integral(
            near - pieces[n, START], dash, period
        )
    elif period < 0:
        width = dash_integral(right - pieces[n, LEFT], dash, -period) - dash_integral(
            left - pieces[n, LEFT], dash, -period
        )
    return length * width / (along * across)
