"""Detections become road users: places by the flat road, velocities by filters, and false boxes
nothing at all.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from pilotnet.modular.records import Detection
from pilotnet.modular.tracking.ground_position import locate, occluded_ground
from pilotnet.modular.tracking.tracker import Tracker
from sim.types import Pose
from tests.pilotnet.modular.planner_scenes import CAMERA, DURATION, box, car, person


@pytest.mark.parametrize("person", [False, True])
@pytest.mark.parametrize("right", [-4.0, 0.0, 2.5])
@pytest.mark.parametrize("forward", [10.0, 25.0, 45.0])
def test_a_box_leads_back_to_its_place(forward: float, right: float, person: bool) -> None:
    place = locate(box(forward, right, person), CAMERA)
    assert place is not None
    assert (place.forward, place.right) == (
        pytest.approx(forward, abs=0.3),
        pytest.approx(right, abs=0.15),
    )


def test_near_by_the_row_counts_and_far_away_what_the_detector_tells() -> None:
    near, far = (locate(box(z, 0.0, distance=1.2 * z), CAMERA) for z in (10.0, 60.0))
    assert near is not None
    assert far is not None
    assert near.forward == pytest.approx(10.0, abs=0.7)
    assert far.forward > 66.0


def test_a_row_counts_for_less_with_the_square_of_the_distance() -> None:
    spreads = []
    for z in (20.0, 40.0):
        place = locate(box(z, 0.0, person=True, distance=math.nan), CAMERA)
        assert place is not None
        spreads.append(math.sqrt(place.along - 0.1**2))
    assert spreads[1] / spreads[0] == pytest.approx(4.0)


def test_a_box_that_ends_at_the_horizon_has_no_row() -> None:
    lost = Detection(False, 150, 50, 170, CAMERA.horizon, 0.9, 1.0, math.inf)
    assert locate(lost, CAMERA) is None


def follow(
    tracker: Tracker, seconds: float, speed: float, person: bool = True
) -> tuple[float, float]:
    """Pass a pedestrian that crosses at 1.2 m/s; return its estimated velocity over the ground."""
    tracks = []
    for tick in range(int(seconds / DURATION)):
        time = tick * DURATION
        pose = Pose(speed * time, 0.0, 0.0)
        tracks = tracker.update([box(40.0 - pose.x, 4.0 - 1.2 * time, person)], pose)
    return tracks[0].forward_speed, tracks[0].right_speed


def test_velocities_are_over_the_ground_not_relative_to_the_car() -> None:
    forward, right = follow(Tracker(CAMERA, DURATION), 2.0, 8.0)
    assert forward == pytest.approx(0.0, abs=0.4)
    assert right == pytest.approx(-1.2, abs=0.2)


def test_what_stands_stays_where_it_is_while_the_car_drives_a_bend() -> None:
    tracker = Tracker(CAMERA, DURATION)
    curvature = 1 / 60
    speed = 8.0
    x = 35.0
    y = 6.0
    for tick in range(20):
        turn = curvature * speed * tick * DURATION
        pose = Pose(math.sin(turn) / curvature, (1 - math.cos(turn)) / curvature, turn)
        cos = math.cos(turn)
        sin = math.sin(turn)
        forward = (x - pose.x) * cos + (y - pose.y) * sin
        right = (y - pose.y) * cos - (x - pose.x) * sin
        tracks = tracker.update([box(forward, right, person=True)], pose)
    assert math.hypot(tracks[0].forward_speed, tracks[0].right_speed) < 0.4
    assert (tracks[0].forward, tracks[0].right) == (
        pytest.approx(forward, abs=0.3),
        pytest.approx(right, abs=0.3),
    )


def test_a_track_is_born_after_three_ticks_and_survives_a_second_of_occlusion_under_its_number() -> (
    None
):
    tracker = Tracker(CAMERA, DURATION)
    still = Pose(0.0, 0.0, 0.0)
    counts = [len(tracker.update([box(20.0, 1.0)], still)) for _ in range(5)]
    assert counts == [0, 0, 1, 1, 1]
    ident = tracker.update([box(20.0, 1.0)], still)[0].ident
    hidden = [tracker.update([], still) for _ in range(9)]
    assert all(len(tracks) == 1 for tracks in hidden)
    assert tracker.update([box(20.0, 1.0)], still)[0].ident == ident
    assert [len(tracker.update([], still)) for _ in range(12)][-1] == 0


def test_a_hint_lets_the_track_of_somebody_near_go_on_but_founds_none() -> None:
    here = Pose(0.0, 0.0, 0.0)
    for forward, goes_on in ((12.0, True), (20.0, False)):
        seen = box(forward, 1.0, person=True)
        hint = replace(seen, score=0.15)
        tracker = Tracker(CAMERA, DURATION)
        assert not any(tracker.update([hint], here) for _ in range(20))
        for _ in range(5):
            tracker.update([seen], here)
        followed = [tracker.update([hint], here) for _ in range(30)]
        assert len(followed[-1]) == goes_on


def test_a_sure_detection_comes_before_a_hint_that_is_closer() -> None:
    tracker = Tracker(CAMERA, DURATION)
    here = Pose(0.0, 0.0, 0.0)
    for _ in range(5):
        tracker.update([box(12.0, 1.0, person=True)], here)
    hint = replace(box(12.0, 1.0, person=True), score=0.15)
    (track,) = tracker.update([hint, box(12.0, 1.3, person=True)], here)
    assert track.right > 1.05


def test_what_has_left_the_picture_at_its_side_is_remembered_until_it_is_left_behind() -> None:
    tracker = Tracker(CAMERA, DURATION)
    speed = 3.0
    seen = {}
    for tick in range(100):
        pose = Pose(speed * tick * DURATION, 0.0, 0.0)
        away = 12.0 - pose.x
        tracks = tracker.update([box(away, 3.0)] if away > 5.5 else [], pose)
        seen[round(away, 1)] = len(tracks)
    assert all(count == 1 for away, count in seen.items() if -6.0 < away < 10.0)
    assert seen[min(seen)] == 0


@pytest.mark.parametrize("person", [True, False])
def test_who_stands_before_the_bumper_is_remembered_though_the_detector_does_not_find_people_so_close(
    person: bool,
) -> None:
    tracker = Tracker(CAMERA, DURATION)
    still = Pose(0.0, 0.0, 0.0)
    for _ in range(20):
        tracker.update([box(3.0, 1.0, person)], still)
    counts = [len(tracker.update([], still)) for _ in range(round(7 / DURATION))]
    assert counts[round(1.5 / DURATION)] == counts[round(5 / DURATION)] == person
    assert counts[-1] == 0


@pytest.mark.parametrize("way", [-1, 1])
def test_who_walks_across_the_way_is_not_forgotten_before_they_are_over(way: int) -> None:
    # The car had nearly stopped for a man on a zebra crossing; not found for a second, he was
    # driven into.
    tracker = Tracker(CAMERA, DURATION)
    still = Pose(0.0, 0.0, 0.0)
    for tick in range(20):
        tracker.update([box(9.0, way * (-3.0 + 1.2 * tick * DURATION), person=True)], still)
    unseen = [tracker.update([], still) for _ in range(round(4 / DURATION))]
    crossing = [bool(tracks) for tracks in unseen]
    assert all(crossing[: round(2.2 / DURATION)])
    assert not any(crossing[round(3.0 / DURATION) :])
    assert unseen[round(2.0 / DURATION)][0].right * way > 0.5


def visible_box(forward: float, right: float) -> Detection | None:
    """The box around what the picture shows of a car of 4.5 x 1.8 x 1.4 m along the road; None when
    it shows nothing.
    """
    along, across = np.meshgrid(
        forward + np.linspace(-2.25, 2.25, 451), right + np.array([-0.9, 0.9])
    )
    ahead = along > 0.3
    columns, rows = CAMERA.ground_to_pixel(along[ahead], across[ahead])
    shown = (columns >= 0) & (columns <= CAMERA.width)
    if not shown.any():
        return None
    left = columns[shown].min()
    right_ = columns[shown].max()
    bottom = min(rows[shown].max(), CAMERA.height)
    return Detection(
        False, left, CAMERA.horizon, right_, bottom, 0.9, 1.0, math.hypot(forward, right)
    )


@pytest.mark.parametrize("right", [-3.2, 2.6, 3.0])
@pytest.mark.parametrize("speed", [5.0, 8.0])
def test_a_parked_car_still_stands_while_it_leaves_the_picture(right: float, speed: float) -> None:
    tracker = Tracker(CAMERA, DURATION)
    for tick in range(round(45.0 / speed / DURATION)):
        pose = Pose(speed * tick * DURATION, 0.0, 0.0)
        forward = 40.0 - pose.x
        seen = visible_box(forward, right)
        tracks = tracker.update([seen] if seen else [], pose)
        if forward < 25.0:
            assert len(tracks) == 1
            assert math.hypot(tracks[0].forward_speed, tracks[0].right_speed) < 0.6
            assert tracks[0].right == pytest.approx(right, abs=0.6)


def test_people_and_cars_hide_the_ground_beyond_them_and_no_other() -> None:
    hidden = occluded_ground([person(10.0, 1.0), car(20.0, -3.0), car(-4.0, 2.0)])
    assert len(hidden) == 2  # a road user behind the camera hides nothing

    def is_hidden(forward: float, right: float) -> bool:
        return any(forward > near and low < right / forward < high for near, low, high in hidden)

    assert is_hidden(11.0, 1.1)
    assert is_hidden(30.0, 3.0)
    assert not is_hidden(9.0, 0.9)
    assert not is_hidden(11.0, -0.1)
    assert not is_hidden(11.0, 2.3)
    assert is_hidden(23.0, -3.0)
    assert not is_hidden(17.0, -3.0)


def test_mirrored_road_users_hide_the_mirrored_ground() -> None:
    left, right = (
        occluded_ground([car(12.0, side * 2.5, length=9.0), person(3.0, side * 0.4)])
        for side in (-1, 1)
    )
    np.testing.assert_allclose(left, right[:, [0, 2, 1]] * [1, -1, -1])


def test_two_who_pass_each_other_keep_their_numbers() -> None:
    tracker = Tracker(CAMERA, DURATION)
    still = Pose(0.0, 0.0, 0.0)
    for tick in range(40):
        shift = 1.5 * (tick * DURATION - 2.0)
        tracks = tracker.update([box(20.0, shift, True), box(21.5, -shift, True)], still)
        if tick == 5:
            first = {track.ident: track.right_speed > 0 for track in tracks}
    assert {track.ident: track.right_speed > 0 for track in tracks} == first


def test_a_hundred_false_boxes_and_boxes_at_the_horizon_do_no_harm() -> None:
    tracker = Tracker(CAMERA, DURATION)
    generator = np.random.default_rng(0)
    for tick in range(30):
        left = generator.uniform(0, 300, 100)
        top = generator.uniform(0, 150, 100)
        false = [
            Detection(
                bool(i % 2), x, y, x + 15, y + 10, 0.6, 1.0, float(generator.uniform(-5, 300))
            )
            for i, (x, y) in enumerate(zip(left.tolist(), top.tolist(), strict=True))
        ]
        tracks = tracker.update([*false, box(15.0, 0.0)], Pose(tick * 0.5, 0.0, 0.0))
        assert all(math.isfinite(value) for track in tracks for value in vars(track).values())
    assert len(tracks) <= 60
