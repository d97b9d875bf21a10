"""Weather and light: a scenario -> its sky, and the light in the open and inside tunnels.

Brightness is what a camera with automatic exposure shows: a clear day's level ground is about 1,
dusk is darker than day and night darker still, though not as much as to the eye. Every weather goes
with every light.
"""

import math
from dataclasses import dataclass, replace

from sim.random import Stream, stream_generator
from sim.render.lighting.light import Light
from sim.render.lighting.palette import Colour
from sim.scenario import Daytime, Scenario, Weather

SHADOW_SHARE = 0.5  # the share of a clear day's light that a shadow takes
KOSCHMIEDER = 3.0  # meteorological visibility is where contrast falls to 5 %, exp(-3)
TUNNEL_LAMP_COLOUR = (0.43, 0.38, 0.30)  # warm lamps, before exposure
HAZE_DEPTH = 25.0  # [m] the depth of haze that the sun shines through from above


@dataclass(frozen=True)
class DaytimeLight:
    """What a light is like under a clear sky and under a closed one: strengths and colours of sun,
    sky, horizon and zenith.

    elevation: limits of the sun's (at night the moon's) height [degrees].
    glow: of the air towards the sun.
    halo: how strong it is around the sun.
    band: along the horizon below it. All before exposure.
    """

    elevation: tuple[float, float]
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
    halo: float
    band: float


DAYTIME_LIGHTS = {
    Daytime.DAY: DaytimeLight(
        elevation=(25.0, 60.0),
        sun=(0.64, 0.62, 0.59), sky=(0.50, 0.52, 0.55), horizon=(0.78, 0.85, 0.91), zenith=(0.28, 0.48, 0.79),
        cloud=(0.97, 0.97, 0.97), grey_sky=(0.76, 0.78, 0.80), grey_horizon=(0.74, 0.77, 0.79), grey_zenith=(0.60, 0.63, 0.67),
        headlight=0.0, lamp=0.0, glow=(1.0, 0.99, 0.96), halo=0.28, band=0.0,
    ),
    Daytime.LOW_SUN: DaytimeLight(
        elevation=(4.0, 12.0),
        sun=(0.98, 0.68, 0.36), sky=(0.40, 0.40, 0.44), horizon=(0.80, 0.69, 0.56), zenith=(0.28, 0.40, 0.62),
        cloud=(0.97, 0.83, 0.69), grey_sky=(0.53, 0.51, 0.49), grey_horizon=(0.62, 0.57, 0.52), grey_zenith=(0.44, 0.44, 0.46),
        headlight=0.0, lamp=0.2, glow=(1.0, 0.80, 0.46), halo=0.70, band=0.40,
    ),
    Daytime.DUSK: DaytimeLight(
        elevation=(-5.0, -0.5),
        sun=(0.0, 0.0, 0.0), sky=(0.23, 0.24, 0.29), horizon=(0.40, 0.35, 0.37), zenith=(0.08, 0.14, 0.29),
        cloud=(0.33, 0.24, 0.30), grey_sky=(0.20, 0.22, 0.26), grey_horizon=(0.25, 0.27, 0.32), grey_zenith=(0.15, 0.17, 0.22),
        headlight=0.26, lamp=0.7, glow=(0.72, 0.36, 0.13), halo=0.0, band=0.80,
    ),
    Daytime.NIGHT: DaytimeLight(
        elevation=(12.0, 40.0),
        sun=(0.0, 0.0, 0.0), sky=(0.028, 0.034, 0.051), horizon=(0.038, 0.047, 0.075), zenith=(0.011, 0.018, 0.045),
        cloud=(0.030, 0.034, 0.047), grey_sky=(0.025, 0.026, 0.032), grey_horizon=(0.036, 0.037, 0.043),
        grey_zenith=(0.018, 0.019, 0.024), headlight=0.72, lamp=1.0, glow=(0.15, 0.105, 0.065), halo=0.0, band=0.55,
    ),
}  # fmt: skip
# Meteorological visibility [m] in the lightest and the heaviest weather of a kind.
VISIBILITY_RANGE = {
    Weather.FOG: (250.0, 30.0),
    Weather.RAIN: (900.0, 150.0),
    Weather.SNOW: (600.0, 80.0),
}
# The share of a closed sky's light that comes down in the heaviest weather of a kind.
MIN_SKY_TRANSMISSION = {
    Weather.CLOUDY: 0.90,
    Weather.FOG: 0.95,
    Weather.RAIN: 0.68,
    Weather.SNOW: 0.92,
}


@dataclass(frozen=True)
class Atmosphere:
    """A scenario's sky.

    azimuth, elevation: where the sun is [rad, azimuth clockwise from world x].
    cloud: cover in [0, 1].
    overcast: how much of the sun's light the clouds have scattered.
    reach: distance [m] at which haze hides all but 1/e of a thing; zenith, horizon,.
    cloud_colour, glow: of the sky.
    halo, band: how strongly it glows around the sun and along the horizon below it.
    rain, snow: how much falls, in [0, 1].
    gain: the camera's exposure, which all colours hold.
    light: in the open.
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
    halo: float
    band: float
    rain: float
    snow: float
    daytime: Daytime
    gain: float
    light: Light

    @classmethod
    def of(cls, scenario: Scenario) -> "Atmosphere":
        """The sky of a scenario, different for every seed."""
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
        """The share of the sun's light that comes straight through clouds and haze."""
        return _sunshine(self.overcast, self.elevation, self.reach)

    @property
    def noise(self) -> float:
        """Standard deviation [levels] of the sensor's noise: the darker the world, the more it is
        amplified.
        """
        light = self.light
        ambient = (light.level_red + light.level_green + light.level_blue) / 3 / self.gain
        return round(min(0.8 * max(ambient, 0.01) ** -0.53, 4.5), 1)

    def lights(self, inside: float) -> tuple[Light, Light]:
        """The light in the open and in a tunnel, for a camera that is inside a tunnel (1), outside
        (0), or at its mouth.

        The exposure follows the place: from outside by day a tunnel is a dark hole, from inside its
        exit glares.
        """
        gain = max(exposure(_mean(TUNNEL_LAMP_COLOUR)) / self.gain, 1.0) ** inside
        return _exposed(self.light, gain), _exposed(_tunnel_light(self.light), self.gain * gain)


def _overcast(weather: Weather, strength: float) -> float:
    """How much of the sun's light clouds have scattered."""
    base, more = {
        Weather.CLEAR: (0.0, 0.0), Weather.CLOUDY: (0.45, 0.55), Weather.FOG: (0.75, 0.25), Weather.RAIN: (0.75, 0.25),
        Weather.SNOW: (0.7, 0.3),
    }[weather]  # fmt: skip
    return base + more * strength


def exposure(level: float) -> float:
    """The camera's gain for a scene of that brightness, 1 for a bright day's.

    It makes up for half of a lack of light (in stops), so that a darker scene still makes a darker
    picture.
    """
    return min(max(level, 0.02), 4.0) ** -0.5


def _reach(scenario: Scenario, clear: float) -> float:
    """Where haze hides all but 1/e [m], from the meteorological visibility, or a clear day's own."""
    if scenario.visibility is not None:
        return scenario.visibility / KOSCHMIEDER
    if scenario.weather not in VISIBILITY_RANGE:
        return clear
    most, least = VISIBILITY_RANGE[scenario.weather]
    return min(most * (least / most) ** scenario.strength / KOSCHMIEDER, clear)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def _scaled(colour: Colour, gain: float) -> Colour:
    return colour[0] * gain, colour[1] * gain, colour[2] * gain


def _mean(colour: Colour) -> float:
    return sum(colour) / 3


def _dimmed(daytime_light: DaytimeLight, dim: float) -> DaytimeLight:
    """The same daytime_light with that share of a closed sky's light."""
    return replace(
        daytime_light,
        grey_sky=_scaled(daytime_light.grey_sky, dim),
        grey_horizon=_scaled(daytime_light.grey_horizon, dim),
        grey_zenith=_scaled(daytime_light.grey_zenith, dim),
    )


def _lit_fog(daytime_light: DaytimeLight, reach: float) -> Colour:
    """The colour of the far under a closed sky; dense fog throws some of the headlights back."""
    return _mixed(
        daytime_light.grey_horizon,
        (0.42, 0.41, 0.38),
        0.5 * daytime_light.headlight * min(30.0 / reach, 1.0),
    )


def _sunshine(overcast: float, elevation: float, reach: float) -> float:
    up = math.sin(max(elevation, math.radians(4.0)))
    return max(1 - overcast, 0.0) ** 1.5 * math.exp(-HAZE_DEPTH / (up * reach))


def _open_light(
    daytime_light: DaytimeLight, azimuth: float, elevation: float, overcast: float, sky: Colour, horizon: Colour, reach: float, rain: float,
    snow: float, gain: float,
) -> Light:  # fmt: skip
    elevation = max(
        elevation, math.radians(2.0)
    )  # what has set still glows from just above the horizon
    level = math.cos(elevation)
    up = math.sin(elevation)
    sun, sky = (
        _scaled(daytime_light.sun, gain * _sunshine(overcast, elevation, reach)),
        _scaled(sky, gain),
    )
    # Level ground is lit by the sky and by the sun at its slant, kept from falling as far as it
    # does: exposure makes up for it.
    ground = [s + d * (0.20 + 0.70 * up) for s, d in zip(sky, sun, strict=True)]
    direct = _mean(sun) * (0.20 + 0.70 * up) / sum(ground) * 3
    closed = _mean(daytime_light.grey_sky)
    dim = min(
        max(1.0 - closed, 0.0) + 0.3, 1.0
    )  # lamps are on in bad weather too, and show the darker it is
    haze = _scaled(horizon, gain)
    return Light(
        sun_x=level * math.cos(azimuth), sun_y=level * math.sin(azimuth), sun_up=up,
        sun_red=sun[0], sun_green=sun[1], sun_blue=sun[2], sky_red=sky[0], sky_green=sky[1], sky_blue=sky[2],
        level_red=ground[0], level_green=ground[1], level_blue=ground[2],
        haze_red=haze[0], haze_green=haze[1], haze_blue=haze[2], haze_reach=reach,
        shadow=min(SHADOW_SHARE * direct / 0.45, 0.55), headlight=daytime_light.headlight * gain,
        lamp=max(daytime_light.lamp, 0.6 * dim * overcast), wet=max(0.45 + 0.55 * rain if rain else 0.0, 0.5 if snow else 0.0), snow=snow,
    )  # fmt: skip


def _tunnel_light(outside: Light) -> Light:
    """The light of a tunnel's lamps before exposure: warm, from above, the same at every daytime_light."""
    sky = _scaled(TUNNEL_LAMP_COLOUR, 0.92)
    air = _scaled(TUNNEL_LAMP_COLOUR, 0.52)
    return outside._replace(
        sun_red=0.0, sun_green=0.0, sun_blue=0.0, sky_red=sky[0], sky_green=sky[1], sky_blue=sky[2],
        level_red=TUNNEL_LAMP_COLOUR[0], level_green=TUNNEL_LAMP_COLOUR[1], level_blue=TUNNEL_LAMP_COLOUR[2],
        haze_red=air[0], haze_green=air[1], haze_blue=air[2], haze_reach=500.0,
        shadow=0.0, headlight=0.12, lamp=0.8, wet=0.0, snow=0.0,
    )  # fmt: skip


def _exposed(light: Light, gain: float) -> Light:
    """The same light with another exposure."""
    scaled = {
        f"{kind}_{colour}": gain * getattr(light, f"{kind}_{colour}")
        for kind in ("sun", "sky", "level", "haze")
        for colour in ("red", "green", "blue")
    }
    return light._replace(**scaled, headlight=gain * light.headlight)
