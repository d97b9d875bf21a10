"""Road plans: continuous, drivable, never meeting themselves, the same for the same scenario; and
what lies along each kind.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, slip_angle
from sim.geometry.frenet import SPACING, Centreline, Floats
from sim.roads.curves import BEFORE_START, LEAD_IN, path_curvature
from sim.roads.furniture import bends, free_stretches, stretches
from sim.roads.kinds import COMFORT_BRAKING, COMFORT_LATERAL, comfortable_speed, plan_road
from sim.roads.plan import Material, RoadPlan, Wall
from sim.scenario import RoadKind, Scenario

SEEDS = (0, 3, 6, 9)
PLANS = {kind: [plan_road(Scenario(kind, seed)) for seed in SEEDS] for kind in RoadKind}
EVERY_PLAN = [plan for plans in PLANS.values() for plan in plans]
TIGHTEST = {
    RoadKind.RURAL: 70.0,
    RoadKind.HIGHWAY: 350.0,
    RoadKind.TUNNEL: 200.0,
    RoadKind.RACETRACK: 25.0,
    RoadKind.MOUNTAIN: 11.0,
}
every_plan = pytest.mark.parametrize("plan", EVERY_PLAN, ids=lambda plan: plan.kind)
every_kind = pytest.mark.parametrize("kind", RoadKind)


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
def test_curvature_is_continuous_and_within_what_a_car_can_drive(plan: RoadPlan) -> None:
    curvature = plan.centreline.curvature
    # Clothoids are at least 20 m long, so over 0.5 m the curvature changes by at most 1/40 of its
    # whole range.
    assert np.abs(np.diff(curvature)).max() <= np.ptp(curvature) / 40 + 1e-9
    assert np.abs(curvature).max() <= 1 / TIGHTEST.get(plan.kind, 30.0) + 1e-9
    assert max(np.abs(path_curvature(curvature, lane.offset)).max() for lane in plan.lanes) <= 0.12


@every_plan
def test_a_road_heads_forward_and_so_never_meets_itself(plan: RoadPlan) -> None:
    assert np.abs(plan.centreline.heading).max() < np.radians(85)
    assert (np.diff(plan.centreline.x) > 0).all()
    places = np.stack([plan.centreline.x, plan.centreline.y], axis=1)[::8]
    station = np.arange(len(places)) * 8 * SPACING
    distance = np.linalg.norm(places[:, None] - places, axis=2)
    assert distance[np.abs(station[:, None] - station) > 60.0].min() > 22.0


def test_roads_bend_both_ways_equally_often() -> None:
    curvature = np.concatenate(
        [
            plan_road(s).centreline.curvature
            for s in [Scenario(RoadKind.RURAL, 3 * i) for i in range(60)]
        ]
    )
    assert abs((curvature > 0.001).mean() - (curvature < -0.001).mean()) < 0.06


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
def test_a_car_on_the_path_keeps_its_corners_on_the_drivable_surface(plan: RoadPlan) -> None:
    across = corners_across(plan)
    assert plan.lanes[plan.path].direction == 1
    assert across.min() - plan.drivable[0] >= 0.25
    assert plan.drivable[1] - across.max() >= 0.25


def test_comfortable_speed_keeps_lateral_acceleration_and_braking_within_bounds() -> None:
    curvature = np.concatenate([np.zeros(800), np.full(200, 1 / 50), np.zeros(400)])
    speed = comfortable_speed(curvature, 30.0)
    assert (speed**2 * curvature).max() <= COMFORT_LATERAL + 1e-9
    assert (-np.diff(speed**2) / (2 * SPACING)).max() <= COMFORT_BRAKING + 1e-9
    assert speed[0] == 30.0


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
def test_nothing_upright_stands_where_a_car_may_drive(plan: RoadPlan) -> None:
    for barrier in plan.barriers:
        assert not plan.drivable[0] < barrier.offset < plan.drivable[1]
        assert 0.0 <= barrier.start < barrier.finish
        assert 0.5 < barrier.height < 10.0
    for tube in plan.tunnels:
        assert tube.left < plan.drivable[0] - 0.5
        assert tube.right > plan.drivable[1] + 0.5


@pytest.mark.parametrize("plan", PLANS[RoadKind.RESIDENTIAL], ids=SEEDS)
def test_zebras_lie_before_the_finish_and_clear_of_streets(plan: RoadPlan) -> None:
    assert plan.zebras
    assert plan.streets
    stations = [zebra.station for zebra in plan.zebras]
    assert min(stations) > LEAD_IN
    assert max(stations) + plan.zebras[0].length <= plan.finish
    assert np.diff(stations).min() >= 80.0
    for zebra in plan.zebras:
        for street in plan.streets:
            assert (
                abs(zebra.station + zebra.length / 2 - street.station)
                > (zebra.length + street.width) / 2 + 1.0
            )


@pytest.mark.parametrize("plan", PLANS[RoadKind.RESIDENTIAL], ids=SEEDS)
def test_parked_cars_and_gardens_leave_streets_and_zebras_free(plan: RoadPlan) -> None:
    mouths = [
        (street.station - street.width / 2, street.station + street.width / 2, side)
        for street in plan.streets
        for side in ((-1, 1) if street.side == 0 else (street.side,))
    ]
    crossings = [
        (zebra.station, zebra.station + zebra.length, side)
        for zebra in plan.zebras
        for side in (-1, 1)
    ]
    for parking in plan.parking:
        assert np.sign(parking.offset) == parking.direction
        for start, finish, side in mouths + crossings:
            assert (
                side != parking.direction
                or finish + 4.9 < parking.start
                or parking.finish < start - 4.9
            )
    for garden in plan.barriers:
        walk = plan.walks[garden.offset > 0]
        assert abs(garden.offset) > abs(walk) + 0.7
        for start, finish, side in mouths:
            assert side != np.sign(garden.offset) or finish < garden.start or garden.finish < start


def test_drives_begin_anywhere_along_a_road_so_that_short_ones_meet_hairpins_too() -> None:
    plans = [plan_road(Scenario(RoadKind.MOUNTAIN, seed, length=100.0)) for seed in range(40)]
    starts = [plan.start - LEAD_IN for plan in plans]
    assert 0 <= min(starts) < 50
    assert BEFORE_START - 50 < max(starts) <= BEFORE_START
    assert all(plan.finish - plan.start == pytest.approx(100.0) for plan in plans)
    driven = [slice(int(plan.start / SPACING), int(plan.finish / SPACING)) for plan in plans]
    tightest = [
        np.abs(plan.centreline.curvature[part]).max()
        for plan, part in zip(plans, driven, strict=True)
    ]
    assert np.mean(np.array(tightest) > 1 / 20) > 0.1


@pytest.mark.parametrize("length", [60.0, 300.0, 1500.0, 4000.0])
def test_tunnels_leave_the_beginning_and_the_air_between_them_open(length: float) -> None:
    for seed in range(12):
        plan = plan_road(Scenario(RoadKind.TUNNEL, seed, length=length))
        assert plan.tunnels[0].start >= LEAD_IN + 80.0 - 1e-9
        gaps = [after.start - before.finish for before, after in pairwise(plan.tunnels)]
        assert min(gaps, default=50.0) >= 50.0 - 1e-9
        if length >= 300.0:
            covered = sum(tube.finish - tube.start for tube in plan.tunnels)
            assert 0.35 <= covered / (plan.finish - LEAD_IN) <= 0.60
            assert plan.tunnels[-1].finish <= plan.finish


def test_a_racetrack_is_driven_in_one_direction_and_its_kerbs_lie_in_the_bends() -> None:
    for plan in PLANS[RoadKind.RACETRACK]:
        assert {lane.direction for lane in plan.lanes} == {1}
        kerbs = [marking for marking in plan.markings if marking.red]
        assert kerbs
        for kerb in kerbs:
            assert abs(kerb.offset) > plan.carriageway[1]
            curvature = plan.centreline.curvature[
                int(max(kerb.start, 0) / SPACING) : int(kerb.finish / SPACING) + 1
            ]
            assert not curvature.size or np.abs(curvature).max() > 1 / 300


def test_rock_rises_on_one_side_of_the_slope_and_rails_guard_the_other() -> None:
    for plan in PLANS[RoadKind.MOUNTAIN]:
        rising = []  # whether the rock lies towards +x of the road
        for rock in (barrier for barrier in plan.barriers if barrier.kind is Wall.ROCK):
            heading = plan.centreline.heading_at((rock.start + rock.finish) / 2)
            rising.append(-np.sin(heading) * rock.offset > 0)
        assert rising
        assert len(set(rising)) == 1


def test_an_unmarked_road_has_no_paint_and_an_unpaved_one_no_asphalt() -> None:
    for plan in PLANS[RoadKind.RURAL_UNMARKED] + PLANS[RoadKind.UNPAVED]:
        assert plan.markings == ()
    for plan in PLANS[RoadKind.UNPAVED]:
        assert not {band.material for band in plan.bands} & {
            Material.ASPHALT,
            Material.PAVING,
            Material.CONCRETE,
        }


def test_bends_and_stretches_are_found_where_they_are() -> None:
    mask = np.zeros(100, bool)
    mask[20:41] = mask[60:63] = True
    assert stretches(mask, least=5.0) == [(10.0, 20.0)]
    assert bends(np.where(mask, -0.02, 0.0), 100.0, 5.0, margin=1.0) == [(9.0, 21.0, -1)]
    assert free_stretches(50.0, [(30.0, 35.0), (10.0, 20.0), (15.0, 26.0)], 5.0) == [
        (0.0, 10.0),
        (35.0, 50.0),
    ]
