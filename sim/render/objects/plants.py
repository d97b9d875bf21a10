"""Trees, bushes and tufts of grass as pictures that face the camera and are lit by the day's sun.

A picture holds what lighting needs: opacity, tone, surface direction and bark. It has a mip
pyramid, so leaves do not shimmer.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.random import Stream, stream_generator
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of, write_truth
from sim.render.ground.weathering import SNOW
from sim.render.lighting.light import Light, beam, beam_share
from sim.render.noise import TILE, noise
from sim.render.objects.filters import hidden

Floats = NDArray[np.float64]
# texels of a plant's picture; the plant's own width is WIDE / TALL of its height
TALL = 256
WIDE = 192
MIPS = 7
BROADLEAVES = 5
CONIFERS = 3
BUSHES = 3
TUFTS = 2
KINDS = BROADLEAVES + CONIFERS + BUSHES + TUFTS
# Channels of a picture, each times opacity: opacity itself, tone, tone times direction (right, up,
# towards the camera), bark.
TEXEL_CHANNELS = 6
DIRECTION_SCALE = 127.0
BARK = (0.36, 0.33, 0.30)
DRIFT = 0.22  # [m] of a plant's foot over which it sinks into snow, when as much lies as can
PLANT = int(Label.PLANT)


class PlantPictures(NamedTuple):
    """texels: int16 (T, TEXEL_CHANNELS), the pictures mip by mip, kind by kind, row by row; starts: where
    each mip begins.

    solid: (T,) whether a texel and all around it hide what is behind them. spans: (R, 4) for each
    row of the pictures, in the same order, its first and its last column that is not empty, and its
    first and its last that is solid.
    """

    texels: NDArray[np.int16]
    starts: NDArray[np.int64]
    solid: NDArray[np.bool_]
    spans: NDArray[np.int16]


@cache
def plants() -> PlantPictures:
    """The pictures of all kinds of plants; the same in every world, so they are made once per
    process.
    """
    makers: list[tuple[Callable[[np.random.Generator], Floats], int]] = [
        (_broadleaf, BROADLEAVES), (_conifer, CONIFERS), (_bush, BUSHES), (_tuft, TUFTS),
    ]  # fmt: skip
    draws = stream_generator(0, Stream.PLANT_TEXTURE)
    level = np.stack([maker(draws) for maker, count in makers for _ in range(count)])
    levels = []
    for _ in range(MIPS):
        levels.append(level)
        level = (
            level[:, ::2, ::2] + level[:, 1::2, ::2] + level[:, ::2, 1::2] + level[:, 1::2, 1::2]
        ) / 4
    starts = np.cumsum([0] + [each[..., 0].size for each in levels[:-1]])
    texels = [np.round(each * DIRECTION_SCALE).astype(np.int16) for each in levels]
    solid = [_solid(each[..., 0]) for each in levels]
    spans = [
        np.concatenate([_span(t[..., 0] != 0), _span(s)], axis=-1)
        for t, s in zip(texels, solid, strict=True)
    ]
    return PlantPictures(
        np.concatenate([each.reshape(-1, TEXEL_CHANNELS) for each in texels]), starts,
        np.concatenate([each.ravel() for each in solid]), np.concatenate([each.reshape(-1, 4) for each in spans]),
    )  # fmt: skip


def _span(marks: NDArray[np.bool_]) -> NDArray[np.int16]:
    """The first and last column of each row (..., columns) that is marked, (..., 2); where none is,
    the last is before them.
    """
    columns = marks.shape[-1]
    some = marks.any(axis=-1)
    first = marks.argmax(axis=-1)
    last = columns - 1 - marks[..., ::-1].argmax(axis=-1)
    return np.stack([np.where(some, first, columns), np.where(some, last, -1)], axis=-1).astype(
        np.int16
    )


def _solid(opacity: Floats) -> NDArray[np.bool_]:
    """Whether pictures (K, rows, columns) are opaque at a texel and its eight neighbours."""
    opaque = np.pad(opacity > 0.997, ((0, 0), (1, 1), (1, 1)))
    rows, columns = opacity.shape[1:]
    return np.all(
        [opaque[:, i : i + rows, j : j + columns] for i in range(3) for j in range(3)], axis=0
    )


def _grid() -> tuple[Floats, Floats]:
    """Right and up of each texel, in plant heights: right in [-0.375, 0.375], up in [0, 1]."""
    up = 1 - (np.arange(TALL) + 0.5) / TALL
    right = (np.arange(WIDE) + 0.5) / TALL - WIDE / TALL / 2
    return np.broadcast_to(right, (TALL, WIDE)), np.broadcast_to(up[:, None], (TALL, WIDE))


def _leaf_noise(generator: np.random.Generator) -> Floats:
    """A window of the noise tile with leafy contrast, (TALL, WIDE)."""
    tile = noise().values[: TILE * TILE].reshape(TILE, TILE).astype(np.float64)
    rolled = np.roll(tile, generator.integers(0, TILE, 2), axis=(0, 1))
    return (rolled - np.roll(rolled, (9, 7), axis=(0, 1)))[:TALL, :WIDE] / 1.4


def _in_one_piece(crown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part of a crown: no leaves that float beside it."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(
        crown.astype(np.uint8), connectivity=4
    )
    return np.asarray(parts == 1 + np.argmax(stats[1:, cv2.CC_STAT_AREA])) if count > 1 else crown


def _picture(
    opacity: Floats, tone: Floats, right: Floats, up: Floats, towards: Floats, bark: Floats
) -> Floats:
    return np.stack(
        [
            opacity,
            *(opacity * each for each in (tone, tone * right, tone * up, tone * towards, bark)),
        ],
        axis=-1,
    )


def _crown(generator: np.random.Generator, blobs: Floats, trunk: float) -> Floats:
    """The picture of leaf balls (right, up, towards, radius), on a trunk of that width (0 for
    none).
    """
    right, up = _grid()
    ragged_right, ragged_up, leaves = (_leaf_noise(generator) for _ in range(3))
    x = right + 0.012 * ragged_right
    z = up + 0.012 * ragged_up
    depth = np.full(right.shape, -9.0)
    normal = np.zeros((3, *right.shape))
    for centre_x, centre_z, centre_y, radius in blobs:
        dx = x - centre_x
        dz = z - centre_z
        inside = radius**2 - dx**2 - dz**2
        rise = np.sqrt(np.maximum(inside, 0.0))
        front = (inside > 0) & (centre_y + rise > depth)
        depth = np.where(front, centre_y + rise, depth)
        normal = np.where(front, np.stack([dx, dz, rise]) / radius, normal)
    crown = _in_one_piece(depth > -9.0)
    height = (up - blobs[:, 1].min()) / max(np.ptp(blobs[:, 1]), 1e-6)
    shade = 0.62 + 0.30 * np.clip(height, 0, 1) + 0.6 * np.clip(depth, -0.3, 0.3)
    tone = np.where(crown, np.clip(shade + 0.17 * leaves, 0.25, 1.35), 0.8 + 0.1 * leaves)
    wood = (
        (np.abs(right - 0.01 * np.sin(9 * up)) < trunk / 2 * (1.2 - 0.6 * up))
        & (up < blobs[:, 1].mean())
        & ~crown
    )
    round_trunk = np.clip(right / max(trunk, 1e-6) * 2, -1, 1)
    normal = np.where(wood, np.stack([round_trunk, 0 * up, np.sqrt(1 - round_trunk**2)]), normal)
    bark = wood.astype(float)
    return _picture((crown | wood).astype(float), tone, normal[0], normal[1], normal[2], bark)


def _broadleaf(generator: np.random.Generator) -> Floats:
    blobs = []
    for _ in range(34):
        angle = generator.uniform(0, 2 * math.pi)
        out = generator.uniform(0, 1) ** 0.5
        height = generator.uniform(0.34, 0.88)
        reach = 0.27 * math.sin(math.pi * min((height - 0.16) / 0.84, 1.0)) ** 0.7
        radius = generator.uniform(0.065, 0.115)
        blobs.append((reach * out * math.cos(angle), height, reach * out * math.sin(angle), radius))
    return _crown(generator, np.array(blobs), trunk=0.045)


def _bush(generator: np.random.Generator) -> Floats:
    blobs = []
    for _ in range(16):
        angle = generator.uniform(0, 2 * math.pi)
        out = generator.uniform(0, 0.24)
        height = 0.12 + 0.7 * (
            generator.uniform(0.1, 0.78 - out) - 0.1
        )  # dense, so that no ball stands out by itself
        blobs.append(
            (out * math.cos(angle), height, out * math.sin(angle), generator.uniform(0.09, 0.17))
        )
    return _crown(generator, np.array(blobs), trunk=0.0)


def _conifer(generator: np.random.Generator) -> Floats:
    right, up = _grid()
    edge = _leaf_noise(generator)
    leaves = _leaf_noise(generator)
    tiers = generator.uniform(8.0, 12.0)
    phase = (up * tiers + 0.25 * np.abs(right) * tiers + 0.12 * edge) % 1.0
    reach = (
        0.24 * np.clip(1.02 - up, 0, 1) ** 0.85 * (1.0 - 0.42 * phase) * (1 + 0.13 * edge) + 0.005
    )
    # Its lowest twigs hang down unevenly.
    crown = _in_one_piece((np.abs(right) < reach) & (up > 0.085 + 0.03 * edge) & (up < 0.99))
    across = np.clip(right / np.maximum(reach, 1e-3), -1, 1) * 0.9
    tone = np.clip(0.95 - 0.5 * phase + 0.2 * leaves, 0.25, 1.3)
    wood = (np.abs(right) < 0.014) & (up < 0.12) & ~crown
    towards = np.sqrt(1 - across**2) * 0.85
    return _picture(
        (crown | wood).astype(float),
        tone,
        across,
        np.full(up.shape, 0.45),
        towards,
        wood.astype(float),
    )


def _tuft(generator: np.random.Generator) -> Floats:
    right, up = _grid()
    blade = np.zeros(right.shape, dtype=bool)
    tone = np.full(right.shape, 0.8)
    for _ in range(70):
        foot = generator.normal(0, 0.12)
        lean = generator.normal(0, 0.14)
        top = generator.uniform(0.35, 0.97)
        middle = foot + lean * up**1.6
        own = (
            (np.abs(right - middle) < 0.011 * (1.1 - up / top))
            & (up < top)
            & (np.abs(middle) < 0.36)
        )
        tone = np.where(own, generator.uniform(0.7, 1.15) * (0.6 + 0.5 * up), tone)
        blade |= own
    still = np.zeros(up.shape)
    return _picture(
        blade.astype(float), tone, still, np.full(up.shape, 0.7), np.full(up.shape, 0.5), still
    )


@kernel
def _placed(
    eye: Eye, forward: float, height: float, right: float, columns: int
) -> tuple[int, float, float, float]:
    """A plant's mip, texels per pixel, and the top and the left edge of its picture [px]."""
    scale = eye.focal / forward
    texel = height * scale / TALL
    mip = int(min(max(math.floor(math.log2(1 / texel) + 0.4), 0.0), MIPS - 1.0))
    step = (TALL >> mip) / (height * scale)
    top = eye.horizon + (eye.elevation - height) * scale
    return mip, step, top, columns / 2 + right * scale - (WIDE >> mip) / 2 / step


@kernel
def _first_row(mip: int, kind: int) -> int:
    """Where in `spans` a picture begins."""
    return KINDS * (2 * TALL - (2 * TALL >> mip)) + kind * (TALL >> mip)


@kernel
def _between(
    first: int, last: int, low: int, high: int, wide: int, left: float, step: float
) -> tuple[int, int]:
    """Those of the columns [first, last) that the texels low to high of a row `wide` texels long
    reach, and a few around them.
    """
    # Beyond the picture's sides its outermost texels go on.
    begin = first if low == 0 else max(first, int(math.floor((low - 0.5) / step + left - 0.5)))
    return begin, last if high == wide - 1 else min(
        last, int(math.ceil((high + 1.5) / step + left + 0.5))
    )


@kernel
def shield_plant(
    canvas: FrameBuffer, solid: NDArray[np.bool_], starts: NDArray[np.int64], spans: NDArray[np.int16], eye: Eye, forward: float,
    right: float, height: float, kind: int,
) -> None:  # fmt: skip
    """Mark the pixels where nothing of what is behind a plant can show."""
    columns = canvas.image.shape[1]
    mip, step, top, left = _placed(eye, forward, height, right, columns)
    tall = TALL >> mip
    wide = WIDE >> mip
    base = starts[mip] + kind * tall * wide
    rows = _first_row(mip, kind)
    first_column = max(int(math.ceil(left)), 0)
    last_column = min(int(math.floor(left + wide / step)), columns)
    for row in range(
        max(int(math.ceil(top)), canvas.first), min(int(math.floor(top + tall / step)), canvas.last)
    ):
        i = int((row + 0.5 - top) * step)
        line = base + i * wide
        span = spans[rows + i]
        begin, end = _between(first_column, last_column, span[2], span[3], wide, left, step)
        for column in range(begin, end):
            if solid[line + int((column + 0.5 - left) * step)] and not hidden(
                canvas, row, column, forward
            ):
                write_truth(canvas, row, column, forward, PLANT, 0)


@kernel
def _mean(
    texels: NDArray[np.int16], a: np.uint32, b: np.uint32, c: np.uint32, d: np.uint32, wa: float, wb: float, wc: float,
    wd: float, channel: int,
) -> float:  # fmt: skip
    """The weighed mean of a channel of the texels a, b, c and d."""
    return (
        wa * texels[a, channel]
        + wb * texels[b, channel]
        + wc * texels[c, channel]
        + wd * texels[d, channel]
    )


@kernel
def draw_plant(
    canvas: FrameBuffer, texels: NDArray[np.int16], starts: NDArray[np.int64], spans: NDArray[np.int16], light: Light, eye: Eye,
    forward: float, right: float, sun_right: float, sun_towards: float, height: float, kind: int,
    red: float, green: float, blue: float, opacity: float,
) -> None:  # fmt: skip
    """Blend one plant over the picture; it stands `forward`, `right` [m] of the camera.

    sun_right, sun_towards: the sun's direction in the camera's axes.
    red, green, blue: the leaves.
    """
    image = canvas.image
    columns = image.shape[1]
    lying = 0.5 * light.snow
    red, green, blue = (
        red + (SNOW[0] - red) * lying,
        green + (SNOW[1] - green) * lying,
        blue + (SNOW[2] - blue) * lying,
    )
    scale = eye.focal / forward
    mip, step, top, left = _placed(eye, forward, height, right, columns)
    tall = TALL >> mip
    wide = WIDE >> mip
    base = starts[mip] + kind * tall * wide
    rows = _first_row(mip, kind)
    foot = eye.horizon + eye.elevation * scale
    first_row = max(int(math.floor(top)), canvas.first)
    last_row = min(int(math.ceil(foot)), canvas.last)
    first_column = max(int(math.floor(left)), 0)
    last_column = min(int(math.ceil(left + wide / step)), columns)
    far = 1 - math.exp(-math.sqrt(forward * forward + right * right) / light.haze_reach)
    sway_right = 0.62 * sun_right
    sway_up = 0.62 * light.sun_up
    sway_towards = 0.62 * sun_towards
    lamps = 0.8 * beam(light, eye, forward, right)
    for row in range(first_row, last_row):
        v = (row + 0.5 - top) * step - 0.5
        lamp = lamps * beam_share(forward, (foot - row - 0.5) / scale) if lamps > 0.0 else 0.0
        # Its foot goes over into the snow without an edge.
        out = min(max((foot - row - 0.5) / scale / max(DRIFT * light.snow, 1e-3), 0.0), 1.0)
        i = int(math.floor(v))
        w = v - i
        above = min(max(i, 0), tall - 1)
        under = min(max(i + 1, 0), tall - 1)
        low = min(spans[rows + above, 0], spans[rows + under, 0])
        high = max(spans[rows + above, 1], spans[rows + under, 1])
        begin, end = _between(first_column, last_column, low, high, wide, left, step)
        upper = base + above * wide
        lower = base + under * wide
        for column in range(begin, end):
            if hidden(canvas, row, column, forward):
                continue
            u = (column + 0.5 - left) * step - 0.5
            j = int(math.floor(u))
            t = u - j
            near = min(max(j, 0), wide - 1)
            away = min(max(j + 1, 0), wide - 1)
            a = np.uint32(upper + near)
            b = np.uint32(upper + away)
            c = np.uint32(lower + near)
            d = np.uint32(lower + away)
            wa = (1 - w) * (1 - t)
            wb = (1 - w) * t
            wc = w * (1 - t)
            wd = w * t
            cover = _mean(texels, a, b, c, d, wa, wb, wc, wd, 0)
            if cover < 1.0:
                continue
            tone = _mean(texels, a, b, c, d, wa, wb, wc, wd, 1)
            across = _mean(texels, a, b, c, d, wa, wb, wc, wd, 2)
            up = _mean(texels, a, b, c, d, wa, wb, wc, wd, 3)
            towards = _mean(texels, a, b, c, d, wa, wb, wc, wd, 4)
            wood = _mean(texels, a, b, c, d, wa, wb, wc, wd, 5)
            sunlit = (
                (0.32 * tone + across * sway_right + up * sway_up + towards * sway_towards)
                * (1 - far)
                / cover
            )
            skylit = tone * (1 - far) / cover
            covered = cover
            wood, cover = wood / cover, cover / DIRECTION_SCALE * opacity * out
            keep = (1 - cover) / 255
            red_here = red + (BARK[0] - red) * wood
            green_here = green + (BARK[1] - green) * wood
            blue_here = blue + (BARK[2] - blue) * wood
            if light.snow > 0.0:
                # Snow lies on what looks upwards.
                lying = min(max(light.snow * (1.3 * up / covered + 0.15), 0.0), 0.9) * (1 - wood)
                red_here, green_here = (
                    red_here + (0.88 - red_here) * lying,
                    green_here + (0.91 - green_here) * lying,
                )
                blue_here += (0.96 - blue_here) * lying
            red_here = (
                red_here * (skylit * (light.sky_red + lamp) + sunlit * light.sun_red)
                + far * light.haze_red
            )
            green_here = (
                green_here * (skylit * (light.sky_green + lamp) + sunlit * light.sun_green)
                + far * light.haze_green
            )
            blue_here = (
                blue_here * (skylit * (light.sky_blue + lamp) + sunlit * light.sun_blue)
                + far * light.haze_blue
            )
            if cover > 0.5:
                write_truth(canvas, row, column, forward, PLANT, 0)
            p = np.uint32(row)
            q = np.uint32(column)
            image[p, q, 0] = level_of(image[p, q, 0] * keep + red_here * cover)
            image[p, q, 1] = level_of(image[p, q, 1] * keep + green_here * cover)
            image[p, q, 2] = level_of(image[p, q, 2] * keep + blue_here * cover)
