"""Where a road may end, in its cross-section."""

import numpy as np
import pytest

from pilotnet.modular.lanes.birds_eye_view import OFFSETS, STEP, VIEW_COLUMNS
from pilotnet.modular.lanes.edges import edges_in
from pilotnet.modular.records import Floats

SEEN = np.ones(VIEW_COLUMNS)


def stepped(*steps: tuple[float, float]) -> Floats:
    """A profile of foreign ground, on both sides alike: from each distance [m] from the centre on,
    the next value.
    """
    off_road_likelihood = np.zeros(VIEW_COLUMNS)
    for distance, value in steps:
        off_road_likelihood[np.abs(OFFSETS) >= distance - STEP / 2] = value
    return off_road_likelihood


def sloping(nearest: float, farthest: float, value: float) -> Floats:
    """A profile that rises evenly from 0 at one distance from the centre [m] to a value at another."""
    return np.interp(np.abs(OFFSETS), [nearest, farthest], [0.0, value])


def distances(off_road_likelihood: Floats, seen: Floats = SEEN) -> list[float]:
    """How far from the centre the edges of a profile are that is alike on both sides."""
    left, right = edges_in(off_road_likelihood, seen)
    assert right == pytest.approx(tuple(-edge for edge in left), abs=STEP)
    return list(right)


def test_a_road_ends_where_the_ground_is_no_road() -> None:
    assert distances(stepped((3.0, 0.9))) == pytest.approx([3.0], abs=STEP)


def test_a_street_may_end_at_a_faint_kerb_before_the_lawn() -> None:
    assert distances(stepped((3.0, 0.1), (5.0, 0.9))) == pytest.approx([3.0, 5.0], abs=STEP)


def test_a_faint_step_by_itself_is_no_kerb() -> None:
    assert distances(stepped((3.0, 0.1))) == []


def test_a_pavement_under_snow_ends_a_street_though_nothing_shows_the_lawn() -> None:
    assert distances(stepped((3.0, 0.4))) == pytest.approx([3.0], abs=STEP)


def test_what_gets_brighter_little_by_little_is_no_kerb() -> None:
    assert distances(sloping(1.0, 5.0, 0.3) + stepped((5.5, 0.65))) == pytest.approx(
        [5.5], abs=STEP
    )


def test_a_line_on_the_road_is_no_kerb() -> None:
    assert distances(stepped((2.0, 0.3), (2.3, 0.0), (4.0, 0.9))) == pytest.approx([4.0], abs=STEP)


def test_the_grass_between_two_ruts_does_not_end_the_road() -> None:
    assert distances(stepped((1.0, 0.9), (1.6, 0.0), (3.0, 0.9))) == pytest.approx([3.0], abs=STEP)


def test_what_is_out_of_sight_has_no_edge() -> None:
    seen = np.where(np.abs(OFFSETS) < 2.5, 1.0, 0.0)
    assert distances(stepped((3.0, 0.9)), seen) == []
