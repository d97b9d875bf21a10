"""The Frenet coordinates, lamps, haze and material of a row of pixels."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel
from sim.render.frame_buffer import Eye
from sim.render.ground.paving import Ground
from sim.render.ground.row_buffer import (
    ACROSS,
    ALONG,
    BLUE,
    CLEAR,
    FIELD,
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
)
from sim.render.ground.surface import lay_road, road_coordinates, tone_at
from sim.render.ground.weathering import lamp_pool
from sim.render.lighting.light import Light, beam
from sim.render.noise import grain_at

FIELD_TEXEL = 2.0
FAR_OFFSET = 1e6  # [m] the offset of pixels far from the road


@inlined
def _footprint(
    ground: Ground, eye: Eye, forward: float, slope: float, ray: float, side: float
) -> tuple[bool, float, float, float, float]:
    """Return whether a road is near, s, d, and the footprint's extent along and across the road
    [m].

    The footprint is a parallelogram of ray x side [m], of the pixel in direction `slope` [tangent].
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
    """Return coarse noise, of the scale of fields, at a pixel."""
    x = eye.x + forward * (eye.cos - slope * eye.sin)
    y = eye.y + forward * (eye.sin + slope * eye.cos)
    return grain_at(
        ground.grain.corners, ground.grain.starts[tile], tile, y / FIELD_TEXEL, x / FIELD_TEXEL
    )


@kernel
def _interpolate_span(pixels: NDArray[np.float32], start: int, before: float, after: float) -> None:
    """Write linear values from `before` to `after`; the latter belongs to the next span."""
    low = np.float32(before)
    step = np.float32((after - before) / SPAN)
    span = pixels[start:]
    for n in range(SPAN):
        span[n] = low + np.float32(n) * step


@kernel
def fill_row(
    buffer: RowBuffer,
    ground: Ground,
    light: Light,
    eye: Eye,
    forward: float,
    left: float,
    ray: float,
    side: float,
    tile: int,
    least: float,
    count: int,
) -> None:
    """Write coordinates, lamps, haze and material of a row.

    Values are computed at both ends of each span and interpolated linearly between them.
    """
    pixels = buffer.values
    lit = light.headlight > 0.0
    bright = light.headlight > 0.0 and light.lamp > 0.0 and ground.street_lamps.size > 0
    slope = (left + 0.5) / eye.focal
    before = _footprint(ground, eye, forward, slope, ray, side)
    field = _field(ground, eye, tile, forward, slope)
    clear = max(math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach), least)
    lamps = beam(light, eye, forward, forward * slope) if lit else 0.0
    pool = lamp_pool(ground, light, before[0], before[1], before[2]) if bright else 0.0
    unlaid = start = 0  # of the road that is placed and not yet laid
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
            if unlaid < start:
                lay_road(buffer, ground, unlaid, start)
            unlaid = start + SPAN
            _lay_off_road(pixels, ground.beyond, start)
        else:
            _write_span(buffer, ground, eye, forward, left, ray, side, start, before, after)
        before = after
        field = field_after
        clear = clear_after
    if unlaid < count:
        lay_road(buffer, ground, unlaid, start + SPAN)


@inlined
def _is_off_road(
    ground: Ground,
    before: tuple[bool, float, float, float, float],
    after: tuple[bool, float, float, float, float],
) -> bool:
    """Whether both ends of a span lie far from the road, on the same side."""
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
    buffer: RowBuffer,
    ground: Ground,
    eye: Eye,
    forward: float,
    left: float,
    ray: float,
    side: float,
    start: int,
    before: tuple[bool, float, float, float, float],
    after: tuple[bool, float, float, float, float],
) -> None:
    """Write the coordinates of a span; each pixel has its own where the road is not smooth."""
    pixels = buffer.values
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
