"""The surface of the ground: world -> Frenet coordinates, and its material in a pixel's footprint.

The cross profile is read from means over widths similar to the footprint's. What must be exact,
such as the dashes of markings, is in `sim.render.ground.markings`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING
from sim.jit import inlined, kernel
from sim.render.ground.footprint import overlap, value_range, window_mean
from sim.render.ground.markings import lay_paint, lay_pieces
from sim.render.ground.paving import CELL, Ground
from sim.render.ground.pieces import INDEX_SPACING
from sim.render.ground.profile import LEVELS_PER_OCTAVE, PROFILE_STEP
from sim.render.ground.row_buffer import (
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
    RowBuffer,
)


@inlined
def road_coordinates(ground: Ground, x: float, y: float) -> tuple[bool, float, float, float, float]:
    """Return whether a road is near, and if so s, d [m], cos and sin of the road's heading.

    x, y: world point [m].
    """
    return _coordinates(ground.line, ground.cells, ground.origin[0], ground.origin[1], x, y)


@kernel
def _coordinates(
    line: NDArray[np.float64],
    cells: NDArray[np.int32],
    origin_x: float,
    origin_y: float,
    x: float,
    y: float,
) -> tuple[bool, float, float, float, float]:
    """Compute `road_coordinates`: a few Newton steps from the nearest sample of the cell."""
    column = int((x - origin_x) / CELL)
    row = int((y - origin_y) / CELL)
    rows, columns = cells.shape
    if x < origin_x or y < origin_y or row >= rows or column >= columns:
        return False, 0.0, 0.0, 1.0, 0.0
    i = cells[row, column]
    if i < 0:
        return False, 0.0, 0.0, 1.0, 0.0
    along = across = 0.0
    cos = 1.0
    sin = 0.0
    for _ in range(5):
        dx = x - line[i, 0]
        dy = y - line[i, 1]
        cos = line[i, 2]
        sin = line[i, 3]
        curvature = line[i, 4]
        along = dx * cos + dy * sin
        across = dy * cos - dx * sin
        along /= max(1.0 - curvature * across, 0.2)
        step = int(round(along / SPACING))
        if step == 0:
            break
        i = min(max(i + step, 0), line.shape[0] - 1)
    if abs(along) < SPACING:  # within the line; it goes on straight beyond its ends
        across -= 0.5 * curvature * along * along
        cos, sin = cos - curvature * along * sin, sin + curvature * along * cos
    return True, i * SPACING + along, across, cos, sin


@inlined
def tone_at(ground: Ground, s: float, along: float) -> tuple[float, float]:
    """Return the brightness of the surface around station s, and the noise shift at ragged
    edges.
    """
    wander = ground.wander
    return window_mean(ground.tone, s, along), wander[
        min(max(int(s / SPACING), 0), wander.size - 1)
    ]


@kernel
def _read_profile(
    buffer: RowBuffer,
    values: NDArray[np.float32],
    levels: NDArray[np.float64],
    alike: NDArray[np.int32],
    ragged: NDArray[np.float32],
    edge: float,
    first: int,
    last: int,
) -> None:
    """Write the cross profile, which begins at d = `edge` [m], to the pixels [first, last)."""
    pixels = buffer.values
    indices = buffer.indices
    outer = np.float32(edge)
    per_metre = np.float32(1 / PROFILE_STEP)
    most = np.float32(ragged.size - 1)
    for start in range(first, last, SPAN):
        across = 0.5 * (pixels[ACROSS + start] + pixels[ACROSS + start + SPAN - 1])
        level = min(
            max(
                int(
                    math.floor(math.log2(max(across / PROFILE_STEP, 1.0)) * LEVELS_PER_OCTAVE + 0.5)
                ),
                0,
            ),
            levels.shape[0] - 1,
        )
        base = np.int32(levels[level, 0])
        begin = np.float32(levels[level, 1])
        density = np.float32(levels[level, 2])
        end = np.float32(levels[level, 3])
        least = np.int32(2**30)
        greatest = np.int32(0)
        span = pixels[start:]
        entries = indices[start:]
        for n in range(SPAN):
            d = span[OFFSET + n]
            shift = ragged[
                np.uint32(np.int32(min(max((d - outer) * per_metre, np.float32(0)), most)))
            ]
            position = (d + shift * (span[GRAIN + n] + span[WANDER + n]) - begin) * density
            position = min(max(position, np.float32(0)), end)
            whole = np.int32(position)
            span[COVER + n] = position - np.float32(whole)
            entries[n] = base + whole
        for n in range(SPAN):
            least, greatest = min(least, entries[n]), max(greatest, entries[n])
        if alike[least] > greatest:
            _fill(span, values, least)
        else:
            _interpolate(span, entries, values)


@kernel
def _fill(span: NDArray[np.float32], values: NDArray[np.float32], i: int) -> None:
    """Write entry i of the profile's table to all pixels of a span."""
    red = values[0, i]
    green = values[1, i]
    blue = values[2, i]
    rough = values[3, i]
    surface = values[4, i]
    track = values[5, i]
    paint = values[6, i]
    for n in range(SPAN):
        span[RED + n] = red
        span[GREEN + n] = green
        span[BLUE + n] = blue
        span[ROUGH + n] = rough
        span[SURFACE + n] = surface
        span[TRACK + n] = track
        span[PAINT + n] = paint


@kernel
def _interpolate(
    span: NDArray[np.float32], entries: NDArray[np.int32], values: NDArray[np.float32]
) -> None:
    """Write the profile between each pixel's table entry and the next, at position COVER."""
    for n in range(SPAN):
        i = np.uint32(entries[n])
        t = span[COVER + n]
        j = i + np.uint32(1)
        span[RED + n] = values[0, i] + t * (values[0, j] - values[0, i])
        span[GREEN + n] = values[1, i] + t * (values[1, j] - values[1, i])
        span[BLUE + n] = values[2, i] + t * (values[2, j] - values[2, i])
        span[ROUGH + n] = values[3, i] + t * (values[3, j] - values[3, i])
        span[SURFACE + n] = values[4, i] + t * (values[4, j] - values[4, i])
        span[TRACK + n] = values[5, i] + t * (values[5, j] - values[5, i])
        span[PAINT + n] = values[6, i] + t * (values[6, j] - values[6, i])


@kernel
def _tint(
    buffer: RowBuffer, patches: NDArray[np.float64], sealed: float, first: int, last: int
) -> None:
    """Apply the brightness of road sections and patches to the pixels [first, last)."""
    pixels = buffer.values
    pixels_of_range = pixels[first:]
    count = last - first
    for n in range(count):
        pixels_of_range[COVER + n] = pixels_of_range[TONE + n]
    for start in range(first, last, SPAN):
        first_s, last_s = value_range(pixels[STATION + start :])
        low = min(max(int(first_s / INDEX_SPACING), 0), patches.shape[0] - 1)
        high = min(max(int(last_s / INDEX_SPACING), 0), patches.shape[0] - 1)
        for bucket in range(low, high + 1):
            if patches[bucket, 4] < 1.0:
                _patch(pixels, patches, bucket, sealed, start)
    hard = np.float32(sealed)
    one = np.float32(1)
    for n in range(count):
        surface = pixels_of_range[SURFACE + n]
        bright = one + (pixels_of_range[COVER + n] - one) * surface
        pixels_of_range[RED + n] *= bright
        pixels_of_range[GREEN + n] *= bright
        pixels_of_range[BLUE + n] *= bright
        pixels_of_range[HARD + n] = surface * hard


@kernel
def _patch(
    pixels: NDArray[np.float32],
    patches: NDArray[np.float64],
    bucket: int,
    sealed: float,
    start: int,
) -> None:
    """Darken COVER of the pixels of a span that lie in the patch of an index bucket."""
    for n in range(start, start + SPAN):
        if min(max(int(pixels[STATION + n] / INDEX_SPACING), 0), patches.shape[0] - 1) == bucket:
            cover = overlap(
                pixels[OFFSET + n], pixels[ACROSS + n], patches[bucket, 2], patches[bucket, 3]
            )
            if cover > 0.0:
                cover *= overlap(
                    pixels[STATION + n], pixels[ALONG + n], patches[bucket, 0], patches[bucket, 1]
                )
                if sealed < 0.5:  # damp hollows instead of mended squares
                    cover *= min(max(0.5 + 0.6 * pixels[GRAIN + n], 0.0), 1.0)
                pixels[COVER + n] *= 1 - (1 - patches[bucket, 4]) * cover


@inlined
def lay_road(buffer: RowBuffer, ground: Ground, first: int, last: int) -> None:
    """Write the material of the pixels [first, last), which must be whole spans.

    The buffer must hold their coordinates and footprints. Written are colour and grain (RED, GREEN,
    BLUE, ROUGH), HARD (share of sealed surface) and TRACK (wear by tyres: 1 in wheel tracks, 0
    beside the lanes).
    """
    means = ground.means
    _read_profile(
        buffer, means.values, means.levels, means.alike, ground.ragged, ground.first, first, last
    )
    _tint(buffer, ground.patches, ground.sealed, first, last)
    if ground.patterns.shape[0] > 0:
        lay_paint(
            buffer,
            ground.profile,
            ground.first,
            ground.patterns,
            ground.ragged,
            ground.worn,
            first,
            last,
        )
    if ground.pieces.shape[0] > 0:
        lay_pieces(buffer, ground.pieces, ground.ranges, ground.worn, first, last)
