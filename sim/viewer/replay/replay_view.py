"""A replay in a window: keys and the mouse seek, mark and restore."""

import pygame

from sim.viewer.bindings import REPLAY_ACTIONS, REPLAY_HELP, WITH_SHIFT, Help
from sim.viewer.canvas import Canvas
from sim.viewer.live.session import LONGEST_GAP, StatusTexts
from sim.viewer.replay.playback import Playback
from sim.viewer.replay.replay_picture import draw_replay, layout_of, moment_at
from sim.viewer.sizes import SIZE


class ReplayView:
    """The content of a window in which a recording is replayed."""

    def __init__(self, replay: Playback) -> None:
        self._replay = replay
        self.layout = layout_of(replay, *SIZE)

    @property
    def keys(self) -> Help:
        """What the keys do."""
        return REPLAY_HELP

    def pass_time(self, seconds: float) -> str:
        """Play on."""
        self._replay.pass_time(min(seconds, LONGEST_GAP), hurried=True)
        return ""

    def draw(self, canvas: Canvas, words: StatusTexts) -> None:
        """Draw the moment under the playhead."""
        speed = (
            f"\N{MULTIPLICATION SIGN}{self._replay.speed:g}   " if self._replay.speed != 1 else ""
        )
        self.layout = draw_replay(
            canvas, self._replay, speed + words.status, words.notice, words.keys
        )

    def handle(self, event: pygame.event.Event) -> str | None:
        """Answer an event: what to tell about it; None when it means nothing here."""
        if event.type == pygame.KEYDOWN and event.key in REPLAY_ACTIONS:
            action = REPLAY_ACTIONS[event.key]
            return self._replay.answer(
                WITH_SHIFT.get(action, action) if event.mod & pygame.KMOD_SHIFT else action
            )
        clicked = event.type == pygame.MOUSEBUTTONDOWN and event.button == 1
        if clicked or (event.type == pygame.MOUSEMOTION and event.buttons[0]):
            moment = moment_at(self.layout, len(self._replay.recording), *event.pos)
            if moment is not None:
                self._replay.seek(moment)
            return ""
        return None
