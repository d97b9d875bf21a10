"""The light in one place, as kernels use it, and the ego's headlights."""

import math
from typing import NamedTuple

from sim.jit import kernel
from sim.render.frame_buffer import Eye


class Light(NamedTuple):
    """What kernels need of the light in one place; everything here is times the camera's exposure.

    sun_x, sun_y, sun_up: unit vector towards the sun (or moon); sun_*: strength of its direct light
    by colour; sky_*: of the light from all around; level_*: of both together on level ground;
    haze_*: the haze's colour, and the distance [m] at which it hides all but 1/e.
    shadow: the share of the light that a full shadow takes away, 0 without a sun.
    headlight: how bright the ego's headlights make what stands in them, 0 when they are off.
    lamp: how bright the lamps of others shine, 0 when they are off.
    wet, snow: how much of the ground is covered, in [0, 1].
    """

    sun_x: float
    sun_y: float
    sun_up: float
    sun_red: float
    sun_green: float
    sun_blue: float
    sky_red: float
    sky_green: float
    sky_blue: float
    level_red: float
    level_green: float
    level_blue: float
    haze_red: float
    haze_green: float
    haze_blue: float
    haze_reach: float
    shadow: float
    headlight: float
    lamp: float
    wet: float
    snow: float


@kernel
def seen_through_air(light: Light, outside: Light, clear: float, away: float) -> Light:
    """The light of a tunnel of things `away` [m] across the outside's air, which lets `clear` of it
    through.

    Both hazes on the way become one that hides as much.
    """
    if clear > 0.999:
        return light
    near = math.exp(-away / light.haze_reach)
    shown = max(near * clear, 1e-9)
    own = (1 - near) * clear / (1 - shown)
    other = (1 - clear) / (1 - shown)
    return Light(
        light.sun_x, light.sun_y, light.sun_up, light.sun_red, light.sun_green, light.sun_blue,
        light.sky_red, light.sky_green, light.sky_blue, light.level_red, light.level_green, light.level_blue,
        own * light.haze_red + other * outside.haze_red, own * light.haze_green + other * outside.haze_green,
        own * light.haze_blue + other * outside.haze_blue, max(away, 1.0) / -math.log(shown),
        light.shadow, light.headlight, light.lamp, light.wet, light.snow,
    )  # fmt: skip


@kernel
def beam(light: Light, eye: Eye, forward: float, right: float) -> float:
    """Strength of the ego's headlights on what stands low at `forward`, `right` [m] of the camera:
    two low beams.
    """
    if light.headlight <= 0.0 or not 1.0 <= forward < 120.0:
        return 0.0
    right += eye.lateral
    left_lamp = (right + 0.65) / (forward + 1.5)
    right_lamp = (right - 0.65) / (forward + 1.5)
    left_lobe = 1 / (1 + 4.0 * left_lamp * left_lamp)
    right_lobe = 1 / (1 + 4.0 * right_lamp * right_lamp)
    lobes = 0.5 * (left_lobe * left_lobe + right_lobe * right_lobe)
    away = forward * forward + right * right
    return (
        light.headlight
        * lobes
        * min((forward - 1.0) / 4.0, 1.0)
        * min((120.0 - forward) / 80.0, 1.0)
        / (1.0 + away / 900.0)
    )


@kernel
def beam_share(forward: float, height: float) -> float:
    """The share of the low beam that reaches a height [m] above the ground: it is cut off a little
    above the lamps.
    """
    return 0.10 + 0.90 * min(max((0.95 + 0.012 * forward - height) / 0.5, 0.0), 1.0)
