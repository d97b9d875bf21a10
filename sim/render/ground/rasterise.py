"""The ground as a camera sees it.

No map is painted: every pixel's footprint is carried to road coordinates (s, d), and what lies
there is averaged over it. So lines are crisp near by, fade with distance instead of shimmering, and
cost the same for any number of lanes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.ground.paving import Ground
from sim.render.ground.row_buffer import (
    ACROSS,
    ALONG,
    BLOCK,
    BLUE,
    CLEAR,
    FIELD,
    GRAIN,
    GREEN,
    HARD,
    LAMP,
    OFFSET,
    RED,
    ROUGH,
    SPAN,
    STATION,
    STREET,
    TONE,
    TRACK,
    WANDER,
    RowBuffer,
    blank_row_buffer,
)
from sim.render.ground.shading import light_open_ground, light_tunnel, write_pixels
from sim.render.ground.surface import lay_road, road_coordinates, tone_at
from sim.render.ground.weathering import lamp_pool, reflectance, tunnel_at
from sim.render.lighting.light import Light, beam
from sim.render.noise import GRAIN_SCALE, TILE, TILES_PER_LEVEL, grain_at, grain_tile
from sim.render.sky import TREELINE_DISTANCE

# [m] texel of the noise for grain and for fields
GRAIN_TEXEL = 0.03
FIELD_TEXEL = 2.0
MAX_GROUND_DISTANCE = 3000.0  # [m]
FAR_OFFSET = 1e6  # [m] the offset of pixels far from the road


def draw_ground(canvas: FrameBuffer, ground: Ground, light: Light, tunnel: Light, eye: Eye) -> None:
    """Fill the canvas's rows below the horizon.

    light, tunnel: in the open and inside tunnels. Wet ground mirrors the rows above the horizon,
    which must be drawn already.
    """
    draw_rows(
        canvas,
        ground,
        light,
        tunnel,
        eye,
        blank_row_buffer(),
        max(math.ceil(eye.horizon), canvas.first),
        canvas.last,
    )


@kernel
def draw_rows(
    canvas: FrameBuffer,
    ground: Ground,
    light: Light,
    tunnel: Light,
    eye: Eye,
    room: RowBuffer,
    first_row: int,
    last_row: int,
) -> None:
    """Fill the rows [first_row, last_row), all below the horizon, with `room` to work in."""
    width = canvas.image.shape[1]
    # Ground beyond the trees on the horizon is not seen: no more haze than theirs lies before it,
    # so that it meets them.
    least = math.exp(-TREELINE_DISTANCE / light.haze_reach)
    for row in range(first_row, last_row):
        below = row + 0.5 - eye.horizon
        forward = min(eye.focal * eye.elevation / max(below, 1e-6), MAX_GROUND_DISTANCE)
        ray = forward / max(below, 0.5)
        side = forward / eye.focal
        blur = max(ray, side) ** 0.75 * side**0.25
        shine = light.wet * reflectance(forward, eye.elevation)
        for first in range(0, width, BLOCK):
            count = min(BLOCK, width - first)
            _spread_grain(
                room,
                ground.grain.corners,
                ground.grain.starts,
                eye,
                forward,
                first - width / 2,
                blur,
                count,
            )
            _fill_row(
                room,
                ground,
                light,
                eye,
                forward,
                first - width / 2,
                ray,
                side,
                grain_tile(blur / FIELD_TEXEL),
                least,
                count,
            )
            _shade(canvas, room, ground, light, tunnel, eye, row, first, count, forward, shine)


@kernel
def _spread_grain(
    room: RowBuffer, corners: NDArray[np.int32], starts: NDArray[np.int64], eye: Eye, forward: float, left: float, blur: float,
    count: int,
) -> None:  # fmt: skip
    """Write the finest noise of a row's pixels; left: the first column, from the middle; blur: the
    size of their footprints.
    """
    pixels = room.values
    places = room.places
    tile = grain_tile(blur / GRAIN_TEXEL)
    size = TILE >> (tile // TILES_PER_LEVEL)
    start = np.int32(starts[tile])
    scale = 0.5 ** (tile // TILES_PER_LEVEL) / GRAIN_TEXEL
    slope = (left + 0.5) / eye.focal
    side = forward / eye.focal
    u = (eye.x + forward * (eye.cos - slope * eye.sin)) * scale - 0.5
    v = (eye.y + forward * (eye.sin + slope * eye.cos)) * scale - 0.5
    # The noise repeats: whole tiles are taken off or added, so that the numbers are small and stay
    # above zero along the row.
    step_u = np.float32(-side * eye.sin * scale)
    step_v = np.float32(side * eye.cos * scale)
    u, v = u - math.floor(u / size) * size, v - math.floor(v / size) * size
    from_u = np.float32(u + size * math.ceil(max(-step_u * count, 0.0) / size))
    from_v = np.float32(v + size * math.ceil(max(-step_v * count, 0.0) / size))
    mask = np.int32(size - 1)
    for n in range(count):
        x = from_u + np.float32(n) * step_u
        y = from_v + np.float32(n) * step_v
        i = np.int32(y)
        j = np.int32(x)
        pixels[RED + n] = x - np.float32(j)
        pixels[GREEN + n] = y - np.float32(i)
        places[n] = start + (i & mask) * (mask + np.int32(1)) + (j & mask)
    unit = np.float32(1 / GRAIN_SCALE)
    for n in range(count):
        four = np.int32(corners[np.uint32(places[n])])
        t = pixels[RED + n]
        w = pixels[GREEN + n]
        first = np.float32(np.int32(four << 24) >> 24)
        second = np.float32(np.int32(four << 16) >> 24)
        third = np.float32(np.int32(four << 8) >> 24)
        above = first + t * (second - first)
        below = third + t * (np.float32(four >> 24) - third)
        pixels[GRAIN + n] = (above + w * (below - above)) * unit


@inlined
def _footprint(
    ground: Ground, eye: Eye, forward: float, slope: float, ray: float, side: float
) -> tuple[bool, float, float, float, float]:
    """Whether a pixel falls near a road, s, d, and how far its parallelogram, ray x side [m],
    reaches along and across.
    """
    ray_x = eye.cos - slope * eye.sin
    ray_y = eye.sin + slope * eye.cos
    near, s, d, cos, sin = road_coordinates(
        ground, eye.x + forward * ray_x, eye.y + forward * ray_y
    )
    ray_along = ray * (ray_x * cos + ray_y * sin)
    ray_across = ray * (ray_y * cos - ray_x * sin)
    side_along = side * (eye.cos * sin - eye.sin * cos)
    side_across = side * (eye.cos * cos + eye.sin * sin)
    along = math.sqrt(ray_along * ray_along + side_along * side_along)
    return near, s, d, along, math.sqrt(ray_across * ray_across + side_across * side_across)


@inlined
def _field(ground: Ground, eye: Eye, tile: int, forward: float, slope: float) -> float:
    """Noise the size of fields where a pixel falls."""
    x = eye.x + forward * (eye.cos - slope * eye.sin)
    y = eye.y + forward * (eye.sin + slope * eye.cos)
    return grain_at(
        ground.grain.corners, ground.grain.starts[tile], tile, y / FIELD_TEXEL, x / FIELD_TEXEL
    )


@kernel
def _interpolate_span(pixels: NDArray[np.float32], start: int, before: float, after: float) -> None:
    """Write the straight line from `before` to `after`, which belongs to the pixel behind the span."""
    low = np.float32(before)
    step = np.float32((after - before) / SPAN)
    span = pixels[start:]
    for n in range(SPAN):
        span[n] = low + np.float32(n) * step


@kernel
def _fill_row(
    room: RowBuffer, ground: Ground, light: Light, eye: Eye, forward: float, left: float, ray: float, side: float, tile: int,
    least: float, count: int,
) -> None:  # fmt: skip
    """Write a row's places, lamps and haze, known at both ends of a span with straight lines
    between them, and its material.
    """
    pixels = room.values
    lit = light.headlight > 0.0
    bright = light.headlight > 0.0 and light.lamp > 0.0 and ground.street_lamps.size > 0
    slope = (left + 0.5) / eye.focal
    before = _footprint(ground, eye, forward, slope, ray, side)
    field = _field(ground, eye, tile, forward, slope)
    clear = max(math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach), least)
    lamps = beam(light, eye, forward, forward * slope) if lit else 0.0
    pool = lamp_pool(ground, light, before[0], before[1], before[2]) if bright else 0.0
    begun = start = 0  # of the road that is placed and not yet laid
    for start in range(0, count, SPAN):
        slope = (left + start + SPAN + 0.5) / eye.focal
        after = _footprint(ground, eye, forward, slope, ray, side)
        field_after = _field(ground, eye, tile, forward, slope)
        clear_after = max(
            math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach), least
        )
        _interpolate_span(pixels, FIELD + start, field, field_after)
        _interpolate_span(pixels, CLEAR + start, clear, clear_after)
        if lit:
            lamps_after = beam(light, eye, forward, forward * slope)
            _interpolate_span(pixels, LAMP + start, lamps, lamps_after)
            lamps = lamps_after
        if bright:
            pool_after = lamp_pool(ground, light, after[0], after[1], after[2])
            _interpolate_span(pixels, STREET + start, pool, pool_after)
            pool = pool_after
        if _is_off_road(ground, before, after):
            if begun < start:
                lay_road(room, ground, begun, start)
            begun = start + SPAN
            _lay_off_road(pixels, ground.beyond, start)
        else:
            _write_span(room, ground, eye, forward, left, ray, side, start, before, after)
        before = after
        field = field_after
        clear = clear_after
    if begun < count:
        lay_road(room, ground, begun, start + SPAN)


@inlined
def _is_off_road(
    ground: Ground,
    before: tuple[bool, float, float, float, float],
    after: tuple[bool, float, float, float, float],
) -> bool:
    """Whether both ends of a span lie far out on the same side, where the ground is all the same."""
    off = not before[0] or abs(before[2]) - before[4] >= ground.reach
    off_after = not after[0] or abs(after[2]) - after[4] >= ground.reach
    return off and off_after and before[2] * after[2] >= 0.0


@kernel
def _lay_off_road(pixels: NDArray[np.float32], beyond: NDArray[np.float64], start: int) -> None:
    """Write the material of a span far from the road."""
    red = np.float32(beyond[0])
    green = np.float32(beyond[1])
    blue = np.float32(beyond[2])
    rough = np.float32(beyond[3])
    span = pixels[start:]
    for n in range(SPAN):
        span[OFFSET + n] = np.float32(FAR_OFFSET)
        span[RED + n] = red
        span[GREEN + n] = green
        span[BLUE + n] = blue
        span[ROUGH + n] = rough
        span[HARD + n] = span[TRACK + n] = np.float32(0)


@inlined
def _write_span(
    room: RowBuffer, ground: Ground, eye: Eye, forward: float, left: float, ray: float, side: float, start: int,
    before: tuple[bool, float, float, float, float], after: tuple[bool, float, float, float, float],
) -> None:  # fmt: skip
    """Write the places of a span; where the road between its ends is not smooth, every pixel has
    its own.
    """
    pixels = room.values
    reach = 2.0 * SPAN * side
    if (
        before[0] == after[0]
        and abs(after[1] - before[1]) < reach
        and abs(after[2] - before[2]) < reach
    ):
        tone, wander = tone_at(ground, before[1], before[3])
        tone_after, wander_after = tone_at(ground, after[1], after[3])
        _interpolate_span(pixels, STATION + start, before[1], after[1])
        _interpolate_span(pixels, OFFSET + start, before[2], after[2])
        _interpolate_span(pixels, ALONG + start, before[3], after[3])
        _interpolate_span(pixels, ACROSS + start, before[4], after[4])
        _interpolate_span(pixels, TONE + start, tone, tone_after)
        _interpolate_span(pixels, WANDER + start, wander, wander_after)
    else:
        for n in range(start, start + SPAN):
            near, s, d, along, across = _footprint(
                ground, eye, forward, (left + n + 0.5) / eye.focal, ray, side
            )
            tone, wander = tone_at(ground, s, along)
            pixels[STATION + n] = s
            pixels[OFFSET + n] = d if near else FAR_OFFSET
            pixels[ALONG + n] = along
            pixels[ACROSS + n] = across
            pixels[TONE + n] = tone
            pixels[WANDER + n] = wander


@kernel
def _shade(
    canvas: FrameBuffer, room: RowBuffer, ground: Ground, light: Light, tunnel: Light, eye: Eye, row: int, first: int, count: int,
    forward: float, shine: float,
) -> None:  # fmt: skip
    """Light a row's pixels from column `first` on and write them: those inside a tunnel and those
    outside by turns.
    """
    start = 0
    while start < count:
        covered = _covered_by(room, ground, start)
        end = count
        if ground.tunnels.shape[0] > 0:
            end = start + 1
            while end < count and _covered_by(room, ground, end) == covered:
                end += 1
        if covered >= 0:
            light_tunnel(room, light, tunnel, ground.tunnels, covered, start, end)
            write_pixels(canvas, room, row, first, start, end, forward, -FAR_OFFSET, FAR_OFFSET)
        else:
            light_open_ground(canvas.image, room, light, eye, row, first, start, end, shine)
            write_pixels(
                canvas,
                room,
                row,
                first,
                start,
                end,
                forward,
                ground.drivable[0],
                ground.drivable[1],
            )
        start = end


@inlined
def _covered_by(room: RowBuffer, ground: Ground, n: int) -> int:
    """Which tunnel covers a pixel, between its walls; -1 for none."""
    inside = tunnel_at(ground.tunnels, room.values[STATION + n])
    d = room.values[OFFSET + n]
    return (
        inside if inside >= 0 and ground.tunnels[inside, 3] < d < ground.tunnels[inside, 4] else -1
    )
