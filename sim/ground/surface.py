"""The surface of the ground at a point: world -> road coordinates, and what lies there, averaged over a pixel's footprint.

The cross profile is read from means over widths near the footprint's; what needs exactness, such as the dashes of lines, is
averaged over it by the difference of running integrals.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.appearance.palette import PALETTE
from sim.geometry import SPACING
from sim.ground.paving import CELL, Ground
from sim.ground.pieces import (
    BLUE as PIECE_BLUE,
)
from sim.ground.pieces import (
    BUCKET,
    DASH,
    FINISH,
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
from sim.ground.pieces import GREEN as PIECE_GREEN
from sim.ground.pieces import HARD as PIECE_HARD
from sim.ground.pieces import RED as PIECE_RED
from sim.ground.pieces import ROUGH as PIECE_ROUGH
from sim.ground.pieces import TRACK as PIECE_TRACK
from sim.ground.profile import PAINT_CHANNEL, STEPS, STRIP
from sim.ground.room import (
    ACROSS,
    ALONG,
    BLUE,
    COVER,
    GRAIN,
    GREEN,
    HARD,
    OFFSET,
    PAINT,
    RED,
    ROUGH,
    SPAN,
    STATION,
    SURFACE,
    TONE,
    TRACK,
    WANDER,
    Room,
)
from sim.kernels import inlined, kernel
from sim.roads.plan import Material

PAINTED = PALETTE[Material.PAINT]
LEAST = 0.002  # the share of a footprint below which paint does not show


@inlined
def road_coordinates(ground: Ground, x: float, y: float) -> tuple[bool, float, float, float, float]:
    """Whether a road is near, and then (s, d) [m] of a world point and the cosine and sine of the road's heading there."""
    return _coordinates(ground.line, ground.cells, ground.origin[0], ground.origin[1], x, y)


@kernel
def _coordinates(
    line: NDArray[np.float64], cells: NDArray[np.int32], origin_x: float, origin_y: float, x: float, y: float
) -> tuple[bool, float, float, float, float]:
    column, row = int((x - origin_x) / CELL), int((y - origin_y) / CELL)
    rows, columns = cells.shape
    if x < origin_x or y < origin_y or row >= rows or column >= columns:
        return False, 0.0, 0.0, 1.0, 0.0
    i = cells[row, column]
    if i < 0:
        return False, 0.0, 0.0, 1.0, 0.0
    along = across = 0.0
    cos, sin = 1.0, 0.0
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
def _average(running: NDArray[np.float64], s: float, along: float) -> float:
    """The mean over `along` metres around s of what a running integral over s holds."""
    return (_integral(running, s + along / 2) - _integral(running, s - along / 2)) / along


@inlined
def tone_at(ground: Ground, s: float, along: float) -> tuple[float, float]:
    """How bright the surface is around station s, and what is added to the noise at ragged edges."""
    wander = ground.wander
    return _average(ground.tone, s, along), wander[min(max(int(s / SPACING), 0), wander.size - 1)]


@kernel
def _mean(profile: NDArray[np.float32], k: int, d: float, first: float, width: float) -> float:
    """The mean of channel k of the profile's running integrals over `width` metres around d; first: where the profile begins."""
    half, place, last = width / STRIP / 2, (d - first) / STRIP, profile.shape[0] - 1.001
    low, high = min(max(place - half, 0.0), last), min(max(place + half, 0.0), last)
    i, j = int(low), int(high)
    upper = profile[j, k] + (high - j) * (profile[j + 1, k] - profile[j, k])
    lower = profile[i, k] + (low - i) * (profile[i + 1, k] - profile[i, k])
    return (upper - lower) / width


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


@kernel
def _read_profile(
    room: Room, values: NDArray[np.float32], levels: NDArray[np.float64], alike: NDArray[np.int32], ragged: NDArray[np.float32],
    edge: float, first: int, last: int,
) -> None:  # fmt: skip
    """Write what the cross profile, which begins at d = `edge`, holds at the pixels [first, last)."""
    pixels, places = room.values, room.places
    outer, per_metre, most = np.float32(edge), np.float32(1 / STRIP), np.float32(ragged.size - 1)
    for start in range(first, last, SPAN):
        across = 0.5 * (pixels[ACROSS + start] + pixels[ACROSS + start + SPAN - 1])
        level = min(max(int(math.floor(math.log2(max(across / STRIP, 1.0)) * STEPS + 0.5)), 0), levels.shape[0] - 1)
        base, begin, density = np.int32(levels[level, 0]), np.float32(levels[level, 1]), np.float32(levels[level, 2])
        end = np.float32(levels[level, 3])
        least, greatest = np.int32(2**30), np.int32(0)
        span, entries = pixels[start:], places[start:]
        for n in range(SPAN):
            d = span[OFFSET + n]
            shift = ragged[np.uint32(np.int32(min(max((d - outer) * per_metre, np.float32(0)), most)))]
            place = (d + shift * (span[GRAIN + n] + span[WANDER + n]) - begin) * density
            place = min(max(place, np.float32(0)), end)
            whole = np.int32(place)
            span[COVER + n] = place - np.float32(whole)
            entries[n] = base + whole
        for n in range(SPAN):
            least, greatest = min(least, entries[n]), max(greatest, entries[n])
        if alike[least] > greatest:
            _fill(span, values, least)
        else:
            _interpolate(span, entries, values)


@kernel
def _fill(span: NDArray[np.float32], values: NDArray[np.float32], i: int) -> None:
    """Write entry i of the profile's table into all pixels of a span."""
    red, green, blue, rough = values[0, i], values[1, i], values[2, i], values[3, i]
    surface, track, paint = values[4, i], values[5, i], values[6, i]
    for n in range(SPAN):
        span[RED + n], span[GREEN + n], span[BLUE + n], span[ROUGH + n] = red, green, blue, rough
        span[SURFACE + n], span[TRACK + n], span[PAINT + n] = surface, track, paint


@kernel
def _interpolate(span: NDArray[np.float32], entries: NDArray[np.int32], values: NDArray[np.float32]) -> None:
    """Write what lies between each pixel's entry of the profile's table and the next, COVER of the way from one to the other."""
    for n in range(SPAN):
        i, t = np.uint32(entries[n]), span[COVER + n]
        j = i + np.uint32(1)
        span[RED + n] = values[0, i] + t * (values[0, j] - values[0, i])
        span[GREEN + n] = values[1, i] + t * (values[1, j] - values[1, i])
        span[BLUE + n] = values[2, i] + t * (values[2, j] - values[2, i])
        span[ROUGH + n] = values[3, i] + t * (values[3, j] - values[3, i])
        span[SURFACE + n] = values[4, i] + t * (values[4, j] - values[4, i])
        span[TRACK + n] = values[5, i] + t * (values[5, j] - values[5, i])
        span[PAINT + n] = values[6, i] + t * (values[6, j] - values[6, i])


@kernel
def _limits(channel: NDArray[np.float32]) -> tuple[float, float]:
    """The least and the greatest of a channel's first SPAN values."""
    least = greatest = channel[0]
    for n in range(SPAN):
        least, greatest = min(least, channel[n]), max(greatest, channel[n])
    return least, greatest


@kernel
def _tint(room: Room, patches: NDArray[np.float64], sealed: float, first: int, last: int) -> None:
    """Lay the tone of the road's section over the pixels [first, last), and the patches that it may have."""
    pixels = room.values
    section, count = pixels[first:], last - first
    for n in range(count):
        section[COVER + n] = section[TONE + n]
    for start in range(first, last, SPAN):
        nearest, farthest = _limits(pixels[STATION + start :])
        low = min(max(int(nearest / BUCKET), 0), patches.shape[0] - 1)
        high = min(max(int(farthest / BUCKET), 0), patches.shape[0] - 1)
        for bucket in range(low, high + 1):
            if patches[bucket, 4] < 1.0:
                _patch(pixels, patches, bucket, sealed, start)
    hard, one = np.float32(sealed), np.float32(1)
    for n in range(count):
        surface = section[SURFACE + n]
        bright = one + (section[COVER + n] - one) * surface
        section[RED + n] *= bright
        section[GREEN + n] *= bright
        section[BLUE + n] *= bright
        section[HARD + n] = surface * hard


@kernel
def _patch(pixels: NDArray[np.float32], patches: NDArray[np.float64], bucket: int, sealed: float, start: int) -> None:
    """Darken the COVER of a span's pixels that lie in a bucket of road by the patch there."""
    for n in range(start, start + SPAN):
        if min(max(int(pixels[STATION + n] / BUCKET), 0), patches.shape[0] - 1) == bucket:
            cover = overlap(pixels[OFFSET + n], pixels[ACROSS + n], patches[bucket, 2], patches[bucket, 3])
            if cover > 0.0:
                cover *= overlap(pixels[STATION + n], pixels[ALONG + n], patches[bucket, 0], patches[bucket, 1])
                if sealed < 0.5:  # damp hollows instead of mended squares
                    cover *= min(max(0.5 + 0.6 * pixels[GRAIN + n], 0.0), 1.0)
                pixels[COVER + n] *= 1 - (1 - patches[bucket, 4]) * cover


@kernel
def _paint(
    room: Room, profile: NDArray[np.float32], edge: float, patterns: NDArray[np.float64], ragged: NDArray[np.float32],
    worn: NDArray[np.float64], first: int, last: int,
) -> None:  # fmt: skip
    """Lay the endless lines over those of the pixels [first, last) that show any."""
    pixels = room.values
    for n in range(first, last):
        if pixels[PAINT + n] > LEAST:
            s, along, grain = pixels[STATION + n], pixels[ALONG + n], pixels[GRAIN + n]
            width, d = max(pixels[ACROSS + n], STRIP), pixels[OFFSET + n]
            d += ragged[min(max(int((d - edge) / STRIP), 0), ragged.size - 1)] * (grain + pixels[WANDER + n])
            for k in range(patterns.shape[0]):
                cover = _mean(profile, PAINT_CHANNEL + k, d, edge, width)
                if cover > LEAST:
                    dash, period, wear = patterns[k, 0], patterns[k, 1], patterns[k, 2]
                    if dash < period:
                        cover *= (painted(s + along / 2, dash, period) - painted(s - along / 2, dash, period)) / along
                    if wear > 0:
                        cover *= _kept(wear, worn, s, along, grain)
                    pixels[RED + n] += (PAINTED[0] - pixels[RED + n]) * cover
                    pixels[GREEN + n] += (PAINTED[1] - pixels[GREEN + n]) * cover
                    pixels[BLUE + n] += (PAINTED[2] - pixels[BLUE + n]) * cover


@kernel
def _lay_pieces(
    room: Room, pieces: NDArray[np.float64], ranges: NDArray[np.int64], worn: NDArray[np.float64], first: int, last: int
) -> None:
    """Lay the pieces of road over the pixels [first, last) that they touch."""
    pixels = room.values
    for start in range(first, last, SPAN):
        long, wide = _limits(pixels[ALONG + start :])[1] / 2, max(_limits(pixels[ACROSS + start :])[1], STRIP) / 2
        (low, high), (left, right) = _limits(pixels[STATION + start :]), _limits(pixels[OFFSET + start :])
        low, high, left, right = low - long, high + long, left - wide, right + wide
        first_piece = ranges[min(max(int(low / BUCKET), 0), ranges.shape[0] - 1), 0]
        last_piece = ranges[min(max(int(high / BUCKET), 0), ranges.shape[0] - 1), 1]
        for k in range(first_piece, last_piece):
            # Most are elsewhere: told at a glance, with room for those that drift sideways.
            beside = pieces[k, OUTER_LEFT] > right or pieces[k, OUTER_RIGHT] < left
            if not (beside or pieces[k, START] > high or pieces[k, FINISH] < low):
                for n in range(start, start + SPAN):
                    _lay_piece(pixels, pieces, k, worn, n)


@kernel
def _lay_piece(pixels: NDArray[np.float32], pieces: NDArray[np.float64], k: int, worn: NDArray[np.float64], n: int) -> None:
    """Lay one piece over one pixel."""
    s, along = pixels[STATION + n], pixels[ALONG + n]
    cover = _covered(pieces, k, s, pixels[OFFSET + n], along, max(pixels[ACROSS + n], STRIP))
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


@inlined
def lay_road(room: Room, ground: Ground, first: int, last: int) -> None:
    """Write the material of the pixels [first, last), whole spans whose places and footprints the room holds.

    RED, GREEN, BLUE, ROUGH: what lies there; HARD, TRACK: shares in [0, 1], how much of it is sealed, and how much tyres wear
    what lies on it: 1 in wheel tracks, 0 beside the lanes.
    """
    means = ground.means
    _read_profile(room, means.values, means.levels, means.alike, ground.ragged, ground.first, first, last)
    _tint(room, ground.patches, ground.sealed, first, last)
    if ground.patterns.shape[0] > 0:
        _paint(room, ground.profile, ground.first, ground.patterns, ground.ragged, ground.worn, first, last)
    if ground.pieces.shape[0] > 0:
        _lay_pieces(room, ground.pieces, ground.ranges, ground.worn, first, last)
