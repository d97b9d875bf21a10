"""What is in the air before the camera and what the camera adds: rain and snow falling, drops on the glass, glare, sensor noise.

Everything follows from a seed and the time, so that the same moment looks the same.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.appearance.atmosphere import Atmosphere
from sim.kernels import Eye, kernel, level_of
from sim.noise import TILE
from sim.scenario import Daytime
from sim.types import Image

STREAKS, FLAKES, DROPS = 170, 420, 16  # in a picture, in the heaviest weather
NOISE = {Daytime.DAY: 0.9, Daytime.LOW_SUN: 1.1, Daytime.DUSK: 2.4, Daytime.NIGHT: 4.0}  # [levels] standard deviation
WHITE_NOISE = np.random.default_rng(41).standard_normal((TILE, TILE)).astype(np.float32)


def through_lens(image: Image, atmosphere: Atmosphere, eye: Eye, seed: int, time: float, sheltered: bool) -> None:
    """Add to a finished picture what the air and the camera do to it, in place; no rain and no sun reach a sheltered camera."""
    moment = np.random.default_rng([seed, round(time * 1000), round(1000 * (eye.lateral + 10.0))])
    height = image.shape[0]
    light, bright = atmosphere.light, 0.35 + 0.55 * (atmosphere.light.level_green + 0.5 * atmosphere.light.headlight)
    if not sheltered:
        glare(image, atmosphere, eye)
    if atmosphere.rain and not sheltered:
        streaks = moment.random((round(STREAKS * atmosphere.rain), 4), np.float32)
        _draw_streaks(image, streaks, 0.055 * height, min(0.85 * bright, 0.8), 0.34)
        lasting = np.random.default_rng([seed, 12, math.floor(time / 3.0)])  # drops stay on the glass until the wiper comes
        drops = lasting.random((round(DROPS * atmosphere.rain), 3), np.float32)
        _draw_drops(image, image.copy(), drops, height / 160)
    if atmosphere.snow and not sheltered:
        flakes = moment.random((round(FLAKES * atmosphere.snow), 4), np.float32)
        _draw_flakes(image, flakes, height / 160, min(light.level_green + 0.5 * light.headlight, 0.97))
    _add_noise(image, WHITE_NOISE, *moment.integers(0, TILE, 2), NOISE[atmosphere.daytime])


def glare(image: Image, atmosphere: Atmosphere, eye: Eye) -> None:
    """A low sun in or near the picture scatters in the lens: a veil around it."""
    light, width = atmosphere.light, image.shape[1]
    forward = light.sun_x * eye.cos + light.sun_y * eye.sin
    strength = (1 - atmosphere.overcast) ** 1.5 if atmosphere.daytime is Daytime.LOW_SUN else 0.0
    if strength < 0.02 or forward < 0.5:
        return
    column = width / 2 + eye.focal * (light.sun_y * eye.cos - light.sun_x * eye.sin) / forward
    row = eye.horizon - eye.focal * light.sun_up / forward
    _draw_veil(image, column, row, 0.16 * eye.focal, 0.62 * strength)


@kernel
def _draw_veil(image: Image, column: float, row: float, radius: float, strength: float) -> None:
    """Lift every pixel towards warm white, less with distance from (column, row) [px]."""
    rows, columns, _ = image.shape
    for i in range(rows):
        for j in range(columns):
            away = ((i + 0.5 - row) ** 2 + (j + 0.5 - column) ** 2) / (radius * radius)
            veil = 256 * strength / (1 + away)
            image[i, j, 0] += np.uint8((255 - image[i, j, 0]) * veil / 256)
            image[i, j, 1] += np.uint8((255 - image[i, j, 1]) * 0.88 * veil / 256)
            image[i, j, 2] += np.uint8((255 - image[i, j, 2]) * 0.66 * veil / 256)


@kernel
def _draw_streaks(image: Image, streaks: NDArray[np.float32], length: float, bright: float, strength: float) -> None:
    """Falling drops, blurred to lines that lean outwards from the middle, where the car drives into them."""
    rows, columns, _ = image.shape
    for n in range(streaks.shape[0]):
        column, row = streaks[n, 0] * columns, streaks[n, 1] * rows
        near = 0.4 + streaks[n, 2]
        lean = 0.8 * (column / columns - 0.5) + 0.12 * (streaks[n, 3] - 0.5)
        for step in range(int(length * near)):
            i, j = int(row + step), int(column + lean * step)
            if 0 <= i < rows and 0 <= j < columns:
                share = strength * near * 0.6
                for k in range(3):
                    image[i, j, k] = level_of(image[i, j, k] / 255 * (1 - share) + share * bright)


@kernel
def _draw_flakes(image: Image, flakes: NDArray[np.float32], scale: float, bright: float) -> None:
    """Falling snow: discs, few near and large, most far and small."""
    rows, columns, _ = image.shape
    for n in range(flakes.shape[0]):
        column, row = flakes[n, 0] * columns, flakes[n, 1] * rows
        radius = scale * (0.45 + 1.5 * flakes[n, 2] ** 6)
        share = 0.80 - 0.25 * flakes[n, 2] ** 6
        long = radius * (1.2 + 0.8 * flakes[n, 3])
        for i in range(max(int(row - long), 0), min(int(row + long) + 2, rows)):
            for j in range(max(int(column - radius), 0), min(int(column + radius) + 2, columns)):
                u, v = (j + 0.5 - column) / radius, (i + 0.5 - row) / long
                inside = share * min(max(1.3 - u * u - v * v, 0.0), 1.0)
                for k in range(3):
                    image[i, j, k] = level_of(image[i, j, k] / 255 * (1 - inside) + inside * bright)


@kernel
def _draw_drops(image: Image, before: Image, drops: NDArray[np.float32], scale: float) -> None:
    """Drops on the glass: each shows what is behind it upside down, as a lens does, with a dark rim."""
    rows, columns, _ = image.shape
    for n in range(drops.shape[0]):
        column, row, radius = drops[n, 0] * columns, drops[n, 1] * rows, scale * (1.6 + 3.4 * drops[n, 2])
        for i in range(max(int(row - radius), 0), min(int(row + radius) + 1, rows)):
            for j in range(max(int(column - radius), 0), min(int(column + radius) + 1, columns)):
                u, v = (j + 0.5 - column) / radius, (i + 0.5 - row) / radius
                out = u * u + v * v
                if out < 1.0:
                    source_row = min(max(int(row - 3.0 * v * radius), 0), rows - 1)
                    source_column = min(max(int(column - 3.0 * u * radius), 0), columns - 1)
                    share = min(2.0 * (1 - out), 0.8)
                    tone = 1.06 - 0.22 * v - 0.12 * out
                    for k in range(3):
                        seen = before[source_row, source_column, k] * tone
                        image[i, j, k] = np.uint8(min(image[i, j, k] * (1 - share) + share * seen, 255.0))


@kernel
def _add_noise(image: Image, noise: NDArray[np.float32], first_row: int, first_column: int, strength: float) -> None:
    """Sensor noise of `strength` levels, alike in all colours of a pixel; the dark shows it as much as the light."""
    rows, columns, _ = image.shape
    mask = noise.shape[0] - 1
    for i in range(rows):
        line = (i * 7 + first_row) & mask
        for j in range(columns):
            extra = strength * noise[line, (j + (i >> 3) * 31 + first_column) & mask] + 0.5
            for k in range(3):
                image[i, j, k] = np.uint8(min(max(image[i, j, k] + extra, 0.0), 255.0))
