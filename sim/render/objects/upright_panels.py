"""Upright panels: whatever stands along a line on the ground, drawn column by column.

All rows of a column of the picture lie at one distance, where the column's ray meets the line. So
texture, light and haze along the panel are worked out once per column, and the panel's edges are
covered exactly.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, write_truth
from sim.render.ground.footprint import overlap
from sim.render.ground.weathering import SNOW
from sim.render.lighting.light import Light, beam, beam_share
from sim.render.noise import Grain, grain_between, level_for
from sim.render.objects.filters import STRUCTURE, blend, hidden
from sim.render.objects.object_tables import (
    AX,
    AY,
    BX,
    BY,
    FLAGS,
    FREE_A,
    FREE_B,
    HIGH_A,
    HIGH_B,
    LOW,
    ONE_SIDED,
    PITCH,
    SEED,
    U_A,
    U_B,
)  # fmt: skip
from sim.render.objects.surfaces.surface_table import (
    BRIGHTEST,
    SIGN_RETROREFLECTION,
    SPEED,
    TUNNEL,
    ragged,
    slanted,
    snowed,
    surface,
)

PANEL_NEAR_PLANE = 0.3  # [m] in front of the camera where the world begins
DIPS = 4.0  # standard deviations by which noise may lower a ragged edge
BEHIND = 0.35  # how dark the back of a sign is
WINDOW_LIGHT = (1.0, 0.80, 0.46)  # the light of a lamp behind a window


@kernel
def draw_panel(
    canvas: FrameBuffer, grain: Grain, shape: NDArray[np.float64], skin: int, red: float, green: float, blue: float, reach: float,
    front: Light, back: Light, eye: Eye, painted: bool,
) -> None:  # fmt: skip
    """Blend one panel over the picture, or where it is not to be painted yet, mark only the pixels
    that it wholly hides.

    shape: see `object_tables`.
    front, back: the light on either side of it; it fades away towards `reach` [m].
    """
    columns = canvas.image.shape[1]
    ax = shape[AX] - eye.x
    ay = shape[AY] - eye.y
    bx = shape[BX] - eye.x
    by = shape[BY] - eye.y
    fa = ax * eye.cos + ay * eye.sin
    ra = ay * eye.cos - ax * eye.sin
    fb = bx * eye.cos + by * eye.sin
    rb = by * eye.cos - bx * eye.sin
    if fa <= PANEL_NEAR_PLANE and fb <= PANEL_NEAR_PLANE:
        return
    low_t = (PANEL_NEAR_PLANE - fa) / (fb - fa) if fa < PANEL_NEAR_PLANE else 0.0
    high_t = (PANEL_NEAR_PLANE - fa) / (fb - fa) if fb < PANEL_NEAR_PLANE else 1.0
    end_a = columns / 2 + eye.focal * (ra + low_t * (rb - ra)) / (fa + low_t * (fb - fa))
    end_b = columns / 2 + eye.focal * (ra + high_t * (rb - ra)) / (fa + high_t * (fb - fa))
    flags = int(shape[FLAGS])
    ahead = end_a < end_b
    if flags & ONE_SIDED and not ahead:
        return
    left = min(end_a, end_b)
    right = max(end_a, end_b)
    free_left = flags & (FREE_A if ahead else FREE_B) != 0
    free_right = flags & (FREE_B if ahead else FREE_A) != 0
    first = int(math.floor(max(left, 0.0))) if free_left else int(math.ceil(max(left, 0.0) - 0.5))
    last = (
        int(math.ceil(min(right, columns)))
        if free_right
        else int(math.ceil(min(right, columns) - 0.5))
    )
    length = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
    turned = 1.0 if ahead else -1.0
    facing = turned * ((bx - ax) * front.sun_y - (by - ay) * front.sun_x) / max(length, 1e-9)
    for column in range(first, last):
        begin = max(float(column), left) if free_left else float(column)
        end = min(column + 1.0, right) if free_right else column + 1.0
        if end > begin:
            slope = ((begin + end) / 2 - columns / 2) / eye.focal
            across = (rb - ra) - slope * (fb - fa)
            if across == 0.0:
                continue
            t = min(max((slope * fa - ra) / across, low_t), high_t)
            if not painted and end - begin < 1.0:
                continue
            if not painted:
                _shield_column(canvas, shape, skin, reach, eye, column, fa + t * (fb - fa), t)
            else:
                _draw_column(
                    canvas, grain, shape, skin, red, green, blue, reach, front if ahead else back, eye, column, slope,
                    fa + t * (fb - fa), t, abs(1 / across), facing, end - begin, ahead,
                )  # fmt: skip


@kernel
def _shield_column(
    canvas: FrameBuffer,
    shape: NDArray[np.float64],
    skin: int,
    reach: float,
    eye: Eye,
    column: int,
    forward: float,
    t: float,
) -> None:
    """Mark a column of a panel, `t` of the way along it, where nothing of what lies behind can
    show.
    """
    if forward > 0.75 * reach:
        return
    scale = eye.focal / forward
    high = shape[HIGH_A] + t * (shape[HIGH_B] - shape[HIGH_A])
    high -= DIPS * ragged(skin, high)[0]
    top = eye.horizon + (eye.elevation - high) * scale
    bottom = eye.horizon + (eye.elevation - shape[LOW]) * scale
    for row in range(
        max(int(math.ceil(top)), canvas.first), min(int(math.floor(bottom)), canvas.last)
    ):
        if not hidden(canvas, row, column, forward):
            write_truth(canvas, row, column, forward, STRUCTURE, 0)


@kernel
def _draw_column(
    canvas: FrameBuffer, grain: Grain, shape: NDArray[np.float64], skin: int, red: float, green: float, blue: float, reach: float,
    light: Light, eye: Eye, column: int, slope: float, forward: float, t: float, spread: float, facing: float, wide: float,
    ahead: bool,
) -> None:  # fmt: skip
    """One column of a panel, `t` of the way along it; spread: how much of it [1/m of distance] the
    column's ray sweeps.
    """
    opacity = wide * min(4 - 4 * forward / reach, 1.0)
    if opacity <= 0.0:
        return
    metre = forward / eye.focal
    u = shape[U_A] + t * (shape[U_B] - shape[U_A])
    du = max(min(abs(shape[U_B] - shape[U_A]) * spread * metre, 60.0), 1e-3)
    blur = math.log2(0.7 * max(du, metre) + 0.3 * min(du, metre))
    low = shape[LOW]
    high = shape[HIGH_A] + t * (shape[HIGH_B] - shape[HIGH_A])
    reaching, texel = ragged(skin, high)
    edge = high
    if reaching > 0.0:
        edge += reaching * grain_between(
            grain.corners, grain.starts, level_for(du / texel), u / texel, 17.3 * shape[SEED] + 0.5
        )
    top = eye.horizon + (eye.elevation - edge) / metre
    bottom = eye.horizon + (eye.elevation - low) / metre
    far = 1 - math.exp(-forward * math.sqrt(1 + slope * slope) / light.haze_reach)
    lamps = beam(light, eye, forward, forward * slope)
    upwards = slanted(skin)
    sun = 0.95 * max(facing * (1 - 0.4 * upwards) + upwards * light.sun_up, 0.0)
    sky = 0.84 + 0.16 * upwards
    lit_red = light.sky_red * sky + light.sun_red * sun
    lit_green = light.sky_green * sky + light.sun_green * sun
    lit_blue = light.sky_blue * sky + light.sun_blue * sun
    thick, held = snowed(skin)
    thick, held = thick * light.snow, held * min(1.5 * light.snow, 1.0)
    glowing = light.lamp if light.lamp > 0.35 else 0.0
    for row in range(
        max(int(math.floor(top)), canvas.first), min(int(math.ceil(bottom)), canvas.last)
    ):
        if hidden(canvas, row, column, forward):
            continue
        z = eye.elevation + (eye.horizon - row - 0.5) * metre
        z = min(max(z, low), edge)
        cover, r, g, b, glow = surface(
            grain, blur, skin, u, z, du, metre, low, high, red, green, blue, shape[PITCH], shape[SEED]
        )  # fmt: skip
        cover *= opacity * (min(bottom, row + 1.0) - max(top, float(row)))
        if cover < 0.004:
            continue
        lamp = lamps * beam_share(forward, z) if lamps > 0.0 else 0.0
        if skin >= SPEED:
            lamp = min(SIGN_RETROREFLECTION * lamp, BRIGHTEST) if ahead else BEHIND * lamp
            if not ahead:
                r = g = b = BEHIND
        if light.snow > 0.0:
            white = min(max(overlap(z, metre, edge - thick, edge + 9.0) * (thick > 0.0), held), 1.0)
            r, g, b = (
                r + (SNOW[0] - r) * white,
                g + (SNOW[1] - g) * white,
                b + (SNOW[2] - b) * white,
            )
        shade = (
            0.76 + 0.24 * min(z / 0.5, 1.0)
            if low == 0.0 and skin < SPEED and skin != TUNNEL
            else 1.0
        ) * (1 - far)
        glow *= glowing * (1 - far)
        blend(
            canvas, row, column, forward, cover,
            r * shade * (lit_red + lamp) * (1 - glow) + WINDOW_LIGHT[0] * glow + far * light.haze_red,
            g * shade * (lit_green + 0.96 * lamp) * (1 - glow) + WINDOW_LIGHT[1] * glow + far * light.haze_green,
            b * shade * (lit_blue + 0.86 * lamp) * (1 - glow) + WINDOW_LIGHT[2] * glow + far * light.haze_blue,
        )  # fmt: skip
