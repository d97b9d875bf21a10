"""A picture drawn in bands is the picture."""

import math

import numba
import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render import threads as bands
from sim.render.frame_buffer import FrameBuffer, blank_frame_buffer
from sim.render.renderer import Renderer
from sim.scenario import WALKABLE, Daytime, RoadKind, Scenario, Weather
from sim.world import World

CAMERA = Camera(width=403, height=227, focal=220.0, horizon=90.7)
SKIES = [
    (RoadKind.RURAL, Weather.CLEAR, Daytime.DAY),
    (RoadKind.RESIDENTIAL, Weather.RAIN, Daytime.NIGHT),
    (RoadKind.HIGHWAY, Weather.FOG, Daytime.DUSK),
    (RoadKind.MOUNTAIN, Weather.SNOW, Daytime.LOW_SUN),
    (RoadKind.TUNNEL, Weather.CLOUDY, Daytime.NIGHT),
]


def drawn(renderer: Renderer, world: World, station: float) -> FrameBuffer:
    return renderer.truth(
        world.plan.centreline.pose_at(station, world.plan.path_offset), world.actors(), 1.0
    )[0]


@pytest.mark.parametrize(("road", "weather", "light"), SKIES)
def test_bands_change_no_bit_of_a_picture_or_its_truth(
    road: RoadKind, weather: Weather, light: Daytime, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = 60.0 if road in WALKABLE else 0.0
    scenario = Scenario(
        road,
        4,
        500.0,
        weather,
        light,
        strength=1.0,
        traffic=20.0,
        parked=people / 2,
        pedestrians=people,
    )
    world = World(scenario)
    renderer = Renderer(world.plan, scenario, [CAMERA])
    for station in (40.0, 130.0, 260.0):
        whole = drawn(renderer, world, station)
        for count in (2, 5):
            with monkeypatch.context() as patch:
                patch.setattr("sim.render.renderer.row_band_count", lambda _, count=count: count)
                parted = drawn(renderer, world, station)
            for name in ("image", "depth", "label", "instance"):
                assert np.array_equal(getattr(parted, name), getattr(whole, name)), name


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(0, 90, 2), (-3, 11, 4), (60, 300, 7), (88, 90, 5), (90, 95, 3), (40, 20, 2)],
)
def test_every_row_is_drawn_once(first: int, last: int, count: int) -> None:
    canvas = blank_frame_buffer(90, 4)

    def draw(band: FrameBuffer) -> None:
        canvas.image[band.first : band.last] += 1

    bands.draw_row_bands(draw, canvas, count, first, last)
    inside = np.arange(90)
    assert np.array_equal(canvas.image[:, 0, 0], (inside >= first) & (inside < last))


def test_pictures_drawn_side_by_side_are_those_drawn_alone() -> None:
    scenario = Scenario(
        RoadKind.RESIDENTIAL,
        4,
        500.0,
        Weather.RAIN,
        Daytime.NIGHT,
        traffic=20.0,
        parked=30.0,
        pedestrians=60.0,
    )
    world = World(scenario)
    cameras = [Camera(lateral=lateral) for lateral in (-0.5, 0.0, 0.5)]
    pose = world.plan.centreline.pose_at(130.0, world.plan.path_offset)
    actors = world.actors()
    together = Renderer(world.plan, scenario, cameras).render(pose, actors, 1.0)
    for camera, image in zip(cameras, together, strict=True):
        assert np.array_equal(
            image, Renderer(world.plan, scenario, [camera]).render(pose, actors, 1.0)[0]
        )


def test_calls_at_once_answer_in_their_order() -> None:
    assert bands.run_in_threads([lambda number=number: number**2 for number in range(9)]) == [
        number**2 for number in range(9)
    ]
    assert bands.run_in_threads([]) == []


def test_an_error_in_a_band_is_an_error() -> None:
    def draw(band: FrameBuffer) -> None:
        if band.first == 0:
            raise ValueError("no paint")

    with pytest.raises(ValueError, match="no paint"):
        bands.draw_row_bands(draw, blank_frame_buffer(90, 4), 3, 0, 90)


def test_only_large_pictures_are_drawn_in_bands_and_only_by_the_threads_there_are() -> None:
    threads = numba.get_num_threads()
    edge = math.isqrt(bands.LARGE_IMAGE) + 1
    assert bands.row_band_count(blank_frame_buffer(160, 320)) == 1
    assert bands.row_band_count(blank_frame_buffer(edge, edge)) == (
        1 if threads == 1 else bands.BANDS_PER_THREAD * threads
    )
    try:
        numba.set_num_threads(1)
        assert bands.row_band_count(blank_frame_buffer(edge, edge)) == 1
    finally:
        numba.set_num_threads(threads)
