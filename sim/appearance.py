"""The light that everything is seen in, and the colours that things have in it.

Colours are RGB in [0, 1] as a display shows them; lighting multiplies them. Between what the world is and how `render` draws it.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.roads.plan import Material

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
    """What kernels need of the light.

    sun_x, sun_y, sun_up: unit vector towards the sun; sun, ambient: strengths;
    haze_*: its colour, and the distance [m] at which it hides all but 1/e.
    """

    sun_x: float
    sun_y: float
    sun_up: float
    sun: float
    ambient: float
    haze_red: float
    haze_green: float
    haze_blue: float
    haze_reach: float


@dataclass(frozen=True)
class Daylight:
    """A day: the sun's azimuth and elevation [rad, azimuth clockwise from world x], sky and haze colours, cloud cover in [0, 1].

    visibility: distance [m] at which haze hides all but 1/e of a thing.
    """

    azimuth: float
    elevation: float
    cloud: float
    visibility: float
    zenith: Colour = (0.30, 0.50, 0.80)
    horizon: Colour = (0.78, 0.85, 0.91)

    @classmethod
    def of_seed(cls, seed: int) -> "Daylight":
        """A clear day, different for every seed."""
        generator = np.random.default_rng([seed, 2])
        return cls(
            azimuth=float(generator.uniform(-math.pi, math.pi)),
            elevation=float(np.radians(generator.uniform(28.0, 58.0))),
            cloud=float(generator.uniform(0.25, 0.6)),
            visibility=float(generator.uniform(500.0, 1100.0)),
        )

    @property
    def light(self) -> Light:
        """The numbers that kernels use."""
        level = math.cos(self.elevation)
        x, y = level * math.cos(self.azimuth), level * math.sin(self.azimuth)
        return Light(x, y, math.sin(self.elevation), 0.62, 0.52, *self.horizon, self.visibility)
