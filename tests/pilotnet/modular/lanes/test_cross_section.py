"""What is remembered of kerbs that are seen now and then."""

import pytest

from pilotnet.modular.lanes.cross_section import KEPT_KERB, KNOWN_KERB, PAIRED_KERB, Kerbs

SEEN = (1.6, 3.8)
VERGE = (3.8,)
WAY = 0.8  # [m] from frame to frame
LONG = round((KNOWN_KERB + 2) / WAY)
SHORT = round((KNOWN_KERB - 2) / WAY)


def passing(kerbs: Kerbs, *frames: tuple[float, ...]) -> list[tuple[float, ...]]:
    """What these edges on the right become, frame by frame; the left is their mirror image."""
    completed = []
    for edges in frames:
        kerbs.pass_by(WAY)
        left, right = kerbs.complete(tuple(-edge for edge in edges), edges)
        assert left == pytest.approx([-edge for edge in right])
        completed.append(right)
    return completed


def test_a_kerb_that_was_seen_for_a_while_is_still_there_while_its_verge_is() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[SEEN] * LONG)
    assert passing(kerbs, VERGE, VERGE)[-1] == pytest.approx(SEEN)
    away = passing(kerbs, *[VERGE] * round((KEPT_KERB + 2) / WAY))
    assert away[-1] == VERGE


def test_a_kerb_that_was_hardly_seen_is_none() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[SEEN] * SHORT)
    assert passing(kerbs, VERGE) == [VERGE]


def test_another_verge_has_no_kerb_nor_has_none() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[SEEN] * LONG)
    assert passing(kerbs, (6.0,), ()) == [(6.0,), ()]


def test_a_kerb_moves_with_its_verge() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[SEEN] * LONG)
    assert passing(kerbs, (3.6,), (3.4,))[-1] == pytest.approx((1.2, 3.4))
    kerbs.shift(0.5)
    assert kerbs.complete((), (2.9,))[1] == pytest.approx((0.7, 2.9))


def test_what_is_seen_before_a_known_kerb_does_not_take_its_place() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[(2.5, 4.5)] * LONG)
    assert passing(kerbs, (1.2, 4.5), (4.5,)) == [
        pytest.approx((1.2, 2.5, 4.5)),
        pytest.approx((2.5, 4.5)),
    ]


def test_a_pavement_is_what_lies_between_a_kerb_and_the_verge_that_were_seen_together() -> None:
    kerbs = Kerbs()
    passing(kerbs, *[SEEN] * round((PAIRED_KERB - 1) / WAY))
    assert kerbs.pavements == (None, None)
    passing(kerbs, *[SEEN] * 3)
    left, right = kerbs.pavements
    assert left == pytest.approx((-1.6, -3.8))
    assert right == pytest.approx(SEEN)
    passing(kerbs, *[VERGE] * round((KEPT_KERB + 2) / WAY))
    assert kerbs.pavements == (None, None)
