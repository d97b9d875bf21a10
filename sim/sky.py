"""The infinitely far: sky, clouds, hills and trees on the horizon, painted once to a panorama and looked up by direction.

The panorama is a cylinder around the viewer: columns are world azimuths, rows the tangent of the elevation, both as fine as the
camera's pixels.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.appearance.atmosphere import Atmosphere
from sim.kernels import Canvas, kernel, level_of
from sim.noise import TILE, noise, noise_at
from sim.scenario import Daytime
from sim.types import Image

# From the far hills to the trees on the horizon: colour, distance [m], and the share that haze hides even on a clear day.
LAYERS = ((0.56, 0.66, 0.74), (0.44, 0.54, 0.48), (0.27, 0.35, 0.22))
DISTANCES = (200.0, 200.0, 150.0)
LEAST_HIDDEN = (0.35, 0.35, 0.25)


def panorama(atmosphere: Atmosphere, seed: int, focal: float, horizon: float) -> Image:
    """RGB uint8 (rows, columns, 3): row 0 touches the horizon, rows go up; column 0 looks along world x, columns go clockwise."""
    columns = round(2 * math.pi * focal)
    rows = max(math.ceil(horizon), 0) + 2
    image = np.empty((rows, columns, 3), np.uint8)
    ridges = np.stack([_ridge(seed, layer, columns) for layer in range(3)])
    light = atmosphere.light
    # Hills and trees are as dark as the ground they stand on, and greyed by the haze before them.
    dimmed = np.array(LAYERS) * [light.level_red, light.level_green, light.level_blue]
    hidden = np.maximum(LEAST_HIDDEN, 1 - np.exp(-np.array(DISTANCES) / atmosphere.reach))[:, None]
    haze = np.array(atmosphere.horizon)
    layers = dimmed + (haze - dimmed) * hidden
    colours = np.array([atmosphere.zenith, atmosphere.horizon, atmosphere.cloud_colour, atmosphere.glow])
    _paint(image, ridges, noise().values, layers, colours, _burning(atmosphere), 1 / focal, float(seed % 1000))
    if atmosphere.daytime is Daytime.NIGHT and atmosphere.overcast < 0.4:
        _stars(image, ridges.max(axis=0), focal, np.random.default_rng([seed, 9]))
    return image


class Burning(NamedTuple):
    """What shines and what hides it: direction to the sun (x, y, up); disc: how much of the sun is seen; halo: how far it glows;
    dusk: how much the horizon glows where the sun has set; cover: of clouds; reach: of the haze [m].
    """  # noqa: D205

    x: float
    y: float
    up: float
    disc: float
    halo: float
    dusk: float
    cover: float
    reach: float


def _burning(atmosphere: Atmosphere) -> Burning:
    light, clear = atmosphere.light, 1 - atmosphere.overcast
    low = atmosphere.daytime is Daytime.LOW_SUN
    disc = clear if atmosphere.daytime in (Daytime.DAY, Daytime.LOW_SUN) else 0.0
    dusk = (0.25 + 0.75 * clear) if atmosphere.daytime is Daytime.DUSK else 0.0
    halo = {Daytime.DAY: 0.28 * clear, Daytime.LOW_SUN: 0.25 + 0.55 * clear}.get(atmosphere.daytime, 0.0)
    return Burning(
        light.sun_x, light.sun_y, light.sun_up, disc if low else 0.0, halo, dusk, atmosphere.cloud, atmosphere.reach
    )  # fmt: skip


def _stars(image: Image, skyline: NDArray[np.float64], focal: float, generator: np.random.Generator) -> None:
    """A few points of light above the skyline."""
    rows, columns, _ = image.shape
    for row, column, bright in zip(
        generator.integers(0, rows, rows * columns // 900),
        generator.integers(0, columns, rows * columns // 900),
        generator.uniform(25.0, 120.0, rows * columns // 900),
        strict=True,
    ):
        if (row + 0.5) / focal > skyline[column] + 0.03:
            image[row, column] = np.minimum(image[row, column] + bright, 255).astype(np.uint8)


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
    image: Image, ridges: NDArray[np.float64], values: NDArray[np.float32], layers: NDArray[np.float64],
    colours: NDArray[np.float64], burning: Burning, pixel: float, shift: float,
) -> None:  # fmt: skip
    rows, columns, _ = image.shape
    for column in range(columns):
        azimuth = (column + 0.5) * 2 * math.pi / columns
        towards_x, towards_y = math.cos(azimuth), math.sin(azimuth)
        beside = max(towards_x * burning.x + towards_y * burning.y, 0.0)
        for row in range(rows):
            slope = (row + 0.5) * pixel
            up = slope / math.sqrt(1 + slope * slope)
            level = math.sqrt(1 - up * up)
            alignment = max(level * (towards_x * burning.x + towards_y * burning.y) + up * burning.up, 0.0)
            glow = burning.halo * (0.7 * alignment**8 + 0.3 * alignment**60)
            glow += burning.dusk * math.exp(-6.0 * slope) * beside * beside
            disc = burning.disc * min(max((alignment - 0.9990) / 0.0006, 0.0), 1.0) + 0.7 * burning.disc * alignment**500
            cloud = _cloud(values, towards_x / (slope + 0.06), towards_y / (slope + 0.06), shift, burning.cover)
            cloud *= min(slope / 0.05, 1.0)
            fade = math.exp(-slope * 4.5)
            hidden_sky = 1 - math.exp(-25.0 / (burning.reach * (slope + 0.15)))
            for k in range(3):
                value = colours[0, k] + (colours[1, k] - colours[0, k]) * fade
                value += (colours[2, k] * (1 - 0.05 * (1 - fade)) - value) * cloud * 0.85
                value += (colours[3, k] - value) * min(glow, 1.0)
                value += (1.0 - value) * min(disc, 1.0)
                value += (colours[1, k] - value) * hidden_sky
                for layer in range(3):
                    inside = (ridges[layer, column] - slope) / pixel + 0.5
                    hidden = min(max(inside, 0.0), 1.0)
                    value += (layers[layer, k] - value) * hidden
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
def draw_sky(canvas: Canvas, panorama: Image, focal: float, horizon: float, heading: float, gain: float) -> None:
    """Fill the rows above the horizon, `gain` times as bright as it was painted."""
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
                image[row, column, k] = np.uint8(min(gain * (above + w * (below - above)) + 0.5, 255.0))


def mirrored(panorama: Image, rows: int, heading: float) -> NDArray[np.float32]:
    """What a wet road reflects: the panorama ahead, blurred sideways, (rows, 3) from the horizon downwards, RGB in [0, 255]."""
    height, columns, _ = panorama.shape
    middle = round(heading * columns / (2 * math.pi))
    ahead = panorama[:, np.arange(middle - columns // 12, middle + columns // 12, 3) % columns].mean(axis=1)
    return ahead[np.minimum(np.arange(max(rows, 1)), height - 1)].astype(np.float32)
