"""WAITING: the progress bar that the window shows while kernels are compiled, which takes a minute
on a new machine.
"""

from collections.abc import Callable, Generator
from contextlib import closing

import pygame

from sim.viewer.bindings import WINDOW_ACTIONS
from sim.viewer.canvas import Canvas, Rect
from sim.viewer.theme import FAINT, GROUND, INK, QUIET, SKY_BLUE
from sim.warmup import compiling

Compiling = Callable[[], Generator[tuple[int, int], None, None]]
BAR_SHARE = (0.5, 0.02)  # width and height of the bar, as shares of the window's


def compile_in_view(screen: pygame.Surface, steps: Compiling = compiling) -> None:
    """Compile the missing kernels and show the progress in the window.

    steps: yields (compiled, total) kernels until all are compiled. Closing the window ends the
    compiling and raises KeyboardInterrupt.
    """
    with closing(steps()) as progress:
        for done, total in progress:
            if any(_closes(event) for event in pygame.event.get()):
                pygame.display.quit()
                raise KeyboardInterrupt
            surface = pygame.display.get_surface() or screen
            canvas = Canvas.blank(*surface.get_size())
            draw_compiling(canvas, done, total)
            surface.blit(canvas.surface, (0, 0))
            pygame.display.flip()


def _closes(event: pygame.event.Event) -> bool:
    return event.type == pygame.QUIT or (
        event.type == pygame.KEYDOWN and WINDOW_ACTIONS.get(event.key) == "quit"
    )


def draw_compiling(canvas: Canvas, done: int, total: int) -> None:
    """Draw a bar and a text that show `done` of `total` kernels."""
    canvas.array[:] = GROUND
    whole = canvas.whole
    width = max(round(whole.width * BAR_SHARE[0]), 1)
    height = max(round(whole.height * BAR_SHARE[1]), 2)
    left = (whole.width - width) // 2
    top = (whole.height - height) // 2
    middle = whole.width / 2
    canvas.part(Rect(left, top, width, height))[:] = FAINT
    canvas.part(Rect(left, top, width * done // max(total, 1), height))[:] = SKY_BLUE
    canvas.text(f"compiling, {done} of {total}", middle, top - canvas.px(14), 16, INK, align=0.5)
    canvas.text(
        "once on this machine, about a minute",
        middle,
        top + height + canvas.px(24),
        12,
        QUIET,
        align=0.5,
    )
