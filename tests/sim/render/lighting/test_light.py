"""The ego's headlights and the light in tunnels."""

import math
from dataclasses import replace
from itertools import product

import pytest

from sim.render.frame_buffer import Eye
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.light import beam, beam_share, seen_through_air
from sim.scenario import Daytime, RoadKind, Scenario, Weather

DAY = Scenario(RoadKind.RURAL, 3)
EVERY = [replace(DAY, weather=weather, light=light) for weather, light in product(Weather, Daytime)]
EYE = Eye(0.0, 0.0, 1.4, 1.0, 0.0, 175.0, 64.0, 0.0)


def test_the_headlights_shine_alike_to_both_sides_and_less_with_distance() -> None:
    light = Atmosphere.of(replace(DAY, light="night")).light
    assert beam(light, EYE, 15.0, 3.0) == pytest.approx(beam(light, EYE, 15.0, -3.0))
    assert beam(light, EYE, 12.0, 0.0) > 1.5 * beam(light, EYE, 40.0, 0.0) > 0
    assert beam(Atmosphere.of(DAY).light, EYE, 12.0, 0.0) == 0.0


@pytest.mark.parametrize("lateral", [-0.6, 0.6])
def test_every_camera_sees_the_same_cone_of_light(lateral: float) -> None:
    light = Atmosphere.of(replace(DAY, light="night")).light
    assert beam(light, EYE._replace(lateral=lateral), 15.0, 1.0 - lateral) == pytest.approx(
        beam(light, EYE, 15.0, 1.0)
    )


def test_the_low_beam_is_cut_off_above_the_lamps() -> None:
    assert beam_share(20.0, 0.3) == 1.0
    assert beam_share(20.0, 3.0) == pytest.approx(0.1)


def test_the_headlights_reach_forty_metres_and_hardly_eighty() -> None:
    light = Atmosphere.of(replace(DAY, light="night")).light
    near = beam(light, EYE, 40.0, 0.0)
    far = beam(light, EYE, 80.0, 0.0)
    assert near > 2 * light.level_green
    assert near > 3 * far


def test_clear_air_leaves_the_light_of_a_tunnel_unchanged() -> None:
    light, tunnel = Atmosphere.of(Scenario(RoadKind.TUNNEL, 0)).lights(0.0)
    assert seen_through_air(tunnel, light, 1.0, 50.0) == tunnel


def test_haze_in_front_of_a_tunnel_attenuates_as_much_as_both_hazes() -> None:
    light, tunnel = Atmosphere.of(Scenario(RoadKind.TUNNEL, 0)).lights(0.0)
    both = seen_through_air(tunnel, light, 0.6, 80.0)
    transmission = math.exp(-80.0 / tunnel.haze_reach) * 0.6
    assert math.exp(-80.0 / both.haze_reach) == pytest.approx(transmission)
