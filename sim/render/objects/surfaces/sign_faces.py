"""The faces of signs, as their driver sees them: x to the right and y up from the middle, in half
sizes of the sign.

Each gives (opacity, red, green, blue), averaged over a footprint of `blur` half sizes.
"""

import math

from sim.jit import kernel
from sim.render.ground.footprint import overlap
from sim.render.objects.filters import pulse, within
from sim.render.objects.surfaces.barrier_surfaces import Skinned

RED = (0.74, 0.07, 0.08)
BLUE = (0.04, 0.20, 0.55)
WHITE = (0.90, 0.90, 0.88)
BLACK = (0.06, 0.06, 0.06)


# Figures of seven strokes, a bit each: top, upper right, lower right, bottom, lower left, upper
# left, middle.
STROKES = (
    0b0111111,
    0b0000110,
    0b1011011,
    0b1001111,
    0b1100110,
    0b1101101,
    0b1111101,
    0b0000111,
    0b1111111,
    0b1101111,
)
# half the height of a figure, its strokes as a share of its width, the space between two
DIGIT_HALF_HEIGHT = 0.36
THICK = 0.32
BETWEEN = 0.10


@kernel
def _figure(x: float, y: float, blur: float, width: float, digit: int) -> float:
    """How much of a footprint a figure covers: `width` wide from x = 0 on, in the middle of its
    height at y = 0.
    """
    thick = THICK * width
    strokes = STROKES[digit]
    bar = overlap(x, blur, 0.0, width)
    half = thick / 2
    left = overlap(x, blur, 0.0, thick)
    right = overlap(x, blur, width - thick, width)
    upper = overlap(y, blur, -half, DIGIT_HALF_HEIGHT)
    lower = overlap(y, blur, -DIGIT_HALF_HEIGHT, half)
    cover = max(
        bar * overlap(y, blur, DIGIT_HALF_HEIGHT - thick, DIGIT_HALF_HEIGHT) * (strokes & 1),
        right * upper * (strokes >> 1 & 1),
    )
    cover = max(
        cover,
        right * lower * (strokes >> 2 & 1),
        bar * overlap(y, blur, -DIGIT_HALF_HEIGHT, thick - DIGIT_HALF_HEIGHT) * (strokes >> 3 & 1),
    )
    cover = max(cover, left * lower * (strokes >> 4 & 1), left * upper * (strokes >> 5 & 1))
    return max(cover, bar * overlap(y, blur, -half, half) * (strokes >> 6 & 1))


@kernel
def speed_face(x: float, y: float, blur: float, limit: float) -> Skinned:
    """A speed limit [km/h]: a red ring around its figures on white."""
    radius = math.sqrt(x * x + y * y)
    cover = within(1.0 - radius, blur)
    inner = within(0.76 - radius, blur)
    count = 3 if limit >= 100.0 else 2
    width = 0.40 if count == 2 else 0.27
    start = -(count * width + (count - 1) * BETWEEN) / 2
    rest = int(limit)
    dark = 0.0
    for place in range(count - 1, -1, -1):
        dark = max(dark, _figure(x - start - place * (width + BETWEEN), y, blur, width, rest % 10))
        rest //= 10
    red = RED[0] + (WHITE[0] - RED[0]) * inner - 0.84 * dark
    green = RED[1] + (WHITE[1] - RED[1]) * inner - 0.84 * dark
    blue = RED[2] + (WHITE[2] - RED[2]) * inner - 0.82 * dark
    return cover, red, green, blue


@kernel
def _triangle(x: float, y: float, size: float) -> float:
    """Distance inwards of an upright triangle's nearest side."""
    return min(y + 0.5 * size, 0.5 * (0.9 * size - y) - 0.866 * abs(x))


@kernel
def warning_face(x: float, y: float, blur: float, towards: float) -> Skinned:
    """A bend ahead: a red triangle with an arrow that bends to the right where `towards` is 1, to
    the left where it is -1.
    """
    cover = within(_triangle(x, y, 1.0), blur)
    inner = within(_triangle(x, y, 0.70), blur)
    across = x * towards
    lean = -0.16 + 0.42 * min(max(y + 0.22, 0.0), 1.0) ** 1.3
    shaft = within(0.07 - abs(across - lean), blur) * overlap(y, blur, -0.30, 0.26)
    tip = within(min(0.40 - abs(y - 0.12) - across - 0.02, across - 0.14), blur) * inner
    dark = max(shaft, tip)
    return (
        cover,
        RED[0] + (WHITE[0] - RED[0]) * inner - 0.84 * dark * inner,
        RED[1] + (WHITE[1] - RED[1]) * inner - 0.84 * dark * inner,
        RED[2] + (WHITE[2] - RED[2]) * inner - 0.82 * dark * inner,
    )


@kernel
def chevron_face(x: float, y: float, blur: float, towards: float) -> Skinned:
    """Red and white arrows, pointing right where `towards` is 1."""
    arrow = pulse(x * towards + abs(y), 1.5 * blur, 2.0 / 1.5, 1.0 / 1.5)
    red = 0.88 * (1 - arrow) + RED[0] * arrow
    other = 0.88 * (1 - arrow) + RED[1] * arrow
    return 1.0, red, other, other


@kernel
def crossing_face(x: float, y: float, blur: float) -> Skinned:
    """A pedestrian crossing: a white triangle with a dark figure on blue."""
    inner = within(_triangle(x, y + 0.08, 0.84), blur)
    figure = within(0.10 - math.hypot(x, y - 0.12), blur) + within(0.08 - abs(x), blur) * overlap(
        y, blur, -0.36, 0.04
    )
    legs = within(0.06 - abs(abs(x) - 0.10 + 0.3 * (y + 0.36)), blur) * overlap(
        y, blur, -0.42, -0.15
    )
    dark = min(figure + legs, 1.0) * inner
    return (
        1.0,
        BLUE[0] + (WHITE[0] - BLUE[0]) * inner - 0.84 * dark,
        BLUE[1] + (WHITE[1] - BLUE[1]) * inner - 0.84 * dark,
        BLUE[2] + (WHITE[2] - BLUE[2]) * inner - 0.82 * dark,
    )


@kernel
def gantry_face(x: float, y: float, blur: float, aspect: float, seed: float) -> Skinned:
    """Directions on a highway: white lines of writing and an arrow on blue, with a white border; x
    in half heights.
    """
    border = within(0.94 - abs(y), blur) * within(aspect - 0.06 - abs(x), blur)
    border *= 1 - within(0.86 - abs(y), blur) * within(aspect - 0.14 - abs(x), blur)
    letters = 0.55 + 0.45 * (pulse(x, blur, 0.21, 0.14) - 0.67) * min(
        max(1.3 - blur / 0.1, 0.0), 1.0
    )
    long = aspect * (0.35 + 0.5 * seed)
    lines = overlap(y, blur, 0.30, 0.62) * overlap(x, blur, -0.8 * aspect, long - 0.3 * aspect)
    lines += overlap(y, blur, -0.22, 0.10) * overlap(
        x, blur, -0.8 * aspect, 0.5 * long - 0.3 * aspect
    )
    arrow = within(min(y + 0.80, 0.36 - abs(x - 0.55 * aspect) - (y + 0.44)) - 0.0, blur) * overlap(
        y, blur, -0.44, 0.0
    )
    arrow += overlap(x - 0.55 * aspect, blur, -0.08, 0.08) * overlap(y, blur, -0.8, -0.40)
    white = min(border + letters * lines + arrow, 1.0)
    return (
        1.0,
        BLUE[0] + (0.88 - BLUE[0]) * white,
        BLUE[1] + (0.88 - BLUE[1]) * white,
        BLUE[2] + (0.88 - BLUE[2]) * white,
    )


@kernel
def distance_face(x: float, y: float, blur: float) -> Skinned:
    """A kilometre post: dark figures on white."""
    dark = (
        overlap(x, blur, -0.5, 0.5)
        * (overlap(y, blur, -0.5, 0.0) + overlap(y, blur, 0.2, 0.6))
        * 0.75
    )
    return 1.0, 0.88 * (1 - dark), 0.88 * (1 - dark), 0.86 * (1 - 0.8 * dark)
