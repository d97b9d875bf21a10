"""The intervention rules, each by a case worked by hand."""

import pytest

from sim.referee import MAX_OFFSET, Referee
from sim.scenario import RoadKind, Scenario
from sim.types import Cause, Control
from sim.world import World


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


def test_a_corner_over_the_edge_of_the_surface_is_off_road_before_the_centre_is_a_metre_off() -> None:
    drive = world()
    drive._ego.place(drive.plan.centreline.pose_at(100.0, drive.plan.path_offset + 0.9))
    drive._ego.heading += 0.4
    drive._ego.on_state_update()
    assert abs(drive.ego_state().offset) < MAX_OFFSET
    assert Referee(drive).judge(0.1) is Cause.OFF_ROAD


def test_driving_into_the_car_ahead_is_a_contact_and_the_car_is_put_back_clear_of_it() -> None:
    drive = world(traffic=20.0, length=3000.0)
    referee, cause = Referee(drive), None
    while cause is None:
        drive.step(Control(drive.path_curvature_at(drive.ego_state().station), 3.0), 0.1)
        drive.put_back()
        cause = referee.judge(0.1)
    assert cause is Cause.CONTACT
    referee.intervene(cause)
    assert referee.judge(0.1) is None


def test_standing_still_on_a_clear_road_for_eight_seconds_is_stuck_and_counts_once() -> None:
    drive, referee = world(), None
    while drive.ego_state().speed > 0:
        drive.step(Control(drive.ego_state().curvature, -8.0), 0.1)
    drive.put_back()
    referee = Referee(drive)
    causes = [referee.judge(0.1) for _ in range(100)]
    assert causes.index(Cause.STUCK) == pytest.approx(79, abs=1)
    assert causes.count(Cause.STUCK) == 1
