"""The keys: one table, from which both the window and its help follow."""

from dataclasses import dataclass

import pygame


@dataclass(frozen=True)
class Binding:
    """Keys that do one thing: pygame's codes, what is written on them, the action's name and what it does in words."""

    codes: tuple[int, ...]
    keys: str
    action: str
    meaning: str


BINDINGS = (
    Binding((pygame.K_SPACE,), "Space", "pause", "pause and go on"),
    Binding((pygame.K_RIGHT, pygame.K_PERIOD), "\N{RIGHTWARDS ARROW}", "step", "one tick"),
    Binding((pygame.K_UP, pygame.K_PLUS, pygame.K_KP_PLUS, pygame.K_EQUALS), "\N{UPWARDS ARROW}", "faster", "faster, up to 8x"),
    Binding((pygame.K_DOWN, pygame.K_MINUS, pygame.K_KP_MINUS), "\N{DOWNWARDS ARROW}", "slower", "slower, down to 0.25x"),
    Binding((pygame.K_r,), "R", "restart", "drive the scenario again"),
    Binding((pygame.K_n,), "N", "next", "next scenario"),
    Binding((pygame.K_d,), "D", "driver", "next driver, from the start"),
    Binding((pygame.K_o,), "O", "overlay", "thoughts, command only, nothing"),
    Binding((pygame.K_c,), "C", "camera", "windscreen, from behind, from above"),
    Binding((pygame.K_w,), "W", "weather", "next weather"),
    Binding((pygame.K_l,), "L", "light", "next light"),
    Binding((pygame.K_s,), "S", "screenshot", "save the picture as PNG"),
    Binding((pygame.K_f,), "F", "film", "begin and end a film (mp4)"),
    Binding((pygame.K_F11,), "F11", "fullscreen", "full screen and back"),
    Binding((pygame.K_h, pygame.K_F1), "H", "help", "show and hide this"),
    Binding((pygame.K_ESCAPE, pygame.K_q), "Esc", "quit", "close; the score is printed"),
)
ACTIONS = {code: binding.action for binding in BINDINGS for code in binding.codes}
HELP = tuple((binding.keys, binding.meaning) for binding in BINDINGS)
