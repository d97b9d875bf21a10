"""The intervention rules on drives along whole roads."""

import pytest

from sim.referee import MAX_OFFSET, Referee
from sim.scenario import RoadKind, Scenario
from sim.types import Cause, Control
from sim.world import World
from tests.sim.steering_along import steer


def world(traffic: float = 0.0, length: float = 1000.0, kind: RoadKind = RoadKind.RURAL) -> World:
    return World(Scenario(kind, 0, length=length, traffic=traffic))


def drive_until_intervention(world: World, control: Control, ticks: int = 600) -> Cause | None:
    referee = Referee(world)
    for _ in range(ticks):
        world.step(control, 0.1)
        if cause := referee.judge(0.1):
            return cause
    return None


def test_a_car_on_its_path_needs_no_intervention() -> None:
    assert Referee(world()).judge(0.1) is None


@pytest.mark.parametrize("curvature", [-0.01, 0.01])
def test_more_than_a_metre_off_the_path_is_a_lane_departure(curvature: float) -> None:
    drive = world(kind=RoadKind.HIGHWAY)
    assert drive_until_intervention(drive, Control(curvature)) is Cause.DEPARTURE
    assert abs(drive.ego_state().offset) > MAX_OFFSET


def test_a_corner_over_the_edge_of_the_surface_is_off_road_before_the_centre_is_a_metre_off() -> (
    None
):
    drive = world()
    drive._ego.place(drive.plan.centreline.pose_at(100.0, drive.plan.path_offset + 0.9))
    drive._ego.heading += 0.4
    drive._ego.on_state_update()
    assert abs(drive.ego_state().offset) < MAX_OFFSET
    assert Referee(drive).judge(0.1) is Cause.OFF_ROAD


def test_driving_into_the_car_ahead_is_a_contact_and_the_car_is_put_back_clear_of_it() -> None:
    drive = world(traffic=20.0, length=3000.0)
    referee = Referee(drive)
    cause = None
    while cause is None:
        drive.step(Control(steer(drive), 3.0), 0.1)
        cause = referee.judge(0.1)
    assert cause is Cause.CONTACT
    referee.intervene(cause)
    assert referee.judge(0.1) is None


def test_standing_still_on_a_clear_road_for_eight_seconds_is_stuck_and_counts_once() -> None:
    drive = world()
    referee = None
    while drive.ego_state().speed > 0:
        drive.step(Control(drive.ego_state().curvature, -8.0), 0.1)
    drive.put_back()
    referee = Referee(drive)
    causes = [referee.judge(0.1) for _ in range(100)]
    assert causes.index(Cause.STUCK) == pytest.approx(79, abs=1)
    assert causes.count(Cause.STUCK) == 1


def crowded(seed: int, **more: float) -> World:
    return World(Scenario(RoadKind.RURAL, seed, length=1000.0, traffic=0.0, **more))


def first_cause(drive: World, acceleration: float | None = None) -> Cause | None:
    """What happens first to a car that keeps to the middle of its lane."""
    referee = Referee(drive)
    while not drive.finished:
        drive.step(
            Control(steer(drive), drive.shared_pedals() if acceleration is None else acceleration),
            0.1,
        )
        if cause := referee.judge(0.1):
            return cause
    return None


def test_keeping_to_the_lane_beside_cars_that_reach_into_it_ends_in_a_contact() -> None:
    assert first_cause(crowded(1, parked=12.0)) is Cause.CONTACT


def test_who_never_brakes_hits_somebody_who_crosses_and_is_put_back_clear_of_them() -> None:
    causes = []
    for seed in range(6):
        drive = crowded(seed, crossing=15.0)
        cause = first_cause(drive, acceleration=0.0)
        causes.append(cause)
        if cause is Cause.PERSON:
            Referee(drive).intervene(cause)
            assert drive.gaps()[1] >= 8.0
    assert Cause.PERSON in causes


def test_the_metre_rule_sleeps_beside_an_obstacle_and_the_edge_of_the_road_does_not() -> None:
    drive = crowded(1, parked=6.0)
    referee = Referee(drive)
    blocking = next(
        car.place for car in sorted(drive._parked, key=lambda c: c.place.start) if car.shift < -1.1
    )
    station = blocking.start - 20.0
    for aside, expected in ((-1.2, None), (-5.0, Cause.OFF_ROAD)):
        drive._ego.place(drive.plan.centreline.pose_at(station, drive.plan.path_offset + aside))
        assert referee.judge(0.1) is expected
    drive._ego.place(drive.plan.centreline.pose_at(drive.plan.start, drive.plan.path_offset - 1.2))
    assert referee.judge(0.1) is Cause.DEPARTURE


def test_hitting_the_same_thing_again_lets_the_car_go_on_behind_it() -> None:
    drive = crowded(1, parked=12.0)
    referee = Referee(drive)
    stations = []
    while not drive.finished and len(stations) < 2:
        drive.step(Control(steer(drive), drive.shared_pedals()), 0.1)
        if cause := referee.judge(0.1):
            stations.append(drive.ego_state().station)
            referee.intervene(cause)
    assert abs(stations[1] - stations[0]) < 30.0
    assert drive.ego_state().station > stations[1]
