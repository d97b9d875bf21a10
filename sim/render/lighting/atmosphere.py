"""A scenario's weather and time of day -> the sky, and the light in the open and in tunnels.

Brightness is that of a camera with automatic exposure. Level ground on a clear day is about 1; dusk
and night are darker, but less than in reality. Every weather can be combined with every time of
day.
"""

import math
from dataclasses import dataclass, replace

from sim.random import Stream, stream_generator
from sim.render.lighting.daytime_light import DAYTIME_LIGHTS, DaytimeLight
from sim.render.lighting.light import Light
from sim.render.lighting.palette import UnitColour
from sim.scenario import Daytime, Scenario, Weather

SHADOW_SHARE = 0.5  # share of a clear day's light that a full shadow takes away; chosen
KOSCHMIEDER = (
    3.0  # visibility / extinction length: contrast falls to 5 % = exp(-3); Koschmieder 1924
)
TUNNEL_LAMP_COLOUR = (0.43, 0.38, 0.30)  # RGB of warm lamps, before exposure; chosen
HAZE_DEPTH = 25.0  # [m] vertical depth of the haze that sunlight passes; chosen
# [m] meteorological visibility in the lightest and in the heaviest weather of a kind; chosen.
VISIBILITY_RANGE = {
    Weather.FOG: (250.0, 30.0),
    Weather.RAIN: (900.0, 150.0),
    Weather.SNOW: (600.0, 80.0),
}
# Share of a closed sky's light that reaches the ground in the heaviest weather of a kind; chosen.
MIN_SKY_TRANSMISSION = {
    Weather.CLOUDY: 0.90,
    Weather.FOG: 0.95,
    Weather.RAIN: 0.68,
    Weather.SNOW: 0.92,
}


@dataclass(frozen=True)
class Atmosphere:
    """The sky of a scenario.

    azimuth, elevation: of the sun [rad, azimuth clockwise from world x].
    cloud: cloud cover in [0, 1].
    overcast: share of the sun's light that clouds scatter.
    reach: distance at which haze hides all but 1/e [m].
    zenith, horizon, cloud_colour, glow: colours of the sky.
    halo, band: strength of its glow around the sun and along the horizon.
    rain, snow: strength of the precipitation in [0, 1].
    daytime: time of day.
    gain: exposure of the camera; all colours include it.
    light: the light in the open.
    """

    azimuth: float
    elevation: float
    cloud: float
    overcast: float
    reach: float
    zenith: UnitColour
    horizon: UnitColour
    cloud_colour: UnitColour
    glow: UnitColour
    halo: float
    band: float
    rain: float
    snow: float
    daytime: Daytime
    gain: float
    light: Light

    @classmethod
    def of(cls, scenario: Scenario) -> "Atmosphere":
        """Return the atmosphere of a scenario; it varies with the seed."""
        draws = stream_generator(scenario.seed, Stream.ATMOSPHERE)
        azimuth = float(draws.uniform(-math.pi, math.pi))
        height = float(draws.uniform(0.0, 1.0))
        cloud = float(draws.uniform(0.25, 0.6))
        haze = float(draws.uniform(700.0, 2000.0))
        lean = math.exp(draws.uniform(-0.15, 0.15))
        daytime_light = DAYTIME_LIGHTS[scenario.light]
        strength = scenario.strength
        weather = scenario.weather
        overcast = _overcast(weather, strength)
        elevation = math.radians(
            daytime_light.elevation[0]
            + (daytime_light.elevation[1] - daytime_light.elevation[0]) * height
        )
        reach = _reach(scenario, haze)
        rain = strength if weather is Weather.RAIN else 0.0
        snow = strength if weather is Weather.SNOW else 0.0
        dim = 1 - (1 - MIN_SKY_TRANSMISSION.get(weather, 1.0)) * strength
        if scenario.light is Daytime.NIGHT:
            dim += 1.6 * snow  # snow throws what light there is back to the clouds
        daytime_light = _dimmed(daytime_light, dim)
        horizon = _mixed(daytime_light.horizon, _lit_fog(daytime_light, reach), overcast)
        sky = _scaled(
            _mixed(daytime_light.sky, daytime_light.grey_sky, overcast), 1 + 0.22 * snow
        )  # snow and clouds light each other
        gain = lean * exposure(
            0.5 * (_mean(sky) + _mean(daytime_light.sun) * (1 - overcast))
            + 0.5 * _mean(horizon)
            + 0.25 * daytime_light.headlight
        )
        grey = _mixed(daytime_light.grey_horizon, daytime_light.grey_zenith, 0.5)
        return cls(
            azimuth=azimuth,
            elevation=elevation,
            cloud=cloud + (1.15 - cloud) * overcast,
            overcast=overcast,
            reach=reach,
            zenith=_scaled(_mixed(daytime_light.zenith, daytime_light.grey_zenith, overcast), gain),
            horizon=_scaled(horizon, gain),
            cloud_colour=_scaled(_mixed(daytime_light.cloud, grey, overcast), gain),
            glow=_scaled(daytime_light.glow, gain),
            halo=daytime_light.halo,
            band=daytime_light.band,
            rain=rain,
            snow=snow,
            daytime=scenario.light,
            gain=gain,
            light=_open_light(
                daytime_light, azimuth, elevation, overcast, sky, horizon, reach, rain, snow, gain
            ),
        )

    @property
    def sunshine(self) -> float:
        """The share of the direct sunlight that clouds and haze let through."""
        return _sunshine(self.overcast, self.elevation, self.reach)

    @property
    def noise(self) -> float:
        """Standard deviation of the sensor noise [levels]; it grows with the amplification in the
        dark.
        """
        light = self.light
        ambient = (light.level_red + light.level_green + light.level_blue) / 3 / self.gain
        return round(min(0.8 * max(ambient, 0.01) ** -0.53, 4.5), 1)

    def lights(self, inside: float) -> tuple[Light, Light]:
        """Return the light in the open and in a tunnel.

        inside: 1 for a camera inside a tunnel, 0 outside, in between near its portal. Exposure
        adapts to its surroundings: by day, a tunnel is dark from outside, and its exit is
        overexposed from inside.
        """
        gain = max(exposure(_mean(TUNNEL_LAMP_COLOUR)) / self.gain, 1.0) ** inside
        return _exposed(self.light, gain), _exposed(_tunnel_light(self.light), self.gain * gain)


def _overcast(weather: Weather, strength: float) -> float:
    """Return the share of the sun's light that clouds scatter."""
    base, more = {
        Weather.CLEAR: (0.0, 0.0),
        Weather.CLOUDY: (0.45, 0.55),
        Weather.FOG: (0.75, 0.25),
        Weather.RAIN: (0.75, 0.25),
        Weather.SNOW: (0.7, 0.3),
    }[weather]
    return base + more * strength


def exposure(level: float) -> float:
    """Return the camera's gain for a scene of this brightness, 1 for a bright day.

    It compensates half of the missing light in stops: a darker scene gives a darker image.
    """
    return min(max(level, 0.02), 4.0) ** -0.5


def _reach(scenario: Scenario, clear: float) -> float:
    """Return the distance at which haze hides all but 1/e [m].

    clear: its value in clear weather [m]. Otherwise it follows from the meteorological visibility.
    """
    if scenario.visibility is not None:
        return scenario.visibility / KOSCHMIEDER
    if scenario.weather not in VISIBILITY_RANGE:
        return clear
    most, least = VISIBILITY_RANGE[scenario.weather]
    return min(most * (least / most) ** scenario.strength / KOSCHMIEDER, clear)


def _mixed(one: UnitColour, other: UnitColour, share: float) -> UnitColour:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _scaled(colour: UnitColour, gain: float) -> UnitColour:
    return colour[0] * gain, colour[1] * gain, colour[2] * gain


def _mean(colour: UnitColour) -> float:
    return sum(colour) / 3


def _dimmed(daytime_light: DaytimeLight, dim: float) -> DaytimeLight:
    """Return the light with a closed cloud cover scaled by `dim`."""
    return replace(
        daytime_light,
        grey_sky=_scaled(daytime_light.grey_sky, dim),
        grey_horizon=_scaled(daytime_light.grey_horizon, dim),
        grey_zenith=_scaled(daytime_light.grey_zenith, dim),
    )


def _lit_fog(daytime_light: DaytimeLight, reach: float) -> UnitColour:
    """Return the colour of far objects under a closed cloud cover.

    Dense fog reflects some of the headlights.
    """
    return _mixed(
        daytime_light.grey_horizon,
        (0.42, 0.41, 0.38),
        0.5 * daytime_light.headlight * min(30.0 / reach, 1.0),
    )


def _sunshine(overcast: float, elevation: float, reach: float) -> float:
    """Return the share of direct sunlight that clouds and haze let through."""
    up = math.sin(max(elevation, math.radians(4.0)))
    return max(1 - overcast, 0.0) ** 1.5 * math.exp(-HAZE_DEPTH / (up * reach))


def _open_light(
    daytime_light: DaytimeLight,
    azimuth: float,
    elevation: float,
    overcast: float,
    sky: UnitColour,
    horizon: UnitColour,
    reach: float,
    rain: float,
    snow: float,
    gain: float,
) -> Light:
    """Return the light in the open."""
    elevation = max(
        elevation, math.radians(2.0)
    )  # what has set still glows from just above the horizon
    level = math.cos(elevation)
    up = math.sin(elevation)
    sun, sky = (
        _scaled(daytime_light.sun, gain * _sunshine(overcast, elevation, reach)),
        _scaled(sky, gain),
    )
    # Sky and slanting sun light level ground; exposure compensates part of the slant.
    ground = [s + d * (0.20 + 0.70 * up) for s, d in zip(sky, sun, strict=True)]
    direct = _mean(sun) * (0.20 + 0.70 * up) / sum(ground) * 3
    closed = _mean(daytime_light.grey_sky)
    dim = min(
        max(1.0 - closed, 0.0) + 0.3, 1.0
    )  # lamps are on in bad weather too, and show the darker it is
    haze = _scaled(horizon, gain)
    return Light(
        sun_x=level * math.cos(azimuth),
        sun_y=level * math.sin(azimuth),
        sun_up=up,
        sun_red=sun[0],
        sun_green=sun[1],
        sun_blue=sun[2],
        sky_red=sky[0],
        sky_green=sky[1],
        sky_blue=sky[2],
        level_red=ground[0],
        level_green=ground[1],
        level_blue=ground[2],
        haze_red=haze[0],
        haze_green=haze[1],
        haze_blue=haze[2],
        haze_reach=reach,
        shadow=min(SHADOW_SHARE * direct / 0.45, 0.55),
        headlight=daytime_light.headlight * gain,
        lamp=max(daytime_light.lamp, 0.6 * dim * overcast),
        wet=max(0.45 + 0.55 * rain if rain else 0.0, 0.5 if snow else 0.0),
        snow=snow,
    )


def _tunnel_light(outside: Light) -> Light:
    """Return the light of tunnel lamps before exposure: warm, from above, at every time of day."""
    sky = _scaled(TUNNEL_LAMP_COLOUR, 0.92)
    air = _scaled(TUNNEL_LAMP_COLOUR, 0.52)
    return outside._replace(
        sun_red=0.0,
        sun_green=0.0,
        sun_blue=0.0,
        sky_red=sky[0],
        sky_green=sky[1],
        sky_blue=sky[2],
        level_red=TUNNEL_LAMP_COLOUR[0],
        level_green=TUNNEL_LAMP_COLOUR[1],
        level_blue=TUNNEL_LAMP_COLOUR[2],
        haze_red=air[0],
        haze_green=air[1],
        haze_blue=air[2],
        haze_reach=500.0,
        shadow=0.0,
        headlight=0.12,
        lamp=0.8,
        wet=0.0,
        snow=0.0,
    )


def _exposed(light: Light, gain: float) -> Light:
    """Return the light with another exposure."""
    scaled = {
        f"{kind}_{colour}": gain * getattr(light, f"{kind}_{colour}")
        for kind in ("sun", "sky", "level", "haze")
        for colour in ("red", "green", "blue")
    }
    return light._replace(**scaled, headlight=gain * light.headlight)
