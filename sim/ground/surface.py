"""The surface of the ground at a point: world -> road coordinates, and the cross profile averaged over a pixel's footprint."""

import math

import numpy as np
from numpy.typing import NDArray


from sim.appearance.palette import PALETTE
from sim.geometry import SPACING
from sim.ground.paving import CELL, GRAIN_CHANNEL, PAINT_CHANNEL, STRIP, SURFACE_CHANNEL, TRACK_CHANNEL, Ground
from sim.ground.pieces import (
    BLUE,
    BUCKET,
    DASH,
    FINISH,
    GREEN,
    HARD,
    LEFT,
    PERIOD,
    RED,
    RIGHT,
    ROUGH,
    START,
    TRACK,
    WEAR,
)
from sim.kernels import inlined, kernel
from sim.roads.plan import Material

PAINT = PALETTE[Material.PAINT]


@inlined
def road_coordinates(ground: Ground, x: float, y: float) -> tuple[bool, float, float, float, float]:
    """Whether a road is near, and then (s, d) [m] of a world point and the cosine and sine of the road's heading there."""
    line, cells, (origin_x, origin_y) = ground.line, ground.cells, ground.origin
    column, row = int((x - origin_x) / CELL), int((y - origin_y) / CELL)
    rows, columns = cells.shape
    if x < origin_x or y < origin_y or row >= rows or column >= columns:
        return False, 0.0, 0.0, 1.0, 0.0
    i = cells[row, column]
    if i < 0:
        return False, 0.0, 0.0, 1.0, 0.0
    along = across = 0.0
    for _ in range(3):
        dx, dy = x - line[i, 0], y - line[i, 1]
        cos, sin, curvature = line[i, 2], line[i, 3], line[i, 4]
        along, across = dx * cos + dy * sin, dy * cos - dx * sin
        along /= max(1.0 - curvature * across, 0.2)
        step = int(round(along / SPACING))
        if step == 0:
            break
        i = min(max(i + step, 0), line.shape[0] - 1)
    if abs(along) < SPACING:  # within the line; it goes on straight beyond its ends
        across -= 0.5 * curvature * along * along
        cos, sin = cos - curvature * along * sin, sin + curvature * along * cos
    return True, i * SPACING + along, across, cos, sin


@kernel
def _overlap(centre: float, width: float, low: float, high: float) -> float:
    """The share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@kernel
def _painted(s: float, dash: float, period: float) -> float:
    """Metres of dashes between 0 and s."""
    whole = math.floor(s / period)
    return whole * dash + min(s - whole * period, dash)


@kernel
def _integral(running: NDArray[np.float64], s: float) -> float:
    place = min(max(s / SPACING, 0.0), running.size - 1.001)
    i = int(place)
    return running[i] + (place - i) * (running[i + 1] - running[i])


@kernel
def _mean(profile: NDArray[np.float32], k: int, low: float, high: float, outside: float) -> float:
    """The sum of channel k over [low, high] strips, and over `outside` strips of what lies beyond the profile."""
    i, j = int(low), int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return upper - lower + outside * profile[1, k]


@kernel
def _kept(wear: float, worn: float, grain: float) -> float:
    """The share of worn paint that is left: gone in spots near by, thinner as a whole far away."""
    lost = min(wear * worn, 1.0)
    return min(max(1.0 - lost + 1.2 * min(lost, 1.0 - lost) * grain, 0.0), 1.0)


@kernel
def _laid(
    pieces: NDArray[np.float64], n: int, s: float, d: float, along: float, across: float, worn: float, grain: float
) -> float:
    """The share of a footprint that a piece covers."""
    near, far = max(s - along / 2, pieces[n, START]), min(s + along / 2, pieces[n, FINISH])
    left, right = max(d - across / 2, pieces[n, LEFT]), min(d + across / 2, pieces[n, RIGHT])
    if far <= near or right <= left:
        return 0.0
    length, width, dash, period = far - near, right - left, pieces[n, DASH], pieces[n, PERIOD]
    if period > 0:
        length = _painted(far - pieces[n, START], dash, period) - _painted(near - pieces[n, START], dash, period)
    elif period < 0:
        width = _painted(right - pieces[n, LEFT], dash, -period) - _painted(left - pieces[n, LEFT], dash, -period)
    cover = length * width / (along * across)
    return cover * _kept(pieces[n, WEAR], worn, grain) if pieces[n, WEAR] > 0 else cover


@inlined
def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, float, float, float, float, float]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres, what share is sealed and tracks."""
    profile, ragged, patterns, patches, tone = ground.profile, ground.ragged, ground.patterns, ground.patches, ground.tone
    pieces, ranges = ground.pieces, ground.ranges
    last = profile.shape[0] - 1.001
    place = (d - ground.first) / STRIP
    if 0.0 <= place < last:
        place += ragged[int(place)] * (grain + ground.wander[min(max(int(s / SPACING), 0), tone.size - 1)]) / STRIP
    half = max(across / STRIP, 1.0) / 2
    low, high = min(max(place - half, 0.0), last), min(max(place + half, 0.0), last)
    outside, share = 2 * half - (high - low), 1 / (2 * half * STRIP)
    red = _mean(profile, 0, low, high, outside) * share
    green = _mean(profile, 1, low, high, outside) * share
    blue = _mean(profile, 2, low, high, outside) * share
    rough = _mean(profile, GRAIN_CHANNEL, low, high, outside) * share
    surface = _mean(profile, SURFACE_CHANNEL, low, high, outside) * share
    track = _mean(profile, TRACK_CHANNEL, low, high, outside) * share
    hard = surface * ground.sealed
    first_bucket = min(max(int((s - along / 2) / BUCKET), 0), ranges.shape[0] - 1)
    last_bucket = min(max(int((s + along / 2) / BUCKET), 0), ranges.shape[0] - 1)
    first_piece, last_piece = ranges[first_bucket, 0], ranges[last_bucket, 1]
    if surface > 0.01 or first_piece < last_piece:
        new = (_integral(tone, s + along / 2) - _integral(tone, s - along / 2)) / along
        worn = (_integral(ground.worn, s + along / 2) - _integral(ground.worn, s - along / 2)) / along
        bright = new
        bucket = min(max(int(s / BUCKET), 0), patches.shape[0] - 1)
        if patches[bucket, 4] < 1.0:
            cover = _overlap(s, along, patches[bucket, 0], patches[bucket, 1])
            cover *= _overlap(d, across, patches[bucket, 2], patches[bucket, 3])
            if ground.sealed < 0.5:  # damp hollows instead of mended squares
                cover *= min(max(0.5 + 0.6 * grain, 0.0), 1.0)
            bright *= 1 - (1 - patches[bucket, 4]) * cover
        bright = 1 + (bright - 1) * surface
        red, green, blue = red * bright, green * bright, blue * bright
        for k in range(patterns.shape[0]):
            across_cover = _mean(profile, PAINT_CHANNEL + k, low, high, outside) * share
            if across_cover > 0.002:
                dash, period, wear = patterns[k, 0], patterns[k, 1], patterns[k, 2]
                painted = _painted(s + along / 2, dash, period) - _painted(s - along / 2, dash, period)
                cover = across_cover * painted / along
                if wear > 0:
                    cover *= _kept(wear, worn, grain)
                red += (PAINT[0] - red) * cover
                green += (PAINT[1] - green) * cover
                blue += (PAINT[2] - blue) * cover
        for n in range(first_piece, last_piece):
            cover = _laid(pieces, n, s, d, along, max(across, STRIP), worn, grain)
            if cover > 0:
                shade = 1 + (new - 1) * pieces[n, HARD]
                red += (pieces[n, RED] * shade - red) * cover
                green += (pieces[n, GREEN] * shade - green) * cover
                blue += (pieces[n, BLUE] * shade - blue) * cover
                rough += (pieces[n, ROUGH] - rough) * cover
                hard += (pieces[n, HARD] - hard) * cover
                if pieces[n, TRACK] >= 0:
                    track += (pieces[n, TRACK] - track) * cover
    return red, green, blue, rough, hard, track
