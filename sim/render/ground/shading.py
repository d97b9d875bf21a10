"""Lighting of a row of the ground: lamps, snow, wetness, haze, tunnels; and writing its pixels."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, Label
from sim.render.ground.row_buffer import (
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
    RowBuffer,
)
from sim.render.ground.weathering import (
    PAINT_RETROREFLECTION,
    ROUGHNESS,
    SNOW,
    STREET_LAMP,
    WET_DARKENING,
    mirror_at,
    snow_cover,
)
from sim.render.lighting.light import Light
from sim.types import Image

TERRAIN = int(Label.TERRAIN)
ROAD = int(Label.ROAD)
DAYLIGHT_REACH = 12.0  # [m] distance that daylight reaches into a tunnel; chosen
F32_ZERO = np.float32(0)
F32_HALF = np.float32(0.5)
F32_ONE = np.float32(1)
F32_MAX_LEVEL = np.float32(255)
Floats32 = NDArray[np.float32]


@kernel
def light_open_ground(
    image: Image,
    buffer: RowBuffer,
    light: Light,
    eye: Eye,
    row: int,
    column: int,
    first: int,
    last: int,
    shine: float,
) -> None:
    """Turn the material of the pixels [first, last) into their colour in the open.

    column: of the buffer's first pixel.
    shine: reflectance of wet ground.
    """
    pixels = buffer.values[first:]
    count = last - first
    for n in range(count):
        pixels[COVER + n] = F32_ZERO
    if light.headlight > 0.0:
        _retroreflect(pixels, count)
    if light.snow > 0.0:
        _add_snow(pixels, np.float32(light.snow), count)
    _shade(
        pixels,
        np.float32(light.level_red),
        np.float32(light.level_green),
        np.float32(light.level_blue),
        light.headlight > 0.0,
        count,
    )
    if shine > 0.0:
        _add_reflection(image, pixels, light.wet, eye, row, column + first, count, shine)
    _add_haze(
        pixels,
        np.float32(light.haze_red),
        np.float32(light.haze_green),
        np.float32(light.haze_blue),
        count,
    )


@kernel
def _retroreflect(pixels: Floats32, count: int) -> None:
    """Brighten paint in the headlights."""
    for n in range(count):
        pixels[LAMP + n] *= F32_ONE + np.float32(PAINT_RETROREFLECTION) * max(
            pixels[GREEN + n] - np.float32(0.6), F32_ZERO
        )


@kernel
def _add_snow(pixels: Floats32, snow: np.float32, count: int) -> None:
    """Blend snow into the ground."""
    red = np.float32(SNOW[0])
    green = np.float32(SNOW[1])
    blue = np.float32(SNOW[2])
    rough = np.float32(0.05)
    for n in range(count):
        cover = snow_cover(
            snow, pixels[HARD + n], pixels[TRACK + n], pixels[GRAIN + n] + pixels[FIELD + n]
        )
        pixels[COVER + n] = cover
        pixels[RED + n] += (red - pixels[RED + n]) * cover
        pixels[GREEN + n] += (green - pixels[GREEN + n]) * cover
        pixels[BLUE + n] += (blue - pixels[BLUE + n]) * cover
        pixels[ROUGH + n] += (rough - pixels[ROUGH + n]) * cover


@kernel
def _shade(
    pixels: Floats32,
    level_red: np.float32,
    level_green: np.float32,
    level_blue: np.float32,
    lamps: bool,
    count: int,
) -> None:
    """Apply grain and light to the material."""
    for n in range(count):
        rough = pixels[ROUGH + n]
        field = pixels[FIELD + n]
        shade = F32_ONE + rough * (pixels[GRAIN + n] + np.float32(0.3) * field)
        meadow = np.float32(0.35) * rough * field
        pixels[RED + n] *= shade + meadow
        pixels[GREEN + n] *= shade
        pixels[BLUE + n] *= shade - meadow
    if lamps:
        for n in range(count):
            lamp = pixels[LAMP + n]
            street = pixels[STREET + n]
            pixels[RED + n] *= level_red + lamp + street * np.float32(STREET_LAMP[0])
            pixels[GREEN + n] *= (
                level_green + np.float32(0.95) * lamp + street * np.float32(STREET_LAMP[1])
            )
            pixels[BLUE + n] *= (
                level_blue + np.float32(0.80) * lamp + street * np.float32(STREET_LAMP[2])
            )
    else:
        for n in range(count):
            pixels[RED + n] *= level_red
            pixels[GREEN + n] *= level_green
            pixels[BLUE + n] *= level_blue


@kernel
def _add_reflection(
    image: Image,
    pixels: Floats32,
    wetness: float,
    eye: Eye,
    row: int,
    column: int,
    count: int,
    shine: float,
) -> None:
    """Darken wet ground and add the reflection of what lies above the horizon.

    column: of the first pixel.
    """
    # A rough film of water reflects the sky above the trees, not their foot.
    horizon = min(max(int(math.ceil(eye.horizon)), 1), image.shape[0])
    above = np.float32(eye.horizon - (row + 0.5 - eye.horizon) - ROUGHNESS * eye.focal)
    lowest = np.float32(horizon - 1)
    rightmost = np.float32(image.shape[1] - 1)
    left = np.float32(column)
    gleam = np.float32(shine)
    darkening = np.float32(WET_DARKENING * wetness)
    for n in range(count):
        hard = pixels[HARD + n]
        if hard > F32_ZERO:
            grain = pixels[GRAIN + n]
            wet = hard * (F32_ONE - pixels[COVER + n])
            mirror = gleam * mirror_at(
                wet,
                pixels[FIELD + n] + np.float32(0.3) * grain + np.float32(0.4) * pixels[TRACK + n],
            )
            dry = (F32_ONE - darkening * wet) * (F32_ONE - mirror)
            gloss = mirror * np.float32(1 / 255)
            i = np.uint32(min(max(above + np.float32(2.0) * grain, F32_ZERO), lowest))
            j = np.uint32(
                min(max(left + np.float32(n) + np.float32(1.5) * grain, F32_ZERO), rightmost)
            )
            pixels[RED + n] = pixels[RED + n] * dry + np.float32(image[i, j, 0]) * gloss
            pixels[GREEN + n] = pixels[GREEN + n] * dry + np.float32(image[i, j, 1]) * gloss
            pixels[BLUE + n] = pixels[BLUE + n] * dry + np.float32(image[i, j, 2]) * gloss


@kernel
def _add_haze(
    pixels: Floats32, red: np.float32, green: np.float32, blue: np.float32, count: int
) -> None:
    """Blend the colour of the haze into the pixels."""
    for n in range(count):
        clear = pixels[CLEAR + n]
        pixels[RED + n] = red + (pixels[RED + n] - red) * clear
        pixels[GREEN + n] = green + (pixels[GREEN + n] - green) * clear
        pixels[BLUE + n] = blue + (pixels[BLUE + n] - blue) * clear


@kernel
def light_tunnel(
    buffer: RowBuffer,
    outside: Light,
    tunnel: Light,
    tunnels: NDArray[np.float64],
    covered: int,
    first: int,
    last: int,
) -> None:
    """Turn the material of the pixels [first, last), inside tunnel `covered`, into their colour."""
    pixels = buffer.values
    start = tunnels[covered, 0]
    finish = tunnels[covered, 1]
    lamps = tunnels[covered, 2]
    clear = tunnels[covered, 5]
    air = 1 - clear
    for n in range(first, last):
        s = pixels[STATION + n]
        phase = math.cos(2 * math.pi * (s - start) / lamps)
        shade = (1 + pixels[ROUGH + n] * pixels[GRAIN + n]) * (1 + 0.14 * phase) * clear
        day = 0.7 * max(1 - min(s - start, finish - s) / DAYLIGHT_REACH, 0.0) ** 2
        lamp = 0.3 * pixels[LAMP + n]
        red = tunnel.level_red + lamp + day * outside.sky_red
        green = tunnel.level_green + lamp + day * outside.sky_green
        pixels[RED + n] = pixels[RED + n] * shade * red + air * outside.haze_red
        pixels[GREEN + n] = pixels[GREEN + n] * shade * green + air * outside.haze_green
        blue = tunnel.level_blue + lamp + day * outside.sky_blue
        pixels[BLUE + n] = pixels[BLUE + n] * shade * blue + air * outside.haze_blue


@kernel
def write_pixels(
    canvas: FrameBuffer,
    buffer: RowBuffer,
    row: int,
    column: int,
    first: int,
    last: int,
    forward: float,
    left: float,
    right: float,
) -> None:
    """Write the pixels [first, last) of a row, `forward` metres away.

    They are labelled as road where d lies in (left, right).
    """
    pixels = buffer.values[first:]
    count = last - first
    line = canvas.image[row, column + first :]
    for n in range(count):
        line[n, 0] = np.uint8(
            np.int32(min(max(pixels[RED + n], F32_ZERO), F32_ONE) * F32_MAX_LEVEL + F32_HALF)
        )
        line[n, 1] = np.uint8(
            np.int32(min(max(pixels[GREEN + n], F32_ZERO), F32_ONE) * F32_MAX_LEVEL + F32_HALF)
        )
        line[n, 2] = np.uint8(
            np.int32(min(max(pixels[BLUE + n], F32_ZERO), F32_ONE) * F32_MAX_LEVEL + F32_HALF)
        )
    if canvas.depth.size:
        depths = canvas.depth[row, column + first :]
        labels = canvas.label[row, column + first :]
        distance = np.float32(forward)
        low = np.float32(left)
        high = np.float32(right)
        for n in range(count):
            depths[n] = distance
        for n in range(count):
            d = pixels[OFFSET + n]
            labels[n] = np.uint8(TERRAIN + (ROAD - TERRAIN) * np.int32((d > low) & (d < high)))
