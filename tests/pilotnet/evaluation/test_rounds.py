"""Rounds of an evaluation until it is decided."""

import pytest

from pilotnet.evaluation.rounds import FIRST_ROUND, look_confidence, looks


@pytest.mark.parametrize("budget", [1, 8, 9, 40, 1000])
def test_looks_grow_up_to_the_budget(budget: int) -> None:
    counts = looks(budget)
    assert counts == sorted(set(counts))
    assert counts[-1] == budget
    assert counts[0] == min(budget, FIRST_ROUND)


def test_all_looks_share_the_error_rate() -> None:
    assert look_confidence(8) == pytest.approx(0.95)
    assert len(looks(40)) * (1 - look_confidence(40)) == pytest.approx(0.05)
