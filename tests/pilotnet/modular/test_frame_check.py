"""Black, white and frozen frames are not looked at, and the stack knows when it is blind."""

import numpy as np
import pytest

from pilotnet.modular.frame_check import FrameCheck
from tests.pilotnet.modular.planner_scenes import DURATION

NOISE = np.random.default_rng(0).integers(0, 255, (6, 160, 320, 3), dtype=np.uint8)


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_show_nothing(level: int) -> None:
    assert not FrameCheck(DURATION).shows_something(np.full((160, 320, 3), level, np.uint8), 10.0)


def test_a_frame_that_froze_is_not_believed_until_it_changes() -> None:
    sight = FrameCheck(DURATION)
    assert [sight.shows_something(NOISE[0].copy(), 10.0) for _ in range(5)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    # Standing still shows nothing new.
    assert not sight.shows_something(NOISE[0].copy(), 0.0)
    assert sight.shows_something(NOISE[1], 0.0)


def test_standing_still_freezes_nothing() -> None:
    sight = FrameCheck(DURATION)
    assert all(sight.shows_something(NOISE[0].copy(), 0.0) for _ in range(20))


def test_blindness_begins_after_half_a_second_and_ends_when_it_is_sure_again() -> None:
    sight = FrameCheck(DURATION)
    assert [sight.judge(0.1) for _ in range(7)] == [False] * 5 + [True] * 2
    assert sight.judge(0.3)
    assert not sight.judge(0.5)
