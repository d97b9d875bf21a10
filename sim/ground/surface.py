"""The surface of the ground at a point: world -> road coordinates, and the cross profile averaged over a pixel's footprint."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.appearance import PALETTE
from sim.geometry import SPACING
from sim.ground.paving import BUCKET, CELL, DASH_CHANNEL, GRAIN_CHANNEL, STRIP, SURFACE_CHANNEL, Ground
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
def _toned(tone: NDArray[np.float64], s: float) -> float:
    place = min(max(s / SPACING, 0.0), tone.size - 1.001)
    i = int(place)
    return tone[i] + (place - i) * (tone[i + 1] - tone[i])


@kernel
def _mean(profile: NDArray[np.float32], k: int, low: float, high: float, outside: float) -> float:
    """The sum of channel k over [low, high] strips, and over `outside` strips of what lies beyond the profile."""
    i, j = int(low), int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return upper - lower + outside * profile[1, k]


@inlined
def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, float, float, float]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres."""
    profile, ragged, dashes, patches, tone = ground.profile, ground.ragged, ground.dashes, ground.patches, ground.tone
    last = profile.shape[0] - 1.001
    place = (d - ground.first) / STRIP
    if 0.0 <= place < last:
        place += ragged[int(place)] * grain / STRIP
    half = max(across / STRIP, 1.0) / 2
    low, high = min(max(place - half, 0.0), last), min(max(place + half, 0.0), last)
    outside, share = 2 * half - (high - low), 1 / (2 * half * STRIP)
    red = _mean(profile, 0, low, high, outside) * share
    green = _mean(profile, 1, low, high, outside) * share
    blue = _mean(profile, 2, low, high, outside) * share
    rough = _mean(profile, GRAIN_CHANNEL, low, high, outside) * share
    hard = _mean(profile, SURFACE_CHANNEL, low, high, outside) * share
    if hard > 0.01:
        bright = (_toned(tone, s + along / 2) - _toned(tone, s - along / 2)) / along
        bucket = min(max(int(s / BUCKET), 0), patches.shape[0] - 1)
        if patches[bucket, 4] < 1.0:
            cover = _overlap(s, along, patches[bucket, 0], patches[bucket, 1])
            cover *= _overlap(d, across, patches[bucket, 2], patches[bucket, 3])
            bright *= 1 - (1 - patches[bucket, 4]) * cover
        bright = 1 + (bright - 1) * hard
        red, green, blue = red * bright, green * bright, blue * bright
        for k in range(dashes.shape[0]):
            across_cover = _mean(profile, DASH_CHANNEL + k, low, high, outside) * share
            if across_cover > 0.002:
                dash, period = dashes[k, 0], dashes[k, 1]
                painted = _painted(s + along / 2, dash, period) - _painted(s - along / 2, dash, period)
                cover = across_cover * painted / along
                red += (PAINT[0] - red) * cover
                green += (PAINT[1] - green) * cover
                blue += (PAINT[2] - blue) * cover
    return red, green, blue, rough
