"""Thin upright things: reflector posts and poles, drawn with exact coverage, since most are thinner than a pixel."""

import math

from sim.appearance.light import Light, beam
from sim.kernels import Canvas, Eye, Label, kernel, level_of, mark

POST, POLE = 0, 1
POST_HEIGHT, POLE_HEIGHT = 1.05, 8.0  # [m]
STRUCTURE = int(Label.STRUCTURE)
RETROREFLECTION = 6.0  # how much brighter than paper a reflector throws headlights back


@kernel
def draw_post(canvas: Canvas, light: Light, eye: Eye, forward: float, right: float, sun_towards: float, kind: int) -> None:
    """Blend one post over the picture; it stands `forward`, `right` [m] of the camera."""
    lamps = beam(light, eye, forward, right)
    facing = 0.45 + 0.35 * sun_towards
    if kind == POST:
        lit = light.sky_red + facing * light.sun_red + lamps, light.sky_green + facing * light.sun_green + lamps
        blue = light.sky_blue + facing * light.sun_blue + lamps
        _bar(canvas, light, eye, forward, right, 0.07, 0.0, 0.68, 0.92 * lit[0], 0.92 * lit[1], 0.92 * blue)
        _bar(canvas, light, eye, forward, right, 0.07, 0.68, 0.96, 0.10 * lit[0], 0.10 * lit[1], 0.10 * blue)
        _bar(canvas, light, eye, forward, right, 0.07, 0.96, POST_HEIGHT, 0.92 * lit[0], 0.92 * lit[1], 0.92 * blue)
        bright = RETROREFLECTION * lamps  # the reflector
        _bar(
            canvas, light, eye, forward, right, 0.03, 0.74, 0.90,
            0.95 * (lit[0] + bright), 0.52 * (lit[1] + bright), 0.12 * (blue + bright),
        )  # fmt: skip
    else:
        red, green = 0.40 * (light.sky_red + facing * light.sun_red), 0.35 * (light.sky_green + facing * light.sun_green)
        blue = 0.30 * (light.sky_blue + facing * light.sun_blue)
        low = 0.35 * lamps
        _bar(canvas, light, eye, forward, right, 0.13, 0.0, 1.3, red + low, green + low, blue + low)
        _bar(canvas, light, eye, forward, right, 0.13, 1.3, POLE_HEIGHT, red, green, blue)
        _bar(canvas, light, eye, forward, right, 0.95, 7.2, 7.36, red, green, blue)


@kernel
def _bar(
    canvas: Canvas, light: Light, eye: Eye, forward: float, right: float,
    half: float, low: float, high: float, red: float, green: float, blue: float,
) -> None:  # fmt: skip
    """Blend an upright rectangle `2 half` wide between the heights `low` and `high` [m], facing the camera."""
    image = canvas.image
    rows, columns, _ = image.shape
    scale = eye.focal / forward
    left, end = columns / 2 + (right - half) * scale, columns / 2 + (right + half) * scale
    top, bottom = eye.horizon + (eye.elevation - high) * scale, eye.horizon + (eye.elevation - low) * scale
    far = 1 - math.exp(-math.sqrt(forward * forward + right * right) / light.haze_reach)
    red += (light.haze_red - red) * far
    green += (light.haze_green - green) * far
    blue += (light.haze_blue - blue) * far
    for row in range(max(int(math.floor(top)), 0), min(int(math.ceil(bottom)), rows)):
        tall = min(bottom, row + 1.0) - max(top, float(row))
        for column in range(max(int(math.floor(left)), 0), min(int(math.ceil(end)), columns)):
            cover = tall * (min(end, column + 1.0) - max(left, float(column)))
            keep = (1 - cover) / 255
            image[row, column, 0] = level_of(image[row, column, 0] * keep + red * cover)
            image[row, column, 1] = level_of(image[row, column, 1] * keep + green * cover)
            image[row, column, 2] = level_of(image[row, column, 2] * keep + blue * cover)
            if cover > 0.5:
                mark(canvas, row, column, forward, STRUCTURE, 0)
