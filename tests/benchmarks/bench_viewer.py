"""How fast the window draws: `pytest tests/benchmarks/bench_viewer.py`. A budget of 33 ms makes 30
frames/s at 1280 x 720.

The picture of the road and everything drawn over and beside it are measured apart, in one run.
Panels are drawn after a tick, ten times a second, so of every three pictures one costs what it
costs "when a tick has changed it".
"""

from collections.abc import Callable

import numpy as np
import pygame
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.evaluation.metrics import autonomy
from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.geometry.camera import Camera
from sim.scenario import RoadKind, Scenario
from sim.types import Image
from sim.viewer.canvas import Canvas
from sim.viewer.live.camera_view import RoadPicture
from sim.viewer.live.live_drive import DriverSpec
from sim.viewer.live.session import Session
from sim.viewer.theme import SKY_BLUE

SCENARIO = Scenario(RoadKind.RURAL, seed=2, length=600.0, traffic=8.0)
TICKS = 130  # so that the strips are full


def show_of(count: int) -> Session:
    """PilotNet, untrained, which costs as much as a trained one; driven until its strips are full."""
    checkpoint = Checkpoint(PilotNet(0.001).eval(), ViewCamera(), Camera(), {})
    seat = DriverSpec("pilotnet", "PilotNet", SKY_BLUE, lambda _: PilotNetDriver(checkpoint))
    show = Session([seat] * count, [SCENARIO], autonomy)
    for _ in range(TICKS):
        show.step()
    return show


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the picture of the road cost nothing."""

    def paint() -> None:
        pictures: dict[Camera, Image] = {}

        def flat(_: RoadPicture, camera: Camera, *__: object) -> Image:
            return pictures.setdefault(
                camera, np.full((camera.height, camera.width, 3), 120, np.uint8)
            )

        monkeypatch.setattr(RoadPicture, "_render", flat)

    return paint


@pytest.mark.parametrize("count", [1, 2], ids=["one_driver", "two_drivers"])
def test_everything_but_the_road(
    benchmark: BenchmarkFixture, count: int, painted: Callable[[], None]
) -> None:
    painted()
    show = show_of(count)
    sheet = Canvas.blank(1280, 720)
    benchmark(show.draw, sheet)


@pytest.mark.parametrize("count", [1, 2], ids=["one_driver", "two_drivers"])
def test_everything_but_the_road_when_a_tick_has_changed_it(
    benchmark: BenchmarkFixture, count: int, painted: Callable[[], None]
) -> None:
    painted()
    show = show_of(count)
    sheet = Canvas.blank(1280, 720)

    def tick() -> None:
        show.step()
        for drive in show.drives:
            drive.explanation()

    benchmark.pedantic(lambda: show.draw(sheet), setup=tick, rounds=40, warmup_rounds=2)


@pytest.mark.parametrize("count", [1, 2], ids=["one_driver", "two_drivers"])
def test_a_whole_picture(benchmark: BenchmarkFixture, count: int) -> None:
    show = show_of(count)
    sheet = Canvas.blank(1280, 720)
    benchmark(show.draw, sheet)


def test_handing_the_picture_to_the_window(benchmark: BenchmarkFixture) -> None:
    screen = pygame.Surface((1280, 720), depth=32)
    sheet = Canvas.blank(1280, 720)
    benchmark(screen.blit, sheet.surface, (0, 0))


def test_a_tick_with_three_cameras_pilotnet_and_its_heat(benchmark: BenchmarkFixture) -> None:
    show = show_of(1)

    def tick() -> None:
        show.step()
        show.drives[0].explanation()

    benchmark.pedantic(tick, rounds=40, warmup_rounds=2)
