"""Reading a road's cross-section: which line is which."""

import pytest

from pilotnet.modular.lanes.hypotheses import (
    USUAL_WIDTH,
    MeasuredLine,
    RoadLayout,
    SectionMeasurement,
    best_hypothesis,
)


def test_two_lines_a_lane_apart_are_its_borders() -> None:
    hypothesis = best_hypothesis(
        SectionMeasurement((MeasuredLine(-1.8, 0.5), MeasuredLine(1.6, 0.9))), 0.0, 1.0
    )
    assert hypothesis is not None
    assert (hypothesis.layout, hypothesis.centre, hypothesis.width) == (
        RoadLayout.MARKED,
        pytest.approx(-0.1),
        pytest.approx(3.4),
    )
    assert not hypothesis.alone


def test_a_middle_line_and_a_faint_line_on_the_far_verge_are_no_road_without_a_middle_line() -> (
    None
):
    hypothesis = best_hypothesis(
        SectionMeasurement((MeasuredLine(-2.3, 0.5), MeasuredLine(4.3, 0.17))), 0.0, 1.0
    )
    assert hypothesis is not None
    assert hypothesis.layout is RoadLayout.MARKED
    assert hypothesis.centre == pytest.approx(-2.3 + USUAL_WIDTH / 2)
    assert hypothesis.alone


def test_a_single_line_is_the_border_on_the_side_that_leaves_the_car_in_its_lane() -> None:
    left, right = (
        best_hypothesis(SectionMeasurement((MeasuredLine(place, 0.5),)), 0.0, 1.0)
        for place in (-1.6, 1.6)
    )
    assert left is not None
    assert right is not None
    assert left.centre == pytest.approx(-1.6 + USUAL_WIDTH / 2)
    assert right.centre == pytest.approx(1.6 - USUAL_WIDTH / 2)


def test_nothing_in_sight_cannot_be_read() -> None:
    assert best_hypothesis(SectionMeasurement(()), 0.0, 1.0) is None


def test_a_lane_lies_in_the_middle_of_its_ruts_and_the_other_lane_s_are_farther_away() -> None:
    ruts = tuple(MeasuredLine(place, 0.6) for place in (-4.1, -2.5, -0.7, 0.9))
    hypothesis = best_hypothesis(SectionMeasurement((), ruts=ruts), 0.0, 1.0)
    assert hypothesis is not None
    assert (hypothesis.layout, hypothesis.centre, hypothesis.width) == (
        RoadLayout.RUTTED,
        pytest.approx(0.1),
        USUAL_WIDTH,
    )


def test_two_lanes_inner_ruts_are_no_lane_when_the_outer_ones_are_not_seen() -> None:
    assert (
        best_hypothesis(
            SectionMeasurement((), ruts=(MeasuredLine(-2.4, 0.6), MeasuredLine(-0.8, 0.6))),
            0.0,
            0.5,
        )
        is None
    )


def test_ruts_of_no_car_are_no_lane() -> None:
    assert (
        best_hypothesis(
            SectionMeasurement((), ruts=(MeasuredLine(-1.2, 0.9), MeasuredLine(1.2, 0.9))), 0.0, 1.0
        )
        is None
    )


def test_a_street_between_kerbs_is_no_racetrack_between_lawns() -> None:
    hypothesis = best_hypothesis(SectionMeasurement((), (-4.5, -6.4), (1.6, 5.9)), 0.0, 0.5)
    assert hypothesis is not None
    assert hypothesis.layout is RoadLayout.HALVED
    assert hypothesis.centre == pytest.approx(0.0, abs=0.1)
    assert hypothesis.width == pytest.approx(2.9, abs=0.1)


def test_a_street_s_lane_lies_beside_its_kerb_when_nothing_else_is_seen() -> None:
    hypothesis = best_hypothesis(SectionMeasurement((), (), (1.2, 3.2)), 0.0, 0.5)
    assert hypothesis is not None
    assert hypothesis.centre == pytest.approx(1.2 - USUAL_WIDTH / 2, abs=0.2)
    assert not hypothesis.alone


def test_a_step_far_before_the_verge_is_no_street_s_kerb() -> None:
    assert best_hypothesis(SectionMeasurement((), (), (1.6, 4.7)), 0.0, 0.5) is None


@pytest.mark.parametrize(
    ("known", "layout"),
    [(None, RoadLayout.HALVED), (3.1, RoadLayout.HALVED), (4.0, RoadLayout.TRACK)],
)
def test_what_can_be_read_as_a_street_and_as_a_racetrack_stays_what_it_was(
    known: float | None, layout: RoadLayout
) -> None:
    followed = layout if known else None
    hypothesis = best_hypothesis(
        SectionMeasurement((), (-5.0, -6.6), (1.6, 5.7)), -0.4, 0.4, known, followed
    )
    assert hypothesis is not None
    assert hypothesis.layout is layout
    assert abs(hypothesis.width - (known or 3.15)) < 0.3


def test_a_wet_street_between_verges_without_painted_borders_is_no_racetrack() -> None:
    line = MeasuredLine(1.94, 0.25)  # of a parking bay
    hypothesis = best_hypothesis(
        SectionMeasurement((line,), (-6.75, -8.45), (4.25, 6.75)), 0.0, 0.5
    )
    assert hypothesis is not None
    assert hypothesis.layout is not RoadLayout.TRACK


def test_a_track_that_is_followed_stays_one_when_its_lines_fade() -> None:
    bare = SectionMeasurement((), (-6.2,), (6.2,))
    painted = SectionMeasurement((MeasuredLine(-6.0, 0.4), MeasuredLine(6.0, 0.4)), (-6.2,), (6.2,))
    first = best_hypothesis(painted, 0.0, 0.5)
    then = best_hypothesis(bare, 0.0, 0.5, 4.0, RoadLayout.TRACK)
    assert first is not None
    assert then is not None
    assert first.layout is then.layout is RoadLayout.TRACK
    assert then.score > 2.0
