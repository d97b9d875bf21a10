"""What shines from other vehicles: lamps that are on, reflectors in the ego's headlights, and the
glow around lamps.
"""

import math

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, level_of
from sim.render.lighting.light import Light
from sim.render.objects.vehicles.vehicle_paint import (
    HEADLAMP,
    LIT_SIGN,
    LIT_WINDOW,
    REFLECTOR,
    TAIL_LAMP,
)
from sim.render.objects.vehicles.vehicle_shapes import Floats

LAMP_RETROREFLECTION = 2.5  # how much brighter than paper a reflector throws headlights back
GLOW_SHARE = 0.09  # the most that a glow's radius takes of the picture's height
Shine = tuple[float, float, float]


@kernel
def shine(finish: int, braking: bool, parked: bool, light: Light, headlight: float) -> Shine:
    """What a point sends out by itself: red, green, blue; headlight: what the ego's headlights
    throw on it.
    """
    on = 0.0 if parked else light.lamp
    if finish == HEADLAMP:
        return 1.25 * on, 1.20 * on, 1.05 * on
    if finish == TAIL_LAMP:
        red = (
            0.55 * on
            + (0.75 * light.level_red + 0.75 * on if braking else 0.0)
            + 0.6 * LAMP_RETROREFLECTION * headlight
        )
        return red, 0.09 * red, 0.07 * red
    if finish == REFLECTOR:
        return 0.4 * headlight, 0.4 * headlight, 0.38 * headlight
    if finish == LIT_SIGN:
        return 0.95 * on, 0.55 * on, 0.08 * on
    if finish == LIT_WINDOW:
        return 0.30 * on, 0.27 * on, 0.20 * on
    return 0.0, 0.0, 0.0


@kernel
def glow_of(
    canvas: FrameBuffer,
    pose: Floats,
    length: float,
    lamps: Floats,
    braking: bool,
    parked: bool,
    light: Light,
    eye: Eye,
) -> None:
    """Add the glow of a vehicle's lamps, on the ends that face the camera."""
    if parked or light.lamp <= 0.0:
        return
    for end in (1, -1):
        first = 0 if end > 0 else 4
        for side in (-1, 1):
            along = end * length / 2
            across = side * lamps[first]
            dx = pose[0] + along * pose[2] - across * pose[3] - eye.x
            dy = pose[1] + along * pose[3] + across * pose[2] - eye.y
            away = math.sqrt(dx * dx + dy * dy)
            facing = -end * (dx * pose[2] + dy * pose[3]) / away
            forward = dx * eye.cos + dy * eye.sin
            right = dy * eye.cos - dx * eye.sin
            if facing < 0.05 or forward < 1.0:
                continue
            if end > 0:
                strength = light.lamp * (0.10 + 0.90 * facing**6)
                _glow(
                    canvas,
                    light,
                    eye,
                    forward,
                    right,
                    lamps[1],
                    away,
                    0.55,
                    strength,
                    0.93 * strength,
                    0.76 * strength,
                )
            else:
                strength = light.lamp * facing * (0.60 if braking else 0.28)
                _glow(
                    canvas,
                    light,
                    eye,
                    forward,
                    right,
                    lamps[5],
                    away,
                    0.24,
                    strength,
                    0.10 * strength,
                    0.06 * strength,
                )


@kernel
def _glow(
    canvas: FrameBuffer, light: Light, eye: Eye, forward: float, right: float, height: float, away: float, size: float,
    red: float, green: float, blue: float,
) -> None:  # fmt: skip
    """Add a soft disc around a lamp; size: its radius [m] in clear air, never under 1.6 px."""
    image = canvas.image
    rows, columns, _ = image.shape
    haze = away / light.haze_reach
    radius = eye.focal / forward * size * (1.0 + 2.5 * min(haze, 1.0)) + 1.6 * rows / 160
    radius = min(radius, GLOW_SHARE * rows)
    keep = math.exp(-0.7 * haze)
    row = eye.horizon + eye.focal * (eye.elevation - height) / forward
    column = columns / 2 + eye.focal * right / forward
    for i in range(max(int(row - radius), canvas.first), min(int(row + radius) + 1, canvas.last)):
        for j in range(max(int(column - radius), 0), min(int(column + radius) + 1, columns)):
            u = ((i + 0.5 - row) ** 2 + (j + 0.5 - column) ** 2) / (radius * radius)
            if u < 1.0:
                soft = keep * (1.0 - u) ** 2 * (0.25 + 0.75 * (1.0 - u) ** 4)
                image[i, j, 0] = level_of(image[i, j, 0] / 255 + red * soft)
                image[i, j, 1] = level_of(image[i, j, 1] / 255 + green * soft)
                image[i, j, 2] = level_of(image[i, j, 2] / 255 + blue * soft)
