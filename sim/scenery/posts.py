"""Thin upright things: reflector posts and poles, drawn with exact coverage, since most are thinner than a pixel."""

import math

import numpy as np

from sim.appearance import Light
from sim.kernels import Eye, kernel
from sim.types import Image

POST, POLE = 0, 1
POST_HEIGHT, POLE_HEIGHT = 1.05, 8.0  # [m]


@kernel
def draw_post(image: Image, light: Light, eye: Eye, forward: float, right: float, sun_towards: float, kind: int) -> None:
    """Blend one post over the picture; it stands `forward`, `right` [m] of the camera."""
    bright = light.ambient + light.sun * (0.45 + 0.35 * sun_towards)
    if kind == POST:
        white, black = 0.92 * bright, 0.10 * bright
        _bar(image, light, eye, forward, right, 0.07, 0.0, 0.68, white, white, white)
        _bar(image, light, eye, forward, right, 0.07, 0.68, 0.96, black, black, black)
        _bar(image, light, eye, forward, right, 0.07, 0.96, POST_HEIGHT, white, white, white)
        _bar(image, light, eye, forward, right, 0.03, 0.74, 0.90, 0.95, 0.52, 0.12)  # the reflector
    else:
        wood = 0.40 * bright
        _bar(image, light, eye, forward, right, 0.13, 0.0, POLE_HEIGHT, wood, 0.88 * wood, 0.74 * wood)
        _bar(image, light, eye, forward, right, 0.95, 7.2, 7.36, wood, 0.88 * wood, 0.74 * wood)


@kernel
def _bar(
    image: Image, light: Light, eye: Eye, forward: float, right: float,
    half: float, low: float, high: float, red: float, green: float, blue: float,
) -> None:  # fmt: skip
    """Blend an upright rectangle `2 half` wide between the heights `low` and `high` [m], facing the camera."""
    rows, columns, _ = image.shape
    scale = eye.focal / forward
    left, end = columns / 2 + (right - half) * scale, columns / 2 + (right + half) * scale
    top, bottom = eye.horizon + (eye.elevation - high) * scale, eye.horizon + (eye.elevation - low) * scale
    far = 1 - math.exp(-math.sqrt(forward * forward + right * right) / light.haze_reach)
    red += (light.haze_red - red) * far
    green += (light.haze_green - green) * far
    blue += (light.haze_blue - blue) * far
    for row in range(max(int(math.floor(top)), 0), min(int(math.ceil(bottom)), rows)):
        tall = min(bottom, row + 1.0) - max(top, float(row))
        for column in range(max(int(math.floor(left)), 0), min(int(math.ceil(end)), columns)):
            cover = 255 * tall * (min(end, column + 1.0) - max(left, float(column)))
            keep = 1 - cover / 255
            image[row, column, 0] = np.uint8(image[row, column, 0] * keep + min(red, 1.0) * cover + 0.5)
            image[row, column, 1] = np.uint8(image[row, column, 1] * keep + min(green, 1.0) * cover + 0.5)
            image[row, column, 2] = np.uint8(image[row, column, 2] * keep + min(blue, 1.0) * cover + 0.5)
