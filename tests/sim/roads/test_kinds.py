"""Properties that the plans of all road kinds have in common."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, slip_angle
from sim.geometry.frenet import SPACING, Centreline, Floats
from sim.roads.curves import (
    COMFORT_LATERAL,
    path_curvature,
)
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from tests.sim.roads.road_plans import PLANS, every_kind, every_plan

TIGHTEST = {
    RoadKind.RURAL: 70.0,
    RoadKind.HIGHWAY: 350.0,
    RoadKind.TUNNEL: 200.0,
    RoadKind.RACETRACK: 25.0,
    RoadKind.MOUNTAIN: 11.0,
}


@every_kind
def test_the_same_scenario_gives_the_same_road(kind: RoadKind) -> None:
    first = plan_road(Scenario(kind, 7))
    again = plan_road(Scenario(kind, 7))
    np.testing.assert_array_equal(first.centreline.x, again.centreline.x)
    np.testing.assert_array_equal(first.speed, again.speed)
    nothing = Centreline(*[np.zeros(2)] * 4)
    assert replace(first, centreline=nothing, speed=0) == replace(
        again, centreline=nothing, speed=0
    )


@every_kind
def test_different_seeds_give_different_roads(kind: RoadKind) -> None:
    curves = [plan.centreline.curvature for plan in PLANS[kind]]
    assert all(not np.array_equal(curves[0], other) for other in curves[1:])


@every_plan
def test_curvature_is_continuous_and_drivable(plan: RoadPlan) -> None:
    curvature = plan.centreline.curvature
    # Clothoids are at least 20 m long, so over 0.5 m the curvature changes by at most 1/40 of its
    # whole range.
    assert np.abs(np.diff(curvature)).max() <= np.ptp(curvature) / 40 + 1e-9
    assert np.abs(curvature).max() <= 1 / TIGHTEST.get(plan.kind, 30.0) + 1e-9
    assert max(np.abs(path_curvature(curvature, lane.offset)).max() for lane in plan.lanes) <= 0.12


@every_plan
def test_a_road_never_crosses_itself(plan: RoadPlan) -> None:
    assert np.abs(plan.centreline.heading).max() < np.radians(85)
    assert (np.diff(plan.centreline.x) > 0).all()
    places = np.stack([plan.centreline.x, plan.centreline.y], axis=1)[::8]
    station = np.arange(len(places)) * 8 * SPACING
    distance = np.linalg.norm(places[:, None] - places, axis=2)
    assert distance[np.abs(station[:, None] - station) > 60.0].min() > 22.0


def corners_across(plan: RoadPlan) -> Floats:
    """Where the four corners of a car that follows the path without error are, at every other
    sample: d, (N, 4) [m].
    """
    line = plan.centreline
    spaces = []
    for i in range(0, line.x.size, 2):
        pose = line.pose_at(i * SPACING, plan.path_offset)
        heading = pose.heading - slip_angle(
            float(path_curvature(line.curvature[i : i + 1], plan.path_offset)[0])
        )
        forward = CAR_LENGTH / 2 * np.array([1, 1, -1, -1])
        right = CAR_WIDTH / 2 * np.array([1, -1, -1, 1])
        x = pose.x + forward * np.cos(heading) - right * np.sin(heading)
        y = pose.y + forward * np.sin(heading) + right * np.cos(heading)
        near = slice(max(i - 16, 0), i + 17)
        part = Centreline(line.x[near], line.y[near], line.heading[near], line.curvature[near])
        spaces.append([part.project(*corner)[1] for corner in zip(x, y, strict=True)])
    return np.array(spaces)


@every_plan
def test_a_car_on_the_path_stays_on_the_drivable_surface(plan: RoadPlan) -> None:
    across = corners_across(plan)
    assert plan.lanes[plan.path].direction == 1
    assert across.min() - plan.drivable[0] >= 0.25
    assert plan.drivable[1] - across.max() >= 0.25


@every_plan
def test_the_path_is_comfortable_at_the_comfortable_speed(plan: RoadPlan) -> None:
    lateral = plan.speed**2 * np.abs(path_curvature(plan.centreline.curvature, plan.path_offset))
    assert lateral.max() <= COMFORT_LATERAL + 1e-9
    assert plan.speed.max() <= plan.speed_limit
    assert plan.speed.min() >= 4.0


@every_kind
def test_lanes_drive_on_the_right(kind: RoadKind) -> None:
    for lane in PLANS[kind][0].lanes:
        assert np.sign(lane.offset) == lane.direction or kind is RoadKind.RACETRACK


@every_kind
def test_frenet_coordinates_in_every_lane_round_trip(kind: RoadKind) -> None:
    plan = PLANS[kind][0]
    for lane in plan.lanes:
        for station in (50.0, 300.0, 700.0):
            pose = plan.centreline.pose_at(station, lane.offset)
            found = plan.centreline.project(pose.x, pose.y)
            assert found == pytest.approx((station, lane.offset), abs=0.01)


@every_plan
def test_lanes_lie_side_by_side_on_the_carriageway(plan: RoadPlan) -> None:
    limits = sorted(
        (lane.offset - lane.width / 2, lane.offset + lane.width / 2) for lane in plan.lanes
    )
    assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(limits))
    if plan.kind is not RoadKind.HIGHWAY:  # whose carriageway is that of its own direction
        assert plan.carriageway[0] <= limits[0][0] + 1e-9
        assert plan.carriageway[1] >= limits[-1][1] - 1e-9


@every_plan
def test_no_barrier_stands_on_the_drivable_surface(plan: RoadPlan) -> None:
    for barrier in plan.barriers:
        assert not plan.drivable[0] < barrier.offset < plan.drivable[1]
        assert 0.0 <= barrier.start < barrier.finish
        assert 0.5 < barrier.height < 10.0
    for tube in plan.tunnels:
        assert tube.left < plan.drivable[0] - 0.5
        assert tube.right > plan.drivable[1] + 0.5
