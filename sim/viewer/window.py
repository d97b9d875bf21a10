"""The window: hands events and time to what it shows, and draws as many pictures as the machine
can.

What is shown is a `Content`: a show of drivers, a replay, or the mapping of a controller. Films,
screenshots, size and help are the window's own.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

import pygame

from sim.viewer.bindings import WINDOW_ACTIONS, Help
from sim.viewer.canvas import Canvas
from sim.viewer.film import FRAME_RATE, MakeFilm, WindowFilm, free_path, reason, write_png
from sim.viewer.live.session import LONGEST_GAP, StatusTexts
from sim.viewer.sizes import SMALLEST

WINDOW_TITLE = "PilotNet"
FILM_INSTEAD = "film it instead: add --headless --film out.mp4"
SAID_FOR = 2.5  # [s] that a notice stays
MEASURED = 1.0  # [s] over which frames are counted


class Content(Protocol):
    """What a window shows."""

    @property
    def keys(self) -> Help:
        """What the keys do, for the help."""
        ...

    def handle(self, event: pygame.event.Event) -> str | None:
        """Answer an event: what to tell about it, empty for nothing; None when it means nothing
        here.
        """
        ...

    def pass_time(self, seconds: float) -> str:
        """Let time pass; what to tell about it."""
        ...

    def draw(self, canvas: Canvas, words: StatusTexts) -> None:
        """Draw this moment."""
        ...


class Window:
    """A pygame window that shows its content until it is closed.

    Screenshots and films go to `folder`. With `film` one is made from the start; OSError when that
    file cannot be made. Every later failure of a file is a notice in the window, which stays open.
    film_error: why `film`, or a film that ended with the window, could not be written; "" when none
    failed.
    """

    def __init__(
        self,
        content: Content,
        screen: pygame.Surface,
        make_film: MakeFilm,
        folder: Path,
        film: Path | None = None,
    ) -> None:
        self._content = content
        self._screen = screen
        self._make_film = make_film
        self._folder = folder
        self._help = False
        self._notice = ""
        self._notice_ends = 0.0
        self._film: WindowFilm | None = None
        self._first_film = film
        self.film_error = ""
        self._open = True
        self._rate = FrameRate()
        pygame.display.set_caption(WINDOW_TITLE)
        self._sheet = Canvas.blank(*screen.get_size())
        if film is not None:
            self._film = self._new_film(film)

    def run(self, limit: float | None = None) -> None:
        """Show until the window is closed, or for `limit` seconds."""
        clock = pygame.time.Clock()
        before = monotonic()
        began = monotonic()
        try:
            with without_long_pauses():
                while self._open and (limit is None or monotonic() - began < limit):
                    for event in pygame.event.get():
                        self.handle(event)
                    now = monotonic()
                    self.turn(now - before)
                    before = now
                    clock.tick(FRAME_RATE)
        finally:
            self._open = False
            self._end_film()
            pygame.display.quit()

    @property
    def open(self) -> bool:
        """Whether the window is open."""
        return self._open

    def turn(self, seconds: float) -> None:
        """Let time pass and draw one picture."""
        if said := self._content.pass_time(seconds):
            self._say(said)
        if self._sheet.surface.get_size() != self._screen.get_size():
            self._sheet = Canvas.blank(*self._screen.get_size())
        self._notice_ends -= seconds
        self._rate.count(seconds)
        hint = "\N{BLACK CIRCLE} film" if self._film else "H help"
        notice = self._notice if self._notice_ends > 0 else ""
        words = StatusTexts(
            f"{self._rate}   {hint}", notice, self._content.keys if self._help else None
        )
        self._content.draw(self._sheet, words)
        self._screen.blit(self._sheet.surface, (0, 0))
        pygame.display.flip()
        if self._film:
            self._add_to_film(self._film, min(seconds, LONGEST_GAP))

    def handle(self, event: pygame.event.Event) -> None:
        """Answer one event."""
        if event.type == pygame.QUIT:
            self._open = False
        elif event.type == pygame.VIDEORESIZE:
            self._resized(event.w, event.h)
        elif (said := self._content.handle(event)) is not None:
            if said:
                self._say(said)
        elif event.type == pygame.KEYDOWN and event.key in WINDOW_ACTIONS:
            self._act(WINDOW_ACTIONS[event.key])

    def _resized(self, width: int, height: int) -> None:
        """Follow the window's size; a film ends, since its pictures cannot change theirs."""
        self._end_film()
        if width < SMALLEST[0] or height < SMALLEST[1]:
            pygame.display.set_mode(
                (max(width, SMALLEST[0]), max(height, SMALLEST[1])), pygame.RESIZABLE
            )
        surface = pygame.display.get_surface()
        assert surface is not None, "the window is open"
        self._screen = surface

    def _act(self, action: str) -> None:
        {
            "screenshot": self._screenshot,
            "film": self._toggle_film,
            "fullscreen": self._toggle_fullscreen,
            "help": self._toggle_help,
            "quit": self._close,
        }[action]()

    def _say(self, words: str) -> None:
        self._notice = words
        self._notice_ends = SAID_FOR

    def _toggle_help(self) -> None:
        self._help = not self._help

    def _close(self) -> None:
        self._open = False

    def _toggle_fullscreen(self) -> None:
        try:
            pygame.display.toggle_fullscreen()
        except pygame.error:
            self._say("this display has no full screen")
            return
        surface = pygame.display.get_surface()
        assert surface is not None, "the window is open"
        self._resized(*surface.get_size())

    def _screenshot(self) -> None:
        try:
            path = free_path(self._folder, ".png")
            write_png(path, self._sheet.array)
        except OSError as error:
            self._say(f"the picture could not be saved: {reason(error)}")
        else:
            self._say(f"saved {path.name}")

    def _toggle_film(self) -> None:
        if self._film:
            self._end_film()
            return
        try:
            self._film = self._new_film(free_path(self._folder, ".mp4"))
        except OSError as error:
            self._say(f"the film could not be begun: {reason(error)}")

    def _new_film(self, path: Path) -> WindowFilm:
        """Begin a film of the window's size; OSError when it cannot be written."""
        height, width = self._sheet.array.shape[:2]
        film = WindowFilm(
            self._make_film(path, FRAME_RATE, width - width % 2, height - height % 2), path
        )
        self._say(f"filming {path.name}")
        return film

    def _add_to_film(self, film: WindowFilm, seconds: float) -> None:
        """Append the picture on the sheet; when it cannot be written, end and remove the film."""
        try:
            film.add(self._sheet.array, seconds)
        except OSError as error:
            film.discard()
            self._note_failure(film, error)

    def _end_film(self) -> None:
        """Finish the film, if there is one."""
        film = self._film
        self._film = None
        if film is None:
            return
        try:
            film.close()
        except OSError as error:
            self._note_failure(film, error)
        else:
            self._say(f"saved {film.path.name}")

    def _note_failure(self, film: WindowFilm, error: OSError) -> None:
        """Show that a film failed; keep the message for the caller when the window closes before it
        can be read.
        """
        self._film = None
        message = f"the film {film.path.name} could not be written: {reason(error)}"
        self._say(message)
        if film.path == self._first_film or not self._open:
            self.film_error = message


class FrameRate:
    """How many pictures a second are drawn, counted anew every second."""

    def __init__(self) -> None:
        self._pictures = 0
        self._seconds = 0.0
        self._found = ""

    def count(self, seconds: float) -> None:
        """One more picture, `seconds` after the one before."""
        self._pictures, self._seconds = self._pictures + 1, self._seconds + seconds
        if self._seconds >= MEASURED:
            self._found = f"{self._pictures / self._seconds:.0f} fps"
            self._pictures = 0
            self._seconds = 0.0

    def __str__(self) -> str:
        return self._found


@contextmanager
def without_long_pauses() -> Iterator[None]:
    """Garbage is looked for only among what is made within: among all that was loaded before it
    takes a fifth of a second.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def open_display(size: tuple[int, int], instead: str = FILM_INSTEAD) -> pygame.Surface:
    """A resizable window; ValueError in one line when there is no display to open it on, and what
    to do `instead`.
    """
    os.environ.setdefault(
        "SDL_WINDOWS_DPI_AWARENESS", "permonitorv2"
    )  # real pixels, not enlarged ones
    try:
        # Only what is needed: without a sound card pygame.init() would complain.
        pygame.display.init()
        with suppress(pygame.error):
            pygame.joystick.init()
        # Without a display SDL draws into memory and reports no error.
        if (
            pygame.display.get_driver() == "offscreen"
            and os.environ.get("SDL_VIDEODRIVER") != "offscreen"
        ):
            raise pygame.error("SDL found none")
        return pygame.display.set_mode(size, pygame.RESIZABLE)
    except pygame.error as error:
        pygame.display.quit()
        raise ValueError(f"there is no display to open a window on ({error}); {instead}") from None
