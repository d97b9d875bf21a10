"""The window: turns keys into the show's actions, time into ticks, and draws as many pictures as the machine can."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2
import pygame

from sim.types import Image
from sim.viewer.controls import ACTIONS, HELP, LEVERS
from sim.viewer.sheet import Sheet
from sim.viewer.show import Show

FRAME_RATE = 30  # [Hz] at most
SIZE = (1280, 720)
SMALLEST = (200, 100)
TITLE = "PilotNet"
SAID_FOR = 2.5  # [s] that a notice stays
LONGEST_GAP = 0.25  # [s] after which time is not caught up with: the machine slept, or the window was being moved


class FilmMaker(Protocol):
    """What takes the pictures of a film."""

    def add(self, image: Image) -> None:
        """The next picture, RGB (H, W, 3) of even size."""
        ...

    def close(self) -> None:
        """Finish the film."""
        ...


MakeFilm = Callable[[Path, int, int, int], FilmMaker]  # path, pictures per second, width, height


class Window:
    """A pygame window that shows a `Show` until it is closed.

    Screenshots and films go to `folder`; with `film` one is made from the start.
    """

    def __init__(self, show: Show, screen: pygame.Surface, make_film: MakeFilm, folder: Path, film: Path | None = None) -> None:
        self._show, self._screen, self._make_film, self._folder = show, screen, make_film, folder
        self._help, self._notice, self._notice_ends = False, "", 0.0
        self._film: Film | None = None
        self._open = True
        pygame.display.set_caption(TITLE)
        self._sheet = Sheet.blank(*screen.get_size())
        if film is not None:
            self._begin_film(film)

    def run(self, limit: float | None = None) -> None:
        """Show until the window is closed, or for `limit` seconds."""
        clock, before, began = pygame.time.Clock(), monotonic(), monotonic()
        try:
            while self._open and (limit is None or monotonic() - began < limit):
                drives = self._show.drives
                for event in pygame.event.get():
                    self.handle(event)
                now = monotonic()
                if self._show.drives is drives:  # making a world takes time that no driver has to make up for
                    self.turn(min(now - before, LONGEST_GAP))
                before = now if self._show.drives is drives else monotonic()
                clock.tick(FRAME_RATE)
        finally:
            self._end_film()
            pygame.display.quit()

    @property
    def open(self) -> bool:
        """Whether nobody has closed it yet."""
        return self._open

    def turn(self, seconds: float) -> None:
        """Let time pass and draw one picture."""
        self._show.pass_time(seconds, hurried=True)
        if self._sheet.surface.get_size() != self._screen.get_size():
            self._sheet = Sheet.blank(*self._screen.get_size())
        self._notice_ends -= seconds
        notice = self._notice if self._notice_ends > 0 else ""
        hint = "\N{BLACK CIRCLE} film" if self._film else "H help"
        picture = self._show.draw(self._sheet, notice, HELP if self._help else None, hint)
        self._screen.blit(self._sheet.surface, (0, 0))
        pygame.display.flip()
        if self._film:
            self._film.add(picture, seconds)

    def handle(self, event: pygame.event.Event) -> None:
        """Answer one event."""
        if event.type == pygame.QUIT:
            self._open = False
        elif event.type == pygame.VIDEORESIZE:
            self._resized(event.w, event.h)
        elif event.type == pygame.WINDOWFOCUSLOST and self._show.wheel:
            # Nobody will say when the keys go up.
            self._show.wheel.release_all()
        elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
            self._key(event.key, event.type == pygame.KEYDOWN)

    def _key(self, code: int, down: bool) -> None:
        """A key of the wheel goes down or up, or one that does something goes down."""
        if code in LEVERS and self._show.wheel:
            if down:
                self._show.wheel.press(code, LEVERS[code])
            else:
                self._show.wheel.release(code)
        elif down and code in ACTIONS:
            self._act(ACTIONS[code])

    def _resized(self, width: int, height: int) -> None:
        """Follow the window's size; a film ends, since its pictures cannot change theirs."""
        self._end_film()
        if width < SMALLEST[0] or height < SMALLEST[1]:
            pygame.display.set_mode((max(width, SMALLEST[0]), max(height, SMALLEST[1])), pygame.RESIZABLE)
        surface = pygame.display.get_surface()
        assert surface is not None, "the window is open"
        self._screen = surface

    def _act(self, action: str) -> None:
        show = self._show
        {
            "pause": self._pause,
            "step": show.step,
            "faster": lambda: show.faster(1),
            "slower": lambda: show.faster(-1),
            "restart": show.restart,
            "next": show.next_scenario,
            "hand_back": self._hand_back,
            "record": self._toggle_record,
            "discard": self._discard,
            "driver": show.next_driver,
            "overlay": lambda: self._say(f"overlay: {show.next_overlay()}"),
            "camera": lambda: self._say(show.next_outlook()),
            "weather": lambda: self._say(f"weather: {show.next_weather()}"),
            "light": lambda: self._say(f"light: {show.next_light()}"),
            "screenshot": self._screenshot,
            "film": self._toggle_film,
            "fullscreen": self._toggle_fullscreen,
            "help": self._toggle_help,
            "quit": self._close,
        }[action]()

    def _say(self, words: str) -> None:
        self._notice, self._notice_ends = words.replace("_", " "), SAID_FOR

    def _pause(self) -> None:
        self._show.paused = not self._show.paused

    def _hand_back(self) -> None:
        if self._show.wheel and self._show.wheel.touched:
            self._show.wheel.let_go()
            self._say("the wheel is given back")

    def _toggle_record(self) -> None:
        tape = self._show.tape
        if tape is None:
            self._say("nowhere to record to: pilotnet watch --record DIR")
        elif tape.recording:
            tape.stop()
            self._say(f"recorded, {tape.seconds:.0f} s in all")
        else:
            tape.recording = True
            self._say("recording")

    def _discard(self) -> None:
        if self._show.tape:
            gone = self._show.tape.discard()
            self._say(f"the last {gone:g} s are discarded" if gone else "there is nothing left to discard")

    def _toggle_help(self) -> None:
        self._help = not self._help

    def _close(self) -> None:
        self._open = False

    def _toggle_fullscreen(self) -> None:
        pygame.display.toggle_fullscreen()
        surface = pygame.display.get_surface()
        assert surface is not None, "the window is open"
        self._resized(*surface.get_size())

    def _screenshot(self) -> None:
        path = free_path(self._folder, ".png")
        written, data = cv2.imencode(".png", self._sheet.array[..., ::-1])
        assert written, "a picture in memory can always be encoded"
        path.write_bytes(data.tobytes())
        self._say(f"saved {path.name}")

    def _toggle_film(self) -> None:
        if self._film:
            self._end_film()
        else:
            self._begin_film(free_path(self._folder, ".mp4"))

    def _begin_film(self, path: Path) -> None:
        height, width = self._sheet.array.shape[:2]
        self._film = Film(self._make_film(path, FRAME_RATE, width - width % 2, height - height % 2), path)
        self._say(f"filming {path.name}")

    def _end_film(self) -> None:
        if self._film:
            self._film.close()
            self._say(f"saved {self._film.path.name}")
            self._film = None


class Film:
    """A film of what the window shows: every picture stays as long as it stayed on the screen."""

    def __init__(self, maker: FilmMaker, path: Path) -> None:
        self.path, self._maker = path, maker
        self._time, self._count = 0.0, 0

    def add(self, picture: Image, seconds: float) -> None:
        """The next picture, `seconds` after the one before."""
        self._time += seconds
        height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
        while self._count <= self._time * FRAME_RATE:
            self._maker.add(picture[:height, :width])
            self._count += 1

    def close(self) -> None:
        """Finish the film."""
        self._maker.close()


def open_display(size: tuple[int, int]) -> pygame.Surface:
    """A resizable window; ValueError in one line when there is no display to open it on."""
    os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")  # real pixels, not enlarged ones
    try:
        # Only what is needed: without a sound card pygame.init() would complain.
        pygame.display.init()
        with suppress(pygame.error):
            pygame.joystick.init()
        # Where SDL finds no display, it draws for nobody without saying so.
        if pygame.display.get_driver() == "offscreen" and os.environ.get("SDL_VIDEODRIVER") != "offscreen":
            raise pygame.error("SDL found none")
        return pygame.display.set_mode(size, pygame.RESIZABLE)
    except pygame.error as error:
        pygame.display.quit()
        raise ValueError(
            f"there is no display to open a window on ({error}); film it instead: add --headless --film out.mp4"
        ) from None


def free_path(folder: Path, suffix: str) -> Path:
    """The first of pilotnet-001, -002, ... in the folder that does not exist yet."""
    number = 1
    while (path := folder / f"pilotnet-{number:03d}{suffix}").exists():
        number += 1
    return path
