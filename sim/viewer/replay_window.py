"""The window of a replay: turns keys and the mouse into what a `Replay` does, and draws as many pictures as the machine can."""

from pathlib import Path
from time import monotonic

import cv2
import pygame

from sim.types import Image
from sim.viewer.replay import Replay
from sim.viewer.replay_controls import REPLAY_HELP, replay_action
from sim.viewer.replay_picture import draw_replay, moment_at
from sim.viewer.sheet import Sheet
from sim.viewer.window import FRAME_RATE, LONGEST_GAP, SAID_FOR, SMALLEST, TITLE, Film, MakeFilm, free_path


class ReplayWindow:
    """A pygame window that shows a replay until it is closed.

    Screenshots and films go to `folder`; with `film` one is made from the start.
    """

    def __init__(
        self, replay: Replay, screen: pygame.Surface, make_film: MakeFilm, folder: Path, film: Path | None = None
    ) -> None:
        self._replay, self._screen, self._make_film, self._folder = replay, screen, make_film, folder
        self._help, self._notice, self._notice_ends = False, "", 0.0
        self._film: Film | None = None
        self.open = True
        pygame.display.set_caption(TITLE)
        self._sheet = Sheet.blank(*screen.get_size())
        self._layout = draw_replay(self._sheet, replay)
        if film is not None:
            self._begin_film(film)

    def run(self, limit: float | None = None) -> None:
        """Show until the window is closed, or for `limit` seconds."""
        clock, before, began = pygame.time.Clock(), monotonic(), monotonic()
        try:
            while self.open and (limit is None or monotonic() - began < limit):
                for event in pygame.event.get():
                    self.handle(event)
                now = monotonic()
                self.turn(min(now - before, LONGEST_GAP))
                before = now
                clock.tick(FRAME_RATE)
        finally:
            self._end_film()
            pygame.display.quit()

    def turn(self, seconds: float) -> Image:
        """Let time pass and draw one picture."""
        self._replay.pass_time(seconds, hurried=True)
        if self._sheet.surface.get_size() != self._screen.get_size():
            self._sheet = Sheet.blank(*self._screen.get_size())
        self._notice_ends -= seconds
        notice = self._notice if self._notice_ends > 0 else ""
        words = [f"\N{MULTIPLICATION SIGN}{self._replay.speed:g}"] if self._replay.speed != 1 else []
        words.append("\N{BLACK CIRCLE} film" if self._film else "H help")
        self._layout = draw_replay(self._sheet, self._replay, "   ".join(words), notice, REPLAY_HELP if self._help else None)
        self._screen.blit(self._sheet.surface, (0, 0))
        pygame.display.flip()
        if self._film:
            self._film.add(self._sheet.array, seconds)
        return self._sheet.array

    def handle(self, event: pygame.event.Event) -> None:
        """Answer one event."""
        if event.type == pygame.QUIT:
            self.open = False
        elif event.type == pygame.VIDEORESIZE:
            self._resized(event.w, event.h)
        elif event.type == pygame.KEYDOWN:
            if action := replay_action(event.key, bool(event.mod & pygame.KMOD_SHIFT)):
                self._act(action)
        elif (event.type == pygame.MOUSEBUTTONDOWN and event.button == 1) or (
            event.type == pygame.MOUSEMOTION and event.buttons[0]
        ):
            moment = moment_at(self._layout, len(self._replay.recording), *event.pos)
            if moment is not None:
                self._replay.seek(moment)

    def _act(self, action: str) -> None:
        own = {
            "pause": self._pause,
            "screenshot": self._screenshot,
            "film": self._toggle_film,
            "fullscreen": self._toggle_fullscreen,
            "help": self._toggle_help,
            "quit": self._close,
        }
        if action in own:
            own[action]()
        else:
            self._say(self._replay.answer(action))

    def _say(self, words: str) -> None:
        self._notice, self._notice_ends = words, SAID_FOR

    def _pause(self) -> None:
        self._replay.paused = not self._replay.paused

    def _toggle_help(self) -> None:
        self._help = not self._help

    def _close(self) -> None:
        self.open = False

    def _resized(self, width: int, height: int) -> None:
        """Follow the window's size; a film ends, since its pictures cannot change theirs."""
        self._end_film()
        if width < SMALLEST[0] or height < SMALLEST[1]:
            pygame.display.set_mode((max(width, SMALLEST[0]), max(height, SMALLEST[1])), pygame.RESIZABLE)
        surface = pygame.display.get_surface()
        assert surface is not None, "the window is open"
        self._screen = surface

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
