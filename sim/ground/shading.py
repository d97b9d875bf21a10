"""A row of the ground under the light: lamps, snow, wet and haze, or a tunnel's light, and how it gets onto the canvas."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.appearance.light import Light
from sim.ground.room import (
    BLUE,
    CLEAR,
    COVER,
    FIELD,
    GRAIN,
    GREEN,
    HARD,
    LAMP,
    OFFSET,
    RED,
    ROUGH,
    STATION,
    STREET,
    TRACK,
    Room,
)
from sim.ground.weathering import RETROREFLECTION, ROUGHNESS, SNOW, STREET_LAMP, WET_DARKENING, mirror_at, snow_cover
from sim.kernels import Canvas, Eye, Label, kernel
from sim.types import Image

TERRAIN, ROAD = int(Label.TERRAIN), int(Label.ROAD)
MOUTH = 12.0  # [m] into which daylight falls into a tunnel


@kernel
def light_up(
    image: Image, room: Room, light: Light, eye: Eye, row: int, column: int, first: int, last: int, shine: float
) -> None:
    """Turn the material of the pixels [first, last) into what is seen of it; shine: what wet ground mirrors.

    The room's first pixel is that of `column`.
    """
    pixels = room.values
    for n in range(first, last):
        pixels[COVER + n] = 0.0
    if light.headlight > 0.0:
        _throw_back(pixels, first, last)
    if light.snow > 0.0:
        _snow(pixels, light.snow, first, last)
    _shade(
        pixels, np.float32(light.level_red), np.float32(light.level_green), np.float32(light.level_blue),
        light.headlight > 0.0, first, last,
    )  # fmt: skip
    if shine > 0.0:
        _mirror(image, pixels, light.wet, eye, row, column, first, last, shine)
    _veil(pixels, np.float32(light.haze_red), np.float32(light.haze_green), np.float32(light.haze_blue), first, last)


@kernel
def _throw_back(pixels: NDArray[np.float32], first: int, last: int) -> None:
    """Paint throws the headlights back."""
    for n in range(first, last):
        more = np.float32(RETROREFLECTION) * max(pixels[GREEN + n] - np.float32(0.6), np.float32(0))
        pixels[LAMP + n] *= np.float32(1) + more


@kernel
def _snow(pixels: NDArray[np.float32], snow: float, first: int, last: int) -> None:
    """Lay snow over the ground."""
    for n in range(first, last):
        cover = snow_cover(snow, pixels[HARD + n], pixels[TRACK + n], pixels[GRAIN + n] + pixels[FIELD + n])
        pixels[COVER + n] = cover
        pixels[RED + n] += (SNOW[0] - pixels[RED + n]) * cover
        pixels[GREEN + n] += (SNOW[1] - pixels[GREEN + n]) * cover
        pixels[BLUE + n] += (SNOW[2] - pixels[BLUE + n]) * cover
        pixels[ROUGH + n] += (0.05 - pixels[ROUGH + n]) * cover


@kernel
def _shade(
    pixels: NDArray[np.float32], level_red: float, level_green: float, level_blue: float, lamps: bool, first: int, last: int
) -> None:
    """Lay grain and light over the material."""
    for n in range(first, last):
        rough, field = pixels[ROUGH + n], pixels[FIELD + n]
        shade = np.float32(1) + rough * (pixels[GRAIN + n] + np.float32(0.3) * field)
        meadow = np.float32(0.35) * rough * field
        pixels[RED + n] *= shade + meadow
        pixels[GREEN + n] *= shade
        pixels[BLUE + n] *= shade - meadow
    if lamps:
        for n in range(first, last):
            lamp, street = pixels[LAMP + n], pixels[STREET + n]
            pixels[RED + n] *= level_red + lamp + street * np.float32(STREET_LAMP[0])
            pixels[GREEN + n] *= level_green + np.float32(0.95) * lamp + street * np.float32(STREET_LAMP[1])
            pixels[BLUE + n] *= level_blue + np.float32(0.80) * lamp + street * np.float32(STREET_LAMP[2])
    else:
        for n in range(first, last):
            pixels[RED + n] *= level_red
            pixels[GREEN + n] *= level_green
            pixels[BLUE + n] *= level_blue


@kernel
def _mirror(
    image: Image, pixels: NDArray[np.float32], wetness: float, eye: Eye, row: int, column: int, first: int, last: int,
    shine: float,
) -> None:  # fmt: skip
    """Wet ground is darker and mirrors what is above the horizon."""
    # The film of water on asphalt is rough: it throws light from above the trees, not from their foot.
    horizon = min(max(int(math.ceil(eye.horizon)), 1), image.shape[0])
    above = eye.horizon - (row + 0.5 - eye.horizon) - ROUGHNESS * eye.focal
    for n in range(first, last):
        hard = pixels[HARD + n]
        if hard > 0.0:
            grain = pixels[GRAIN + n]
            wet = hard * (1 - pixels[COVER + n])
            mirror = shine * mirror_at(wet, pixels[FIELD + n] + 0.3 * grain + 0.4 * pixels[TRACK + n])
            dry, gloss = (1 - WET_DARKENING * wetness * wet) * (1 - mirror), mirror / 255
            i = min(max(int(above + 2.0 * grain), 0), horizon - 1)
            j = min(max(int(column + n + 1.5 * grain), 0), image.shape[1] - 1)
            pixels[RED + n] = pixels[RED + n] * dry + image[i, j, 0] * gloss
            pixels[GREEN + n] = pixels[GREEN + n] * dry + image[i, j, 1] * gloss
            pixels[BLUE + n] = pixels[BLUE + n] * dry + image[i, j, 2] * gloss


@kernel
def _veil(pixels: NDArray[np.float32], red: float, green: float, blue: float, first: int, last: int) -> None:
    """Lay the haze before the ground."""
    for n in range(first, last):
        clear = pixels[CLEAR + n]
        pixels[RED + n] = red + (pixels[RED + n] - red) * clear
        pixels[GREEN + n] = green + (pixels[GREEN + n] - green) * clear
        pixels[BLUE + n] = blue + (pixels[BLUE + n] - blue) * clear


@kernel
def light_tunnel(
    room: Room, outside: Light, tunnel: Light, tunnels: NDArray[np.float64], covered: int, first: int, last: int
) -> None:
    """Turn the material of the pixels [first, last), inside tunnel `covered`, into what is seen of it."""
    pixels = room.values
    start, finish, lamps = tunnels[covered, 0], tunnels[covered, 1], tunnels[covered, 2]
    for n in range(first, last):
        s = pixels[STATION + n]
        phase = math.cos(2 * math.pi * (s - start) / lamps)
        shade = (1 + pixels[ROUGH + n] * pixels[GRAIN + n]) * (1 + 0.14 * phase)
        day = 0.7 * max(1 - min(s - start, finish - s) / MOUTH, 0.0) ** 2
        lamp = 0.3 * pixels[LAMP + n]
        pixels[RED + n] *= shade * (tunnel.level_red + lamp + day * outside.sky_red)
        pixels[GREEN + n] *= shade * (tunnel.level_green + lamp + day * outside.sky_green)
        pixels[BLUE + n] *= shade * (tunnel.level_blue + lamp + day * outside.sky_blue)


@kernel
def write_pixels(
    canvas: Canvas, room: Room, row: int, column: int, first: int, last: int, forward: float, left: float, right: float
) -> None:
    """Write the pixels [first, last) of a row, `forward` metres away; where d lies in (left, right) they are road."""
    image, pixels = canvas.image, room.values
    one, full, half = np.float32(1), np.float32(255), np.float32(0.5)
    for n in range(first, last):
        image[row, column + n, 0] = np.uint8(np.int32(min(max(pixels[RED + n], np.float32(0)), one) * full + half))
        image[row, column + n, 1] = np.uint8(np.int32(min(max(pixels[GREEN + n], np.float32(0)), one) * full + half))
        image[row, column + n, 2] = np.uint8(np.int32(min(max(pixels[BLUE + n], np.float32(0)), one) * full + half))
    if canvas.depth.size:
        away, low, high = np.float32(forward), np.float32(left), np.float32(right)
        for n in range(first, last):
            canvas.depth[row, column + n] = away
        for n in range(first, last):
            d = pixels[OFFSET + n]
            canvas.label[row, column + n] = np.uint8(TERRAIN + (ROAD - TERRAIN) * np.int32((d > low) & (d < high)))
