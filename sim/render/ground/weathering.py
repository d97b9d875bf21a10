"""What weather and lamps make of the ground: wet and snow on a surface, tunnels and street lamps
above it.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel
from sim.render.ground.paving import Ground
from sim.render.lighting.light import Light

SNOW = (0.90, 0.92, 0.96)
WET_DARKENING = 0.45  # how much darker a wet surface is
# the share of a smooth mirror's reflection that wet asphalt keeps; puddles keep it all
ROUGH_MIRROR = 0.85
# [rad] by which the film of water on asphalt throws light higher than a mirror would
ROUGHNESS = 0.06
# noise above which water stands, and how sharply its edge is drawn
PUDDLES = 0.75
PUDDLE_EDGE = 2.0
RETROREFLECTION = 2.2  # how much brighter paint throws headlights back than its colour says
STREET_LAMP = (0.78, 0.62, 0.40)  # light below a street lamp
LAMP_REACH = 7.5  # [m] along the road


@kernel
def snow_cover(
    snow: np.float32, hard: np.float32, track: np.float32, roughness: np.float32
) -> np.float32:
    """The share of a surface that snow hides: grass first, then the road, its wheel tracks last.

    snow: how much lies, in [0, 1].
    hard: sealed share.
    track: share of wheel tracks.
    roughness: noise around 0. Where tyres run it is as on a sealed surface: nothing else shows
    where an unpaved road lies.
    """
    bare = np.float32(0.10) + np.float32(0.38) * max(hard, track) + np.float32(0.55) * track
    cover = np.float32(2.2) * (np.float32(1.35) * snow - bare + np.float32(0.07) * roughness)
    return min(max(cover, np.float32(0)), np.float32(snow > np.float32(0)))


@kernel
def reflectance(ahead: float, elevation: float) -> float:
    """Fresnel's reflectance of water seen from `elevation` above it, `ahead` [m] away (Schlick
    1994).
    """
    upright = elevation / math.sqrt(ahead * ahead + elevation * elevation)
    return 0.02 + 0.98 * (1 - upright) ** 5


@kernel
def tunnel_at(tunnels: NDArray[np.float64], s: float) -> int:
    """Which tunnel covers station s [m], -1 for none."""
    for i in range(tunnels.shape[0]):
        if tunnels[i, 0] <= s <= tunnels[i, 1]:
            return i
    return -1


@kernel
def mirror_at(wet: np.float32, noise: np.float32) -> np.float32:
    """The share of a smooth mirror that a wet surface is: a film of water, and puddles where the
    noise is high.
    """
    height = noise - np.float32(PUDDLES) + np.float32(0.5) * (wet - np.float32(1))
    puddle = min(max(np.float32(PUDDLE_EDGE) * height, np.float32(0)), np.float32(1))
    return max(wet, np.float32(0)) * (
        np.float32(1) - np.float32(1 - ROUGH_MIRROR) * (np.float32(1) - puddle)
    )


@inlined
def lamp_pool(ground: Ground, light: Light, near: bool, s: float, d: float) -> float:
    """How much light street lamps throw on the road at (s, d), in [0, 1]."""
    pool = 0.0
    if near and light.lamp > 0.0 and light.headlight > 0.0:
        along = (
            (s / ground.lamp_spacing - math.floor(s / ground.lamp_spacing) - 0.5)
            * ground.lamp_spacing
            / LAMP_REACH
        )
        for i in range(ground.street_lamps.size):
            across = (d - 0.75 * ground.street_lamps[i]) / 5.0
            pool += light.lamp * math.exp(-along * along - across * across)
    return min(pool, 1.0)
