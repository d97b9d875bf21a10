"""The sky: where the sun stands in it, what fog leaves of it, and every weather in every light as a
whole picture.
"""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render.frame_buffer import blank_frame_buffer
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.renderer import Renderer
from sim.render.sky import draw_sky, pack_panorama
from sim.render.sky_panorama import panorama
from sim.roads.kinds import plan_road
from sim.scenario import Daytime, RoadKind, Scenario, Weather
from sim.types import Image

DAY = Scenario(RoadKind.RURAL, 3, length=200.0)
FOCAL = 175.0
HORIZON = 64.0
SMALL = Camera(160, 80, 87.5, 32.0)


def sky(scenario: Scenario) -> Image:
    return panorama(Atmosphere.of(scenario), scenario.seed, FOCAL, HORIZON)


@pytest.fixture(scope="module")
def pictures() -> dict[tuple[Weather, Daytime], Image]:
    """One small picture of the same place in every weather and light."""
    plan = plan_road(DAY)
    here = plan.centreline.pose_at(60.0, plan.path_offset)
    return {
        (weather, light): Renderer(
            plan, replace(DAY, weather=weather, light=light), [SMALL]
        ).render(here, [])[0]
        for weather, light in product(Weather, Daytime)
    }


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


def test_in_thick_fog_the_farthest_ground_is_nothing_but_fog() -> None:
    scenario = replace(DAY, weather="fog", visibility=40.0)
    renderer = Renderer(plan_road(DAY), scenario, [Camera()])
    image = renderer.render(plan_road(DAY).centreline.pose_at(60.0), [])[0][64:66].astype(float)
    # Trunks of near trees stand before it.
    assert np.median(np.abs(image - 255 * np.minimum(Atmosphere.of(scenario).horizon, 1.0))) < 2


def test_every_weather_and_light_is_a_picture_of_its_own(
    pictures: dict[tuple[Weather, Daytime], Image],
) -> None:
    assert len(pictures) == 20
    for one, other in combinations(pictures.values(), 2):
        assert np.abs(one.astype(int) - other).mean() > 1.5


@pytest.mark.parametrize("weather", list(Weather))
def test_pictures_grow_darker_from_day_to_dusk_to_night(
    pictures: dict[tuple[Weather, Daytime], Image], weather: Weather
) -> None:
    day, dusk, night = (
        pictures[weather, light].mean() for light in (Daytime.DAY, Daytime.DUSK, Daytime.NIGHT)
    )
    assert day > dusk + 20 > night + 40


def test_at_night_the_road_ahead_is_the_brightest_ground(
    pictures: dict[tuple[Weather, Daytime], Image],
) -> None:
    image = pictures[Weather.CLEAR, Daytime.NIGHT].astype(int).sum(2)
    assert image[46:70, 60:100].mean() > 2 * image[:30].mean()
    assert image[46:70, 60:100].mean() > 1.3 * image[46:70, :20].mean()


def test_the_sky_lies_in_the_picture_where_its_directions_point_blended_between_four_texels() -> (
    None
):
    focal = 60.0
    horizon = 40.0
    heading = 6.1
    width = 90
    painted = np.random.default_rng(3).integers(
        0, 256, (42, round(2 * np.pi * focal), 3), dtype=np.uint8
    )
    canvas = blank_frame_buffer(50, width)
    draw_sky(canvas, pack_panorama(painted), focal, horizon, heading, 1.0)
    across = (np.arange(width) + 0.5 - width / 2) / focal
    up = horizon - np.arange(40)[:, None] - 0.5
    column = (heading + np.arctan(across)) * painted.shape[1] / (2 * np.pi) - 0.5 + 0 * up
    row = np.maximum(up / np.hypot(1, across) - 0.5, 0)
    i = row.astype(int)
    j = np.floor(column).astype(int)
    w = (row - i)[..., None]
    t = (column - j)[..., None]
    left, right = (painted[:, (j + k) % painted.shape[1]] for k in (0, 1))
    lines, places = np.indices(i.shape)
    low = left[i, lines, places] * (1 - t) + right[i, lines, places] * t
    high = left[i + 1, lines, places] * (1 - t) + right[i + 1, lines, places] * t
    # A step of the weights is 1 / 64 across and 1 / 128 upwards.
    assert (
        np.abs(canvas.image[:40] - (low + w * (high - low))).max()
        < 255 * (0.5 / 64 + 1 / 128) * 2 + 1
    )
    assert not canvas.image[40:].any()
