"""The shadows of cars and people, and the dark under them."""

import math

import numpy as np
import pytest

from sim.render.frame_buffer import blank_frame_buffer
from sim.render.lighting.light import Light
from sim.render.objects.road_users import road_users_of, shade_under_road_user
from sim.types import Actor, Kind
from tests.sim.figures import DAY, EYE, SIZES, car, person


@pytest.mark.parametrize(("sun_y", "side"), [(0.8, -1), (-0.8, 1)])
def test_a_persons_shadow_falls_away_from_the_sun(sun_y: float, side: int) -> None:
    canvas = blank_frame_buffer(360, 640)
    canvas.image[:] = 90
    light = DAY._replace(sun_x=0.0, sun_y=sun_y, sun_up=0.6)
    shade_under_road_user(canvas, road_users_of([person(8.0, 0.0)]), 0, light, EYE)
    columns = np.argwhere(canvas.image[..., 0] < 80)[:, 1]
    assert columns.size > 50
    assert np.sign(columns.mean() - 320) == side
    reach = 350 * 1.75 * 0.8 / 0.6 / 8
    assert np.abs(columns - 320).max() == pytest.approx(reach, abs=12)


def shaded(actor: Actor, light: Light) -> np.ndarray:
    """The red of a ground of 150 under an actor's shadow."""
    canvas = blank_frame_buffer(360, 640)
    canvas.image[:] = 150
    shade_under_road_user(canvas, road_users_of([actor]), 0, light, EYE)
    return canvas.image[..., 0].astype(int)


@pytest.mark.parametrize(("kind", "up"), [(Kind.SALOON, 0.12), (Kind.SALOON, 0.2), (Kind.BUS, 0.3)])
def test_a_low_sun_throws_a_cars_shadow_in_one_piece(kind: Kind, up: float) -> None:
    forward = 12.0
    right = -5.0
    ground = shaded(car(kind, forward, right), DAY._replace(sun_x=0.0, sun_y=-0.97, sun_up=up))
    far_end = right + SIZES[kind][1] / 2 + min(0.8 * SIZES[kind][2] * 0.97 / up, 12.0)
    columns = [int(320 + 350 * d / forward) for d in (right, far_end)]
    row = int(150 + 350 * 1.4 / (forward + 0.3))
    assert ground[row, columns[0] : columns[1]].max() < 100
    assert ground[row, columns[1] + 90 :].min() == 150


def test_haze_lies_before_a_persons_shadow_too() -> None:
    clear, hazy = (
        shaded(person(12.0, 0.0), DAY._replace(haze_reach=reach)) for reach in (1e6, 12.0)
    )
    assert clear.min() < 110
    haze = 255 * DAY.haze_red * (1 - math.exp(-1.0))
    assert hazy.min() == pytest.approx(haze + (150 - haze) * clear.min() / 150, abs=3)


def test_the_dark_under_the_feet_does_not_grow_with_distance() -> None:
    for away in (8.0, 20.0, 40.0):
        dark = 150 - shaded(person(away, 0.0), DAY._replace(shadow=0.0))
        # In square metres of full darkness; a pixel's row is away² / (f h) metres long.
        assert dark.sum() / 150 * (away / 350) * away**2 / (350 * 1.4) < 0.25
