"""The keys of a replay: one table, from which both the window and its help follow."""

import pygame

from sim.viewer.controls import Binding

REPLAY_BINDINGS = (
    Binding((pygame.K_SPACE,), "Space", "pause", "pause and go on"),
    Binding((pygame.K_LEFT,), "\N{LEFTWARDS ARROW}", "back", "a second back, with shift ten"),
    Binding((pygame.K_RIGHT,), "\N{RIGHTWARDS ARROW}", "forward", "a second forward, with shift ten"),
    Binding((pygame.K_COMMA,), ",", "step_back", "one frame back"),
    Binding((pygame.K_PERIOD,), ".", "step", "one frame forward"),
    Binding((pygame.K_HOME,), "Home", "first", "the episode's first frame"),
    Binding((pygame.K_END,), "End", "last", "the episode's last frame"),
    Binding((pygame.K_LEFTBRACKET, pygame.K_PAGEUP), "[", "previous", "previous episode (or page up)"),
    Binding((pygame.K_RIGHTBRACKET, pygame.K_PAGEDOWN, pygame.K_n), "]", "next", "next episode (or page down)"),
    Binding((pygame.K_d,), "D", "discard", "begin a discarded stretch, and end it"),
    Binding((pygame.K_u,), "U", "restore", "restore the stretch under the playhead"),
    Binding((pygame.K_UP, pygame.K_PLUS, pygame.K_KP_PLUS, pygame.K_EQUALS), "+", "faster", "faster, up to 8x"),
    Binding((pygame.K_DOWN, pygame.K_MINUS, pygame.K_KP_MINUS), "-", "slower", "slower, down to 0.25x"),
    Binding((pygame.K_o,), "O", "overlay", "everything, paths only, nothing"),
    Binding((pygame.K_p, pygame.K_s), "P", "screenshot", "save the picture as PNG"),
    Binding((pygame.K_f,), "F", "film", "begin and end a film (mp4)"),
    Binding((pygame.K_F11,), "F11", "fullscreen", "full screen and back"),
    Binding((pygame.K_h, pygame.K_F1), "H", "help", "show and hide this"),
    Binding((pygame.K_ESCAPE, pygame.K_q), "Esc", "quit", "close"),
)
REPLAY_ACTIONS = {code: binding.action for binding in REPLAY_BINDINGS for code in binding.codes}
REPLAY_HELP = tuple((binding.keys, binding.meaning) for binding in REPLAY_BINDINGS)
WITH_SHIFT = {"back": "far_back", "forward": "far_forward"}


def replay_action(code: int, shift: bool) -> str | None:
    """What a key does, held down with shift or without; None for any other key."""
    action = REPLAY_ACTIONS.get(code)
    return WITH_SHIFT.get(action, action) if action and shift else action
