"""The shadows of people: every limb's own, thrown away from the sun, and the dark where the feet
touch the ground.
"""

import math

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.lighting.light import Light
from sim.render.objects.pedestrians.gait import (
    ARMS,
    BELLY,
    CHEST,
    FEET,
    FOREARMS,
    HEAD,
    SHINS,
    SHOULDERS,
    THIGHS,
    Floats,
    pose_limbs,
)
from sim.render.objects.pedestrians.pedestrian_drawing import PedestriansToDraw
from sim.render.objects.shadows import darken

SHADOW_RANGE = 90.0  # [m] up to which people throw shadows
MAX_SHADOW = 12.0  # [m] of shadow for a metre of person
CASTING = (
    HEAD, CHEST, BELLY, SHOULDERS, ARMS, ARMS + 1, FOREARMS, FOREARMS + 1, THIGHS, THIGHS + 1, SHINS, SHINS + 1, FEET, FEET + 1,
)  # fmt: skip


@kernel
def _ground_rows(canvas: FrameBuffer, eye: Eye, near: float, away: float) -> tuple[int, int]:
    """The rows of the canvas that show the ground between two distances [m]."""
    if away <= 0.5:
        return 0, 0
    top = eye.horizon + eye.focal * eye.elevation / away
    bottom = eye.horizon + eye.focal * eye.elevation / max(near, 0.5)
    return max(int(top), int(math.ceil(eye.horizon)), canvas.first), min(
        int(math.ceil(bottom)), canvas.last
    )


@kernel
def _cast(limbs: Floats, throw_x: float, throw_y: float, x: float, y: float, soft: float) -> float:
    """How much of the sun the limbs hide from a point of the ground; throw: where a metre of height
    falls [m].
    """
    cast = 0.0
    for i in CASTING:
        low = limbs[i, 2]
        high = limbs[i, 5]
        ax = limbs[i, 0] + low * throw_x
        ay = limbs[i, 1] + low * throw_y
        lx = limbs[i, 3] + high * throw_x - ax
        ly = limbs[i, 4] + high * throw_y - ay
        px = x - ax
        py = y - ay
        t = min(max((px * lx + py * ly) / (lx * lx + ly * ly + 1e-9), 0.0), 1.0)
        off = math.sqrt((px - t * lx) ** 2 + (py - t * ly) ** 2)
        radius = limbs[i, 6] + t * (limbs[i, 7] - limbs[i, 6])
        blur = soft + 0.02 * (low + t * (high - low))
        share = min(max(0.5 + (radius - off) / (2 * blur), 0.0), 1.0) * min(
            1.6 * radius / (radius + blur), 1.0
        )
        cast = max(cast, share)
    return cast


@kernel
def shade_under_pedestrian(
    canvas: FrameBuffer, people: PedestriansToDraw, k: int, light: Light, eye: Eye
) -> None:
    """Darken the ground by the shadow of person number `k`."""
    image = canvas.image
    columns = image.shape[1]
    pose = people.pose[k]
    limbs = people.limbs
    height = people.size[k, 2]
    dx = pose[0] - eye.x
    dy = pose[1] - eye.y
    level = math.hypot(light.sun_x, light.sun_y)
    length = min(level / max(light.sun_up, 1e-3), MAX_SHADOW) / max(level, 1e-6)
    throw_x = -light.sun_x * length
    throw_y = -light.sun_y * length
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    end_forward = forward + height * (throw_x * eye.cos + throw_y * eye.sin)
    end_right = right + height * (throw_y * eye.cos - throw_x * eye.sin)
    if light.shadow <= 0.0:
        end_forward = forward
        end_right = right
    near = min(forward, end_forward) - 0.6
    away = max(forward, end_forward) + 0.6
    if away < 0.6 or min(forward, away) > SHADOW_RANGE:
        return
    pose_limbs(
        limbs, height, people.stout[k], people.carried[k], people.gait[k, 0], people.gait[k, 1]
    )
    haze = 1 - math.exp(-max(forward, 0.0) / light.haze_reach)
    own_x = throw_x * pose[2] + throw_y * pose[3]
    own_y = throw_y * pose[2] - throw_x * pose[3]
    first, last = _ground_rows(canvas, eye, near, away)
    for row in range(first, last):
        below = row + 0.5 - eye.horizon
        ahead = eye.focal * eye.elevation / below
        soft = 0.012 + 0.5 * ahead / below
        # Where the strip from the feet to the head's shadow crosses this row.
        low = min(right, end_right) - 0.7
        high = max(right, end_right) + 0.7
        if abs(end_forward - forward) > 1.0:
            low_t = (ahead - 0.7 - forward) / (end_forward - forward)
            high_t = (ahead + 0.7 - forward) / (end_forward - forward)
            a = min(max(min(low_t, high_t), 0.0), 1.0)
            b = min(max(max(low_t, high_t), 0.0), 1.0)
            at_a = right + a * (end_right - right)
            at_b = right + b * (end_right - right)
            low = min(at_a, at_b) - 0.7
            high = max(at_a, at_b) + 0.7
        start = max(int(columns / 2 + eye.focal * low / ahead), 0)
        for column in range(start, min(int(columns / 2 + eye.focal * high / ahead) + 1, columns)):
            slope = (column + 0.5 - columns / 2) / eye.focal
            gx = ahead * (eye.cos - slope * eye.sin) - dx
            gy = ahead * (eye.sin + slope * eye.cos) - dy
            px = gx * pose[2] + gy * pose[3]
            py = gy * pose[2] - gx * pose[3]
            cast = _cast(limbs, own_x, own_y, px, py, soft) if light.shadow > 0.0 else 0.0
            contact = _contact(limbs, px, py, soft)
            cover = 1 - (1 - light.shadow * cast) * (1 - contact)
            if cover > 0.0:
                darken(image, row, column, cover, light, haze)


@kernel
def _contact(limbs: Floats, x: float, y: float, soft: float) -> float:
    """How much of the sky the feet hide from a point of the ground: less when they are lifted, or
    small beside a pixel.
    """
    dark = 0.0
    width = 0.09
    strength = 0.55 * min(1.6 * width / (width + soft), 1.0)
    for i in (FEET, FEET + 1):
        ax = limbs[i, 0]
        ay = limbs[i, 1]
        lx = limbs[i, 3] - limbs[i, 0]
        ly = limbs[i, 4] - limbs[i, 1]
        t = min(max(((x - ax) * lx + (y - ay) * ly) / (lx * lx + ly * ly + 1e-9), 0.0), 1.0)
        off = math.sqrt((x - ax - t * lx) ** 2 + (y - ay - t * ly) ** 2)
        lift = limbs[i, 2] + t * (limbs[i, 5] - limbs[i, 2])
        dark = max(
            dark,
            strength
            * math.exp(-((off / (width + soft)) ** 2))
            * min(max(1.3 - 7.0 * lift, 0.0), 1.0),
        )
    return dark if dark > 0.02 else 0.0
