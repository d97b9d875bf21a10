"""Weather and light: a scenario -> its sky, and the light in the open and inside tunnels.

Brightness is what a camera with automatic exposure shows: a clear day's level ground is about 1, dusk is darker than day and
night darker still, though not as much as to the eye. Every weather goes with every light.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.appearance.light import Light
from sim.appearance.palette import Colour
from sim.scenario import Daytime, Scenario, Weather

FULL_SHADOW = 0.5  # the share of a clear day's light that a shadow takes
KOSCHMIEDER = 3.0  # meteorological visibility is where contrast falls to 5 %, exp(-3)


@dataclass(frozen=True)
class Hour:
    """What a light is like under a clear sky and under a closed one: strengths and colours of sun, sky, horizon and zenith."""

    sun: Colour
    sky: Colour
    horizon: Colour
    zenith: Colour
    cloud: Colour
    grey_sky: Colour
    grey_horizon: Colour
    grey_zenith: Colour
    headlight: float
    lamp: float
    glow: Colour


HOURS = {
    Daytime.DAY: Hour(
        sun=(0.62, 0.62, 0.62), sky=(0.52, 0.52, 0.52), horizon=(0.78, 0.85, 0.91), zenith=(0.30, 0.50, 0.80),
        cloud=(0.97, 0.97, 0.97), grey_sky=(0.84, 0.85, 0.87), grey_horizon=(0.75, 0.77, 0.79), grey_zenith=(0.63, 0.66, 0.70),
        headlight=0.0, lamp=0.0, glow=(1.0, 1.0, 1.0),
    ),
    Daytime.LOW_SUN: Hour(
        sun=(0.90, 0.62, 0.34), sky=(0.44, 0.42, 0.43), horizon=(0.96, 0.80, 0.60), zenith=(0.36, 0.48, 0.70),
        cloud=(1.0, 0.85, 0.70), grey_sky=(0.62, 0.58, 0.55), grey_horizon=(0.68, 0.61, 0.54), grey_zenith=(0.54, 0.52, 0.52),
        headlight=0.0, lamp=0.2, glow=(1.0, 0.86, 0.58),
    ),
    Daytime.DUSK: Hour(
        sun=(0.0, 0.0, 0.0), sky=(0.34, 0.33, 0.38), horizon=(0.52, 0.42, 0.42), zenith=(0.13, 0.17, 0.33),
        cloud=(0.38, 0.32, 0.38), grey_sky=(0.30, 0.31, 0.35), grey_horizon=(0.32, 0.33, 0.38), grey_zenith=(0.20, 0.21, 0.26),
        headlight=0.28, lamp=0.7, glow=(0.95, 0.48, 0.22),
    ),
    Daytime.NIGHT: Hour(
        sun=(0.0, 0.0, 0.0), sky=(0.065, 0.070, 0.088), horizon=(0.070, 0.078, 0.105), zenith=(0.014, 0.019, 0.040),
        cloud=(0.060, 0.062, 0.075), grey_sky=(0.060, 0.060, 0.068), grey_horizon=(0.065, 0.066, 0.076),
        grey_zenith=(0.036, 0.037, 0.045), headlight=0.95, lamp=1.0, glow=(0.20, 0.20, 0.24),
    ),
}  # fmt: skip
# Meteorological visibility [m] in the lightest and the heaviest weather of a kind.
VISIBILITY = {Weather.FOG: (260.0, 50.0), Weather.RAIN: (2400.0, 450.0), Weather.SNOW: (1200.0, 220.0)}


@dataclass(frozen=True)
class Atmosphere:
    """A scenario's sky.

    azimuth, elevation: where the sun is [rad, azimuth clockwise from world x]; cloud: cover in [0, 1]; overcast: how much of the
    sun's light the clouds have scattered; reach: distance [m] at which haze hides all but 1/e of a thing; zenith, horizon,
    cloud_colour, glow: of the sky; rain, snow: how much falls, in [0, 1]; light: in the open.
    """

    azimuth: float
    elevation: float
    cloud: float
    overcast: float
    reach: float
    zenith: Colour
    horizon: Colour
    cloud_colour: Colour
    glow: Colour
    rain: float
    snow: float
    daytime: Daytime
    light: Light

    @classmethod
    def of(cls, scenario: Scenario) -> "Atmosphere":
        """The sky of a scenario, different for every seed."""
        generator = np.random.default_rng([scenario.seed, 2])
        azimuth, height = float(generator.uniform(-math.pi, math.pi)), float(generator.uniform(0.0, 1.0))
        cloud, haze = float(generator.uniform(0.25, 0.6)), float(generator.uniform(500.0, 1100.0))
        exposure = float(generator.uniform(0.88, 1.10))
        hour, strength = HOURS[scenario.light], scenario.strength
        overcast = _overcast(scenario.weather, strength)
        elevation = math.radians(
            {Daytime.DAY: 28.0 + 30.0 * height, Daytime.LOW_SUN: 4.5 + 6.0 * height}.get(scenario.light, 2.0)
        )
        rain = strength if scenario.weather is Weather.RAIN else 0.0
        snow = strength if scenario.weather is Weather.SNOW else 0.0
        reach = _reach(scenario, haze)
        horizon = _mixed(hour.horizon, hour.grey_horizon, overcast, exposure)
        return cls(
            azimuth=azimuth,
            elevation=elevation,
            cloud=cloud + (1.15 - cloud) * overcast,
            overcast=overcast,
            reach=reach,
            zenith=_mixed(hour.zenith, hour.grey_zenith, overcast, exposure),
            horizon=horizon,
            cloud_colour=_mixed(hour.cloud, _mixed(hour.grey_horizon, hour.grey_zenith, 0.5, 1.0), overcast, exposure),
            glow=hour.glow,
            rain=rain,
            snow=snow,
            daytime=scenario.light,
            light=_open_light(hour, azimuth, elevation, overcast, horizon, reach, rain, snow, exposure),
        )

    def lights(self, inside: float) -> tuple[Light, Light]:
        """The light in the open and in a tunnel, for a camera that is inside a tunnel (1), outside (0), or at its mouth.

        The exposure follows the place: from outside by day a tunnel is a dark hole, from inside its exit glares.
        """
        bright = (self.light.level_red + self.light.level_green + self.light.level_blue) / 3
        gap = min(max((bright - 0.35) / 0.5, 0.0), 1.0)  # at night both are alike
        return _scaled(self.light, 1 + 1.1 * gap * inside), _scaled(_tunnel_light(self.light), 1 - 0.62 * gap * (1 - inside))


def _overcast(weather: Weather, strength: float) -> float:
    """How much of the sun's light clouds have scattered."""
    base, more = {
        Weather.CLEAR: (0.0, 0.0), Weather.CLOUDY: (0.45, 0.55), Weather.FOG: (0.75, 0.25), Weather.RAIN: (0.75, 0.25),
        Weather.SNOW: (0.7, 0.3),
    }[weather]  # fmt: skip
    return base + more * strength


def _reach(scenario: Scenario, clear: float) -> float:
    """Where haze hides all but 1/e [m], from the meteorological visibility, or a clear day's own."""
    if scenario.visibility is not None:
        return scenario.visibility / KOSCHMIEDER
    if scenario.weather not in VISIBILITY:
        return clear
    most, least = VISIBILITY[scenario.weather]
    return min(most * (least / most) ** scenario.strength / KOSCHMIEDER, clear)


def _mixed(one: Colour, other: Colour, share: float, gain: float) -> Colour:
    red, green, blue = (gain * (a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _open_light(
    hour: Hour, azimuth: float, elevation: float, overcast: float, horizon: Colour, reach: float, rain: float, snow: float,
    exposure: float,
) -> Light:  # fmt: skip
    level, up = math.cos(elevation), math.sin(elevation)
    left = (1 - overcast) ** 1.5  # what of the sun comes through
    sun = _mixed(hour.sun, (0.0, 0.0, 0.0), 1 - left, exposure)
    sky = _mixed(hour.sky, hour.grey_sky, overcast, exposure)
    # Level ground is lit by the sky and by the sun at its slant, kept from falling as far as it does: exposure makes up for it.
    ground = [0.92 * s + d * (0.38 + 0.57 * up) for s, d in zip(sky, sun, strict=True)]
    brightness = sum(ground) / 3
    direct = sum(sun) / 3 * (0.38 + 0.57 * up) / max(brightness, 1e-6)
    dim = min(max(1.4 - brightness, 0.0) + 0.2 * overcast, 1.0)  # lamps are on in bad weather too, and show the darker it is
    return Light(
        sun_x=level * math.cos(azimuth), sun_y=level * math.sin(azimuth), sun_up=up,
        sun_red=sun[0], sun_green=sun[1], sun_blue=sun[2], sky_red=sky[0], sky_green=sky[1], sky_blue=sky[2],
        level_red=ground[0], level_green=ground[1], level_blue=ground[2],
        haze_red=horizon[0], haze_green=horizon[1], haze_blue=horizon[2], haze_reach=reach,
        shadow=min(direct, 1.0) * FULL_SHADOW / 0.53, headlight=hour.headlight * exposure,
        lamp=max(hour.lamp, 0.6 * dim * overcast), wet=max(0.45 + 0.55 * rain if rain else 0.0, 0.5 if snow else 0.0), snow=snow,
    )  # fmt: skip


def _tunnel_light(outside: Light) -> Light:
    """The light of a tunnel's lamps: warm, from above, the same at every hour."""
    return outside._replace(
        sun_red=0.0, sun_green=0.0, sun_blue=0.0, sky_red=0.60, sky_green=0.53, sky_blue=0.41,
        level_red=0.66, level_green=0.58, level_blue=0.45, haze_red=0.34, haze_green=0.30, haze_blue=0.23, haze_reach=500.0,
        shadow=0.0, headlight=0.12, lamp=0.8, wet=0.0, snow=0.0,
    )  # fmt: skip


def _scaled(light: Light, gain: float) -> Light:
    """The same light with another exposure."""
    scaled = {
        f"{kind}_{colour}": gain * getattr(light, f"{kind}_{colour}")
        for kind in ("sun", "sky", "level", "haze")
        for colour in ("red", "green", "blue")
    }
    return light._replace(**scaled, headlight=gain * light.headlight)
