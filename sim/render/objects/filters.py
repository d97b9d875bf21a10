"""Exact averages over a pixel's footprint, and how a standing thing's colour gets onto the canvas.

Textures are made of steps; averaged over what a pixel covers they stay calm at any distance.
"""

import math

import numpy as np

from sim.jit import inlined, kernel
from sim.render.frame_buffer import FrameBuffer, Label, level_of, write_truth
from sim.render.ground.footprint import dash_integral

ROAD = int(Label.ROAD)
STRUCTURE = int(Label.STRUCTURE)
TOUCHING_DEPTH = 0.01  # [m]: what is nearer than this to each other does not hide one another


@kernel
def pulse(x: float, width: float, period: float, on: float) -> float:
    """The share of [x - width / 2, x + width / 2] that lies in [k period, k period + on] for any
    whole k.
    """
    return (
        dash_integral(x + width / 2, on, period) - dash_integral(x - width / 2, on, period)
    ) / width


@kernel
def within(distance: float, width: float) -> float:
    """The share of a footprint `width` wide that lies inside an edge, `distance` inwards of its
    middle.
    """
    return min(max(distance / width + 0.5, 0.0), 1.0)


@kernel
def step_hash(first: float, second: float, third: float) -> float:
    """A number in [0, 1) that belongs to three whole numbers."""
    x = first * 0.7548777 + second * 0.5698403 + third * 0.3218197
    x -= math.floor(x)
    x *= (x + 7.13) * 57.31
    return x - math.floor(x)


@inlined
def hidden(canvas: FrameBuffer, row: int, column: int, depth: float) -> bool:
    """Whether something that stands nearer has been drawn at a pixel."""
    i = np.uint32(row)
    j = np.uint32(column)
    return (
        canvas.depth.size > 0
        and canvas.label[i, j] > ROAD
        and canvas.depth[i, j] < depth - TOUCHING_DEPTH
    )


@inlined
def blend(
    canvas: FrameBuffer,
    row: int,
    column: int,
    depth: float,
    cover: float,
    red: float,
    green: float,
    blue: float,
) -> None:
    """Lay a colour over a pixel and mark it as a structure's where it covers most of it."""
    image = canvas.image
    i = np.uint32(row)
    j = np.uint32(column)
    keep = (1 - cover) / 255
    image[i, j, 0] = level_of(image[i, j, 0] * keep + red * cover)
    image[i, j, 1] = level_of(image[i, j, 1] * keep + green * cover)
    image[i, j, 2] = level_of(image[i, j, 2] * keep + blue * cover)
    if cover > 0.5:
        write_truth(canvas, row, column, depth, STRUCTURE, 0)
