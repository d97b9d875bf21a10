"""The intervention rules, each by a case worked by hand."""

import math
from pathlib import Path

import pytest

import sim.world
from sim.actors.free_stations import OccupiedStretch
from sim.actors.parked import ParkedCar, parked_shift_requests
from sim.actors.pedestrians import (
    PEDESTRIAN_DEPTH,
    PEDESTRIAN_WIDTH,
    Mode,
    Pedestrians,
    PedestrianState,
)
from sim.actors.traffic_vehicle import TrafficVehicle
from sim.actors.vehicle_kinds import VehicleDimensions
from sim.referee import PROTOCOL, ROLLING, Referee
from sim.scenario import RoadKind, Scenario
from sim.types import Actor, Cause, Control, Kind, Pose
from sim.world import World
from tests.sim.straight_road import straight_road

# [m] d of the middle of the ego's lane on the straight road; the ego is 5 m long and 2 m wide
LANE = 1.7
SALOON = VehicleDimensions(Kind.SALOON, 4.0, 1.8, 1.5, (90, 90, 90))


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> World:
    """The ego alone on a straight road along x, at x = 60 m, 15 m/s, y = 1.7 m."""
    monkeypatch.setattr(sim.world, "plan_road", lambda _: straight_road())
    return World(Scenario(RoadKind.RURAL, 0, length=1000.0, traffic=0.0))


def place(
    drive: World, x: float, y: float = LANE, heading: float = 0.0, speed: float | None = None
) -> None:
    drive._ego.place(Pose(x, y, heading))
    if speed is not None:
        drive._ego.speed = speed


def add_car(drive: World, x: float, speed: float, lane: int = 0) -> TrafficVehicle:
    car = TrafficVehicle(drive.plan, lane, x, SALOON, 1.0, 1)
    car.speed = speed
    drive._road.cars.append(car)
    return car


def add_person(
    drive: World, x: float, y: float, goal: float | None = None, mode: Mode = Mode.WAITING
) -> Pedestrians:
    """Return a pedestrian at (x, y); one with a goal, y of the other side, will cross."""
    person = PedestrianState(
        x, y, 1.0, 1.7, mode if goal is not None else Mode.STANDING, goal=goal or 0.0, trigger=3.0
    )
    drive._people = Pedestrians(drive.plan, [person], 100)
    if goal is not None:
        drive._people.crossers = [0]
    return drive._people


def add_parked(drive: World, x: float, left: float) -> None:
    """A parked car, 4 m long around x, 1.8 m wide from y = left on, that the ego must swing around
    by its overlap and a metre.
    """
    actor = Actor(50, Kind.SALOON, Pose(x, left + 0.9, 0.0), 0.0, *SALOON[1:], parked=True)
    shift = min(left - (LANE + 1.0) - 1.0, 0.0)
    drive._parked = [ParkedCar(OccupiedStretch(x - 2.0, x + 2.0, left, left + 1.8), shift, actor)]
    drive._parked_demands = drive._road._demands = parked_shift_requests(drive._parked)
    drive._changed(0.0)


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize(("aside", "expected"), [(0.99, None), (1.01, Cause.DEPARTURE)])
def test_the_metre_is_measured_from_the_middle_of_the_lane(
    empty: World, side: int, aside: float, expected: Cause | None
) -> None:
    # The lane's middle is y = 1.7 m; 1.01 m to its right the car's side is at 1.7 + 1.01 + 1 = 3.71
    # m, inside the edge at 3.9 m.
    place(empty, 200.0, LANE + side * aside)
    assert Referee(empty).judge(0.1) is expected


def test_the_surface_ends_under_the_corners(empty: World) -> None:
    # Turned by 0.3 rad the front right corner is 2.5 sin 0.3 + 1 cos 0.3 = 0.739 + 0.955 = 1.694 m
    # to the right of the centre.
    # The surface ends at 3.9 m: 3.9 - 1.694 = 2.206 m is the farthest y, only 0.506 m off the
    # middle.
    reach = 2.5 * math.sin(0.3) + math.cos(0.3)
    for y, expected in ((3.9 - reach - 0.01, None), (3.9 - reach + 0.01, Cause.OFF_ROAD)):
        place(empty, 200.0, y, 0.3)
        assert Referee(empty).judge(0.1) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0.31, None), (0.29, Cause.CONTACT)])
def test_a_gap_is_between_the_bodies(empty: World, gap: float, expected: Cause | None) -> None:
    # Bumpers: the ego's front at x + 2.5, the rear of the 4 m long car at its middle - 2: middles
    # are 4.5 m + gap apart.
    place(empty, 200.0)
    add_car(empty, 204.5 + gap, 15.0)
    assert Referee(empty).judge(0.1) is expected


def test_who_is_run_into_from_behind_is_not_to_blame_and_may_drive_away(empty: World) -> None:
    # The other's middle is 4.5 m + 0.2 m behind, so behind the rear bumper at 2.5 m, and faster: 16
    # against 15 m/s.
    place(empty, 200.0)
    car = add_car(empty, 195.3, 16.0)
    referee = Referee(empty)
    assert referee.judge(0.1) is None
    # Now it is the slower one, and the gap grows from 0.2 to 0.25 m: still its own doing.
    car.station = 195.25
    car.speed = 10.0
    car.place()
    assert referee.judge(0.1) is None
    # A new referee, without history, sees a slower car behind: the ego must have cut in.
    assert Referee(empty).judge(0.1) is Cause.CONTACT


def test_rolling_back_into_blame_by_closing_a_forgiven_gap(empty: World) -> None:
    # The ego has stood for a second when a pedestrian comes within 0.25 m of its bumper: 2.5 +
    # 0.175 + 0.25 m ahead.
    place(empty, 200.0, speed=0.0)
    people = add_person(
        empty, 202.5 + PEDESTRIAN_DEPTH / 2 + 0.25, LANE - 3.0, goal=-5.0, mode=Mode.CROSSING
    )
    referee = Referee(empty)
    assert [referee.judge(0.1) for _ in range(11)] == [None] * 11
    people.lateral_offset[0] = LANE
    assert empty.gaps()[1] == pytest.approx(0.25, abs=0.08)
    assert referee.judge(0.1) is None
    place(empty, 200.05, speed=0.5)
    assert referee.judge(0.1) is Cause.PERSON


def test_a_car_that_stops_at_the_last_moment_is_to_blame(empty: World) -> None:
    # It stands for 0.5 s only, half of what people need to see it.
    place(empty, 200.0, speed=0.0)
    add_person(empty, 202.5 + PEDESTRIAN_DEPTH / 2 + 0.2, LANE, goal=-5.0, mode=Mode.CROSSING)
    referee = Referee(empty)
    assert referee.judge(0.5) is Cause.PERSON


def test_people_wait_at_the_side_of_a_car_that_stands_across_their_way(empty: World) -> None:
    # From y = 5 m at 1 m/s; the ego's right side is at 2.7 m. They stop at an arm's length, 0.6 m,
    # and never touch it.
    place(empty, 200.0, speed=0.0)
    people = add_person(empty, 200.0, 5.0, goal=-5.0, mode=Mode.CROSSING)
    referee = Referee(empty)
    for _ in range(60):
        empty.step(Control(0.0, 0.0), 0.1)
        assert referee.judge(0.1) is not Cause.PERSON
    assert people.lateral_offset[0] == pytest.approx(2.7 + 0.6 + PEDESTRIAN_WIDTH / 2, abs=0.11)


@pytest.mark.parametrize(
    ("left", "asleep"), [(LANE + 1.0 + 0.49, True), (LANE + 1.0 + 0.51, False)]
)
def test_the_metre_rule_sleeps_beside_who_leaves_less_than_half_a_metre(
    empty: World, left: float, asleep: bool
) -> None:
    # The parked car's left side is 0.49 or 0.51 m beside the right side of an ego in the middle of
    # its lane, which is at 2.7 m.
    # It begins at x = 298 m, so the rule sleeps from x = 258 m to 342 m.
    add_parked(empty, 300.0, left)
    referee = Referee(empty)
    for x, inside in ((257.0, False), (259.0, True), (341.0, True), (343.0, False)):
        place(empty, x, LANE - 1.2)
        assert referee.judge(0.1) is (None if asleep and inside else Cause.DEPARTURE)


@pytest.mark.parametrize(("beside", "asleep"), [(0.79, True), (0.81, False)])
def test_beside_people_it_sleeps_already_at_four_fifths_of_a_metre(
    empty: World, beside: float, asleep: bool
) -> None:
    add_person(empty, 300.0, LANE + 1.0 + beside + PEDESTRIAN_WIDTH / 2)
    place(empty, 280.0, LANE - 1.2)
    assert Referee(empty).judge(0.1) is (None if asleep else Cause.DEPARTURE)


def test_somebody_who_crosses_is_braked_for_and_does_not_put_the_metre_rule_to_sleep(
    empty: World,
) -> None:
    add_person(empty, 300.0, LANE, goal=-5.0, mode=Mode.CROSSING)
    place(empty, 280.0, LANE - 1.2)
    assert Referee(empty).judge(0.1) is Cause.DEPARTURE


@pytest.mark.parametrize(("ahead", "stuck"), [(29.0, False), (31.0, True)])
def test_a_queue_is_a_reason_to_stand_for_thirty_metres(
    empty: World, ahead: float, stuck: bool
) -> None:
    # Middles 4.5 m + gap apart; 8 s are 80 ticks.
    place(empty, 200.0, speed=0.0)
    add_car(empty, 204.5 + ahead, 0.0)
    referee = Referee(empty)
    assert [referee.judge(0.1) for _ in range(80)].count(Cause.STUCK) == stuck


@pytest.mark.parametrize(("room", "stuck"), [(2.0, False), (-2.0, True)])
def test_somebody_at_the_kerb_is_a_reason_to_stand_where_they_have_room_to_cross(
    empty: World, room: float, stuck: bool
) -> None:
    # Pedestrians step out when 3.5 m and half their depth remain before the bumper.
    place(empty, 200.0, speed=0.0)
    add_person(empty, 202.5 + 3.5 + PEDESTRIAN_DEPTH + room, 5.0, goal=-5.0)
    referee = Referee(empty)
    assert [referee.judge(0.1) for _ in range(80)].count(Cause.STUCK) == stuck


def test_creeping_is_standing_and_a_stuck_car_is_handed_back_rolling(empty: World) -> None:
    # 0.9 m/s for 8 s is 7.2 m.
    place(empty, 200.0, speed=0.9)
    referee = Referee(empty)
    causes = []
    for _ in range(80):
        empty.step(Control(0.0, 0.0), 0.1)
        causes.append(referee.judge(0.1))
    assert causes == [None] * 79 + [Cause.STUCK]
    assert empty.ego_state().station == pytest.approx(207.2, abs=0.01)
    referee.intervene(Cause.STUCK)
    assert empty.ego_state().speed == ROLLING
    assert referee.judge(0.1) is None


def test_put_back_into_traffic_leaves_who_follows_room_to_brake(empty: World) -> None:
    # The ego left the road at 10 m/s; 20 m behind its middle comes a car at 20 m/s. Between the
    # bumpers it would need
    # 4 + (20² - 10²) / (2 * 3) = 54 m. Before it, 4 m between the bumpers will do: the ego goes
    # back to behind it.
    place(empty, 300.0, LANE + 2.0, speed=10.0)
    add_car(empty, 280.0, 20.0)
    Referee(empty).intervene(Cause.OFF_ROAD)
    assert empty.ego_state().station == pytest.approx(280.0 - 4.5 - 4.0, abs=0.51)
    assert empty.ego_state().speed <= 10.0


def test_who_follows_at_the_same_speed_needs_no_more_than_a_queue_does(empty: World) -> None:
    # 4.5 m + 4.5 m between the middles leaves 4.5 m between the bumpers.
    place(empty, 300.0, LANE + 1.1, speed=10.0)
    add_car(empty, 291.0, 10.0)
    Referee(empty).intervene(Cause.DEPARTURE)
    assert empty.ego_state().station == pytest.approx(300.0)
    assert empty.ego_state().offset == pytest.approx(0.0)
    assert empty.ego_state().speed == pytest.approx(10.0)


def test_put_back_before_a_parked_car_it_can_swing_out_and_a_second_failure_lets_it_past(
    empty: World,
) -> None:
    # 1.9 m of swing, ramps of 1.6 s * 15 m/s = 24 m. Its front bumper touches at 298 m: the ego's
    # middle is at 295.5 m. It needs
    # half a ramp before the demand, which begins 3.5 m before the car, and 2 m: 298 - 3.5 - 12 - 2
    # = 280.5 m.
    add_parked(empty, 300.0, LANE + 0.1)
    place(empty, 295.5, speed=10.0)
    referee = Referee(empty)
    assert referee.judge(0.1) is Cause.CONTACT
    referee.intervene(Cause.CONTACT)
    assert empty.ego_state().station == pytest.approx(280.5, abs=0.51)
    assert referee.judge(0.1) is None
    # Leaving the road there instead of hitting it is the same place again: on to behind it, 302 +
    # 3.5 + 12 = 317.5 m.
    place(empty, 290.0, LANE + 2.0)
    assert referee.judge(0.1) is Cause.OFF_ROAD
    referee.intervene(Cause.OFF_ROAD)
    assert empty.ego_state().station == pytest.approx(317.5, abs=0.51)
    assert referee.judge(0.1) is None


def test_a_person_comes_before_a_car_and_a_car_before_the_road(empty: World) -> None:
    place(empty, 200.0, LANE + 2.0)
    assert Referee(empty).judge(0.1) is Cause.OFF_ROAD
    car = add_car(empty, 204.6, 15.0)
    car.lateral_offset = LANE + 2.0
    car.place()
    assert Referee(empty).judge(0.1) is Cause.CONTACT
    add_person(empty, 200.0, LANE + 2.0)
    assert Referee(empty).judge(0.1) is Cause.PERSON


def test_the_words_in_the_documents_are_the_protocol() -> None:
    text = " ".join(
        (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8").split()
    )
    for title, paragraph in PROTOCOL:
        assert f"## {title} {paragraph}" in text
