"""What the planner does in scenes that one can draw by hand, and what must hold in any scene."""

import math
from itertools import pairwise

import numpy as np
import pytest

from pilotnet.modular.planning.planner import Planner, Situation
from pilotnet.modular.records import Behaviour, Plan, Track
from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, slip_angle
from sim.geometry.polygons import rectangle_gap
from sim.types import Pose, rectangle_corners
from tests.pilotnet.modular.planner_scenes import DURATION, car, lane, mirrored, person, plan

SEEDS = range(25)


def gap_beside(planned: Plan, track: Track) -> float:
    """Metres between the car's body, as it lies along its path, and a road user of a straight road,
    at the closest.
    """
    path = planned.path
    gaps = []
    other = rectangle_corners(Pose(track.forward, track.right, 0.0), track.length, track.width)
    for s, d, d_prime, d_second in zip(
        path.stations, path.offsets, path.d_primes, path.d_seconds, strict=True
    ):
        body = Pose(float(s), float(d), math.atan(d_prime) - slip_angle(float(d_second)))
        gaps.append(rectangle_gap(rectangle_corners(body, CAR_LENGTH, CAR_WIDTH), other))
    return min(gaps)


def random_crowd(seed: int) -> list[Track]:
    """A few parked cars and standing people on and beside a straight road."""
    generator = np.random.default_rng(seed)
    tracks = [
        car(generator.uniform(15, 70), generator.choice([-5.0, 2.0]) + generator.uniform(-0.6, 0.8))
        for _ in range(2)
    ]
    return tracks + [person(generator.uniform(15, 70), generator.uniform(-5, 3)) for _ in range(3)]


def test_a_free_road_is_kept() -> None:
    planned = plan()
    assert planned.behaviour is Behaviour.KEEP
    assert np.abs(planned.path.offsets).max() == 0.0
    assert planned.acceleration > 0


def test_a_parked_car_is_given_a_metre() -> None:
    parked = car(40.0, 1.8)
    planned = plan(parked)
    assert planned.behaviour is Behaviour.AVOID
    assert gap_beside(planned, parked) == pytest.approx(1.0, abs=0.15)
    assert planned.path.offsets[-1] == 0.0


def test_a_person_at_the_road_is_given_a_metre_and_a_half() -> None:
    inside = person(40.0, 0.9)
    assert gap_beside(plan(inside, left_oncoming=False), inside) == pytest.approx(1.5, abs=0.2)


def test_nobody_leaves_the_lane_for_more_than_enough() -> None:
    planned = plan(person(40.0, 2.1))
    assert -0.5 <= planned.path.offsets.min() < -0.3


def test_a_narrow_gap_is_driven_through_and_slowly() -> None:
    tight = plan(car(40.0, 1.9), left_room=2.25)
    wide = plan(car(40.0, 1.9))
    assert tight.path.cost < math.inf
    assert tight.speed < wide.speed


def test_it_stops_before_a_blocked_road() -> None:
    planned = plan(car(30.0, 1.7), car(30.0, -0.9 - 1.0), left_room=3.0)
    assert planned.path.cost == math.inf
    assert planned.behaviour is Behaviour.STOP
    # From 10 m/s to rest before the bumper, at a standstill's margin.
    assert -4.0 < planned.acceleration < -1.5


def test_it_stops_for_somebody_who_steps_out_and_goes_on_when_they_are_across() -> None:
    assert plan(person(25.0, 3.0, across=-1.4)).behaviour is Behaviour.STOP
    assert plan(person(25.0, -3.0, across=-1.4)).behaviour is Behaviour.KEEP
    assert plan(person(25.0, -3.0, across=1.4)).behaviour is Behaviour.STOP
    # The speed of a new track is uncertain along the road, as its distance is; across, less so.
    assert plan(person(18.0, -3.0, along=2.5, across=0.8)).behaviour is Behaviour.STOP
    assert plan(person(18.0, -3.0, along=1.4, across=0.3)).behaviour is Behaviour.KEEP


def test_it_waits_for_oncoming_traffic_before_it_swings_out() -> None:
    parked = car(22.0, 1.2)
    waiting = plan(parked, car(60.0, -3.4, -12.0), speed=6.0)
    assert waiting.behaviour is Behaviour.YIELD
    assert waiting.acceleration < 0
    assert plan(parked, car(-10.0, -3.4, -12.0), speed=6.0).behaviour is Behaviour.AVOID


def test_a_car_that_stands_and_sees_nothing_of_its_lane_still_has_a_plan_for_a_narrow_place() -> (
    None
):
    planned = plan(car(22.0, 1.2), car(60.0, -3.4, -12.0), speed=0.0, reach=0.0)
    assert planned.speed == 0.0
    assert planned.acceleration <= 0.0


def test_it_follows_a_slow_car_and_never_overtakes_it() -> None:
    planned = plan(car(20.0, 0.1, 5.0), left_oncoming=False)
    assert planned.behaviour is Behaviour.FOLLOW
    assert planned.acceleration < 0
    assert np.abs(planned.path.offsets).max() == 0.0


def test_bends_are_driven_at_a_comfortable_speed() -> None:
    assert plan(curvature=1 / 50, speed=15.0).speed == pytest.approx(10.0, abs=0.5)


def test_it_drives_no_faster_than_it_sees() -> None:
    speed = plan(reach=20.0).speed
    assert speed**2 / (2 * 2.5) + 0.5 * speed == pytest.approx(20.0)


def test_a_blind_stack_slows_down_to_a_stop_in_its_lane_and_drives_on_when_it_sees() -> None:
    planner = Planner(DURATION)
    speed = 12.0
    for tick in range(200):
        planned = planner.plan(
            Situation(lane(), (), speed, speed * DURATION, 0.0, blind=tick < 150)
        )
        assert planned.behaviour is (Behaviour.BLIND if tick < 150 else Behaviour.KEEP)
        assert np.abs(planned.path.offsets).max() == 0.0
        speed = max(speed + planned.acceleration * DURATION, 0.0)
        assert speed < 0.1 or not 100 < tick < 150
    assert speed > 3.0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_path_leads_through_anybody(seed: int) -> None:
    tracks = random_crowd(seed)
    planned = plan(*tracks)
    if planned.path.cost < math.inf:
        assert min(gap_beside(planned, track) for track in tracks) > 0.3
    else:
        # It is blocked only when no end offset has a free path.
        assert all(candidate.cost == math.inf for candidate in planned.candidates)


@pytest.mark.parametrize("seed", SEEDS)
def test_mirrored_scenes_have_mirrored_plans(seed: int) -> None:
    tracks = random_crowd(seed)
    rules = {"left_room": 4.0, "right_room": 4.0, "left_oncoming": False}
    one = plan(*tracks, right_hand=False, **rules)
    other = plan(*(mirrored(track) for track in tracks), right_hand=False, **rules)
    np.testing.assert_allclose(other.path.offsets, -one.path.offsets, atol=1e-6)
    assert other.acceleration == pytest.approx(one.acceleration)
    assert other.behaviour is one.behaviour


@pytest.mark.parametrize("where", [0.0, 1.0])
@pytest.mark.parametrize("speed", [5.0, 12.0])
def test_what_is_farther_away_never_brakes_harder(speed: float, where: float) -> None:
    for scene in (
        lambda away: person(away, where, across=-1.2),
        lambda away: car(away, where, 2.0),
        lambda away: car(away, 0.0),
    ):
        asked = [plan(scene(away), speed=speed).acceleration for away in np.arange(12.0, 66.0, 6.0)]
        assert all(nearer <= farther + 1e-6 for nearer, farther in pairwise(asked))


def test_a_plan_is_kept_while_nothing_changes() -> None:
    planner = Planner(DURATION)
    parked = 60.0
    speed = 8.0
    middles = []
    for tick in range(50):
        away = parked - tick * speed * DURATION
        planned = planner.plan(
            Situation(lane(), [car(away, 1.8)], speed, speed * DURATION if tick else 0.0, 0.0)
        )
        middles.append(float(np.interp(away, planned.path.stations, planned.path.offsets)))
    assert np.ptp(middles[2:]) < 0.05
