"""The infinitely far: sky, clouds, hills and trees on the horizon, painted once to a panorama and looked up by direction.

The panorama is a cylinder around the viewer: columns are world azimuths, rows the tangent of the elevation, both as fine as the
camera's pixels.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.appearance import Atmosphere, Light
from sim.kernels import Canvas, kernel, level_of
from sim.noise import TILE, noise, noise_at
from sim.types import Image


def panorama(atmosphere: Atmosphere, seed: int, focal: float, horizon: float) -> Image:
    """RGB uint8 (rows, columns, 3): row 0 touches the horizon, rows go up; column 0 looks along world x, columns go clockwise."""
    columns = round(2 * math.pi * focal)
    rows = max(math.ceil(horizon), 0) + 2
    image = np.empty((rows, columns, 3), np.uint8)
    ridges = np.stack([_ridge(seed, layer, columns) for layer in range(3)])
    tile = noise()
    colours = np.array([atmosphere.zenith, atmosphere.horizon])
    _paint(image, ridges, tile.values, colours, atmosphere.light, atmosphere.cloud, 1 / focal, float(seed % 1000))
    return image


def _ridge(seed: int, layer: int, columns: int) -> NDArray[np.float64]:
    """Tangent of the elevation of a skyline for each column: far hills, near hills, trees."""
    generator = np.random.default_rng([seed, 3, layer])
    azimuth = np.arange(columns) * 2 * math.pi / columns
    base, swing, lowest, octaves = ((0.035, 0.030, 2, 5), (0.014, 0.022, 3, 6), (0.010, 0.009, 20, 6))[layer]
    ridge = np.full(columns, base)
    for octave in range(octaves):
        frequency = lowest * 2**octave + generator.integers(0, 2 ** (octave + 1))
        phase = generator.uniform(0, 2 * math.pi)
        ridge += swing * 0.6**octave * np.sin(frequency * azimuth + phase)
    return np.maximum(ridge, 0.004 if layer == 2 else 0.0)


@kernel
def _paint(
    image: Image, ridges: NDArray[np.float64], values: NDArray[np.float32], colours: NDArray[np.float64],
    light: Light, cover: float, pixel: float, shift: float,
) -> None:  # fmt: skip
    rows, columns, _ = image.shape
    haze = (light.haze_red, light.haze_green, light.haze_blue)
    layers = ((0.56, 0.66, 0.74), (0.44, 0.54, 0.48), (0.27, 0.35, 0.22))
    for column in range(columns):
        azimuth = (column + 0.5) * 2 * math.pi / columns
        towards_x, towards_y = math.cos(azimuth), math.sin(azimuth)
        for row in range(rows):
            slope = (row + 0.5) * pixel
            up = slope / math.sqrt(1 + slope * slope)
            level = math.sqrt(1 - up * up)
            alignment = level * (towards_x * light.sun_x + towards_y * light.sun_y) + up * light.sun_up
            glow = 0.28 * max(alignment, 0.0) ** 8
            cloud = _cloud(values, towards_x / (slope + 0.06), towards_y / (slope + 0.06), shift, cover)
            cloud *= min(slope / 0.05, 1.0)
            fade = math.exp(-slope * 4.5)
            for k in range(3):
                value = colours[0, k] + (colours[1, k] - colours[0, k]) * fade
                value += (0.97 - 0.05 * (1 - fade) - value) * cloud * 0.85
                value += (1.0 - value) * glow
                for layer in range(3):
                    inside = (ridges[layer, column] - slope) / pixel + 0.5
                    hidden = min(max(inside, 0.0), 1.0)
                    tone = layers[layer][k] + (haze[k] - layers[layer][k]) * (0.35 if layer < 2 else 0.25)
                    value += (tone - value) * hidden
                image[row, column, k] = level_of(value)


@kernel
def _cloud(values: NDArray[np.float32], x: float, y: float, shift: float, cover: float) -> float:
    """Opacity of the cloud layer where a ray meets it, (x, y) in cloud heights."""
    density = 0.0
    for octave in range(3):
        scale = 6.0 * 3.1**octave
        density += noise_at(values, 0, TILE, x * scale + shift, y * scale - shift + 31.0 * octave) * 0.45**octave
    return min(max(0.55 * density + 1.6 * cover - 0.75, 0.0), 1.0)


@kernel
def draw_sky(canvas: Canvas, panorama: Image, focal: float, horizon: float, heading: float) -> None:
    """Fill the rows above the horizon."""
    image = canvas.image
    height, width, _ = image.shape
    rows, columns, _ = panorama.shape
    last = min(int(math.ceil(horizon)), height)
    for column in range(width):
        across = (column + 0.5 - width / 2) / focal
        azimuth = heading + math.atan(across)
        u = azimuth * columns / (2 * math.pi) - 0.5
        j = int(math.floor(u))
        t = u - j
        left, right = j % columns, (j + 1) % columns
        stretch = 1 / math.sqrt(1 + across * across)
        for row in range(last):
            v = max((horizon - row - 0.5) * stretch - 0.5, 0.0)
            i = min(int(v), rows - 2)
            w = v - i
            for k in range(3):
                above = panorama[i, left, k] * (1 - t) + panorama[i, right, k] * t
                below = panorama[i + 1, left, k] * (1 - t) + panorama[i + 1, right, k] * t
                image[row, column, k] = np.uint8(above + w * (below - above) + 0.5)
