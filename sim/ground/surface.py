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
    OUTER_LEFT,
    OUTER_RIGHT,
    PERIOD,
    RED,
    REMADE,
    RIGHT,
    ROUGH,
    SLOPE,
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
    for _ in range(5):
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
def overlap(centre: float, width: float, low: float, high: float) -> float:
    """The share of [centre - width / 2, centre + width / 2] that lies in [low, high]."""
    return max(min(centre + width / 2, high) - max(centre - width / 2, low), 0.0) / width


@kernel
def painted(s: float, dash: float, period: float) -> float:
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
def _average(running: NDArray[np.float64], s: float, along: float) -> float:
    """The mean over `along` metres around s of what a running integral over s holds."""
    return (_integral(running, s + along / 2) - _integral(running, s - along / 2)) / along


@kernel
def _kept(wear: float, worn: NDArray[np.float64], s: float, along: float, grain: float) -> float:
    """The share of worn paint that is left: gone in spots near by, thinner as a whole far away."""
    lost = min(wear * _average(worn, s, along), 1.0)
    return min(max(1.0 - lost + 1.2 * min(lost, 1.0 - lost) * grain, 0.0), 1.0)


@kernel
def _covered(pieces: NDArray[np.float64], n: int, s: float, d: float, along: float, across: float) -> float:
    """The share of a footprint that a piece covers."""
    shift = pieces[n, SLOPE] * (min(max(s, pieces[n, START]), pieces[n, FINISH]) - pieces[n, START])
    near, far = max(s - along / 2, pieces[n, START]), min(s + along / 2, pieces[n, FINISH])
    left, right = max(d - across / 2, pieces[n, LEFT] + shift), min(d + across / 2, pieces[n, RIGHT] + shift)
    if far <= near or right <= left:
        return 0.0
    length, width, dash, period = far - near, right - left, pieces[n, DASH], pieces[n, PERIOD]
    if period > 0:
        length = painted(far - pieces[n, START], dash, period) - painted(near - pieces[n, START], dash, period)
    elif period < 0:
        width = painted(right - pieces[n, LEFT], dash, -period) - painted(left - pieces[n, LEFT], dash, -period)
    return length * width / (along * across)


@inlined
def _brightness(ground: Ground, s: float, d: float, along: float, across: float, grain: float, tone: float) -> float:
    """How bright the surface is: the tone of its section, and the patch that it may have."""
    patches = ground.patches
    bucket = min(max(int(s / BUCKET), 0), patches.shape[0] - 1)
    if patches[bucket, 4] < 1.0:
        cover = overlap(s, along, patches[bucket, 0], patches[bucket, 1])
        cover *= overlap(d, across, patches[bucket, 2], patches[bucket, 3])
        if ground.sealed < 0.5:  # damp hollows instead of mended squares
            cover *= min(max(0.5 + 0.6 * grain, 0.0), 1.0)
        tone *= 1 - (1 - patches[bucket, 4]) * cover
    return tone


@inlined
def _paint_cover(ground: Ground, k: int, s: float, along: float, grain: float) -> float:
    """The share of pattern k that is painted along a footprint."""
    patterns = ground.patterns
    dash, period, wear = patterns[k, 0], patterns[k, 1], patterns[k, 2]
    cover = (painted(s + along / 2, dash, period) - painted(s - along / 2, dash, period)) / along
    return cover * _kept(wear, ground.worn, s, along, grain) if wear > 0 else cover


@inlined
def _piece_range(ground: Ground, s: float, along: float) -> tuple[int, int]:
    """First and last + 1 of the pieces that a footprint may touch."""
    ranges = ground.ranges
    first = min(max(int((s - along / 2) / BUCKET), 0), ranges.shape[0] - 1)
    last = min(max(int((s + along / 2) / BUCKET), 0), ranges.shape[0] - 1)
    return ranges[first, 0], ranges[last, 1]


@inlined
def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, float, float, float, float, float]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres, and two shares in [0, 1].

    They are how much of it is sealed, and how much tyres wear what lies on it: 1 in wheel tracks, 0 beside the lanes.
    """
    profile, pieces = ground.profile, ground.pieces
    last = profile.shape[0] - 1.001
    place = (d - ground.first) / STRIP
    if 0.0 <= place < last:
        wander = ground.wander[min(max(int(s / SPACING), 0), ground.wander.size - 1)]
        place += ground.ragged[int(place)] * (grain + wander) / STRIP
    half = max(across / STRIP, 1.0) / 2
    low, high = min(max(place - half, 0.0), last), min(max(place + half, 0.0), last)
    outside, width = 2 * half - (high - low), 2 * half * STRIP
    red = _mean(profile, 0, low, high, outside) / width
    green = _mean(profile, 1, low, high, outside) / width
    blue = _mean(profile, 2, low, high, outside) / width
    rough = _mean(profile, GRAIN_CHANNEL, low, high, outside) / width
    surface = _mean(profile, SURFACE_CHANNEL, low, high, outside) / width
    track = _mean(profile, TRACK_CHANNEL, low, high, outside) / width
    hard = surface * ground.sealed
    first_piece, last_piece = _piece_range(ground, s, along)
    if surface > 0.01 or first_piece < last_piece:
        tone = _average(ground.tone, s, along)
        bright = 1 + (_brightness(ground, s, d, along, across, grain, tone) - 1) * surface
        red, green, blue = red * bright, green * bright, blue * bright
        for k in range(ground.patterns.shape[0]):
            cover = _mean(profile, PAINT_CHANNEL + k, low, high, outside) / width
            if cover > 0.002:
                cover *= _paint_cover(ground, k, s, along, grain)
                red, green, blue = (
                    red + (PAINT[0] - red) * cover,
                    green + (PAINT[1] - green) * cover,
                    blue + (PAINT[2] - blue) * cover,
                )
        for n in range(first_piece, last_piece):
            # Most are to the side of a pixel: told at a glance, with room for those that drift sideways.
            if pieces[n, OUTER_LEFT] > d + width / 2 or pieces[n, OUTER_RIGHT] < d - width / 2:
                continue
            cover = _covered(pieces, n, s, d, along, width)
            if pieces[n, WEAR] > 0:
                cover *= _kept(pieces[n, WEAR], ground.worn, s, along, grain)
            shade = 1 + (tone - 1) * pieces[n, HARD]
            red += (pieces[n, RED] * shade - red) * cover
            green += (pieces[n, GREEN] * shade - green) * cover
            blue += (pieces[n, BLUE] * shade - blue) * cover
            rough += (pieces[n, ROUGH] - rough) * cover
            hard += (pieces[n, HARD] - hard) * cover
            track += (pieces[n, TRACK] - track) * cover * pieces[n, REMADE]
    return red, green, blue, rough, hard, track
