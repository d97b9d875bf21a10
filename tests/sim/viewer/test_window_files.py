"""Screenshots, films and recordings of a window, and what happens when they cannot be written."""

import errno
import os
from pathlib import Path

import numpy as np
import pygame
import pytest

from sim.expert import Expert
from sim.viewer.film import FRAME_RATE, WindowFilm, free_path
from sim.viewer.live.live_drive import DriverSpec
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.window import Window, open_display
from tests.sim.viewer.conftest import SCENARIO, show_of
from tests.sim.viewer.fake_films import Reel, press, show_in

pytestmark = pytest.mark.usefixtures("small_frames")


def test_a_screenshot_is_what_is_seen_and_overwrites_nothing(
    window: Window, tmp_path: Path
) -> None:
    window.turn(0.0)
    seen = window._sheet.array.copy()
    press(window, "screenshot")
    press(window, "screenshot")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "pilotnet-001.png",
        "pilotnet-002.png",
    ]
    saved = pygame.surfarray.array3d(pygame.image.load(tmp_path / "pilotnet-001.png")).swapaxes(
        0, 1
    )
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


@pytest.mark.parametrize(
    ("action", "says"),
    [("screenshot", "the picture could not"), ("film", "the film could not be begun")],
)
def test_without_a_folder_to_write_a_notice_appears_and_the_drive_goes_on(
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


def test_a_picture_that_fills_the_disk_leaves_nothing(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    assert (
        window._notice == "the film pilotnet-001.mp4 could not be written: No space left on device"
    )
    assert Reel.made[0].discarded == (call == "add")
    assert (window.open, window.film_error) == (True, "")
    monkeypatch.setattr(Reel, "fails", "")
    press(window, "film")
    window.turn(0.1)
    press(window, "film")
    assert Reel.made[1].closed


def test_a_film_that_fails_while_the_window_closes_leaves_its_message(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(window, "film")
    monkeypatch.setattr(Reel, "fails", "close")
    window.run(limit=0.0)
    assert (
        window.film_error
        == "the film pilotnet-001.mp4 could not be written: No space left on device"
    )
    assert not pygame.display.get_init()


def test_the_film_of_the_settings_never_fails_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    screen = open_display((320, 180))
    monkeypatch.setattr(Reel, "fails", "make")
    with pytest.raises(OSError, match="No space left"):
        Window(LiveView(show_of("expert")), screen, Reel, tmp_path, tmp_path / "out.mp4")
    monkeypatch.setattr(Reel, "fails", "add")
    window = Window(LiveView(show_of("expert")), screen, Reel, tmp_path, tmp_path / "out.mp4")
    window.turn(0.1)
    window.turn(0.1)
    assert (window.open, window.film_error) == (
        True,
        "the film out.mp4 could not be written: No space left on device",
    )
    pygame.display.quit()


class FullTape:
    """A recording on a full disk."""

    def __init__(self) -> None:
        self.recording = True
        self.abandoned = 0  # calls of `abandon`
        self.seconds = 0.0

    def add(self, *_: object) -> None:
        if self.recording:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "centre.mp4")

    def cut(self) -> None:
        pass

    def discard(self) -> float:
        return 0.0

    def stop(self) -> None:
        raise ValueError("take-1/centre.mp4 is truncated")

    def abandon(self) -> None:
        self.recording = False
        self.abandoned += 1


def test_a_recording_that_cannot_be_written_stops_and_the_drive_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    tape = FullTape()
    driver_spec = DriverSpec("human", "You", (86, 180, 233), Expert, person=True)
    session = Session([driver_spec], [SCENARIO], lambda *_: 100.0, tape=tape)
    window = Window(LiveView(session), open_display((320, 180)), Reel, tmp_path)
    window.turn(0.0)
    window.turn(0.2)
    assert window._notice == "the recording stopped: No space left on device"
    steps = len(session.drives[0].steps)
    window.turn(0.2)
    assert len(session.drives[0].steps) > steps
    tape.recording = True
    press(window, "record")
    assert window._notice == "the recording stopped: take-1/centre.mp4 is truncated"
    assert (tape.abandoned, window.open) == (2, True)
    pygame.display.quit()


def test_closing_ends_the_film_and_the_window(window: Window) -> None:
    press(window, "film")
    window.turn(0.05)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    window.run(limit=10.0)
    assert not window.open
    assert Reel.made[0].closed
    assert not pygame.display.get_init()


def test_films_of_odd_windows_lose_a_row_and_a_column() -> None:
    reel = Reel(Path("x.mp4"), 30, 20, 10)
    film = WindowFilm(reel, Path("x.mp4"))
    film.add(np.zeros((11, 21, 3), np.uint8), 0.0)
    assert reel.pictures[0].shape == (10, 20, 3)


def test_files_get_the_next_free_number(tmp_path: Path) -> None:
    (tmp_path / "pilotnet-001.png").touch()
    assert free_path(tmp_path, ".png").name == "pilotnet-002.png"
