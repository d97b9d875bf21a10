"""The window under a dummy display, worked by real events."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest

from sim.expert import Expert
from sim.types import Image
from sim.viewer.cockpit import Cockpit
from sim.viewer.controller import Axis
from sim.viewer.controllers import Controllers
from sim.viewer.controls import SHOW_BINDINGS, WINDOW_BINDINGS
from sim.viewer.drive import Seat
from sim.viewer.film import FRAME_RATE, Film, free_path
from sim.viewer.layout import Panel, layouts
from sim.viewer.road import OUTLOOKS, Overlay
from sim.viewer.show import LONGEST_GAP, Show
from sim.viewer.theme import FAINT
from sim.viewer.wheel import Wheel
from sim.viewer.window import FrameRate, Window, open_display
from sim.viewer.wizard import QUESTIONS
from tests.sim.viewer.conftest import OTHER, SCENARIO, seat_of, show_of
from tests.sim.viewer.fake_device import FakeDevice, FakeMaps, moved, plugged, unplugged

pytestmark = pytest.mark.usefixtures("small_frames")

CODES = {binding.action: binding.codes[0] for binding in (*SHOW_BINDINGS, *WINDOW_BINDINGS)}


class Reel:
    """A film that stays in memory; `fails` says at which call the disk is full."""

    fails = ""

    made: list["Reel"] = []  # noqa: RUF012

    def __init__(self, path: Path, rate: int, width: int, height: int) -> None:
        self.path, self.rate, self.size = path, rate, (width, height)
        self.pictures: list[Image] = []
        self.closed = self.discarded = False
        self.require_room("make")
        Reel.made.append(self)

    def add(self, image: Image) -> None:
        self.require_room("add")
        self.pictures.append(image.copy())

    def close(self) -> None:
        self.require_room("close")
        self.closed = True

    def discard(self) -> None:
        self.discarded = True

    @staticmethod
    def require_room(call: str) -> None:
        if call == Reel.fails:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x.mp4")


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(Reel, "fails", "")
    Reel.made.clear()
    made = Window(Cockpit(show_of("expert", "thinker")), open_display((320, 180)), Reel, tmp_path)
    yield made
    pygame.display.quit()


def show_in(window: Window) -> Show:
    content = window._content
    assert isinstance(content, Cockpit)
    return content._show


def press(window: Window, action: str) -> None:
    """A key goes down, is taken from the queue and is answered."""
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=CODES[action], mod=0, unicode=""))
    for event in pygame.event.get():
        window.handle(event)


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
    show = show_in(window)
    press(window, "driver")
    assert show.drives[0].seat.name == "thinker"
    press(window, "next")
    assert show.drives[0].scenario.seed == OTHER.seed
    press(window, "camera")
    assert show.outlook is OUTLOOKS[1]
    press(window, "overlay")
    assert show.overlay is Overlay.COMMAND
    press(window, "weather")
    press(window, "light")
    assert show.drives[0].scenario.name == "rural-cloudy-low_sun-5"
    press(window, "restart")
    assert show.drives[0].scenario.name == "rural-cloudy-low_sun-5"
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


def test_a_screenshot_is_what_is_seen_and_overwrites_nothing(window: Window, tmp_path: Path) -> None:
    window.turn(0.0)
    seen = window._sheet.array.copy()
    press(window, "screenshot")
    press(window, "screenshot")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pilotnet-001.png", "pilotnet-002.png"]
    saved = pygame.surfarray.array3d(pygame.image.load(tmp_path / "pilotnet-001.png")).swapaxes(0, 1)
    np.testing.assert_array_equal(saved, seen)


def test_a_film_lasts_as_long_as_it_was_watched(window: Window) -> None:
    press(window, "film")
    for _ in range(5):
        window.turn(0.1)
    press(window, "film")
    (film,) = Reel.made
    assert film.closed
    assert len(film.pictures) == pytest.approx(0.5 * FRAME_RATE, abs=1)
    assert (film.size, film.pictures[0].shape) == ((320, 180), (180, 320, 3))


@pytest.mark.parametrize(("action", "says"), [("screenshot", "the picture could not"), ("film", "the film could not be begun")])
def test_a_folder_that_is_none_costs_a_notice_and_the_drive_goes_on(
    window: Window, tmp_path: Path, action: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(window, "_folder", tmp_path / "file")
    monkeypatch.setattr(Reel, "fails", "make")
    press(window, action)
    assert window._notice.startswith(says)
    assert "\n" not in window._notice
    before = len(show_in(window).drives[0].steps)
    window.turn(0.2)
    assert window.open
    assert len(show_in(window).drives[0].steps) > before
    assert not Reel.made


def test_a_picture_that_fills_the_disk_leaves_nothing(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(Path, "write_bytes", half)
    press(window, "screenshot")
    assert window._notice == "the picture could not be saved: No space left on device"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("call", ["add", "close"])
def test_a_film_that_fills_the_disk_ends_and_the_drive_goes_on(
    window: Window, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(window, "film")
    window.turn(0.1)
    monkeypatch.setattr(Reel, "fails", call)
    window.turn(0.1)
    press(window, "film") if call == "close" else window.turn(0.1)
    assert window._notice == "the film pilotnet-001.mp4 could not be written: No space left on device"
    assert Reel.made[0].discarded == (call == "add")
    assert (window.open, window.lost) == (True, "")
    monkeypatch.setattr(Reel, "fails", "")
    press(window, "film")
    window.turn(0.1)
    press(window, "film")
    assert Reel.made[1].closed


def test_a_film_lost_while_the_window_closes_is_told_afterwards(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    press(window, "film")
    monkeypatch.setattr(Reel, "fails", "close")
    window.run(limit=0.0)
    assert window.lost == "the film pilotnet-001.mp4 could not be written: No space left on device"
    assert not pygame.display.get_init()


def test_the_film_that_was_asked_for_is_never_lost_without_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    screen = open_display((320, 180))
    monkeypatch.setattr(Reel, "fails", "make")
    with pytest.raises(OSError, match="No space left"):
        Window(Cockpit(show_of("expert")), screen, Reel, tmp_path, tmp_path / "out.mp4")
    monkeypatch.setattr(Reel, "fails", "add")
    window = Window(Cockpit(show_of("expert")), screen, Reel, tmp_path, tmp_path / "out.mp4")
    window.turn(0.1)
    window.turn(0.1)
    assert (window.open, window.lost) == (True, "the film out.mp4 could not be written: No space left on device")
    pygame.display.quit()


def test_a_display_without_full_screen_says_so(window: Window) -> None:
    press(window, "fullscreen")  # SDL's dummy driver has none
    assert window._notice == "this display has no full screen"
    window.turn(0.05)
    assert window.open


class FullTape:
    """A tape whose disk is full."""

    def __init__(self) -> None:
        self.recording, self.given_up, self.seconds = True, 0, 0.0

    def add(self, *_: object) -> None:
        if self.recording:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "centre.mp4")

    def cut(self) -> None:
        pass

    def discard(self) -> float:
        return 0.0

    def stop(self) -> None:
        raise ValueError("take-1/centre.mp4 is truncated")

    def give_up(self) -> None:
        self.recording, self.given_up = False, self.given_up + 1


def test_a_recording_that_cannot_be_written_stops_and_the_drive_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    tape = FullTape()
    seat = Seat("human", "You", (86, 180, 233), Expert, person=True)
    show = Show([seat], [SCENARIO], lambda *_: 100.0, tape=tape)
    window = Window(Cockpit(show), open_display((320, 180)), Reel, tmp_path)
    window.turn(0.0)
    window.turn(0.2)
    assert window._notice == "the recording stopped: No space left on device"
    steps = len(show.drives[0].steps)
    window.turn(0.2)
    assert len(show.drives[0].steps) > steps
    tape.recording = True
    press(window, "record")
    assert window._notice == "the recording stopped: take-1/centre.mp4 is truncated"
    assert (tape.given_up, window.open) == (2, True)
    pygame.display.quit()


def test_closing_ends_the_film_and_the_window(window: Window) -> None:
    press(window, "film")
    window.turn(0.05)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    window.run(limit=10.0)
    assert not window.open
    assert Reel.made[0].closed
    assert not pygame.display.get_init()


def test_the_window_can_be_made_small_and_is_never_smaller_than_can_be_drawn(window: Window) -> None:
    for asked, given in (((200, 100), (200, 100)), ((90, 40), (200, 100)), ((640, 400), (640, 400))):
        pygame.display.set_mode(asked, pygame.RESIZABLE)
        window.handle(pygame.event.Event(pygame.VIDEORESIZE, w=asked[0], h=asked[1], size=asked))
        window.turn(0.0)
        assert window._sheet.surface.get_size() == given


def test_a_long_gap_is_not_caught_up_with(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.0, 0.1, 60.0, 60.05, 1e6, 1e6])
    monkeypatch.setattr("sim.viewer.window.monotonic", lambda: next(times))
    window.run(limit=100.0)
    assert len(show_in(window).drives[0].steps) <= 1 + 2 * LONGEST_GAP * 10, "two gaps"


def test_slow_drawing_costs_pictures_and_no_time(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(0.2 * number for number in range(100))  # asked twice for every picture, which so takes 0.4 s
    monkeypatch.setattr("sim.viewer.window.monotonic", lambda: next(times))
    monkeypatch.setattr("sim.viewer.show.monotonic", lambda: 0.0)
    drawn: list[float] = []
    monkeypatch.setattr(Show, "draw", lambda show, *_: drawn.append(show.drives[0].step.time))
    window.run(limit=2.0)
    steps = show_in(window).drives[0].steps
    assert len(drawn) == 5
    assert [step.index for step in steps] == list(range(len(steps)))
    assert drawn[-1] == pytest.approx(2.1, abs=0.11)


def test_hands_on_the_wheel_are_seen_in_the_next_picture_before_any_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    wheel = Wheel()
    show = Show([seat_of("expert", (86, 180, 233))], [SCENARIO], lambda *_: 100.0, wheel=wheel)
    window = Window(Cockpit(show), open_display((1280, 720)), Reel, tmp_path)
    window.turn(0.0)
    panel = layouts(1280, 720, [False])[0].panels[Panel.WHEEL]
    before = window._sheet.part(panel).copy()
    window.handle(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_LEFT, mod=0, unicode=""))
    window.turn(0.09)
    assert len(show.drives[0].steps) == 1
    assert (window._sheet.part(panel) != before).any()
    pygame.display.quit()


def test_a_controller_is_set_up_in_the_window_and_counts_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    wheel, maps = Wheel(), FakeMaps()
    show = Show([seat_of("expert", (86, 180, 233))], [SCENARIO], lambda *_: 100.0, wheel=wheel)
    window = Window(Cockpit(show, Controllers(wheel, maps, lambda _: FakeDevice())), open_display((320, 180)), Reel, tmp_path)
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
    assert len(show.drives[0].steps) == 1, "nobody drives meanwhile"
    window.handle(moved(0, 0.5))
    assert wheel.touched
    window.handle(unplugged())
    window.turn(0.2)
    assert show.paused
    press(window, "help")
    assert not show.paused
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


def test_films_of_odd_windows_lose_a_row_and_a_column() -> None:
    reel = Reel(Path("x.mp4"), 30, 20, 10)
    film = Film(reel, Path("x.mp4"))
    film.add(np.zeros((11, 21, 3), np.uint8), 0.0)
    assert reel.pictures[0].shape == (10, 20, 3)


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


def test_files_get_the_next_free_number(tmp_path: Path) -> None:
    (tmp_path / "pilotnet-001.png").touch()
    assert free_path(tmp_path, ".png").name == "pilotnet-002.png"
