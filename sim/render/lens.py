"""Effects of the air and the camera on a finished picture: rain, snow, lens drops, glare, noise.

All randomness follows from the seed and the time, so the same frame always looks the same.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of
from sim.render.lighting.atmosphere import Atmosphere
from sim.scenario import Daytime
from sim.types import Image

MAX_RAIN_STREAKS = 420  # in an image, in the heaviest rain; chosen
MAX_SNOWFLAKES = 1100  # in an image, in the heaviest snow; chosen
MAX_LENS_DROPS = 18  # on the glass, in the heaviest rain; chosen
REFERENCE_FOCAL = 175.0  # [px] focal length for which sizes of drops and flakes are given
# [rad] radius around the sun within which objects reduce its glare; chosen
SUN_OCCLUSION_RADIUS = 0.03
WIPER_PERIOD = 4.0  # [s] after which the drops on the glass change; chosen


def apply_lens_effects(
    canvas: FrameBuffer, atmosphere: Atmosphere, eye: Eye, seed: int, time: float, sheltered: bool
) -> None:
    """Add precipitation, drops on the lens, sun glare and sensor noise to a picture, in place.

    A sheltered camera (cover a tunnel) gets sensor noise only. The result depends on nothing but
    the arguments: seed, time [s] and the camera's lateral position select the random numbers.
    """
    image = canvas.image
    time_key = round(time * 1000)
    camera_key = round((eye.lateral + 10.0) * 1000)
    scale = eye.focal / REFERENCE_FOCAL
    light = atmosphere.light
    above = min(0.92 * light.level_green + 0.08 * light.haze_green, 0.95)
    if not sheltered:
        glare(canvas, atmosphere, eye)
    if atmosphere.rain and not sheltered:
        falling = stream_generator(seed, Stream.PRECIPITATION, time_key, camera_key)
        streaks = falling.random((round(MAX_RAIN_STREAKS * atmosphere.rain), 4), np.float32)
        _draw_streaks(
            image,
            streaks,
            eye.horizon,
            scale,
            min(1.15 * light.haze_green, 0.95),
            0.45 * light.headlight,
        )
        lasting = stream_generator(seed, Stream.LENS_DROPS, math.floor(time / WIPER_PERIOD))
        drops = lasting.random((round(MAX_LENS_DROPS * atmosphere.rain), 4), np.float32)
        _draw_drops(
            image, image.copy(), drops, scale, time / WIPER_PERIOD - math.floor(time / WIPER_PERIOD)
        )
    if atmosphere.snow and not sheltered:
        falling = stream_generator(seed, Stream.PRECIPITATION, time_key, camera_key)
        flakes = falling.random((round(MAX_SNOWFLAKES * atmosphere.snow), 4), np.float32)
        _draw_flakes(image, flakes, eye.horizon, scale, above, 0.6 * light.headlight)
    _add_noise(
        image.reshape(image.shape[0], -1),
        _sensor_noise(atmosphere.noise),
        _noise_start(seed, time_key, camera_key),
    )


def glare(canvas: FrameBuffer, atmosphere: Atmosphere, eye: Eye) -> None:
    """Draw the veiling glare of a low sun in or near the image, unless something hides the sun."""
    light = atmosphere.light
    width = canvas.image.shape[1]
    forward = light.sun_x * eye.cos + light.sun_y * eye.sin
    strength = atmosphere.sunshine if atmosphere.daytime is Daytime.LOW_SUN else 0.0
    if strength < 0.02 or forward < 0.5:
        return
    column = width / 2 + eye.focal * (light.sun_y * eye.cos - light.sun_x * eye.sin) / forward
    row = eye.horizon - eye.focal * light.sun_up / forward
    strength = min(1.1 * strength, 0.85) * _sky_share(
        canvas, column, row, SUN_OCCLUSION_RADIUS * eye.focal
    )
    if strength >= 0.02:
        _draw_glare(canvas.image, column, row, 0.15 * eye.focal, strength)


def _sky_share(canvas: FrameBuffer, column: float, row: float, reach: float) -> float:
    """Return the share of sky within `reach` [px] of a pixel, clamped to the image."""
    if not canvas.label.size:
        return 1.0
    rows, columns = canvas.label.shape
    i = min(max(row, 0.0), rows - 1.0)
    j = min(max(column, 0.0), columns - 1.0)
    top = max(int(i - reach), 0)
    left = max(int(j - reach), 0)
    return float(
        (canvas.label[top : int(i + reach) + 1, left : int(j + reach) + 1] == Label.SKY).mean()
    )


@kernel
def _draw_glare(image: Image, column: float, row: float, radius: float, strength: float) -> None:
    """Lift every pixel towards warm white, less with the distance from (column, row) [px]."""
    rows, columns, _ = image.shape
    for i in range(rows):
        for j in range(columns):
            distance = ((i + 0.5 - row) ** 2 + (j + 0.5 - column) ** 2) / (radius * radius)
            veil = 256 * strength / (1 + distance)
            image[i, j, 0] += np.uint8((255 - image[i, j, 0]) * veil / 256)
            image[i, j, 1] += np.uint8((255 - image[i, j, 1]) * 0.88 * veil / 256)
            image[i, j, 2] += np.uint8((255 - image[i, j, 2]) * 0.66 * veil / 256)


@kernel
def _blend(image: Image, i: int, j: int, share: float, bright: float) -> None:
    """Blend a pixel with a grey of brightness `bright` in [0, 1], by `share`."""
    for k in range(3):
        image[i, j, k] = level_of(image[i, j, k] / 255 * (1 - share) + share * bright)


@kernel
def _draw_streaks(
    image: Image,
    streaks: NDArray[np.float32],
    horizon: float,
    scale: float,
    bright: float,
    lamp: float,
) -> None:
    """Draw falling rain drops, motion-blurred to lines that lean away from the image centre.

    streaks: (n, 4) random numbers in [0, 1).
    scale: image scale relative to a focal length of 175 px.
    bright, lamp: brightness of a drop due to the sky, and due to the headlights near and below the
    horizon.
    """
    rows, columns, _ = image.shape
    for n in range(streaks.shape[0]):
        column = streaks[n, 0] * columns
        row = streaks[n, 1] * 1.2 * rows - 0.2 * rows
        # Most drops are far distance: short, thin and faint.
        near = 0.3 + 0.9 * streaks[n, 2] ** 3
        lean = 0.8 * (column / columns - 0.5) + 0.10 * (streaks[n, 3] - 0.5)
        length = scale * 13.0 * near
        half = 0.25 + 0.26 * (scale - 0.6) * near
        brightness = bright + lamp * min(max(1.2 - (horizon - row) / (60.0 * scale), 0.2), 1.0)
        for step in range(int(length) + 1):
            i = int(row) + step
            middle = column + lean * step
            if not 0 <= i < rows:
                continue
            # Faint towards both ends.
            share = 0.38 * min(1.0, 3.0 * (0.5 - abs((step + 0.5) / (length + 1) - 0.5)))
            for j in range(
                max(int(math.floor(middle - half)), 0), min(int(math.ceil(middle + half)), columns)
            ):
                cover = min(middle + half, j + 1.0) - max(middle - half, float(j))
                _blend(image, i, j, share * cover, brightness)


@kernel
def _draw_flakes(
    image: Image,
    flakes: NDArray[np.float32],
    horizon: float,
    scale: float,
    bright: float,
    lamp: float,
) -> None:
    """Draw falling snow, motion-blurred by the car's speed; few flakes are near, most are far.

    flakes: (n, 4) random numbers in [0, 1).
    scale, bright, lamp: as in `_draw_streaks`.
    """
    rows, columns, _ = image.shape
    for n in range(flakes.shape[0]):
        column = flakes[n, 0] * columns
        row = flakes[n, 1] * rows
        near = flakes[n, 2] ** 5
        radius = 0.15 + scale * (0.25 + 1.4 * near + 0.25 * flakes[n, 3])
        share = 0.75 - 0.45 * near
        brightness = bright + lamp * min(max(1.2 - (horizon - row) / (60.0 * scale), 0.25), 1.0)
        # Half the motion of a flake during the exposure, outwards and down.
        blur = 0.005 + 0.025 * near
        step_x = blur * (column - columns / 2)
        step_y = blur * (row - horizon) + scale * (0.25 + near)
        length = math.sqrt(step_x * step_x + step_y * step_y) + 1e-6
        along_x = step_x / length
        along_y = step_y / length
        long = radius + length
        wide_x = radius + abs(step_x)
        wide_y = radius + abs(step_y)
        share *= math.sqrt(radius / long)
        for i in range(max(int(row - wide_y), 0), min(int(row + wide_y) + 1, rows)):
            for j in range(max(int(column - wide_x), 0), min(int(column + wide_x) + 1, columns)):
                dx = j + 0.5 - column
                dy = i + 0.5 - row
                u = (dx * along_x + dy * along_y) / long
                v = (dy * along_x - dx * along_y) / radius
                cover = share * min(max(1.2 * (1.0 - u * u - v * v), 0.0), 1.0)
                if cover > 0.0:
                    _blend(image, i, j, cover, brightness)


@kernel
def _draw_drops(
    image: Image, before: Image, drops: NDArray[np.float32], scale: float, age: float
) -> None:
    """Draw drops on the glass: each shows its surroundings upside down and blurred.

    before: the image without drops.
    drops: (n, 4) random numbers in [0, 1).
    age: share of the wiper period that has passed; drops land one after the other and creep down.
    """
    rows, columns, _ = image.shape
    for n in range(drops.shape[0]):
        if drops[n, 3] > age + 0.3:
            continue
        radius = scale * (2.5 + 4.5 * drops[n, 2] ** 2)
        column = drops[n, 0] * columns
        row = drops[n, 1] * rows + 0.8 * radius * (age - drops[n, 3])
        for i in range(max(int(row - radius), 0), min(int(row + radius) + 1, rows)):
            for j in range(max(int(column - radius), 0), min(int(column + radius) + 1, columns)):
                u = (j + 0.5 - column) / radius
                v = (i + 0.5 - row) / (1.15 * radius)
                radius_squared = u * u + v * v
                if radius_squared < 1.0:
                    source_row = min(max(int(row - 3.5 * v * radius), 0), rows - 1)
                    source_column = min(max(int(column - 3.5 * u * radius), 0), columns - 1)
                    share = min(1.6 * (1 - radius_squared), 0.75)
                    tone = 1.05 - 0.10 * v - 0.10 * radius_squared
                    for k in range(3):
                        refracted = before[source_row, source_column, k] * tone
                        image[i, j, k] = np.uint8(
                            min(image[i, j, k] * (1 - share) + share * refracted, 255.0)
                        )


@cache
def _sensor_noise(strength: float) -> NDArray[np.int8]:
    """Return a long line of noise of `strength` levels, rounded, three equal values per pixel."""
    noise = np.round(
        stream_generator(0, Stream.SENSOR_NOISE).standard_normal(1 << 17) * strength
    ).clip(-127, 127)
    return np.repeat(noise.astype(np.int8), 3)


def _noise_start(seed: int, time_key: int, camera_key: int) -> int:
    """Return a pseudo-random start in the line of noise."""
    return (seed * 73_856_093 ^ time_key * 19_349_663 ^ camera_key * 83_492_791) % (1 << 17)


@kernel
def _add_noise(levels: NDArray[np.uint8], noise: NDArray[np.int8], start: int) -> None:
    """Add sensor noise to the levels of an image, (rows, 3 * columns), in place.

    Every row begins elsewhere in the line of noise.
    """
    rows, columns = levels.shape
    for i in range(rows):
        row = levels[i]
        own = noise[3 * ((start + i * 40_503) % ((noise.size - columns) // 3)) :]
        for j in range(columns):
            level = np.int16(np.int16(row[j]) + np.int16(own[j]))
            row[j] = np.uint8(min(max(level, np.int16(0)), np.int16(255)))
