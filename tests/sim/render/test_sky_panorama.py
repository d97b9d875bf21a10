"""The panorama in every weather and at every time of day."""

from dataclasses import replace

import numpy as np

from sim.render.lighting.atmosphere import Atmosphere
from sim.render.sky_panorama import panorama
from sim.scenario import RoadKind, Scenario
from sim.types import Image

DAY = Scenario(RoadKind.RURAL, 3, length=200.0)
FOCAL = 175.0
HORIZON = 64.0


def sky(scenario: Scenario) -> Image:
    return panorama(Atmosphere.of(scenario), scenario.seed, FOCAL, HORIZON)


def test_the_low_sun_is_the_brightest_place_of_its_sky() -> None:
    scenario = replace(DAY, light="low_sun")
    atmosphere = Atmosphere.of(scenario)
    image = sky(scenario).astype(int).sum(2)
    column = round(atmosphere.azimuth / (2 * np.pi) * image.shape[1]) % image.shape[1]
    row = round(np.tan(atmosphere.elevation) * FOCAL)
    assert image[row - 2 : row + 2, column - 2 : column + 2].max() >= image.max() - 3
    assert image[row, column] > image[row, (column + image.shape[1] // 2) % image.shape[1]] + 60


def test_dusk_glows_where_the_sun_has_set() -> None:
    scenario = replace(DAY, light="dusk")
    image = sky(scenario).astype(int)
    half = image.shape[1] // 2
    column = round(Atmosphere.of(scenario).azimuth / (2 * np.pi) * image.shape[1]) % image.shape[1]
    towards = image[30, column]
    away = image[30, (column + half) % image.shape[1]]
    assert towards[0] - towards[2] > away[0] - away[2] + 30


def test_thick_fog_hides_hills_and_sky_alike() -> None:
    scenario = replace(DAY, weather="fog", visibility=40.0)
    colour = np.array(Atmosphere.of(scenario).horizon) * 255
    assert np.abs(sky(scenario) - np.minimum(colour, 255)).max() < 3
