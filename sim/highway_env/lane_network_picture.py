"""The image of a lane network's ground.

As in `sim.render.ground.rasterise`, no texture map is painted. Each pixel's footprint is
transformed to the Frenet coordinates of the nearby strips, and their surface and paint are averaged
over it exactly. Rows that cover a long distance are divided, so that crossing roads do not flicker.
"""

import math

from sim.geometry.frenet import Floats
from sim.highway_env.lane_coordinates import (
    LaneGround,
    nearby_strips,
    strip_coordinates,
)
from sim.highway_env.lane_materials import ground_material
from sim.highway_env.lane_network import CELL_MARGIN, PAINT_WIDTH, SHOULDER_WIDTH, LaneLine
from sim.jit import inlined, kernel
from sim.render.frame_buffer import Eye, FrameBuffer, level_of, write_truth
from sim.render.ground.footprint import dash_integral, overlap
from sim.render.ground.rasterise import GRAIN_TEXEL, MAX_GROUND_DISTANCE
from sim.render.ground.row_layout import FIELD_TEXEL
from sim.render.ground.shading import ROAD, TERRAIN
from sim.render.lighting.light import Light, beam
from sim.render.noise import level_for, noise_between
from sim.render.sky_panorama import TREELINE_DISTANCE

DASH_LENGTH = 3.0  # [m] chosen
DASH_PERIOD = 9.0  # [m] between the beginnings of dashes; chosen
STRIP_SPAN = 8  # [px] over which a strip's coordinates are interpolated; chosen
MAX_PART_DEPTH = 8.0  # [m] depth of a part of a row; chosen
MAX_PARTS = 8  # parts of a row; chosen
DASHED = int(LaneLine.DASHED)


@kernel
def draw_lane_ground(
    canvas: FrameBuffer, ground: LaneGround, light: Light, eye: Eye, cover: Floats
) -> None:
    """Fill the rows below the horizon. cover: a work buffer, (W, 4)."""
    for row in range(max(int(math.ceil(eye.horizon)), canvas.first), canvas.last):
        cover[:] = 0.0
        below = row + 0.5 - eye.horizon
        parts = min(
            max(int(math.ceil(eye.focal * eye.elevation / (below * below) / MAX_PART_DEPTH)), 1),
            MAX_PARTS,
        )
        for part in range(parts):
            _cover_row(cover, ground, eye, row + (part + 0.5) / parts - eye.horizon, parts)
        _shade_row(canvas, ground, light, eye, row, cover)


@kernel
def _cover_row(cover: Floats, ground: LaneGround, eye: Eye, below: float, parts: int) -> None:
    """Add one of `parts` equal parts of a row to the covers of asphalt and paint.

    below: of the part's middle below the horizon [px].
    """
    width = cover.shape[0]
    forward = min(eye.focal * eye.elevation / max(below, 1e-6), MAX_GROUND_DISTANCE)
    ray = forward / max(below, 0.5) / parts
    side = forward / eye.focal
    span = STRIP_SPAN if STRIP_SPAN * side <= 2 * CELL_MARGIN else 1
    for first in range(0, width, span):
        slope = (first + 0.5 * span - 0.5 * width) / eye.focal
        k = nearby_strips(
            ground,
            eye.x + forward * (eye.cos - slope * eye.sin),
            eye.y + forward * (eye.sin + slope * eye.cos),
        )
        if k >= 0:
            for slot in range(ground.near.shape[1]):
                if ground.near[k, slot] < 0:
                    break
                _cover_span(
                    cover, ground, eye, ground.near[k, slot], first, span, forward, ray, side
                )
    for n in range(width):
        cover[n, 0] += min(cover[n, 2], 1.0) / parts
        cover[n, 1] += min(cover[n, 3], 1.0) / parts
        cover[n, 2] = cover[n, 3] = 0.0


@inlined
def _footprint(
    ground: LaneGround, i: int, eye: Eye, forward: float, slope: float, ray: float, side: float
) -> tuple[float, float, float, float, float]:
    """Return s, d, half the strip's width, and the footprint's extent along s and d [m].

    The footprint is a parallelogram of ray x side [m], of the pixel in direction `slope` [tangent].
    """
    ray_x = eye.cos - slope * eye.sin
    ray_y = eye.sin + slope * eye.cos
    i, s, d, cos, sin = strip_coordinates(
        ground, i, eye.x + forward * ray_x, eye.y + forward * ray_y
    )
    ray_along = ray * (ray_x * cos + ray_y * sin)
    ray_across = ray * (ray_y * cos - ray_x * sin)
    side_along = side * (eye.cos * sin - eye.sin * cos)
    side_across = side * (eye.cos * cos + eye.sin * sin)
    along = math.sqrt(ray_along * ray_along + side_along * side_along)
    return (
        s,
        d,
        ground.line[i, 5],
        along,
        math.sqrt(ray_across * ray_across + side_across * side_across),
    )


@kernel
def _cover_span(
    cover: Floats,
    ground: LaneGround,
    eye: Eye,
    i: int,
    first: int,
    span: int,
    forward: float,
    ray: float,
    side: float,
) -> None:
    """Add the cover of the strip of sample i to `span` pixels of a row, from `first` on."""
    start = (first + 0.5 - cover.shape[0] / 2) / eye.focal
    end = (span - 1) / eye.focal
    s, d, half, along, across = _footprint(ground, i, eye, forward, start, ray, side)
    after = _footprint(ground, i, eye, forward, start + end, ray, side)
    reach = half + SHOULDER_WIDTH + 0.5 * max(across, after[4])
    if (d > reach and after[1] > reach) or (d < -reach and after[1] < -reach):
        return
    # Straight lines between both ends of the span; where the strip is not smooth between them,
    # every pixel has its own position.
    smooth = abs(after[0] - s) < 2 * span * side and abs(after[1] - d) < 2 * span * side
    step = 1 / max(span - 1, 1)
    step_s = (after[0] - s) * step
    step_d = (after[1] - d) * step
    step_half = (after[2] - half) * step
    step_along = (after[3] - along) * step
    step_across = (after[4] - across) * step
    for n in range(min(span, cover.shape[0] - first)):
        if smooth:
            _add_pixel(
                cover,
                ground,
                i,
                first + n,
                s + n * step_s,
                d + n * step_d,
                half + n * step_half,
                along + n * step_along,
                across + n * step_across,
            )
        else:
            here = _footprint(ground, i, eye, forward, start + n / eye.focal, ray, side)
            _add_pixel(cover, ground, i, first + n, here[0], here[1], here[2], here[3], here[4])


@inlined
def _add_pixel(
    cover: Floats,
    ground: LaneGround,
    i: int,
    n: int,
    s: float,
    d: float,
    half: float,
    along: float,
    across: float,
) -> None:
    """Add the cover of one strip to a pixel n at (s, d), with a footprint of along x across [m]."""
    asphalt = overlap(d, across, -half - SHOULDER_WIDTH, half + SHOULDER_WIDTH)
    if asphalt > 0.0:
        strip = ground.owner[i]
        length = (ground.last[strip] - ground.first[strip]) * ground.spacing[strip]
        cover[n, 2] += asphalt * overlap(s, along, 0.0, length)
        for side in range(2):
            edge = half if side else -half
            paint = overlap(d, across, edge - PAINT_WIDTH / 2, edge + PAINT_WIDTH / 2)
            if paint > 0.002 and ground.lines[strip, side] > 0:
                paint *= (
                    _shown(ground, strip, side, s + along / 2)
                    - _shown(ground, strip, side, s - along / 2)
                ) / along
                if ground.lines[strip, side] == DASHED:
                    paint *= (
                        dash_integral(s + along / 2, DASH_LENGTH, DASH_PERIOD)
                        - dash_integral(s - along / 2, DASH_LENGTH, DASH_PERIOD)
                    ) / along
                cover[n, 3] += paint


@inlined
def _shown(ground: LaneGround, strip: int, side: int, s: float) -> float:
    """Return the length [m] of visible paint on an edge between 0 and s."""
    shown = ground.shown
    first = ground.first[strip]
    last = ground.last[strip]
    position = min(max(s / ground.spacing[strip], 0.0), last - first - 1e-6)
    i = first + int(position)
    return shown[i, side] + (first + position - i) * (shown[i + 1, side] - shown[i, side])


@kernel
def _shade_row(
    canvas: FrameBuffer, ground: LaneGround, light: Light, eye: Eye, row: int, cover: Floats
) -> None:
    """Write a row of the image: materials, their grain, lighting and haze."""
    width = cover.shape[0]
    below = row + 0.5 - eye.horizon
    forward = min(eye.focal * eye.elevation / max(below, 1e-6), MAX_GROUND_DISTANCE)
    ray = forward / max(below, 0.5)
    side = forward / eye.focal
    blur = max(ray, side) ** 0.75 * side**0.25
    fine = level_for(blur / GRAIN_TEXEL)
    wide = level_for(blur / FIELD_TEXEL)
    values = ground.noise
    starts = ground.noise_starts
    for n in range(width):
        slope = (n + 0.5 - width / 2) / eye.focal
        x = eye.x + forward * (eye.cos - slope * eye.sin)
        y = eye.y + forward * (eye.sin + slope * eye.cos)
        grain = noise_between(values, starts, fine, x / GRAIN_TEXEL, y / GRAIN_TEXEL)
        field = noise_between(values, starts, wide, y / FIELD_TEXEL, x / FIELD_TEXEL)
        red, green, blue, rough = ground_material(light, cover[n, 0], cover[n, 1])
        shade = 1 + rough * (grain + 0.3 * field)
        meadow = 0.35 * rough * field
        clear = max(
            math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach),
            math.exp(-TREELINE_DISTANCE / light.haze_reach),
        )
        lamps = beam(light, eye, forward, forward * slope)
        image = canvas.image
        haze = 1 - clear
        image[row, n, 0] = level_of(
            red * (shade + meadow) * (light.level_red + lamps) * clear + light.haze_red * haze
        )
        image[row, n, 1] = level_of(
            green * shade * (light.level_green + lamps) * clear + light.haze_green * haze
        )
        image[row, n, 2] = level_of(
            blue * (shade - meadow) * (light.level_blue + lamps) * clear + light.haze_blue * haze
        )
        write_truth(canvas, row, n, forward, ROAD if cover[n, 0] > 0.5 else TERRAIN, 0)
