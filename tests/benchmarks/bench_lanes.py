"""Time of the lane finder for one frame: `pytest tests/benchmarks/bench_lanes.py`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from pilotnet.modular.lanes.finder import LaneFinder
from sim.geometry.camera import Camera
from sim.render.renderer import Renderer
from sim.scenario import RoadKind, Scenario
from sim.world import World


@pytest.mark.parametrize(
    "road", [RoadKind.RURAL, RoadKind.HIGHWAY, RoadKind.UNPAVED, RoadKind.MOUNTAIN]
)
def test_lane_finder(benchmark: BenchmarkFixture, road: RoadKind) -> None:
    """One frame of 320 x 160 pixels, with the lane tracked."""
    world = World(Scenario(road, seed=1, length=600.0))
    renderer = Renderer(world.plan, world.scenario, [Camera()])
    line = world.plan.centreline
    frames = [
        renderer.render(line.pose_at(100.0 + 1.5 * i, world.plan.path_offset), [], 0.0)[0]
        for i in range(100)
    ]
    finder = LaneFinder(Camera())
    frame_numbers = iter(range(10**9))
    finder.find(frames[0], 15.0, 0.0, 0.1)

    def follow() -> None:
        i = next(frame_numbers) % len(frames)
        finder.find(frames[i], 15.0, line.curvature_at(100.0 + 1.5 * i), 0.1)

    benchmark(follow)
