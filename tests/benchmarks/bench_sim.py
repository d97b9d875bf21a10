"""Time of the simulator for frames, ticks and worlds: `pytest tests/benchmarks/bench_sim.py`.

The file's name keeps it out of the tests, which measure no time. A bilinear warp in the same run is
the unit to compare with.
"""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from pilotnet.data.suites import suite
from sim.geometry.camera import Camera, rig
from sim.render.frame_buffer import Label
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.scenario import Daytime, RoadKind, Scenario, Weather
from sim.types import Actor, Control, Kind, Pose
from sim.world import World

BIG = Camera(width=1280, height=720, focal=700.0, horizon=300.0)
PLAIN = Scenario(RoadKind.RURAL, seed=1, length=600.0)
HEAVY = Scenario(
    RoadKind.RURAL, seed=1, length=600.0, weather=Weather.RAIN, light=Daytime.NIGHT, strength=1.0
)


def twenty_cars(world: World) -> list[Actor]:
    """Twenty cars within sight ahead, in both lanes."""
    lanes = world.plan.lanes
    line = world.plan.centreline
    places = [line.pose_at(120.0 + 12.0 * i, lanes[i % 2].offset) for i in range(20)]
    return [
        Actor(i + 1, Kind.SALOON, place, 10.0, 4.4, 1.8, 1.5, (120, 30, 30))
        for i, place in enumerate(places)
    ]


def drawing(scenario: Scenario, camera: Camera) -> tuple[Renderer, Pose, list[Actor]]:
    world = World(scenario)
    return (
        Renderer(world.plan, scenario, [camera]),
        world.plan.centreline.pose_at(100.0, world.plan.path_offset),
        twenty_cars(world),
    )


def test_a_bilinear_warp_of_the_same_size(benchmark: BenchmarkFixture) -> None:
    """The unit to compare with."""
    cv2.setNumThreads(1)
    image = np.random.default_rng(0).integers(0, 255, (160, 320, 3), dtype=np.uint8)
    homography = np.array([[1.0, 0.12, 3.0], [0.01, 1.0, -2.0], [1e-4, 2e-4, 1.0]])
    benchmark(cv2.warpPerspective, image, homography, (320, 160), flags=cv2.INTER_LINEAR)


@pytest.mark.parametrize("scenario", [PLAIN, HEAVY], ids=["plain_day", "heaviest_weather"])
def test_a_camera_frame_with_twenty_cars_ahead(
    benchmark: BenchmarkFixture, scenario: Scenario
) -> None:
    renderer, pose, actors = drawing(scenario, Camera())
    benchmark(renderer.render, pose, actors, 1.0)


@pytest.mark.parametrize("scenario", [PLAIN, HEAVY], ids=["plain_day", "heaviest_weather"])
def test_a_window_sized_frame_with_twenty_cars_ahead(
    benchmark: BenchmarkFixture, scenario: Scenario
) -> None:
    renderer, pose, actors = drawing(scenario, BIG)
    benchmark(renderer.render, pose, actors, 1.0)


def test_a_frame_with_its_truth(benchmark: BenchmarkFixture) -> None:
    renderer, pose, actors = drawing(PLAIN, Camera())
    canvas = benchmark(renderer.truth, pose, actors, 1.0)[0]
    assert (canvas.label == Label.CAR).any()


def test_sixteen_recorded_frames(benchmark: BenchmarkFixture) -> None:
    """One frame of each of three cameras, in sixteen drives of lane_keeping: 48 images."""
    frames = []
    for scenario in suite("lane_keeping", "train", 16, 450.0):
        world = World(scenario)
        renderer = Renderer(world.plan, scenario, list(rig(Camera(), 0.6).values()))
        frames.append(
            (renderer, world.plan.centreline.pose_at(150.0, world.plan.path_offset), world.actors())
        )
    benchmark(lambda: [renderer.truth(pose, actors, 1.0) for renderer, pose, actors in frames])


def test_a_tick_of_a_world_with_ten_cars_and_ten_pedestrians(benchmark: BenchmarkFixture) -> None:
    scenario = Scenario(RoadKind.RESIDENTIAL, seed=1, length=5000.0, traffic=18.0, pedestrians=25.0)
    world = World(scenario)

    def tick() -> None:
        world.step(
            Control(world.path_curvature_at(world.ego_state().station), world.shared_pedals()), 0.1
        )

    benchmark.pedantic(tick, rounds=300, warmup_rounds=5)
    benchmark.extra_info["actors"] = len(world.actors())


@pytest.mark.parametrize("kind", list(RoadKind))
def test_building_a_world_of_two_kilometres(benchmark: BenchmarkFixture, kind: RoadKind) -> None:
    scenario = Scenario(kind, seed=1, length=2000.0)
    plan_road(scenario)

    def build() -> None:
        world = World(scenario)
        Renderer(world.plan, scenario, [Camera()])

    benchmark.pedantic(build, rounds=3, warmup_rounds=1)


def test_starting_up_with_a_warm_cache(benchmark: BenchmarkFixture) -> None:
    """A new process: import, one world, one frame."""
    program = "import sim; env = sim.DrivingEnv(); env.start(sim.Scenario('rural', 0, 300.0))"
    benchmark.pedantic(
        subprocess.run,
        ([sys.executable, "-c", program],),
        {"check": True},
        rounds=3,
        warmup_rounds=1,
    )
