"""Thin upright things: reflector posts, poles, masts and the heads of street lamps.

They are drawn with exact coverage, since most are thinner than a pixel.
"""

import math

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, level_of
from sim.render.lighting.light import Light, beam
from sim.render.objects.filters import blend, hidden

POST, POLE, BAR, LAMP = range(4)
# [m]
POST_HEIGHT = 1.05
POLE_HEIGHT = 8.0
POST_RETROREFLECTION = 6.0  # how much brighter than paper a reflector throws headlights back
LAMP_LIGHT = (1.0, 0.88, 0.66)
GLOW = 0.9  # [m] radius of the glow around a lamp


@kernel
def draw_upright(
    canvas: FrameBuffer, light: Light, eye: Eye, forward: float, right: float, sun_towards: float, kind: int,
    half: float, low: float, high: float, red: float, green: float, blue: float, opacity: float,
) -> None:  # fmt: skip
    """Blend one thing over the picture; it stands `forward`, `right` [m] of the camera.

    half, low, high: half its width and its edges above the ground [m], its colour: of bars and
    lamps.
    """
    if kind == BAR:
        facing = 0.45 + 0.35 * sun_towards
        lamps = 0.5 * beam(light, eye, forward, right)
        lit = (
            light.sky_red + facing * light.sun_red + lamps,
            light.sky_green + facing * light.sun_green + lamps,
        )
        blue *= light.sky_blue + facing * light.sun_blue + lamps
        _bar(
            canvas,
            light,
            eye,
            forward,
            right,
            half,
            low,
            high,
            red * lit[0],
            green * lit[1],
            blue,
            opacity,
        )
    elif kind == LAMP:
        _lamp(canvas, light, eye, forward, right, half, low, high, opacity)
    else:
        _draw_post(canvas, light, eye, forward, right, sun_towards, kind, opacity)


@kernel
def _lamp(
    canvas: FrameBuffer,
    light: Light,
    eye: Eye,
    forward: float,
    right: float,
    half: float,
    low: float,
    high: float,
    opacity: float,
) -> None:
    """The head of a street lamp: grey by day, by night bright with a glow around it."""
    on = min(max(1.6 * light.lamp - 0.5, 0.0), 1.0)
    grey = 0.42 * (light.sky_green + 0.4 * light.sun_green) * (1 - on)
    image = canvas.image
    columns = image.shape[1]
    scale = eye.focal / forward
    if on > 0.0:
        middle = columns / 2 + right * scale
        level = eye.horizon + (eye.elevation - low) * scale
        radius = max(GLOW * scale, 2.0)
        far = math.exp(-forward / light.haze_reach)
        for row in range(
            max(int(level - radius), canvas.first), min(int(level + radius) + 1, canvas.last)
        ):
            for column in range(
                max(int(middle - radius), 0), min(int(middle + radius) + 1, columns)
            ):
                dx = (column + 0.5 - middle) / radius
                dy = (row + 0.5 - level) / radius
                near = 1 - dx * dx - dy * dy
                if near > 0.0 and not hidden(canvas, row, column, forward):
                    add = 0.55 * near**3 * on * far * opacity
                    image[row, column, 0] = level_of(
                        image[row, column, 0] / 255 + LAMP_LIGHT[0] * add
                    )
                    image[row, column, 1] = level_of(
                        image[row, column, 1] / 255 + LAMP_LIGHT[1] * add
                    )
                    image[row, column, 2] = level_of(
                        image[row, column, 2] / 255 + LAMP_LIGHT[2] * add
                    )
    _bar(
        canvas, light, eye, forward, right, half, low, high,
        grey + 1.3 * LAMP_LIGHT[0] * on, grey + 1.3 * LAMP_LIGHT[1] * on, grey + 1.3 * LAMP_LIGHT[2] * on, opacity,
    )  # fmt: skip


@kernel
def _draw_post(
    canvas: FrameBuffer,
    light: Light,
    eye: Eye,
    forward: float,
    right: float,
    sun_towards: float,
    kind: int,
    opacity: float,
) -> None:
    lamps = beam(light, eye, forward, right)
    facing = 0.45 + 0.35 * sun_towards
    if kind == POST:
        lit = (
            light.sky_red + facing * light.sun_red + lamps,
            light.sky_green + facing * light.sun_green + lamps,
        )
        blue = light.sky_blue + facing * light.sun_blue + lamps
        _bar(
            canvas,
            light,
            eye,
            forward,
            right,
            0.07,
            0.0,
            0.68,
            0.92 * lit[0],
            0.92 * lit[1],
            0.92 * blue,
            opacity,
        )
        _bar(
            canvas,
            light,
            eye,
            forward,
            right,
            0.07,
            0.68,
            0.96,
            0.10 * lit[0],
            0.10 * lit[1],
            0.10 * blue,
            opacity,
        )
        _bar(
            canvas,
            light,
            eye,
            forward,
            right,
            0.07,
            0.96,
            POST_HEIGHT,
            0.92 * lit[0],
            0.92 * lit[1],
            0.92 * blue,
            opacity,
        )
        bright = POST_RETROREFLECTION * lamps  # the reflector
        _bar(
            canvas, light, eye, forward, right, 0.03, 0.74, 0.90,
            0.95 * (lit[0] + bright), 0.52 * (lit[1] + bright), 0.12 * (blue + bright), opacity,
        )  # fmt: skip
    else:
        red = 0.40 * (light.sky_red + facing * light.sun_red)
        green = 0.35 * (light.sky_green + facing * light.sun_green)
        blue = 0.30 * (light.sky_blue + facing * light.sun_blue)
        low = 0.35 * lamps
        _bar(
            canvas,
            light,
            eye,
            forward,
            right,
            0.13,
            0.0,
            1.3,
            red + low,
            green + low,
            blue + low,
            opacity,
        )
        _bar(canvas, light, eye, forward, right, 0.13, 1.3, POLE_HEIGHT, red, green, blue, opacity)
        _bar(canvas, light, eye, forward, right, 0.95, 7.2, 7.36, red, green, blue, opacity)


@kernel
def _bar(
    canvas: FrameBuffer, light: Light, eye: Eye, forward: float, right: float,
    half: float, low: float, high: float, red: float, green: float, blue: float, opacity: float,
) -> None:  # fmt: skip
    """Blend an upright rectangle `2 half` wide between the heights `low` and `high` [m], facing the
    camera.
    """
    columns = canvas.image.shape[1]
    scale = eye.focal / forward
    left = columns / 2 + (right - half) * scale
    end = columns / 2 + (right + half) * scale
    top = eye.horizon + (eye.elevation - high) * scale
    bottom = eye.horizon + (eye.elevation - low) * scale
    far = 1 - math.exp(-math.sqrt(forward * forward + right * right) / light.haze_reach)
    red += (light.haze_red - red) * far
    green += (light.haze_green - green) * far
    blue += (light.haze_blue - blue) * far
    for row in range(
        max(int(math.floor(top)), canvas.first), min(int(math.ceil(bottom)), canvas.last)
    ):
        tall = opacity * (min(bottom, row + 1.0) - max(top, float(row)))
        for column in range(max(int(math.floor(left)), 0), min(int(math.ceil(end)), columns)):
            if not hidden(canvas, row, column, forward):
                cover = tall * (min(end, column + 1.0) - max(left, float(column)))
                blend(canvas, row, column, forward, cover, red, green, blue)
