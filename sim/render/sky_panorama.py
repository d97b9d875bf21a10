"""The panorama of the sky and the skyline, painted once per scenario.

The panorama is a cylinder around the camera. Columns are world azimuths, rows are tangents of the
elevation; both have the resolution of the camera's pixels.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator
from sim.render.frame_buffer import level_of
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.noise import TILE, noise, noise_at
from sim.scenario import Daytime
from sim.types import Image

# Far hills, near hills, trees; all values chosen by appearance.
SKYLINE_COLOURS = ((0.50, 0.56, 0.50), (0.42, 0.50, 0.36), (0.27, 0.35, 0.22))
TREELINE_DISTANCE = 400.0  # [m] farther ground is hidden by trees
SKYLINE_DISTANCES = (1900.0, 900.0, TREELINE_DISTANCE)  # [m]
SKYLINE_SNOW_SHARES = (0.75, 0.6, 0.35)  # that lying snow whitens
SNOW_COLOUR = (0.84, 0.87, 0.91)
MIST_DEPTH = 60.0  # [m] height of the hazy air in front of the sky; chosen
MAX_CLOUD_SHIFT = 1000.0  # [texels] upper limit of the random offset into the noise tile
SUN_RADIUS = 0.010  # [rad] chosen, twice the true radius
MOON_RADIUS = 0.008  # [rad] chosen, twice the true radius


def panorama(atmosphere: Atmosphere, seed: int, focal: float, horizon: float) -> Image:
    """Return the panorama, RGB uint8 (rows, columns, 3).

    Row 0 touches the horizon and rows go up. Column 0 looks along world x and columns go clockwise.
    """
    columns = round(2 * math.pi * focal)
    rows = max(math.ceil(horizon), 0) + 2
    image = np.empty((rows, columns, 3), np.uint8)
    ridges = np.stack([_skyline(seed, layer, columns) for layer in range(3)])
    light = atmosphere.light
    # Hills and trees are lit as the ground they stand on, and hidden by the haze before them.
    bare = np.array(SKYLINE_COLOURS)
    white = (np.array(SKYLINE_SNOW_SHARES) * atmosphere.snow)[:, None]
    dimmed = (bare + (np.array(SNOW_COLOUR) - bare) * white) * [
        light.level_red,
        light.level_green,
        light.level_blue,
    ]
    hidden = 1 - np.exp(-np.array(SKYLINE_DISTANCES) / atmosphere.reach)[:, None]
    layers = dimmed + (np.array(atmosphere.horizon) - dimmed) * hidden
    colours = np.array(
        [atmosphere.zenith, atmosphere.horizon, atmosphere.cloud_colour, atmosphere.glow]
    )
    clouds = float(stream_generator(seed, Stream.CLOUDS).uniform(0.0, MAX_CLOUD_SHIFT))
    _paint_panorama(
        image, ridges, noise().values, layers, colours, _sky_glow(atmosphere), 1 / focal, clouds
    )
    if atmosphere.daytime is Daytime.NIGHT and atmosphere.overcast < 0.4:
        _draw_stars(image, ridges.max(axis=0), focal, stream_generator(seed, Stream.STARS))
    return image


class SkyGlow(NamedTuple):
    """The light sources of the sky and what attenuates them.

    x, y, up: unit vector towards the sun or moon.
    disc: brightness of its disc.
    radius: of the disc [rad].
    halo: strength of the glow around it.
    band: strength of the glow along the horizon towards (band_x, band_y), where the sun has set or
    a town lies.
    cover: of clouds in [0, 1].
    closed: how far clouds hide the blue sky, in [0, 1].
    reach: of the haze [m].
    """

    x: float
    y: float
    up: float
    disc: float
    radius: float
    halo: float
    band: float
    band_x: float
    band_y: float
    cover: float
    closed: float
    reach: float


def _sky_glow(atmosphere: Atmosphere) -> SkyGlow:
    """Return the light sources of an atmosphere."""
    light = atmosphere.light
    clear = 1 - atmosphere.overcast
    night = atmosphere.daytime is Daytime.NIGHT
    day = atmosphere.daytime is Daytime.DAY
    risen = atmosphere.daytime is not Daytime.DUSK
    disc = min(2.5 * atmosphere.sunshine, 1.0) * (0.75 if night else 1.0) if risen else 0.0
    # Behind a closed sky the sun is still where the clouds are brightest.
    halo = atmosphere.halo * (0.3 + 0.7 * clear)
    band = atmosphere.band * (0.25 + 0.75 * clear)
    side = -1.0 if night else 1.0  # a town's glow, angle from the moon
    length = math.hypot(light.sun_x, light.sun_y)
    return SkyGlow(
        light.sun_x,
        light.sun_y,
        light.sun_up,
        disc,
        MOON_RADIUS if night else SUN_RADIUS,
        halo * clear if day else halo,
        band,
        side * light.sun_x / length,
        side * light.sun_y / length,
        atmosphere.cloud,
        atmosphere.overcast,
        atmosphere.reach,
    )


def _draw_stars(
    image: Image, skyline: NDArray[np.float64], focal: float, generator: np.random.Generator
) -> None:
    """Draw stars above the skyline; their number does not depend on the resolution."""
    rows, columns, _ = image.shape
    count = round(900 * rows / focal)
    slopes = generator.uniform(0, rows / focal, count)
    azimuths = generator.uniform(0, 1, count)
    for slope, azimuth, bright in zip(
        slopes, azimuths, 25.0 + 150.0 * generator.random(count) ** 4, strict=True
    ):
        row = int(slope * focal)
        column = int(azimuth * columns)
        if slope > skyline[column] + 0.03:
            image[row, column] = np.minimum(image[row, column] + bright, 255).astype(np.uint8)


def _skyline(seed: int, layer: int, columns: int) -> NDArray[np.float64]:
    """Return the tangent of the elevation of a skyline for each column.

    layer: 0 far hills, 1 near hills, 2 trees.
    """
    draws = stream_generator(seed, Stream.SKYLINE, layer)
    azimuth = np.arange(columns) * 2 * math.pi / columns
    base, swing, lowest, octaves = (
        (0.035, 0.030, 2, 5),
        (0.014, 0.022, 3, 6),
        (0.010, 0.009, 20, 6),
    )[layer]
    ridge = np.full(columns, base)
    for octave in range(octaves):
        frequency = lowest * 2**octave + draws.integers(0, 2 ** (octave + 1))
        phase = draws.uniform(0, 2 * math.pi)
        ridge += swing * 0.6**octave * np.sin(frequency * azimuth + phase)
    return np.maximum(ridge, 0.004 if layer == 2 else 0.0)


@kernel
def _paint_panorama(
    image: Image,
    ridges: NDArray[np.float64],
    values: NDArray[np.float32],
    layers: NDArray[np.float64],
    colours: NDArray[np.float64],
    burning: SkyGlow,
    pixel: float,
    shift: float,
) -> None:
    """Paint sky, clouds, sun or moon and the skylines to a panorama.

    ridges: (3, columns) skylines.
    layers: (3, 3) their colours.
    colours: (4, 3) of zenith, horizon, clouds and glow.
    pixel: size of a pixel [tangent].
    shift: offset of the clouds [texels].
    """
    rows, columns, _ = image.shape
    for column in range(columns):
        azimuth = (column + 0.5) * 2 * math.pi / columns
        towards_x = math.cos(azimuth)
        towards_y = math.sin(azimuth)
        towards_band = (0.5 + 0.5 * (towards_x * burning.band_x + towards_y * burning.band_y)) ** 4
        for row in range(rows):
            slope = (row + 0.5) * pixel
            up = slope / math.sqrt(1 + slope * slope)
            level = math.sqrt(1 - up * up)
            alignment = max(
                level * (towards_x * burning.x + towards_y * burning.y) + up * burning.up, 0.0
            )
            angle = math.sqrt(max(2 - 2 * alignment, 0.0))
            disc = min(max((burning.radius - angle) / pixel + 0.5, 0.0), 1.0) * burning.disc
            halo = burning.halo * (0.55 * alignment**8 + 0.45 * alignment**90)
            blaze = burning.disc * alignment**1800
            band = burning.band * towards_band * math.exp(-slope * 6.0)
            density = _cloud_density(
                values, towards_x / (slope + 0.06), towards_y / (slope + 0.06), shift
            )
            cloud = min(max(0.55 * density + 1.6 * burning.cover - 0.75, 0.0), 1.0) * min(
                slope / 0.05, 1.0
            )
            billow = 1 - 0.09 * burning.closed * density * min(slope / 0.10, 1.0)
            fade = math.exp(-slope * 4.5)
            mist = 1 - math.exp(-MIST_DEPTH / (burning.reach * slope))
            for k in range(3):
                value = colours[0, k] + (colours[1, k] - colours[0, k]) * fade
                value += (colours[2, k] * (1 - 0.05 * (1 - fade)) - value) * cloud * 0.85
                value *= billow
                value += max(colours[3, k] - value, 0.0) * min(halo, 1.0)
                value += (colours[3, k] - value) * min(band * (1 - 0.35 * cloud), 1.0)
                value += (colours[1, k] - value) * mist * (1 - 0.7 * band)
                value += max(1.05 - value, 0.0) * max(disc, 0.85 * blaze) * (1 - 0.6 * cloud)
                # A sun in the mist is a pale light above the ground, which keeps the mist's own
                # colour.
                value += (
                    max(colours[3, k] - value, 0.0) * 0.5 * halo * mist * min(slope / 0.08, 1.0)
                )
                for layer in range(3):
                    inside = (ridges[layer, column] - slope) / pixel + 0.5
                    hidden = min(max(inside, 0.0), 1.0)
                    value += (layers[layer, k] - value) * hidden
                image[row, column, k] = level_of(value)


@kernel
def _cloud_density(values: NDArray[np.float32], x: float, y: float, shift: float) -> float:
    """Return the cloud density, noise around 0, at (x, y) on the cloud layer [cloud heights]."""
    density = 0.0
    for octave in range(3):
        scale = 6.0 * 3.1**octave
        density += (
            noise_at(values, 0, TILE, x * scale + shift, y * scale - shift + 31.0 * octave)
            * 0.45**octave
        )
    return density
