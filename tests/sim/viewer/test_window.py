"""The window under a dummy display, worked by real events."""

from pathlib import Path

import numpy as np
import pygame
import pytest

from sim.viewer.input.controller_map import Axis
from sim.viewer.input.controller_wizard import QUESTIONS
from sim.viewer.input.plugged_controllers import PluggedControllers
from sim.viewer.input.steering_wheel import SteeringWheel
from sim.viewer.live.camera_view import OUTLOOKS, Overlay
from sim.viewer.live.layout import Panel, layouts
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import LONGEST_GAP, Session
from sim.viewer.theme import FAINT
from sim.viewer.window import FrameRate, Window, open_display
from tests.sim.viewer.conftest import OTHER, SCENARIO, seat_of
from tests.sim.viewer.fake_device import FakeDevice, FakeMaps, moved, plugged, unplugged
from tests.sim.viewer.fake_films import Reel, press, show_in

pytestmark = pytest.mark.usefixtures("small_frames")


def test_space_pauses_and_goes_on(window: Window) -> None:
    window.turn(0.2)
    before = len(show_in(window).drives[0].steps)
    press(window, "pause")
    window.turn(0.2)
    assert len(show_in(window).drives[0].steps) == before
    press(window, "pause")
    window.turn(0.2)
    assert len(show_in(window).drives[0].steps) > before


def test_step_drives_one_tick_and_stops(window: Window) -> None:
    before = len(show_in(window).drives[0].steps)
    press(window, "step")
    window.turn(0.2)
    assert len(show_in(window).drives[0].steps) == before + 1


def test_keys_change_driver_scenario_outlook_overlay_and_sky(window: Window) -> None:
    session = show_in(window)
    press(window, "driver")
    assert session.drives[0].driver_spec.name == "thinker"
    press(window, "next")
    assert session.drives[0].scenario.seed == OTHER.seed
    press(window, "camera")
    assert session.camera_view is OUTLOOKS[1]
    press(window, "overlay")
    assert session.overlay is Overlay.COMMAND
    press(window, "weather")
    press(window, "light")
    assert session.drives[0].scenario.name == "rural-cloudy-low_sun-5"
    press(window, "restart")
    assert session.drives[0].scenario.name == "rural-cloudy-low_sun-5"
    window.turn(0.05)


def test_help_is_shown_and_hidden(window: Window) -> None:
    press(window, "pause")
    window.turn(0.0)
    plain = window._sheet.array.copy()
    press(window, "help")
    window.turn(0.0)
    assert (window._sheet.array != plain).any()
    press(window, "help")
    window.turn(0.0)
    np.testing.assert_array_equal(window._sheet.array, plain)


def test_a_window_too_small_for_the_keys_says_so(window: Window) -> None:
    pygame.display.set_mode((200, 100), pygame.RESIZABLE)
    window.handle(pygame.event.Event(pygame.VIDEORESIZE, w=200, h=100, size=(200, 100)))
    press(window, "help")
    window.turn(0.0)
    plate = (np.abs(window._sheet.array[:30].astype(int) - FAINT).max(axis=2) < 12).mean()
    assert plate > 0.3


def test_a_display_without_full_screen_says_so(window: Window) -> None:
    press(window, "fullscreen")  # SDL's dummy driver has none
    assert window._notice == "this display has no full screen"
    window.turn(0.05)
    assert window.open


def test_the_window_can_be_made_small_and_is_never_smaller_than_can_be_drawn(
    window: Window,
) -> None:
    for asked, given in (
        ((200, 100), (200, 100)),
        ((90, 40), (200, 100)),
        ((640, 400), (640, 400)),
    ):
        pygame.display.set_mode(asked, pygame.RESIZABLE)
        window.handle(pygame.event.Event(pygame.VIDEORESIZE, w=asked[0], h=asked[1], size=asked))
        window.turn(0.0)
        assert window._sheet.surface.get_size() == given


def test_a_long_gap_is_not_caught_up_with(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.0, 0.1, 60.0, 60.05, 1e6, 1e6])
    monkeypatch.setattr("sim.viewer.window.monotonic", lambda: next(times))
    window.run(limit=100.0)
    assert len(show_in(window).drives[0].steps) <= 1 + 2 * LONGEST_GAP * 10, "two gaps"


def test_slow_drawing_costs_pictures_and_no_time(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(
        0.2 * number for number in range(100)
    )  # asked twice for every picture, which so takes 0.4 s
    monkeypatch.setattr("sim.viewer.window.monotonic", lambda: next(times))
    monkeypatch.setattr("sim.viewer.live.session.monotonic", lambda: 0.0)
    drawn: list[float] = []
    monkeypatch.setattr(
        Session, "draw", lambda session, *_: drawn.append(session.drives[0].step.time)
    )
    window.run(limit=2.0)
    steps = show_in(window).drives[0].steps
    assert len(drawn) == 5
    assert [step.index for step in steps] == list(range(len(steps)))
    assert drawn[-1] == pytest.approx(2.1, abs=0.11)


def test_hands_on_the_wheel_are_seen_in_the_next_picture_before_any_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    wheel = SteeringWheel()
    session = Session(
        [seat_of("expert", (86, 180, 233))], [SCENARIO], lambda *_: 100.0, wheel=wheel
    )
    window = Window(LiveView(session), open_display((1280, 720)), Reel, tmp_path)
    window.turn(0.0)
    panel = layouts(1280, 720, [False])[0].panels[Panel.WHEEL]
    before = window._sheet.part(panel).copy()
    window.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0, unicode=""))
    window.turn(0.09)
    assert len(session.drives[0].steps) == 1
    assert (window._sheet.part(panel) != before).any()
    pygame.display.quit()


def test_a_controller_is_set_up_in_the_window_and_counts_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    wheel = SteeringWheel()
    maps = FakeMaps()
    session = Session(
        [seat_of("expert", (86, 180, 233))], [SCENARIO], lambda *_: 100.0, wheel=wheel
    )
    window = Window(
        LiveView(session, PluggedControllers(wheel, maps, lambda _: FakeDevice())),
        open_display((320, 180)),
        Reel,
        tmp_path,
    )
    window.handle(plugged())
    assert window._notice == "Test Wheel: press M to set it up"
    press(window, "map")
    for value in (1.0, 0.0):
        window.handle(moved(0, value))
        for _ in range(4):
            window.turn(0.3)
    for _ in QUESTIONS[1:]:
        window.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_SPACE, mod=0, unicode=""))
    window.turn(0.0)
    assert window._notice == "saved memory"
    assert maps.known["g0300aa"].steering == Axis(0, 0.0, 1.0)
    assert len(session.drives[0].steps) == 1, "the drive stands still meanwhile"
    window.handle(moved(0, 0.5))
    assert wheel.touched
    window.handle(unplugged())
    window.turn(0.2)
    assert session.paused
    press(window, "help")
    assert not session.paused
    pygame.display.quit()


def test_frames_are_counted_over_a_second() -> None:
    rate = FrameRate()
    assert str(rate) == ""
    for _ in range(16):
        rate.count(1 / 16)
    assert str(rate) == "16 fps"
    for _ in range(7):
        rate.count(1 / 8)
    assert str(rate) == "16 fps"
    rate.count(1 / 8)
    assert str(rate) == "8 fps"


def test_no_display_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "none_such")
    with pytest.raises(ValueError, match=r"no display .* add --headless --film out.mp4"):
        open_display((320, 180))


def test_drawing_for_nobody_is_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setattr(pygame.display, "get_driver", lambda: "offscreen")
    monkeypatch.setattr(pygame.display, "init", lambda: None)
    with pytest.raises(ValueError, match="there is no display"):
        open_display((320, 180))
