"""Likelihood of markings and of off-road ground in a bird's-eye view, row by row.

A marking is a ridge: bright in every colour, about as wide as a line, with darker ground on both
sides. It is compared with the row's own noise, so that the result is the same by day, at night and
on wet roads. Under snow, wheels leave ruts: troughs much darker than the snow on both sides. Road
is whatever looks like the ground between the lane's borders in the same row, so fog, lamps and
shadows along the road do not matter; the edge is where this look ends.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pilotnet.modular.lanes.birds_eye_view import STEP, VIEW_COLUMNS, Floats32
from sim.jit import kernel

LINE_WIDTH = 0.15  # [m] width of a painted line
BROAD = 0.4  # [m] width of a double line
FLANK = 0.25  # [m] of ground on either side of a line that it must stand out from
CLEAR = 4.0  # how many times the noise a ridge must rise above it to count half
LEAST_RISE = 0.4  # times that, below which it does not count at all
INTERIOR = 1.1  # [m] to either side of the lane's centre that is taken for road
NOISE_REACH = 2.0  # [m] of ground towards the lane whose noise a line is weighed against,
ELSEWHERE = 0.75  # and at least this share of the whole row's
# the channels of running sums that hold the depths of a row's troughs, and their number
DEPTHS = 4
TROUGHS = 5
DARKEST_CHANNEL = 3  # the channel of running sums that holds the darkest of the three colours
# so many, so close [m] and so bright against the road are a zebra crossing's
BARS = 3
BARS_APART = 1.3
BAR_RISE = 0.3
# the square of how far a colour is from the road's, in threefold spreads, below which it hardly
# counts
ORDINARY = 0.02
BLUR = 0.3  # [m] over which the ground's colour is averaged
RUT_WIDTH = 0.25  # [m] width of what a wheel leaves bare of snow
RUT_DEPTH = 0.13  # by which share a rut is darker than the snow beside it to count half
# the most by which snow's colours differ, as a share of the strongest; in low sun it is no longer
# white
COLOURLESS = 0.35


class LaneEvidence:
    """Likelihoods of one bird's-eye view, each (rows, columns).

    marking_likelihood: in [-1, 1]; negative values stand for ruts.
    off_road_likelihood: in [0, 1].
    seen: visibility of the ground.
    """

    def __init__(self, rows: int) -> None:
        self.marking_likelihood = np.zeros((rows, VIEW_COLUMNS), np.float32)
        self.off_road_likelihood = np.zeros((rows, VIEW_COLUMNS), np.float32)
        self.seen = np.zeros((rows, VIEW_COLUMNS), np.bool_)
        self._scratch = np.zeros((8, VIEW_COLUMNS + 1))

    def weigh(self, birds_eye_image: Floats32, widths: NDArray[np.float64]) -> None:
        """Compute the likelihoods of a bird's-eye view; widths: ground that a pixel covers in each
        row [m].
        """
        _weigh(
            birds_eye_image,
            widths,
            self._scratch,
            self.marking_likelihood,
            self.off_road_likelihood,
            self.seen,
        )

    def forget(self, hidden: NDArray[np.bool_]) -> None:
        """Remove what was found where something hides the ground; hidden: (rows, VIEW_COLUMNS)."""
        self.marking_likelihood[hidden] = self.off_road_likelihood[hidden] = 0.0
        self.seen[hidden] = False


@kernel
def _mean(sums: NDArray[np.float64], k: int, low: int, high: int) -> float:
    """Return the mean of channel k over columns [low, high), from running sums."""
    return (sums[k, high] - sums[k, low]) / (high - low)


@kernel
def _colour(sums: NDArray[np.float64], low: int, high: int) -> tuple[float, float, float]:
    """Return mean red, green and blue over columns [low, high)."""
    return _mean(sums, 0, low, high), _mean(sums, 1, low, high), _mean(sums, 2, low, high)


@kernel
def _running_sums(
    values: Floats32,
    channel: int,
    i: int,
    low: int,
    high: int,
    scratch: NDArray[np.float64],
    k: int,
) -> None:
    scratch[k, low] = 0.0
    for j in range(low, high):
        scratch[k, j + 1] = scratch[k, j] + values[i, j, channel]


@kernel
def _span(birds_eye_image: Floats32, i: int) -> tuple[int, int]:
    """Return the first and last + 1 visible column of a row; they enclose one stretch, because the
    frame is convex.
    """
    low = 0
    high = birds_eye_image.shape[1]
    while low < high and birds_eye_image[i, low, 0] < 0:
        low += 1
    while high > low and birds_eye_image[i, high - 1, 0] < 0:
        high -= 1
    return low, high


@kernel
def _ridge(sums: NDArray[np.float64], j: int, half: int, flank: int, outward: int) -> float:
    """Return how far the ground around column j rises above its brighter flank; outward is 1 to the
    right and -1 to the left.

    The step up to the outer flank is subtracted: a kerbstone between the road and a brighter
    pavement is no line. Of that flank the darkest 0.1 m beside the line counts, because the verge
    beyond a strip of asphalt may be as bright as paint.
    """
    low = j - half
    high = j + half + 1
    left = _mean(sums, DARKEST_CHANNEL, low - 1 - flank, low - 1)
    right = _mean(sums, DARKEST_CHANNEL, high + 1, high + 1 + flank)
    for n in range(max(flank - half, 2)):  # not so far that the line itself would be on both sides
        if outward > 0:
            right = min(right, _mean(sums, DARKEST_CHANNEL, high + n, high + n + 2))
        elif outward < 0:
            left = min(left, _mean(sums, DARKEST_CHANNEL, low - n - 2, low - n))
    return (
        _mean(sums, DARKEST_CHANNEL, low, high)
        - max(left, right)
        - max(outward * (right - left), 0.0)
    )


@kernel
def _tint(
    sums: NDArray[np.float64], j: int, half: int, flank: int, ground: tuple[float, float, float]
) -> float:
    """Return by how many levels a ridge is redder than white paint in the light of the row's
    ground.

    Gravel beside the road is bright, too, but brown; fog desaturates both alike.
    """
    low = j - half
    high = j + half + 1
    here = _colour(sums, low, high)
    left = _colour(sums, low - 1 - flank, low - 1)
    right = _colour(sums, high + 1, high + 1 + flank)
    light = (ground[0] + ground[1] + ground[2]) / 3 + 1.0
    red = (here[0] - (left[0] + right[0]) / 2) * light / (ground[0] + 1.0)
    blue = (here[2] - (left[2] + right[2]) / 2) * light / (ground[2] + 1.0)
    return max(red - blue, 0.0)


@kernel
def _trough(sums: NDArray[np.float64], j: int, half: int, flank: int) -> float:
    """Return how far the ground around column j lies below its darker flank, a measure of noise
    that paint does not affect.
    """
    low = j - half
    high = j + half + 1
    left = _mean(sums, DARKEST_CHANNEL, low - 1 - flank, low - 1)
    right = _mean(sums, DARKEST_CHANNEL, high + 1, high + 1 + flank)
    return min(left, right) - _mean(sums, DARKEST_CHANNEL, low, high)


@kernel
def _rut(sums: NDArray[np.float64], j: int, half: int, flank: int) -> float:
    """Return the likelihood of a rut at column j, in [0, 1]: a trough between two strips of
    snow.
    """
    depth = _trough(sums, j, half, flank)
    bright = _mean(sums, DARKEST_CHANNEL, j - half, j + half + 1) + depth + 1.0
    ratio = depth / (RUT_DEPTH * bright)
    if ratio < 0.6:
        return 0.0
    red, green, blue = _colour(sums, j - half - 1 - flank, j + half + 2 + flank)
    if max(red, green, blue) - min(red, green, blue) > COLOURLESS * max(red, green, blue):
        return 0.0
    return ratio * ratio / (1 + ratio * ratio)


@kernel
def _weigh(
    birds_eye_image: Floats32,
    widths: NDArray[np.float64],
    scratch: NDArray[np.float64],
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    seen: NDArray[np.bool_],
) -> None:
    columns = birds_eye_image.shape[1]
    for i in range(birds_eye_image.shape[0]):
        low, high = _span(birds_eye_image, i)
        for j in range(columns):
            marking_likelihood[i, j] = off_road_likelihood[i, j] = 0.0
            seen[i, j] = low <= j < high
        if high - low < 40:
            continue
        for k in range(3):
            _running_sums(birds_eye_image, k, i, low, high, scratch, k)
        # The darkest of the three channels: white paint is bright in all of them, grass and gravel
        # are not.
        scratch[DARKEST_CHANNEL, low] = 0.0
        for j in range(low, high):
            scratch[DARKEST_CHANNEL, j + 1] = scratch[DARKEST_CHANNEL, j] + min(
                birds_eye_image[i, j, 0], birds_eye_image[i, j, 1], birds_eye_image[i, j, 2]
            )
        if _is_crossing(scratch, low, high):
            seen[i] = False  # what it hides is not known; its bars are no lines
            continue
        _weigh_paint(scratch, low, high, widths[i], marking_likelihood, i)
        _weigh_ground(scratch, low, high, marking_likelihood, off_road_likelihood, i)


@kernel
def _is_crossing(scratch: NDArray[np.float64], low: int, high: int) -> bool:
    """Return whether a row shows the bars of a zebra crossing: ridges closer together than
    lines.
    """
    half = int(round(BROAD / STEP)) // 2
    flank = int(round(FLANK / STEP))
    margin = half + flank + 2
    apart = int(round(BARS_APART / STEP))
    least = BAR_RISE * _mean(scratch, DARKEST_CHANNEL, low, high)
    bars = 0
    last = low - apart
    inside = False
    for j in range(low + margin, high - margin):
        bright = _ridge(scratch, j, half, flank, 0) > least
        if bright and not inside:
            bars = bars + 1 if j - last < apart else 1
            last = j
        inside = bright
        if bars == BARS:
            return True
    return False


@kernel
def _running_noise(
    scratch: NDArray[np.float64], low: int, high: int, margin: int, half: int, flank: int
) -> None:
    """Fill running sums of the troughs of a row, and of their number."""
    scratch[DEPTHS, low + margin] = scratch[TROUGHS, low + margin] = 0.0
    for j in range(low + margin, high - margin):
        trough = _trough(scratch, j, half, flank)
        scratch[DEPTHS, j + 1] = scratch[DEPTHS, j] + max(trough, 0.0)
        scratch[TROUGHS, j + 1] = scratch[TROUGHS, j] + (trough > 0)


@kernel
def _noise(
    scratch: NDArray[np.float64], j: int, outward: int, low: int, high: int, least: float
) -> float:
    """Return the level above which a ridge at column j counts as a marking: the noise from there
    towards the lane, and `least`.
    """
    around = int(round(NOISE_REACH / STEP))
    first, last = (max(j - around, low), j) if outward > 0 else (j, min(j + around, high))
    return 1.25 * max(_trough_mean(scratch, first, last), least) + 0.6


@kernel
def _trough_mean(scratch: NDArray[np.float64], low: int, high: int) -> float:
    """Return the mean depth of the troughs over columns [low, high), from running sums."""
    return (scratch[DEPTHS, high] - scratch[DEPTHS, low]) / max(
        scratch[TROUGHS, high] - scratch[TROUGHS, low], 1.0
    )


@kernel
def _weigh_paint(
    scratch: NDArray[np.float64],
    low: int,
    high: int,
    width: float,
    marking_likelihood: Floats32,
    i: int,
) -> None:
    half = max(int(round(max(LINE_WIDTH, width) / STEP)) // 2, 1)
    broad = max(int(round(BROAD / STEP)) // 2, half)
    flank = max(int(round(FLANK / STEP)), half)
    margin = broad + flank + 2
    _running_noise(scratch, low, high, margin, half, flank)
    # A wall or a rock in the same row says little about the asphalt before it, and ruts a lot about
    # the snow between them.
    least = ELSEWHERE * _trough_mean(scratch, low + margin, high - margin)
    wheel = max(int(round(RUT_WIDTH / STEP)) // 2, half)
    ground = _colour(scratch, low, high)
    for j in range(low + margin, high - margin):
        outward = 1 if 2 * j > marking_likelihood.shape[1] else -1
        noise = _noise(scratch, j, outward, low + margin, high - margin, least)
        rise = max(
            _ridge(scratch, j, half, flank, outward),
            0.9 * _ridge(scratch, j, broad, flank, outward),
        )
        if rise > LEAST_RISE * CLEAR * noise:
            rise -= _tint(scratch, j, broad, flank, ground)
        ratio = rise / (CLEAR * noise)
        marking_likelihood[i, j] = (
            ratio * ratio / (1 + ratio * ratio)
            if ratio > LEAST_RISE
            else -_rut(scratch, j, wheel, flank)
        )


@kernel
def _weigh_ground(
    scratch: NDArray[np.float64],
    low: int,
    high: int,
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    i: int,
) -> None:
    columns = marking_likelihood.shape[1]
    centre = (columns - 1) // 2
    inner = int(round(INTERIOR / STEP))
    first = max(centre - inner, low)
    last = min(centre + inner + 1, high)
    if last - first < inner:
        return
    red, green, blue = _colour(scratch, first, last)
    bright = (red + green + blue) / 3 + 1.0
    warm = ((red + green) / 2 - blue) / bright
    tint = (red - green) / bright
    # The road's own spread within the row.
    reach = max(int(round(BLUR / STEP)) // 2, 1)
    spread_light = spread_warm = spread_tint = 0.0
    for j in range(first + reach, last - reach, reach):
        r, g, b = _colour(scratch, j - reach, j + reach + 1)
        spread_light += ((r + g + b) / 3 / bright - 1) ** 2
        spread_warm += (((r + g) / 2 - b) / bright - warm) ** 2
        spread_tint += ((r - g) / bright - tint) ** 2
    count = max((last - first - 2 * reach) // reach, 1)
    floor = 1.5 / bright  # quantisation and sensor noise in the dark
    light_scale = math.sqrt(spread_light / count + 0.07**2 + floor**2)
    warm_scale = math.sqrt(spread_warm / count + 0.015**2 + floor**2)
    tint_scale = math.sqrt(spread_tint / count + 0.01**2 + floor**2)
    for j in range(low + reach, high - reach):
        r, g, b = _colour(scratch, j - reach, j + reach + 1)
        y = (r + g + b) / 3 / bright
        light = (y - 1) / light_scale
        if light < 0:
            light *= 0.5  # shade is darker, too
        here = y * bright + 1.0
        w = (((r + g) / 2 - b) / here - warm) / warm_scale
        t = ((r - g) / here - tint) / tint_scale
        q = (light * light + w * w + t * t) / 9.0
        painted = 0.0
        if q > ORDINARY:
            for n in range(max(j - reach - 2, 0), min(j + reach + 3, columns)):
                painted = max(painted, marking_likelihood[i, n])
        off_road_likelihood[i, j] = q / (1 + q) * (1 - painted)
    _keep_to_road(marking_likelihood, off_road_likelihood, low, high, reach, i)


@kernel
def _keep_to_road(
    marking_likelihood: Floats32,
    off_road_likelihood: Floats32,
    low: int,
    high: int,
    reach: int,
    i: int,
) -> None:
    """Remove markings with off-road ground on both sides: they are posts, rails or signs in front
    of grass.
    """
    away = int(round(BROAD / STEP)) // 2 + 2 * reach + 2  # beyond what counts as painted beside it
    for j in range(low + away, high - away):
        if marking_likelihood[i, j] > 0:
            marking_likelihood[i, j] *= 1 - min(
                off_road_likelihood[i, j - away], off_road_likelihood[i, j + away]
            )
