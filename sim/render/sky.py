"""The infinitely far: sky, clouds, hills and trees on the horizon, painted once to a panorama and
looked up by direction.

The panorama is a cylinder around the viewer: columns are world azimuths, rows the tangent of the
elevation, both as fine as the camera's pixels.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator
from sim.render.frame_buffer import FrameBuffer, level_of
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.noise import TILE, noise, noise_at
from sim.scenario import Daytime
from sim.types import Image

PackedTexels = NDArray[np.uint64]

# From the far hills to the trees on the horizon: colour, distance [m] and the share that lying snow
# whitens.
SKYLINE_COLOURS = ((0.50, 0.56, 0.50), (0.42, 0.50, 0.36), (0.27, 0.35, 0.22))
TREELINE_DISTANCE = 400.0  # [m] the ground is seen as far as this
SKYLINE_DISTANCES = (1900.0, 900.0, TREELINE_DISTANCE)
SKYLINE_SNOW_SHARES = (0.75, 0.6, 0.35)
SNOW_COLOUR = (0.84, 0.87, 0.91)
MIST_DEPTH = 60.0  # [m] of hazy air above the ground, through which the sky is seen
# A pack_panorama texel: every colour's 8 bits and the 13 of the weights that it is interpolated with, in
# steps of 1 / COLUMN_STEPS and 1 / ROW_STEPS.
COLUMN_STEPS = 1 << 6
ROW_STEPS = 1 << 7
BITS_PER_COLOUR = 21
WEIGHT_SUM = COLUMN_STEPS * ROW_STEPS
MAX_CLOUD_SHIFT = 1000.0  # [texels] upper limit of the random offset into the noise tile
# [rad]; as large as they seem to be
SUN_RADIUS = 0.010
MOON_RADIUS = 0.008


def panorama(atmosphere: Atmosphere, seed: int, focal: float, horizon: float) -> Image:
    """RGB uint8 (rows, columns, 3): row 0 touches the horizon, rows go up; column 0 looks along
    world x, columns go clockwise.
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
    """What shines and what hides it.

    x, y, up: direction to the sun or moon.
    disc: how bright it is seen, radius [rad].
    halo: how far it glows.
    band: how much the horizon glows towards (band_x, band_y), where the sun has set or a town lies.
    cover: of clouds.
    closed: how far they hide the blue.
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
    light = atmosphere.light
    clear = 1 - atmosphere.overcast
    night = atmosphere.daytime is Daytime.NIGHT
    day = atmosphere.daytime is Daytime.DAY
    risen = atmosphere.daytime is not Daytime.DUSK
    disc = min(2.5 * atmosphere.sunshine, 1.0) * (0.75 if night else 1.0) if risen else 0.0
    # Behind a closed sky the sun is still where the clouds are brightest.
    halo = atmosphere.halo * (0.3 + 0.7 * clear)
    band = atmosphere.band * (0.25 + 0.75 * clear)
    side = -1.0 if night else 1.0  # a town's glow, away from the moon
    length = math.hypot(light.sun_x, light.sun_y)
    return SkyGlow(
        light.sun_x, light.sun_y, light.sun_up, disc, MOON_RADIUS if night else SUN_RADIUS, halo * clear if day else halo, band,
        side * light.sun_x / length, side * light.sun_y / length, atmosphere.cloud, atmosphere.overcast, atmosphere.reach,
    )  # fmt: skip


def _draw_stars(
    image: Image, skyline: NDArray[np.float64], focal: float, generator: np.random.Generator
) -> None:
    """A few points of light above the skyline, as many in every resolution."""
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
    """Tangent of the elevation of a skyline for each column: far hills, near hills, trees."""
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
    image: Image, ridges: NDArray[np.float64], values: NDArray[np.float32], layers: NDArray[np.float64],
    colours: NDArray[np.float64], burning: SkyGlow, pixel: float, shift: float,
) -> None:  # fmt: skip
    rows, columns, _ = image.shape
    for column in range(columns):
        azimuth = (column + 0.5) * 2 * math.pi / columns
        towards_x = math.cos(azimuth)
        towards_y = math.sin(azimuth)
        beside = (0.5 + 0.5 * (towards_x * burning.band_x + towards_y * burning.band_y)) ** 4
        for row in range(rows):
            slope = (row + 0.5) * pixel
            up = slope / math.sqrt(1 + slope * slope)
            level = math.sqrt(1 - up * up)
            alignment = max(
                level * (towards_x * burning.x + towards_y * burning.y) + up * burning.up, 0.0
            )
            away = math.sqrt(max(2 - 2 * alignment, 0.0))
            disc = min(max((burning.radius - away) / pixel + 0.5, 0.0), 1.0) * burning.disc
            halo = burning.halo * (0.55 * alignment**8 + 0.45 * alignment**90)
            blaze = burning.disc * alignment**1800
            band = burning.band * beside * math.exp(-slope * 6.0)
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
    """Density of the cloud layer where a ray meets it, (x, y) in cloud heights: noise around 0."""
    density = 0.0
    for octave in range(3):
        scale = 6.0 * 3.1**octave
        density += (
            noise_at(values, 0, TILE, x * scale + shift, y * scale - shift + 31.0 * octave)
            * 0.45**octave
        )
    return density


def pack_panorama(panorama: Image) -> PackedTexels:
    """A panorama as `draw_sky` reads it: a texel's three colours BITS_PER_COLOUR bits apart in one number, and
    the first column once more after the last.
    """
    red, green, blue = np.moveaxis(
        np.concatenate([panorama, panorama[:, :1]], axis=1).astype(np.uint64), 2, 0
    )
    return red | green << np.uint64(BITS_PER_COLOUR) | blue << np.uint64(2 * BITS_PER_COLOUR)


def draw_sky(
    canvas: FrameBuffer,
    sky: PackedTexels,
    focal: float,
    horizon: float,
    heading: float,
    gain: float,
) -> None:
    """Fill the canvas's rows above the horizon, `gain` times as bright as it was painted."""
    width = canvas.image.shape[1]
    places = np.empty(width, np.int32)
    shares = np.empty(width, np.uint32)
    stretches = np.empty(width, np.float32)
    _place_columns(places, shares, stretches, sky.shape[1] - 1, focal, heading)
    last = min(math.ceil(horizon), canvas.last)
    below = np.empty(width, np.int32)
    rises = np.empty(width, np.int32)
    texels = np.empty(width, np.uint64)
    room = (below, rises, texels)
    flat = sky.reshape(-1)
    _draw_rows(
        canvas.image,
        sky,
        flat,
        places,
        shares,
        stretches,
        room,
        horizon,
        np.float32(gain / WEIGHT_SUM),
        canvas.first,
        last,
    )


@kernel
def _place_columns(
    places: NDArray[np.int32], shares: NDArray[np.uint32], stretches: NDArray[np.float32], columns: int, focal: float,
    heading: float,
) -> None:  # fmt: skip
    """Where each of the picture's columns lies: right of which of the panorama's, how far towards
    the next in steps of 1 / COLUMN_STEPS, and how many of the panorama's rows one of the picture's is
    there.
    """
    for n in range(places.size):
        across = (n + 0.5 - places.size / 2) / focal
        place = (heading + math.atan(across)) * columns / (2 * math.pi) - 0.5
        whole = math.floor(place)
        places[n] = int(whole) % columns
        shares[n] = np.uint32((place - whole) * COLUMN_STEPS + 0.5)
        stretches[n] = 1 / math.sqrt(1 + across * across)


@kernel
def _draw_rows(
    image: Image, sky: PackedTexels, flat: PackedTexels, places: NDArray[np.int32], shares: NDArray[np.uint32],
    stretches: NDArray[np.float32], room: tuple[NDArray[np.int32], NDArray[np.int32], PackedTexels], horizon: float,
    scale: np.float32, first: int, last: int,
) -> None:  # fmt: skip
    """Fill the rows [first, last), bilinear, all colours at once: no sum of weighed levels needs
    more than BITS_PER_COLOUR bits.

    flat: the sky in one long line.
    room: for a row's texels, where the lower left ones of the four lie, how far above them, and
    their sums.
    """
    # Only reading texels here and there keeps a loop from running on vectors, so it is done apart.
    below, rises, texels = room
    for row in range(first, last):
        above = np.float32(horizon - row - 0.5)
        _look_up(
            below,
            rises,
            places,
            stretches,
            above,
            np.int32(sky.shape[0] - 2),
            np.int32(sky.shape[1]),
        )
        _blend(texels, flat, flat[np.uint32(sky.shape[1]) :], below, rises, shares)
        _unpack(image[row], texels, scale)


@kernel
def _look_up(
    below: NDArray[np.int32], rises: NDArray[np.int32], places: NDArray[np.int32], stretches: NDArray[np.float32],
    above: np.float32, highest: np.int32, columns: np.int32,
) -> None:  # fmt: skip
    """Write where in the panorama, row after row, a row of the picture lies, and how far above that
    in steps of 1 / ROW_STEPS.
    """
    for n in range(places.size):
        rise = np.int32(
            max(above * stretches[n] - np.float32(0.5), np.float32(0)) * np.float32(ROW_STEPS)
        )
        below[n] = min(rise // np.int32(ROW_STEPS), highest) * columns + places[n]
        rises[n] = rise % np.int32(ROW_STEPS)


@kernel
def _blend(
    texels: PackedTexels,
    lower: PackedTexels,
    upper: PackedTexels,
    below: NDArray[np.int32],
    rises: NDArray[np.int32],
    shares: NDArray[np.uint32],
) -> None:
    """Write the weighed sum of the four texels around each place, WEIGHT_SUM times as bright; upper: the
    panorama from row 1 on.
    """
    for n in range(below.size):
        i = np.uint32(below[n])
        t = np.uint64(shares[n])
        w = np.uint64(np.uint32(rises[n]))
        j = i + np.uint32(1)
        # Where a colour falls from one texel to the next its difference borrows from the colour
        # above it, and gives back.
        left = lower[i] * np.uint64(ROW_STEPS) + w * (upper[i] - lower[i])
        right = lower[j] * np.uint64(ROW_STEPS) + w * (upper[j] - lower[j])
        texels[n] = left * np.uint64(COLUMN_STEPS) + t * (right - left)


@kernel
def _unpack(line: Image, texels: PackedTexels, scale: np.float32) -> None:
    """Write a row's colours, `scale` times their sums."""
    mask = np.uint64((1 << BITS_PER_COLOUR) - 1)
    half = np.float32(0.5)
    most = np.float32(255)
    # Signed numbers become floats in one step, unsigned ones do not.
    for n in range(texels.size):
        texel = texels[n]
        line[n, 0] = np.uint8(
            np.int32(min(np.float32(np.int32(texel & mask)) * scale + half, most))
        )
        line[n, 1] = np.uint8(
            np.int32(
                min(
                    np.float32(np.int32(texel >> np.uint64(BITS_PER_COLOUR) & mask)) * scale + half,
                    most,
                )
            )
        )
        line[n, 2] = np.uint8(
            np.int32(
                min(
                    np.float32(np.int32(texel >> np.uint64(2 * BITS_PER_COLOUR))) * scale + half,
                    most,
                )
            )
        )
