"""Road plans: continuous, never meeting themselves, the same for the same scenario."""

import numpy as np
import pytest

from sim.geometry import SPACING
from sim.roads.kinds import COMFORT_BRAKING, COMFORT_LATERAL, comfortable_speed, plan_road
from sim.roads.network import lane_index, network
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario

PLANS = [
    plan_road(scenario) for scenario in [Scenario(kind, 3 * i) for i in range(10) for kind in (RoadKind.RURAL, RoadKind.HIGHWAY)]
]


def test_the_same_scenario_gives_the_same_road() -> None:
    scenario = Scenario(RoadKind.RURAL, 7)
    np.testing.assert_array_equal(plan_road(scenario).centreline.x, plan_road(scenario).centreline.x)


def test_different_seeds_give_different_roads() -> None:
    first, second = (plan_road(Scenario(RoadKind.RURAL, seed)) for seed in (0, 1))
    assert not np.array_equal(first.centreline.curvature, second.centreline.curvature)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.kind)
def test_curvature_is_continuous_and_within_what_a_car_can_drive(plan: RoadPlan) -> None:
    curvature = plan.centreline.curvature
    assert np.abs(np.diff(curvature)).max() < 0.0005  # over half a metre: a clothoid, not a corner
    assert np.abs(curvature).max() <= 1 / 70 + 1e-9


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.kind)
def test_a_road_heads_forward_and_so_never_meets_itself(plan: RoadPlan) -> None:
    assert np.abs(plan.centreline.heading).max() < np.radians(85)
    assert (np.diff(plan.centreline.x) > 0).all()


def test_roads_bend_both_ways_equally_often() -> None:
    curvature = np.concatenate([plan_road(s).centreline.curvature for s in [Scenario(RoadKind.RURAL, 3 * i) for i in range(60)]])
    assert abs((curvature > 0.001).mean() - (curvature < -0.001).mean()) < 0.06


def test_comfortable_speed_keeps_lateral_acceleration_and_braking_within_bounds() -> None:
    curvature = np.concatenate([np.zeros(800), np.full(200, 1 / 50), np.zeros(400)])
    speed = comfortable_speed(curvature, 30.0)
    assert (speed**2 * curvature).max() <= COMFORT_LATERAL + 1e-9
    assert (-np.diff(speed**2) / (2 * SPACING)).max() <= COMFORT_BRAKING + 1e-9
    assert speed[0] == 30.0


@pytest.mark.parametrize("plan", PLANS[:2], ids=lambda plan: plan.kind)
def test_lanes_drive_on_the_right_and_their_local_coordinates_round_trip(plan: RoadPlan) -> None:
    net = network(plan)
    for number, lane in enumerate(plan.lanes):
        assert np.sign(lane.offset) == lane.direction
        built = net.get_lane(lane_index(plan, number))
        assert built.offset == lane.offset
        for along in (50.0, 300.0, 700.0):
            assert built.local_coordinates(built.position(along, 0.5)) == pytest.approx((along, 0.5), abs=0.01)


@pytest.mark.parametrize("plan", PLANS[:2], ids=lambda plan: plan.kind)
def test_every_lane_heads_where_its_longitudinal_coordinate_grows(plan: RoadPlan) -> None:
    for lane in network(plan).lanes_list():
        moved = lane.position(301.0, 0.0) - lane.position(300.0, 0.0)
        heading = lane.heading_at(300.5)
        assert moved @ [np.cos(heading), np.sin(heading)] > 0.9


def test_the_path_lies_on_the_drivable_surface_of_its_own_direction() -> None:
    for plan in PLANS:
        lane = plan.lanes[plan.path]
        assert lane.direction == 1
        assert plan.drivable[0] <= lane.offset - lane.width / 2
        assert lane.offset + lane.width / 2 <= plan.drivable[1]
