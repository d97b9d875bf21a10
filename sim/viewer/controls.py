"""The keys: one table, from which both the window and its help follow."""

from dataclasses import dataclass

import pygame

from sim.viewer.wheel import Lever


@dataclass(frozen=True)
class Binding:
    """Keys that do one thing: pygame's codes, what is written on them, the action's name and what it does in words."""

    codes: tuple[int, ...]
    keys: str
    action: str
    meaning: str


BINDINGS = (
    Binding((pygame.K_SPACE,), "Space", "pause", "pause and go on"),
    Binding((pygame.K_PERIOD,), ".", "step", "one tick"),
    Binding((pygame.K_PLUS, pygame.K_KP_PLUS, pygame.K_EQUALS), "+", "faster", "faster, up to 8x"),
    Binding((pygame.K_MINUS, pygame.K_KP_MINUS), "-", "slower", "slower, down to 0.25x"),
    Binding((pygame.K_HOME, pygame.K_0), "Home", "restart", "drive the scenario again"),
    Binding((pygame.K_n,), "N", "next", "next scenario"),
    Binding((pygame.K_RETURN, pygame.K_KP_ENTER), "Enter", "hand_back", "give the wheel back to the driver"),
    Binding((pygame.K_r,), "R", "record", "begin and end recording a person's driving"),
    Binding((pygame.K_BACKSPACE,), "Backspace", "discard", "discard the last 5 s of the recording"),
    Binding((pygame.K_TAB,), "Tab", "driver", "next driver, from the start"),
    Binding((pygame.K_o,), "O", "overlay", "thoughts, command only, nothing"),
    Binding((pygame.K_c,), "C", "camera", "windscreen, from behind, from above"),
    Binding((pygame.K_t,), "T", "weather", "next weather"),
    Binding((pygame.K_l,), "L", "light", "next light"),
    Binding((pygame.K_p,), "P", "screenshot", "save the picture as PNG"),
    Binding((pygame.K_f,), "F", "film", "begin and end a film (mp4)"),
    Binding((pygame.K_F11,), "F11", "fullscreen", "full screen and back"),
    Binding((pygame.K_h, pygame.K_F1), "H", "help", "show and hide this"),
    Binding((pygame.K_ESCAPE, pygame.K_q), "Esc", "quit", "close; the score is printed"),
)
ACTIONS = {code: binding.action for binding in BINDINGS for code in binding.codes}
LEVERS = {
    pygame.K_LEFT: Lever.LEFT,
    pygame.K_a: Lever.LEFT,
    pygame.K_RIGHT: Lever.RIGHT,
    pygame.K_d: Lever.RIGHT,
    pygame.K_UP: Lever.ACCELERATE,
    pygame.K_w: Lever.ACCELERATE,
    pygame.K_DOWN: Lever.BRAKE,
    pygame.K_s: Lever.BRAKE,
}
HELP = (
    ("\N{LEFTWARDS ARROW} \N{RIGHTWARDS ARROW}  A D", "steer; whoever drives, you take the wheel"),
    ("\N{UPWARDS ARROW} \N{DOWNWARDS ARROW}  W S", "accelerate, brake: drive --pedals driver"),
    *((binding.keys, binding.meaning) for binding in BINDINGS),
)
