"""The keys: one table for each thing that is shown and one for every window, from which windows and
their help follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pygame

from sim.viewer.input.steering_wheel import ControlKey


@dataclass(frozen=True)
class Binding:
    """Keys that do one thing: pygame's codes, what is written on them, the action's name and what
    it does in words.
    """

    codes: tuple[int, ...]
    keys: str
    action: str
    meaning: str


Help = tuple[tuple[str, str], ...]  # keys and what they do

WINDOW_BINDINGS = (
    Binding((pygame.K_p,), "P", "screenshot", "save the picture as PNG"),
    Binding((pygame.K_f,), "F", "film", "begin and end a film (mp4)"),
    Binding((pygame.K_F11,), "F11", "fullscreen", "full screen and back"),
    Binding((pygame.K_h, pygame.K_F1), "H", "help", "show and hide this"),
    Binding((pygame.K_ESCAPE, pygame.K_q), "Esc", "quit", "close"),
)
_PAUSE = Binding((pygame.K_SPACE,), "Space", "pause", "pause and go on")
_FASTER = Binding(
    (pygame.K_PLUS, pygame.K_KP_PLUS, pygame.K_EQUALS), "+", "faster", "faster, up to 8x"
)
_SLOWER = Binding((pygame.K_MINUS, pygame.K_KP_MINUS), "-", "slower", "slower, down to 0.25x")
SHOW_BINDINGS = (
    _PAUSE,
    Binding((pygame.K_PERIOD,), ".", "step", "one tick"),
    _FASTER,
    _SLOWER,
    Binding((pygame.K_HOME, pygame.K_0), "Home", "restart", "drive the scenario again"),
    Binding((pygame.K_n,), "N", "next", "next scenario"),
    Binding(
        (pygame.K_RETURN, pygame.K_KP_ENTER),
        "Enter",
        "hand_back",
        "give the wheel back to the driver",
    ),
    Binding((pygame.K_r,), "R", "record", "begin and end recording a person's driving"),
    Binding((pygame.K_BACKSPACE,), "Backspace", "discard", "discard the last 5 s of the recording"),
    Binding((pygame.K_m,), "M", "map", "set up a gamepad or a steering wheel"),
    Binding((pygame.K_TAB,), "Tab", "driver", "next driver, from the start"),
    Binding((pygame.K_o,), "O", "overlay", "thoughts, command only, nothing"),
    Binding((pygame.K_c,), "C", "camera", "windscreen, from behind, from above"),
    Binding((pygame.K_t,), "T", "weather", "next weather"),
    Binding((pygame.K_l,), "L", "light", "next light"),
)
REPLAY_BINDINGS = (
    _PAUSE,
    Binding((pygame.K_LEFT,), "\N{LEFTWARDS ARROW}", "back", "a second back, with shift ten"),
    Binding(
        (pygame.K_RIGHT,), "\N{RIGHTWARDS ARROW}", "forward", "a second forward, with shift ten"
    ),
    Binding((pygame.K_COMMA,), ",", "step_back", "one frame back"),
    Binding((pygame.K_PERIOD,), ".", "step", "one frame forward"),
    Binding((pygame.K_HOME, pygame.K_0), "Home", "first", "the episode's first frame"),
    Binding((pygame.K_END,), "End", "last", "the episode's last frame"),
    Binding(
        (pygame.K_LEFTBRACKET, pygame.K_PAGEUP), "[", "previous", "previous episode (or page up)"
    ),
    Binding(
        (pygame.K_RIGHTBRACKET, pygame.K_PAGEDOWN, pygame.K_n),
        "]",
        "next",
        "next episode (or page down)",
    ),
    Binding((pygame.K_d,), "D", "discard", "begin a discarded stretch, and end it"),
    Binding((pygame.K_u,), "U", "restore", "restore the stretch under the playhead"),
    _FASTER,
    _SLOWER,
    Binding((pygame.K_o,), "O", "overlay", "everything, paths only, nothing"),
)
WITH_SHIFT = {"back": "far_back", "forward": "far_forward"}
LEVERS = {
    pygame.K_LEFT: ControlKey.LEFT,
    pygame.K_a: ControlKey.LEFT,
    pygame.K_RIGHT: ControlKey.RIGHT,
    pygame.K_d: ControlKey.RIGHT,
    pygame.K_UP: ControlKey.ACCELERATE,
    pygame.K_w: ControlKey.ACCELERATE,
    pygame.K_DOWN: ControlKey.BRAKE,
    pygame.K_s: ControlKey.BRAKE,
}
LEVER_HELP: Help = (
    (
        "\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}  A D",
        "steer (or a controller): you take the wheel",
    ),
    (
        "\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}  W S",
        "accelerate, brake: drive --speed-control driver",
    ),
)


def actions(bindings: Iterable[Binding]) -> dict[int, str]:
    """What each key of a table does."""
    return {code: binding.action for binding in bindings for code in binding.codes}


def key_help(bindings: Iterable[Binding]) -> Help:
    """A table in words, as the help shows it."""
    return tuple((binding.keys, binding.meaning) for binding in bindings)


WINDOW_ACTIONS, SHOW_ACTIONS, REPLAY_ACTIONS = (
    actions(table) for table in (WINDOW_BINDINGS, SHOW_BINDINGS, REPLAY_BINDINGS)
)
SHOW_HELP: Help = (*LEVER_HELP, *key_help((*SHOW_BINDINGS, *WINDOW_BINDINGS)))
REPLAY_HELP = key_help((*REPLAY_BINDINGS, *WINDOW_BINDINGS))
