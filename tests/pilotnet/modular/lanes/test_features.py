"""Which edges of a street are measured together."""

import pytest

from pilotnet.modular.lanes.features import LEFT_EDGE, RIGHT_EDGE, other_edge

# [m]
KERB = 1.6
VERGE = 3.8


def test_a_tracked_kerb_has_its_verge_and_a_tracked_verge_its_kerb() -> None:
    verge = other_edge(RIGHT_EDGE, KERB + 0.1, (KERB, VERGE))
    kerb = other_edge(RIGHT_EDGE, VERGE - 0.1, (KERB, VERGE))
    assert verge is not None
    assert kerb is not None
    assert verge.aside == pytest.approx(VERGE - KERB)
    assert kerb.aside == pytest.approx(KERB - VERGE)
    assert verge.cross == kerb.cross == RIGHT_EDGE.cross


def test_on_the_left_the_verge_lies_farther_left() -> None:
    verge = other_edge(LEFT_EDGE, -KERB, (-KERB, -VERGE))
    assert verge is not None
    assert verge.aside == pytest.approx(KERB - VERGE)


def test_an_edge_that_is_neither_kerb_nor_verge_has_no_companion() -> None:
    assert other_edge(RIGHT_EDGE, 2.7, (KERB, VERGE)) is None
    assert other_edge(RIGHT_EDGE, KERB, None) is None
