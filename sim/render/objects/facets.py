"""Facets: flat pieces with four corners at two heights, for roofs and gables.

The upright plane through the eye and a column of the picture cuts a facet in a segment; its ends
are found on the facet's edges, and along it the distance follows from 1 / distance being straight
in the picture.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.ground.weathering import SNOW
from sim.render.lighting.light import Light
from sim.render.noise import Grain
from sim.render.objects.filters import blend, hidden
from sim.render.objects.object_tables import AX, AY, BX, BY, CX, CY, DX, DY, HIGH, LOW
from sim.render.objects.surfaces.surface_table import snowed, surface
from sim.render.objects.upright_panels import PANEL_NEAR_PLANE

FACET_SEED = 10
FACET_PITCH = 11


@kernel
def _seen(x: float, y: float, eye: Eye) -> tuple[float, float]:
    """Forward and right of the camera [m]."""
    return (x - eye.x) * eye.cos + (y - eye.y) * eye.sin, (y - eye.y) * eye.cos - (
        x - eye.x
    ) * eye.sin


@kernel
def _cut(
    slope: float,
    forwards: tuple[float, float, float, float],
    rights: tuple[float, float, float, float],
    low: float,
    high: float,
) -> tuple[int, float, float, float, float]:
    """How many edges the upright plane of a slope crosses, and forward and height [m] at the first
    and the last of them.
    """
    heights = (low, low, high, high)
    crossed = 0
    f0 = 0.0
    z0 = 0.0
    f1 = 0.0
    z1 = 0.0
    for i in range(4):
        j = (i + 1) & 3
        p = rights[i] - slope * forwards[i]
        q = rights[j] - slope * forwards[j]
        if (p < 0.0) != (q < 0.0):
            t = p / (p - q)
            f = forwards[i] + t * (forwards[j] - forwards[i])
            z = heights[i] + t * (heights[j] - heights[i])
            if crossed == 0:
                f0 = f
                z0 = z
            f1 = f
            z1 = z
            crossed += 1
    if crossed and f0 < PANEL_NEAR_PLANE < f1:
        z0, f0 = z0 + (z1 - z0) * (PANEL_NEAR_PLANE - f0) / (f1 - f0), PANEL_NEAR_PLANE
    elif crossed and f1 < PANEL_NEAR_PLANE < f0:
        z1, f1 = z1 + (z0 - z1) * (PANEL_NEAR_PLANE - f1) / (f0 - f1), PANEL_NEAR_PLANE
    return crossed, f0, z0, f1, z1


@kernel
def draw_facet(
    canvas: FrameBuffer, grain: Grain, shape: NDArray[np.float64], skin: int, red: float, green: float, blue: float, reach: float,
    light: Light, eye: Eye,
) -> None:  # fmt: skip
    """Blend one facet over the picture, if it is seen from outside."""
    columns = canvas.image.shape[1]
    ex = shape[BX] - shape[AX]
    ey = shape[BY] - shape[AY]
    gx = shape[DX] - shape[AX]
    gy = shape[DY] - shape[AY]
    rise = shape[HIGH] - shape[LOW]
    normal_x = -ey * rise
    normal_y = ex * rise
    normal_up = ey * gx - ex * gy
    if (eye.x - shape[AX]) * normal_x + (eye.y - shape[AY]) * normal_y + (
        eye.elevation - shape[LOW]
    ) * normal_up <= 0.0:
        return
    size = math.sqrt(normal_x * normal_x + normal_y * normal_y + normal_up * normal_up)
    facing = (
        max(normal_x * light.sun_x + normal_y * light.sun_y + normal_up * light.sun_up, 0.0) / size
    )
    (fa, ra), (fb, rb) = _seen(shape[AX], shape[AY], eye), _seen(shape[BX], shape[BY], eye)
    (fc, rc), (fd, rd) = _seen(shape[CX], shape[CY], eye), _seen(shape[DX], shape[DY], eye)
    forwards = (fa, fb, fc, fd)
    rights = (ra, rb, rc, rd)
    left = np.inf
    right = -np.inf
    for i in range(4):
        place = eye.focal * rights[i] / max(forwards[i], PANEL_NEAR_PLANE) + columns / 2
        if forwards[i] < PANEL_NEAR_PLANE:
            left, right = (
                min(left, 0.0 if rights[i] < 0 else float(columns)),
                max(right, columns if rights[i] > 0 else 0.0),
            )
        left, right = min(left, place), max(right, place)
    sky = 0.88 + 0.12 * normal_up / size
    lit_red = light.sky_red * sky + light.sun_red * facing
    lit_green = light.sky_green * sky + light.sun_green * facing
    lit_blue = light.sky_blue * sky + light.sun_blue * facing
    length = math.sqrt(ex * ex + ey * ey)
    along_f = (fb - fa) / length
    along_r = (rb - ra) / length
    white = min(1.3 * snowed(skin)[1] * light.snow, 1.0)
    for column in range(
        int(math.ceil(max(left, 0.0) - 0.5)), int(math.ceil(min(right, columns) - 0.5))
    ):
        slope = (column + 0.5 - columns / 2) / eye.focal
        crossed, f0, z0, f1, z1 = _cut(slope, forwards, rights, shape[LOW], shape[HIGH])
        if crossed < 2 or max(f0, f1) <= PANEL_NEAR_PLANE:
            continue
        y0 = eye.horizon + eye.focal * (eye.elevation - z0) / f0
        y1 = eye.horizon + eye.focal * (eye.elevation - z1) / f1
        top = min(y0, y1)
        bottom = max(y0, y1)
        opacity = min(4 - 4 * max(f0, f1) / reach, 1.0)
        far = 1 - math.exp(-min(f0, f1) * math.sqrt(1 + slope * slope) / light.haze_reach)
        blur = math.log2(min(f0, f1) / eye.focal)
        bend = (1 / f1 - 1 / f0) / (y1 - y0) if y1 != y0 else 0.0
        for row in range(
            max(int(math.floor(top)), canvas.first), min(int(math.ceil(bottom)), canvas.last)
        ):
            here = min(max(row + 0.5, top), bottom)
            forward = 1 / (1 / f0 + (here - y0) * bend)
            if opacity <= 0.0 or hidden(canvas, row, column, forward):
                continue
            z = eye.elevation + (eye.horizon - here) * forward / eye.focal
            u = (forward - fa) * along_f + (slope * forward - ra) * along_r
            metre = forward / eye.focal
            _, r, g, b, _ = surface(
                grain, blur, skin, u, z, metre, metre, 0.0, shape[LOW] if rise < 0 else shape[HIGH], red, green, blue,
                shape[FACET_PITCH], shape[FACET_SEED],
            )  # fmt: skip
            r, g, b = (
                r + (SNOW[0] - r) * white,
                g + (SNOW[1] - g) * white,
                b + (SNOW[2] - b) * white,
            )
            blend(
                canvas, row, column, forward, opacity * (min(bottom, row + 1.0) - max(top, float(row))),
                r * lit_red * (1 - far) + far * light.haze_red,
                g * lit_green * (1 - far) + far * light.haze_green,
                b * lit_blue * (1 - far) + far * light.haze_blue,
            )  # fmt: skip
