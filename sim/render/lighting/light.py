"""The lighting at one place, as kernels use it, and the ego's headlights."""

import math
from typing import NamedTuple

from sim.jit import kernel
from sim.render.frame_buffer import Eye


class Light(NamedTuple):
    """The lighting at one place; all strengths include the camera's exposure.

    sun_x, sun_y, sun_up: unit vector towards the sun or moon.
    sun_*: strength of its direct light by colour.
    sky_*: strength of diffuse light by colour.
    level_*: strength of both together on level ground.
    haze_*: colour of the haze.
    haze_reach: distance at which the haze hides all but 1/e [m].
    shadow: share of the light that a full shadow takes away, 0 without a sun.
    headlight: brightness of what the ego's headlights illuminate, 0 when they are off.
    lamp: brightness of the lamps of other vehicles, 0 when they are off.
    wet, snow: share of the ground that is covered, in [0, 1].
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
    """Return the light of a tunnel for objects `away` [m] distant, seen through the open air.

    outside: the light in the open.
    clear: transmission of the open air in between. The haze of both is combined to one that
    attenuates as much.
    """
    if clear > 0.999:
        return light
    transmission = math.exp(-away / light.haze_reach)
    total = max(transmission * clear, 1e-9)
    tunnel_share = (1 - transmission) * clear / (1 - total)
    outside_share = (1 - clear) / (1 - total)
    return Light(
        light.sun_x,
        light.sun_y,
        light.sun_up,
        light.sun_red,
        light.sun_green,
        light.sun_blue,
        light.sky_red,
        light.sky_green,
        light.sky_blue,
        light.level_red,
        light.level_green,
        light.level_blue,
        tunnel_share * light.haze_red + outside_share * outside.haze_red,
        tunnel_share * light.haze_green + outside_share * outside.haze_green,
        tunnel_share * light.haze_blue + outside_share * outside.haze_blue,
        max(away, 1.0) / -math.log(total),
        light.shadow,
        light.headlight,
        light.lamp,
        light.wet,
        light.snow,
    )


@kernel
def beam(light: Light, eye: Eye, forward: float, right: float) -> float:
    """Return the strength of the ego's two low beams on the ground at `forward`, `right` [m].

    The point is relative to the camera.
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
    """Return the share of the low beam at a height [m]: its cut-off is a little above the lamps."""
    return 0.10 + 0.90 * min(max((0.95 + 0.012 * forward - height) / 0.5, 0.0), 1.0)
