"""The camera and the air before it: noise without a bias, weather that is seen, and a glare where
the sun is.
"""

from dataclasses import replace

import numpy as np
import pytest

from sim.render.frame_buffer import Eye, Label, blank_frame_buffer
from sim.render.lens import apply_lens_effects
from sim.render.lighting.atmosphere import Atmosphere
from sim.scenario import RoadKind, Scenario
from sim.types import Image

DAY = Scenario(RoadKind.RURAL, 3, strength=1.0)
EYE = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 175.0, 64.0, 0.0)


def seen(
    scenario: Scenario,
    time: float = 1.0,
    level: int = 90,
    eye: Eye = EYE,
    sheltered: bool = False,
    label: Label = Label.SKY,
) -> Image:
    """A grey picture of one level, all of one label, through the lens."""
    canvas = blank_frame_buffer(160, 320, truth=True)
    canvas.image[:] = level
    canvas.label[:] = label
    apply_lens_effects(canvas, Atmosphere.of(scenario), eye, scenario.seed, time, sheltered)
    return canvas.image


def test_the_same_moment_has_the_same_noise_and_another_moment_and_another_camera_another() -> None:
    assert np.array_equal(seen(DAY), seen(DAY))
    assert not np.array_equal(seen(DAY), seen(DAY, time=1.1))
    assert not np.array_equal(seen(DAY), seen(DAY, eye=EYE._replace(lateral=0.6)))


@pytest.mark.parametrize("light", ["day", "night"])
def test_sensor_noise_has_no_bias(light: str) -> None:
    means = [seen(replace(DAY, light=light), time=t).mean() for t in np.arange(8) / 10]
    assert np.mean(means) == pytest.approx(90, abs=0.1)


def test_the_night_is_noisier_than_the_day() -> None:
    assert seen(replace(DAY, light="night")).std() > 2 * seen(DAY).std()


def test_falling_snow_is_lighter_than_a_dark_picture_and_falls_only_in_the_open() -> None:
    snow = replace(DAY, weather="snow")
    assert (seen(snow, level=40) > 90).mean() > 0.005
    assert (seen(snow, level=40, sheltered=True) > 90).mean() == 0


def test_heavier_rain_changes_more_of_the_picture() -> None:
    changed = [
        (np.abs(seen(replace(DAY, weather="rain", strength=s)).astype(int) - 90) > 8).mean()
        for s in (0.2, 1.0)
    ]
    assert 0 < changed[0] < 0.5 * changed[1]


def test_a_drop_shows_only_what_is_in_the_picture_and_keeps_its_mean() -> None:
    image = seen(replace(DAY, weather="rain"))
    assert image.mean() == pytest.approx(90, abs=3)


def test_a_low_sun_ahead_veils_the_picture_around_it_and_one_behind_does_not() -> None:
    scenario = replace(DAY, light="low_sun")
    light = Atmosphere.of(scenario).light
    length = np.hypot(light.sun_x, light.sun_y)
    towards = EYE._replace(cos=light.sun_x / length, sin=light.sun_y / length)
    away = EYE._replace(cos=-towards.cos, sin=-towards.sin)
    veiled = seen(scenario, eye=towards).astype(int).sum(2)
    assert veiled[50:60, 150:170].mean() > veiled[150:, :20].mean() + 60
    assert seen(scenario, eye=away).mean() == pytest.approx(90, abs=1)


def test_a_sun_behind_a_house_or_a_truck_does_not_shine_through_it() -> None:
    scenario = replace(DAY, light="low_sun")
    light = Atmosphere.of(scenario).light
    length = np.hypot(light.sun_x, light.sun_y)
    towards = EYE._replace(cos=light.sun_x / length, sin=light.sun_y / length)
    for label in (Label.STRUCTURE, Label.CAR):
        assert seen(scenario, eye=towards, label=label).mean() == pytest.approx(90, abs=1)
