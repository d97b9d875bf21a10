"""The light at each time of day under a clear and under a closed cloud cover, before exposure."""

from dataclasses import dataclass

from sim.render.lighting.palette import UnitColour
from sim.scenario import Daytime


@dataclass(frozen=True)
class DaytimeLight:
    """Strengths and colours of the light at one time of day, before exposure.

    elevation: limits of the height of the sun (at night the moon) [degrees].
    sun, sky: direct and diffuse light.
    horizon, zenith, cloud: colours under a clear sky.
    grey_sky, grey_horizon, grey_zenith: the same under a closed cloud cover.
    headlight, lamp: strength of the ego's headlights and of other lamps.
    glow: colour of the air towards the sun.
    halo: strength of the glow around the sun.
    band: strength of the glow along the horizon below the sun.
    """

    elevation: tuple[float, float]
    sun: UnitColour
    sky: UnitColour
    horizon: UnitColour
    zenith: UnitColour
    cloud: UnitColour
    grey_sky: UnitColour
    grey_horizon: UnitColour
    grey_zenith: UnitColour
    headlight: float
    lamp: float
    glow: UnitColour
    halo: float
    band: float


# RGB in [0, 1] and strengths, chosen by appearance.
DAYTIME_LIGHTS = {
    Daytime.DAY: DaytimeLight(
        elevation=(25.0, 60.0),
        sun=(0.64, 0.62, 0.59),
        sky=(0.50, 0.52, 0.55),
        horizon=(0.78, 0.85, 0.91),
        zenith=(0.28, 0.48, 0.79),
        cloud=(0.97, 0.97, 0.97),
        grey_sky=(0.76, 0.78, 0.80),
        grey_horizon=(0.74, 0.77, 0.79),
        grey_zenith=(0.60, 0.63, 0.67),
        headlight=0.0,
        lamp=0.0,
        glow=(1.0, 0.99, 0.96),
        halo=0.28,
        band=0.0,
    ),
    Daytime.LOW_SUN: DaytimeLight(
        elevation=(4.0, 12.0),
        sun=(0.98, 0.68, 0.36),
        sky=(0.40, 0.40, 0.44),
        horizon=(0.80, 0.69, 0.56),
        zenith=(0.28, 0.40, 0.62),
        cloud=(0.97, 0.83, 0.69),
        grey_sky=(0.53, 0.51, 0.49),
        grey_horizon=(0.62, 0.57, 0.52),
        grey_zenith=(0.44, 0.44, 0.46),
        headlight=0.0,
        lamp=0.2,
        glow=(1.0, 0.80, 0.46),
        halo=0.70,
        band=0.40,
    ),
    Daytime.DUSK: DaytimeLight(
        elevation=(-5.0, -0.5),
        sun=(0.0, 0.0, 0.0),
        sky=(0.23, 0.24, 0.29),
        horizon=(0.40, 0.35, 0.37),
        zenith=(0.08, 0.14, 0.29),
        cloud=(0.33, 0.24, 0.30),
        grey_sky=(0.20, 0.22, 0.26),
        grey_horizon=(0.25, 0.27, 0.32),
        grey_zenith=(0.15, 0.17, 0.22),
        headlight=0.26,
        lamp=0.7,
        glow=(0.72, 0.36, 0.13),
        halo=0.0,
        band=0.80,
    ),
    Daytime.NIGHT: DaytimeLight(
        elevation=(12.0, 40.0),
        sun=(0.0, 0.0, 0.0),
        sky=(0.028, 0.034, 0.051),
        horizon=(0.038, 0.047, 0.075),
        zenith=(0.011, 0.018, 0.045),
        cloud=(0.030, 0.034, 0.047),
        grey_sky=(0.025, 0.026, 0.032),
        grey_horizon=(0.036, 0.037, 0.043),
        grey_zenith=(0.018, 0.019, 0.024),
        headlight=0.72,
        lamp=1.0,
        glow=(0.15, 0.105, 0.065),
        halo=0.0,
        band=0.55,
    ),
}
