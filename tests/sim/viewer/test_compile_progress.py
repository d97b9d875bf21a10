"""The window shows the progress of compiling and can be closed meanwhile."""

from collections.abc import Generator

import numpy as np
import pygame
import pytest

from sim.viewer.canvas import Canvas
from sim.viewer.compile_progress import compile_in_view, draw_compiling
from sim.viewer.theme import FAINT, SKY_BLUE
from sim.viewer.window import open_display


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Generator[pygame.Surface, None, None]:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    yield open_display((320, 180))
    pygame.display.quit()


def test_the_bar_grows_with_what_is_compiled() -> None:
    shares = []
    for done in (0, 28, 57):
        canvas = Canvas.blank(640, 360)
        draw_compiling(canvas, done, 57)
        row = canvas.array[180]
        filled, rest = ((row == colour).all(axis=1).sum() for colour in (SKY_BLUE, FAINT))
        shares.append(filled / (filled + rest))
    assert shares[0] == 0.0
    assert shares[1] == pytest.approx(28 / 57, abs=0.01)
    assert shares[2] == 1.0


@pytest.mark.parametrize("size", [(200, 100), (2000, 100), (1, 1)])
def test_a_window_of_any_size_shows_it(size: tuple[int, int]) -> None:
    draw_compiling(Canvas.blank(*size), 3, 10)


def test_the_window_shows_every_step(screen: pygame.Surface) -> None:
    seen = []

    def steps() -> Generator[tuple[int, int], None, None]:
        for done in range(3):
            yield done, 3
            seen.append(int((pygame.surfarray.array3d(screen) == SKY_BLUE).all(axis=2).sum()))

    compile_in_view(screen, steps)
    assert len(seen) == 3
    assert seen[0] < seen[1] < seen[2]


@pytest.mark.parametrize(
    "event",
    [
        pygame.event.Event(pygame.QUIT),
        pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, mod=0, unicode=""),
    ],
)
def test_closing_the_window_ends_the_compiling(
    event: pygame.event.Event, screen: pygame.Surface
) -> None:
    ended = []

    def steps() -> Generator[tuple[int, int], None, None]:
        try:
            while True:
                pygame.event.post(event)
                yield 1, 3
        finally:
            ended.append(True)

    with pytest.raises(KeyboardInterrupt):
        compile_in_view(screen, steps)
    assert ended == [True]
    assert not pygame.display.get_init()


def test_a_compiled_installation_opens_at_once(screen: pygame.Surface) -> None:
    before = pygame.surfarray.array3d(screen)
    compile_in_view(screen, lambda: (step for step in ()))
    np.testing.assert_array_equal(pygame.surfarray.array3d(screen), before)
