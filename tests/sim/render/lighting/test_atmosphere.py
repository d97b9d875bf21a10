"""Weather and light: what they make of sun, sky, haze and lamps, and what cannot be."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sim.render.frame_buffer import Eye
from sim.render.lighting.atmosphere import KOSCHMIEDER, Atmosphere, exposure
from sim.scenario import Daytime, RoadKind, Scenario, Weather

DAY = Scenario(RoadKind.RURAL, 3)
EVERY = [replace(DAY, weather=weather, light=light) for weather, light in product(Weather, Daytime)]
EYE = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 175.0, 64.0, 0.0)


def brightness(scenario: Scenario) -> float:
    light = Atmosphere.of(scenario).light
    return light.level_red + light.level_green + light.level_blue


@pytest.mark.parametrize("scenario", EVERY, ids=lambda scenario: scenario.name)
def test_every_weather_goes_with_every_light(scenario: Scenario) -> None:
    light = Atmosphere.of(scenario).light
    assert np.isfinite(light).all()
    assert light.sun_x**2 + light.sun_y**2 + light.sun_up**2 == pytest.approx(1.0)
    assert 0 <= light.shadow <= 0.6
    assert light.haze_reach > 0


@pytest.mark.parametrize("weather", list(Weather))
def test_night_is_darker_than_dusk_and_dusk_than_day(weather: Weather) -> None:
    day, dusk, night = (
        brightness(replace(DAY, weather=weather, light=light)) for light in ("day", "dusk", "night")
    )
    assert day > 1.5 * dusk > 3 * night


@pytest.mark.parametrize("light", [Daytime.DUSK, Daytime.NIGHT])
def test_nothing_throws_a_shadow_without_a_sun(light: Daytime) -> None:
    assert Atmosphere.of(replace(DAY, light=light)).light.shadow == 0.0


def test_clouds_take_the_shadows_away_by_degrees() -> None:
    shadows = [
        Atmosphere.of(replace(DAY, weather="cloudy", strength=strength)).light.shadow
        for strength in (0.1, 0.5, 1.0)
    ]
    assert Atmosphere.of(DAY).light.shadow > shadows[0] > shadows[1] > shadows[2] == 0.0


@pytest.mark.parametrize("weather", [Weather.FOG, Weather.RAIN, Weather.SNOW])
def test_heavier_weather_is_harder_to_see_through(weather: Weather) -> None:
    reach = [
        Atmosphere.of(replace(DAY, weather=weather, strength=strength)).reach
        for strength in (0.2, 0.6, 1.0)
    ]
    assert reach[0] > reach[1] > reach[2]


def test_at_the_stated_visibility_five_percent_of_the_contrast_are_left() -> None:
    atmosphere = Atmosphere.of(replace(DAY, weather="fog", visibility=120.0))
    assert np.exp(-120.0 / atmosphere.reach) == pytest.approx(np.exp(-KOSCHMIEDER))
    assert np.exp(-KOSCHMIEDER) == pytest.approx(0.05, abs=0.001)


def test_a_low_sun_stands_low_and_shines_warm() -> None:
    light = Atmosphere.of(replace(DAY, light="low_sun")).light
    assert 0 < np.degrees(np.arcsin(light.sun_up)) < 12
    assert light.sun_red > 1.5 * light.sun_blue


def test_inside_a_tunnel_by_day_the_exit_glares_and_from_outside_the_tunnel_is_dark() -> None:
    atmosphere = Atmosphere.of(DAY)
    (outside, dark), (glaring, inside) = atmosphere.lights(0.0), atmosphere.lights(1.0)
    assert outside == atmosphere.light
    assert glaring.level_green > 1.5 * outside.level_green
    assert dark.level_green < 0.6 * inside.level_green
    night = Atmosphere.of(replace(DAY, light="night"))
    assert night.lights(0.0) == night.lights(1.0)


def test_a_darker_scene_is_amplified_more_and_still_is_a_darker_picture() -> None:
    levels = np.geomspace(0.02, 4.0, 40)
    gains = np.array([exposure(level) for level in levels])
    assert exposure(1.0) == 1.0
    assert (np.diff(gains) < 0).all()
    assert (np.diff(gains * levels) > 0).all()


def test_exposure_varies_with_the_seed_by_no_more_than_fifteen_percent() -> None:
    closed = [
        Atmosphere.of(replace(DAY, seed=seed, weather="cloudy", strength=1.0)).gain
        for seed in range(40)
    ]
    assert 1.1 < max(closed) / min(closed) <= np.exp(0.30)


@pytest.mark.parametrize("scenario", EVERY, ids=lambda scenario: scenario.name)
def test_light_on_level_ground_is_the_skys_and_some_of_the_suns(scenario: Scenario) -> None:
    light = Atmosphere.of(scenario).light
    for colour in ("red", "green", "blue"):
        level, sky, sun = (getattr(light, f"{kind}_{colour}") for kind in ("level", "sky", "sun"))
        assert sky <= level <= sky + sun


@pytest.mark.parametrize("light", list(Daytime))
def test_the_haze_has_the_colour_of_the_horizon(light: Daytime) -> None:
    atmosphere = Atmosphere.of(replace(DAY, weather="fog", light=light))
    assert (
        atmosphere.light.haze_red,
        atmosphere.light.haze_green,
        atmosphere.light.haze_blue,
    ) == atmosphere.horizon


def test_the_darker_the_world_the_noisier_the_sensor() -> None:
    noise = [Atmosphere.of(replace(DAY, light=light)).noise for light in ("day", "dusk", "night")]
    assert noise[0] == pytest.approx(0.8, abs=0.2)
    assert noise[0] < noise[1] < noise[2] < 5
