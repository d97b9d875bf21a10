"""The ground as a camera sees it.

No map is painted: every pixel's footprint is carried to road coordinates (s, d) and the road's cross profile is averaged over it
exactly, by the difference of its running integral. So lines are crisp near by, fade with distance instead of shimmering, and cost
the same for any number of lanes.
"""

import math

from sim.appearance.light import Light, beam
from sim.ground.paving import Ground
from sim.ground.surface import road_coordinates, road_surface
from sim.ground.weathering import (
    RETROREFLECTION,
    ROUGHNESS,
    SNOW,
    STREET_LAMP,
    WET_DARKENING,
    lamp_pool,
    mirror_at,
    reflectance,
    snow_cover,
    tunnel_at,
)
from sim.kernels import Canvas, Eye, Label, inlined, kernel, level_of, mark
from sim.noise import TILE, level_for, noise_at, noise_between
from sim.sky import TREELINE

SPAN = 8  # [px] over which road coordinates are interpolated
GRAIN_TEXEL, FIELD_TEXEL = 0.03, 2.0  # [m] texel of the noise for grain and for fields
TERRAIN, ROAD = int(Label.TERRAIN), int(Label.ROAD)
FARTHEST = 3000.0  # [m]
MOUTH = 12.0  # [m] into which daylight falls into a tunnel


@inlined
def _footprint(
    ground: Ground, eye: Eye, forward: float, slope: float, ray: float, side: float
) -> tuple[bool, float, float, float, float]:
    """Whether a pixel falls near a road, s, d, and how far its parallelogram, ray x side [m], reaches along and across."""
    ray_x, ray_y = eye.cos - slope * eye.sin, eye.sin + slope * eye.cos
    near, s, d, cos, sin = road_coordinates(ground, eye.x + forward * ray_x, eye.y + forward * ray_y)
    ray_along, ray_across = ray * (ray_x * cos + ray_y * sin), ray * (ray_y * cos - ray_x * sin)
    side_along, side_across = side * (eye.cos * sin - eye.sin * cos), side * (eye.cos * cos + eye.sin * sin)
    along = math.sqrt(ray_along * ray_along + side_along * side_along)
    return near, s, d, along, math.sqrt(ray_across * ray_across + side_across * side_across)


@kernel
def draw_ground(canvas: Canvas, ground: Ground, light: Light, tunnel: Light, eye: Eye) -> None:
    """Fill the rows below the horizon.

    light, tunnel: in the open and inside tunnels. Wet ground mirrors the rows above the horizon, which must be drawn already.
    """
    height, width, _ = canvas.image.shape
    # Ground beyond the trees on the horizon is not seen: no more haze than theirs lies before it, so that it meets them.
    least = math.exp(-TREELINE / light.haze_reach)
    for row in range(max(int(math.ceil(eye.horizon)), 0), height):
        below = row + 0.5 - eye.horizon
        forward = min(eye.focal * eye.elevation / max(below, 1e-6), FARTHEST)
        ray, side = forward / max(below, 0.5), forward / eye.focal
        blur = max(ray, side) ** 0.75 * side**0.25
        grain_level, field_level = level_for(blur / GRAIN_TEXEL), level_for(blur / FIELD_TEXEL)
        shine = light.wet * reflectance(forward, eye.elevation)
        # Road coordinates, fields, lamps and haze at both ends of a span, straight lines between them.
        slope = (0.5 - width / 2) / eye.focal
        before = _footprint(ground, eye, forward, slope, ray, side)
        field = _field(ground, eye, field_level, forward, slope)
        lamps = beam(light, eye, forward, forward * slope)
        pool = lamp_pool(ground, light, before[0], before[1], before[2])
        for first in range(0, width, SPAN):
            slope = (first + SPAN + 0.5 - width / 2) / eye.focal
            after = _footprint(ground, eye, forward, slope, ray, side)
            field_after = _field(ground, eye, field_level, forward, slope)
            lamps_after = beam(light, eye, forward, forward * slope)
            pool_after = lamp_pool(ground, light, after[0], after[1], after[2])
            clear = math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach)
            _draw_span(
                canvas, ground, light, tunnel, eye, row, first, forward, ray, side, grain_level, before, after,
                field, field_after, (lamps, lamps_after), (pool, pool_after), shine, max(clear, least),
            )  # fmt: skip
            before, field, lamps, pool = after, field_after, lamps_after, pool_after


@inlined
def _field(ground: Ground, eye: Eye, level: float, forward: float, slope: float) -> float:
    """Noise the size of fields where a pixel falls."""
    x, y = eye.x + forward * (eye.cos - slope * eye.sin), eye.y + forward * (eye.sin + slope * eye.cos)
    return noise_between(ground.noise, ground.noise_starts, level, y / FIELD_TEXEL, x / FIELD_TEXEL)


@inlined
def _draw_span(
    canvas: Canvas, ground: Ground, light: Light, tunnel: Light, eye: Eye, row: int, first: int,
    forward: float, ray: float, side: float, level: float, before: tuple[bool, float, float, float, float],
    after: tuple[bool, float, float, float, float], field: float, field_after: float,
    lamps: tuple[float, float], pool: tuple[float, float], shine: float, clear: float,
) -> None:  # fmt: skip
    """Draw SPAN pixels of a row between two footprints; where the road between them is not smooth, every pixel has its own.

    lamps, pool: light of the ego's headlights and of street lamps; shine: what wet ground mirrors; clear: what haze lets through.
    """
    image = canvas.image
    width, reach = image.shape[1], 2.0 * SPAN * side
    smooth = before[0] == after[0] and abs(after[1] - before[1]) < reach and abs(after[2] - before[2]) < reach
    # The grain is blended between two levels of the noise, so that no row shows where they change.
    low = int(level)
    fine, coarse, size, blend = ground.noise_starts[low], ground.noise_starts[low + 1], TILE >> low, level - low
    scale = 1 / (GRAIN_TEXEL * (1 << low))
    start = (first + 0.5 - width / 2) / eye.focal
    u, v = eye.x + forward * (eye.cos - start * eye.sin), eye.y + forward * (eye.sin + start * eye.cos)
    u, v, step_u, step_v = u * scale, v * scale, -side * eye.sin * scale, side * eye.cos * scale
    haze_red, haze_green, haze_blue = (1 - clear) * light.haze_red, (1 - clear) * light.haze_green, (1 - clear) * light.haze_blue
    # The film of water on asphalt is rough: it throws light from above the trees, not from their foot.
    horizon = min(max(int(math.ceil(eye.horizon)), 1), canvas.image.shape[0])
    above = eye.horizon - (row + 0.5 - eye.horizon) - ROUGHNESS * eye.focal
    step_s, step_d = (after[1] - before[1]) / SPAN, (after[2] - before[2]) / SPAN
    step_along, step_across, step_field = (
        (after[3] - before[3]) / SPAN,
        (after[4] - before[4]) / SPAN,
        (field_after - field) / SPAN,
    )
    for n in range(min(SPAN, width - first)):
        near, s, d = before[0], before[1] + n * step_s, before[2] + n * step_d
        along, across = before[3] + n * step_along, before[4] + n * step_across
        if not smooth:
            near, s, d, along, across = _footprint(ground, eye, forward, start + n / eye.focal, ray, side)
        grain = noise_at(ground.noise, fine, size, u + n * step_u, v + n * step_v)
        grain += blend * (noise_at(ground.noise, coarse, size >> 1, 0.5 * (u + n * step_u), 0.5 * (v + n * step_v)) - grain)
        here_field = field + n * step_field
        lamp = lamps[0] + n * (lamps[1] - lamps[0]) / SPAN
        street = pool[0] + n * (pool[1] - pool[0]) / SPAN
        red, green, blue, rough = ground.beyond[0], ground.beyond[1], ground.beyond[2], ground.beyond[3]
        hard, track = 0.0, 0.0
        if near and abs(d) - across < ground.reach:
            red, green, blue, rough, hard, track = road_surface(ground, s, d, along, across, grain)
            inside = tunnel_at(ground.tunnels, s) if ground.tunnels.size else -1
            if inside >= 0 and ground.tunnels[inside, 3] < d < ground.tunnels[inside, 4]:
                phase = math.cos(2 * math.pi * (s - ground.tunnels[inside, 0]) / ground.tunnels[inside, 2])
                shade = (1 + rough * grain) * (1 + 0.14 * phase)
                depth = min(s - ground.tunnels[inside, 0], ground.tunnels[inside, 1] - s)
                day = 0.7 * max(1 - depth / MOUTH, 0.0) ** 2
                lamp *= 0.3
                image[row, first + n, 0] = level_of(red * shade * (tunnel.level_red + lamp + day * light.sky_red))
                image[row, first + n, 1] = level_of(green * shade * (tunnel.level_green + lamp + day * light.sky_green))
                image[row, first + n, 2] = level_of(blue * shade * (tunnel.level_blue + lamp + day * light.sky_blue))
                mark(canvas, row, first + n, forward, ROAD, 0)
                continue
        lamp *= 1 + RETROREFLECTION * max(green - 0.6, 0.0)
        cover = snow_cover(light.snow, hard, track, grain + here_field)
        if cover > 0.0:
            red, green, blue = red + (SNOW[0] - red) * cover, green + (SNOW[1] - green) * cover, blue + (SNOW[2] - blue) * cover
            rough += (0.05 - rough) * cover
        shade, meadow = 1 + rough * (grain + 0.3 * here_field), 0.35 * rough * here_field
        red = red * (shade + meadow) * (light.level_red + lamp + street * STREET_LAMP[0])
        green = green * shade * (light.level_green + 0.95 * lamp + street * STREET_LAMP[1])
        blue = blue * (shade - meadow) * (light.level_blue + 0.80 * lamp + street * STREET_LAMP[2])
        if shine > 0.0 and hard > 0.0:
            wet = hard * (1 - cover)
            mirror = shine * mirror_at(wet, here_field + 0.3 * grain + 0.4 * track)
            dry, gloss = (1 - WET_DARKENING * light.wet * wet) * (1 - mirror), mirror / 255
            i, j = min(max(int(above + 2.0 * grain), 0), horizon - 1), min(max(int(first + n + 1.5 * grain), 0), width - 1)
            red = red * dry + image[i, j, 0] * gloss
            green = green * dry + image[i, j, 1] * gloss
            blue = blue * dry + image[i, j, 2] * gloss
        image[row, first + n, 0] = level_of(red * clear + haze_red)
        image[row, first + n, 1] = level_of(green * clear + haze_green)
        image[row, first + n, 2] = level_of(blue * clear + haze_blue)
        mark(canvas, row, first + n, forward, ROAD if near and ground.drivable[0] < d < ground.drivable[1] else TERRAIN, 0)
