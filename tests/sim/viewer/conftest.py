"""A short drive to look at, and a driver that shows thoughts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pygame
import pytest

from sim.drawables import Explanation, GroundLine, PictureBox, RoadUserFootprint, Role
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Control, Observation
from sim.viewer.live import live_drive as drive_module
from sim.viewer.live.live_drive import Drive, DriverSpec
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.window import Window, open_display
from tests.sim.viewer.fake_films import Reel

SCENARIO = Scenario("rural", seed=2, length=60.0, traffic=6.0)  # type: ignore[arg-type]
OTHER = Scenario("rural", seed=5, length=60.0)  # type: ignore[arg-type]
SMALL = EnvConfig(cameras=("centre",), camera=Camera(64, 32, 35.0, 13.0))


class Thinker:
    """Steers to the left and shows everything that can be shown."""

    def reset(self) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> Control:  # noqa: ARG002
        """Always the same."""
        return Control(-0.05)

    def explain(self) -> Explanation:
        """One of each."""
        heat = np.zeros((66, 200), np.float32)
        heat[30:40, 90:110] = 1.0
        ahead = np.linspace(3.0, 40.0, 20)
        return Explanation(
            boxes=(PictureBox(140.0, 60.0, 160.0, 80.0, False, "car 20 m"),),
            lines=tuple(GroundLine(np.stack([ahead, 0.1 * ahead], axis=1), role) for role in Role),
            footprints=(RoadUserFootprint(20.0, 2.0, 0.1, 4.5, 1.8, True),),
            view=np.full((66, 200, 3), 90, np.uint8),
            heat=heat,
            camera=Camera(200, 66, 173.0, 22.0),
            behaviour="avoid",
        )


def seat_of(name: str, colour: tuple[int, int, int]) -> DriverSpec:
    """A seat for the expert, or for the thinker."""
    return DriverSpec(
        name, name.title(), colour, Expert if name == "expert" else lambda _: Thinker()
    )


def show_of(*names: str, count: int = 1) -> Session:
    """These drivers on two short scenarios."""
    driver_specs = [seat_of(name, (86, 180, 233)) for name in names]
    return Session(driver_specs, [SCENARIO, OTHER], lambda *_: 100.0, count)


@pytest.fixture
def expert_drive() -> Drive:
    return Drive(seat_of("expert", (0, 158, 115)), SCENARIO, SMALL)


@pytest.fixture
def env() -> DrivingEnv:
    return DrivingEnv(SMALL)


@pytest.fixture
def small_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every drive with one small camera, which is quick."""
    monkeypatch.setattr(drive_module, "EnvConfig", lambda **_: SMALL)


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(Reel, "fails", "")
    Reel.made.clear()
    made = Window(LiveView(show_of("expert", "thinker")), open_display((320, 180)), Reel, tmp_path)
    yield made
    pygame.display.quit()
