"""Time of the live window for one picture: `pytest tests/benchmarks/bench_viewer.py`.

At 30 pictures a second, 1280 x 720 pixels have to be drawn in 33 ms. The road and the panels are
measured apart. Panels change after a tick, ten times a second: with one picture in three.
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
TICKS = 130  # driven before the measurement, so that all plots are full


def session_of(count: int) -> Session:
    """Return a session of untrained networks, after TICKS; trained ones take the same time."""
    checkpoint = Checkpoint(PilotNet(0.001).eval(), ViewCamera(), Camera(), {})
    spec = DriverSpec("pilotnet", "PilotNet", SKY_BLUE, lambda _: PilotNetDriver(checkpoint))
    session = Session([spec] * count, [SCENARIO], autonomy)
    for _ in range(TICKS):
        session.step()
    return session


@pytest.fixture
def without_road(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that replaces the picture of the road by a flat colour."""

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
    benchmark: BenchmarkFixture, count: int, without_road: Callable[[], None]
) -> None:
    without_road()
    session = session_of(count)
    canvas = Canvas.blank(1280, 720)
    benchmark(session.draw, canvas)


@pytest.mark.parametrize("count", [1, 2], ids=["one_driver", "two_drivers"])
def test_everything_but_the_road_when_a_tick_has_changed_it(
    benchmark: BenchmarkFixture, count: int, without_road: Callable[[], None]
) -> None:
    without_road()
    session = session_of(count)
    canvas = Canvas.blank(1280, 720)

    def tick() -> None:
        session.step()
        for drive in session.drives:
            drive.explanation()

    benchmark.pedantic(lambda: session.draw(canvas), setup=tick, rounds=40, warmup_rounds=2)


@pytest.mark.parametrize("count", [1, 2], ids=["one_driver", "two_drivers"])
def test_a_whole_picture(benchmark: BenchmarkFixture, count: int) -> None:
    session = session_of(count)
    canvas = Canvas.blank(1280, 720)
    benchmark(session.draw, canvas)


def test_handing_the_picture_to_the_window(benchmark: BenchmarkFixture) -> None:
    screen = pygame.Surface((1280, 720), depth=32)
    canvas = Canvas.blank(1280, 720)
    benchmark(screen.blit, canvas.surface, (0, 0))


def test_a_tick_with_three_cameras_the_network_and_its_saliency(
    benchmark: BenchmarkFixture,
) -> None:
    session = session_of(1)

    def tick() -> None:
        session.step()
        session.drives[0].explanation()

    benchmark.pedantic(tick, rounds=40, warmup_rounds=2)
