"""The light that everything is seen in, and the colours that things have in it.

Colours are RGB in [0, 1] as a display shows them; lighting multiplies them. Between what the world is and how `render` draws it.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.kernels import Eye, kernel
from sim.roads.plan import Material
from sim.scenario import Scenario

Colour = tuple[float, float, float]

PALETTE: dict[Material, Colour] = {
    Material.GRASS: (0.37, 0.44, 0.20),
    Material.GRAVEL: (0.55, 0.51, 0.44),
    Material.ASPHALT: (0.40, 0.40, 0.41),
    Material.PAINT: (0.92, 0.92, 0.89),
    Material.PAVING: (0.55, 0.53, 0.50),
    Material.KERBSTONE: (0.63, 0.62, 0.60),
    Material.DIRT: (0.52, 0.44, 0.33),
    Material.ROCK: (0.48, 0.45, 0.40),
    Material.SAND: (0.71, 0.64, 0.49),
    Material.RED: (0.68, 0.14, 0.12),
    Material.CONCRETE: (0.57, 0.56, 0.54),
}
GRAIN: dict[Material, float] = {
    Material.GRASS: 0.11,
    Material.GRAVEL: 0.12,
    Material.ASPHALT: 0.045,
    Material.PAINT: 0.035,
    Material.PAVING: 0.05,
    Material.KERBSTONE: 0.04,
    Material.DIRT: 0.10,
    Material.ROCK: 0.15,
    Material.SAND: 0.07,
    Material.RED: 0.04,
    Material.CONCRETE: 0.045,
}


class Light(NamedTuple):
    """What kernels need of the light in one place; everything here is times the camera's exposure.

    sun_x, sun_y, sun_up: unit vector towards the sun (or moon); sun_*: strength of its direct light by colour;
    sky_*: of the light from all around; level_*: of both together on level ground; haze_*: the haze's colour, and the distance
    [m] at which it hides all but 1/e; shadow: the share of the light that a full shadow takes away, 0 without a sun;
    headlight: how bright the ego's headlights make what stands in them, 0 when they are off; lamp: how bright the lamps of
    others shine, 0 when they are off; wet, snow: how much of the ground is covered, in [0, 1].
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


@dataclass(frozen=True)
class Atmosphere:
    """A scenario's sky: the sun's azimuth and elevation [rad, azimuth clockwise from world x], colours, cloud cover in [0, 1].

    visibility: distance [m] at which haze hides all but 1/e of a thing.
    """

    azimuth: float
    elevation: float
    cloud: float
    visibility: float
    zenith: Colour = (0.30, 0.50, 0.80)
    horizon: Colour = (0.78, 0.85, 0.91)

    @classmethod
    def of(cls, scenario: Scenario) -> "Atmosphere":
        """The sky of a scenario, different for every seed."""
        generator = np.random.default_rng([scenario.seed, 2])
        return cls(
            azimuth=float(generator.uniform(-math.pi, math.pi)),
            elevation=float(np.radians(generator.uniform(28.0, 58.0))),
            cloud=float(generator.uniform(0.25, 0.6)),
            visibility=float(generator.uniform(500.0, 1100.0)),
        )

    @property
    def light(self) -> Light:
        """The numbers that kernels use, under the open sky."""
        level = math.cos(self.elevation)
        x, y, up = level * math.cos(self.azimuth), level * math.sin(self.azimuth), math.sin(self.elevation)
        white = (1.0, 1.0, 1.0)
        sun, sky = (0.62, 0.62, 0.62), (0.52, 0.52, 0.52)
        return Light(x, y, up, *sun, *sky, *white, *self.horizon, self.visibility, 0.5, 0.0, 0.0, 0.0, 0.0)


@kernel
def beam(light: Light, eye: Eye, forward: float, right: float) -> float:
    """Strength of the ego's headlights on what stands low at `forward`, `right` [m] of the camera."""
    if light.headlight <= 0.0 or forward < 1.0:
        return 0.0
    right += eye.lateral
    aside = right / (forward + 1.5)
    away = forward * forward + right * right
    return light.headlight * math.exp(-6.0 * aside * aside) * min((forward - 1.0) / 4.0, 1.0) / (1.0 + away / 625.0)


@kernel
def beam_share(forward: float, height: float) -> float:
    """The share of the low beam that reaches a height [m] above the ground: it is cut off a little above the lamps."""
    return 0.10 + 0.90 * min(max((0.95 + 0.012 * forward - height) / 0.5, 0.0), 1.0)
