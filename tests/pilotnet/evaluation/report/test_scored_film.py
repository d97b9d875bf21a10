"""The sentence that compares the filmed drive to the scored one."""

import numpy as np

from pilotnet.evaluation.report.scored_film import REPEAT_TOLERANCE, comparison_text

OFFSETS = np.array([0.0, 0.1, -0.2])


def test_an_equal_drive_is_called_a_repetition() -> None:
    assert comparison_text(OFFSETS, OFFSETS).startswith("The film repeats the scored drive")
    assert comparison_text(OFFSETS + 0.9 * REPEAT_TOLERANCE, OFFSETS).startswith("The film repeats")


def test_another_drive_is_not_called_a_repetition() -> None:
    for other in (OFFSETS + 2 * REPEAT_TOLERANCE, OFFSETS[:2]):
        assert comparison_text(other, OFFSETS).startswith("The film does not repeat")
