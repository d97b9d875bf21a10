"""Effects of weather and lamps on the ground: wetness, snow, tunnels and street lamps."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import inlined, kernel
from sim.render.ground.paving import Ground
from sim.render.lighting.light import Light

SNOW = (0.90, 0.92, 0.96)  # RGB; chosen
WET_DARKENING = 0.45  # share of its brightness that a wet surface loses; chosen
ROUGH_MIRROR = 0.85  # reflection of wet asphalt relative to that of puddles; chosen
ROUGHNESS = 0.06  # [rad] elevation of the reflected sky above the mirror direction; chosen
PUDDLES = 0.75  # noise value above which a puddle begins; chosen
PUDDLE_EDGE = 2.0  # contrast of the edge of a puddle; chosen
PAINT_RETROREFLECTION = 2.2  # gain of headlights on paint, relative to diffuse reflection; chosen
STREET_LAMP = (0.78, 0.62, 0.40)  # RGB of the light below a street lamp; chosen
LAMP_REACH = 7.5  # [m] extent of the light of a lamp along the road; chosen


@kernel
def snow_cover(
    snow: np.float32, hard: np.float32, track: np.float32, roughness: np.float32
) -> np.float32:
    """Return the share of a surface that snow covers: grass first, wheel tracks last.

    snow: amount of snow in [0, 1].
    hard: share of sealed surface.
    track: share of wheel tracks.
    roughness: noise around 0. Wheel tracks count as sealed, which shows where an unpaved road lies.
    """
    bare = np.float32(0.10) + np.float32(0.38) * max(hard, track) + np.float32(0.55) * track
    cover = np.float32(2.2) * (np.float32(1.35) * snow - bare + np.float32(0.07) * roughness)
    return min(max(cover, np.float32(0)), np.float32(snow > np.float32(0)))


@kernel
def reflectance(ahead: float, elevation: float) -> float:
    """Return the Fresnel reflectance of water `ahead` [m] away, seen from `elevation` [m] above it.

    It is Schlick's approximation (1994).
    """
    upright = elevation / math.sqrt(ahead * ahead + elevation * elevation)
    return 0.02 + 0.98 * (1 - upright) ** 5


@kernel
def tunnel_at(tunnels: NDArray[np.float64], s: float) -> int:
    """Return the tunnel that covers station s [m], -1 for none."""
    for i in range(tunnels.shape[0]):
        if tunnels[i, 0] <= s <= tunnels[i, 1]:
            return i
    return -1


@kernel
def mirror_at(wet: np.float32, noise: np.float32) -> np.float32:
    """Return a wet surface's share of an ideal mirror's reflection; it is higher in puddles."""
    height = noise - np.float32(PUDDLES) + np.float32(0.5) * (wet - np.float32(1))
    puddle = min(max(np.float32(PUDDLE_EDGE) * height, np.float32(0)), np.float32(1))
    return max(wet, np.float32(0)) * (
        np.float32(1) - np.float32(1 - ROUGH_MIRROR) * (np.float32(1) - puddle)
    )


@inlined
def lamp_pool(ground: Ground, light: Light, near: bool, s: float, d: float) -> float:
    """Return the light of street lamps on the road at (s, d), in [0, 1]."""
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
