"""Gaps between rectangles, traffic that keeps its lane and its distance, parked cars that leave
room.
"""

import math

import numpy as np
import pytest
from highway_env.vehicle.behavior import IDMVehicle
from highway_env.vehicle.kinematics import Vehicle

from sim.actors.free_stations import FreeStations
from sim.actors.obstacle_shift import ShiftRequests, Zone, obstacle_shift, ramp_length
from sim.actors.parked import parked_cars, parked_shift_requests
from sim.actors.pedestrians import Pedestrians
from sim.actors.traffic import RoadTraffic, place_traffic
from sim.actors.traffic_vehicle import EgoVehicle, TrafficVehicle, idm_acceleration
from sim.actors.vehicle_kinds import VEHICLE_SIZES, draw_dimensions, keeping_right, traffic_kinds
from sim.geometry.polygons import rectangle_gap
from sim.roads.kinds import plan_road
from sim.roads.plan import Parking, RoadPlan, Street, Zebra
from sim.scenario import RoadKind, Scenario
from sim.types import Kind, Pose, rectangle_corners
from tests.sim.straight_road import WIDTH, straight_road

NOTHING = ShiftRequests(np.empty(0), np.empty(0), np.empty(0))


def car_at(x: float, y: float, heading: float = 0.0) -> np.ndarray:
    return rectangle_corners(Pose(x, y, heading), 4.0, 2.0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("other", "gap"),
    [
        (car_at(7.0, 0.0), 3.0),
        (car_at(0.0, -2.5), 0.5),
        (car_at(7.0, 6.0), 5.0),  # corner to corner: 3 and 4
        (car_at(3.0, 0.0), 0.0),
        (car_at(0.0, 0.0, 0.3), 0.0),
        (car_at(2.0 + math.hypot(2, 1), 0.0, math.atan2(1, 2)), 0.0),  # a corner just touches
    ],
)
def test_the_gap_between_two_cars_is_the_distance_of_their_nearest_points(
    other: np.ndarray, gap: float
) -> None:
    assert rectangle_gap(car_at(0, 0), other) == pytest.approx(gap, abs=1e-9)
    assert rectangle_gap(other, car_at(0, 0)) == pytest.approx(gap, abs=1e-9)


def test_corners_turn_clockwise_with_the_heading() -> None:
    front_right = rectangle_corners(Pose(0, 0, math.pi / 2), 4.0, 2.0)[0]
    np.testing.assert_allclose(front_right, [-1.0, 2.0], atol=1e-12)


@pytest.mark.parametrize(
    ("speed", "gap", "lead_speed"),
    [(10.0, 20.0, 8.0), (15.0, 60.0, 15.0), (20.0, 40.0, 0.0), (3.0, 6.0, 4.0)],
)
def test_traffic_accelerates_as_highwayenvs_idm_does(
    speed: float, gap: float, lead_speed: float
) -> None:
    class OnALine(IDMVehicle):
        def lane_distance_to(self, other: Vehicle, lane: object = None) -> float:  # noqa: ARG002
            return float(other.position[0] - self.position[0])

    model = OnALine(
        None, (0.0, 0.0), 0.0, speed, target_lane_index=("a", "b", 0), target_speed=18.0
    )
    lead = OnALine(
        None,
        (gap + Vehicle.LENGTH, 0.0),
        0.0,
        lead_speed,
        target_lane_index=("a", "b", 0),
        target_speed=18.0,
    )
    reference = np.clip(model.acceleration(model, lead), -IDMVehicle.ACC_MAX, IDMVehicle.ACC_MAX)
    assert idm_acceleration(speed, 18.0, gap, lead_speed) == pytest.approx(float(reference))
    assert idm_acceleration(speed, 18.0) == pytest.approx(float(model.acceleration(model)))


def test_an_environment_that_changes_highwayenvs_idm_does_not_change_our_traffic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = idm_acceleration(10.0, 18.0, 20.0, 5.0)
    monkeypatch.setattr(
        IDMVehicle, "DISTANCE_WANTED", 7.0
    )  # as HighwayEnv's intersections do, for the whole process
    monkeypatch.setattr(IDMVehicle, "COMFORT_ACC_MAX", 6.0)
    assert idm_acceleration(10.0, 18.0, 20.0, 5.0) == before


@pytest.mark.parametrize("kind", list(RoadKind))
def test_traffic_starts_apart_in_its_lanes_and_away_from_the_ego(kind: RoadKind) -> None:
    plan = plan_road(Scenario(kind, 4, length=5000.0))
    cars = place_traffic(plan, 12.0, rng())
    assert len(cars) > 25
    for car in cars:
        lane = plan.lanes[car.lane_number]
        assert abs(car.lateral_offset - lane.offset) <= max((lane.width - car.WIDTH) / 2, 0.0)
        assert plan.centreline.project(*car.position) == pytest.approx(
            (car.station, car.lateral_offset), abs=0.02
        )
        assert car.lane_number != plan.path or abs(car.station - plan.start) > 50
        others = [o for o in cars if o is not car and o.lane_number == car.lane_number]
        assert min(abs(car.station - o.station) for o in others) > 29.9


def test_no_traffic_means_no_cars() -> None:
    assert place_traffic(straight_road(), 0.0, rng()) == []


def test_a_leader_is_slow_and_a_little_ahead_in_the_egos_lane() -> None:
    for seed in range(10):
        plan = straight_road()
        (leader,) = place_traffic(plan, 0.0, rng(seed), leader=True)
        assert leader.lane_number == plan.path
        assert 30 <= leader.station - plan.start <= 60
        assert 0.55 <= leader.desired_speed / 15.0 <= 0.75


def test_cars_come_in_all_shapes_and_sizes_but_long_ones_keep_off_hairpins_and_narrow_lanes() -> (
    None
):
    shapes = [
        draw_dimensions(rng(seed), traffic_kinds(RoadKind.RURAL, 3.5, 1 / 100))
        for seed in range(200)
    ]
    assert {shape.kind for shape in shapes} == set(VEHICLE_SIZES)
    for shape in shapes:
        limits = VEHICLE_SIZES[shape.kind]
        assert all(
            low <= size <= high for size, (low, high) in zip(shape[1:4], limits, strict=True)
        )
    assert not {Kind.TRUCK, Kind.BUS} & set(traffic_kinds(RoadKind.MOUNTAIN, 3.5, 1 / 12))
    assert not {Kind.TRUCK, Kind.BUS} & set(traffic_kinds(RoadKind.RURAL, 2.6, 1 / 100))
    assert not {Kind.TRUCK, Kind.BUS} & set(traffic_kinds(RoadKind.RURAL, 3.2, 1 / 20))


@pytest.mark.parametrize("radius", [11.0, 18.0])
def test_traffic_keeps_its_lane_in_hairpins(radius: float) -> None:
    plan = straight_road(length=100.0, curvature=1 / radius, speed=5.0)
    for lane in (0, 1):
        shape = draw_dimensions(rng(), (Kind.SALOON,))
        car = TrafficVehicle(plan, lane, 50.0, shape, 1.0, 1)
        for _ in range(100):
            car.move(0.05)
        car.place()
        aside = keeping_right(1 / radius, WIDTH, shape.width)
        assert car.lateral_offset == pytest.approx(
            plan.lanes[lane].offset + car.travel_direction * aside
        )
        assert plan.centreline.project(*car.position)[1] == pytest.approx(
            car.lateral_offset, abs=0.02
        )
        # On its own, tighter or wider arc it goes as far as its speed says.
        assert abs(car.station - 50.0) * (1 - car.lateral_offset / radius) == pytest.approx(
            25.0, rel=1e-3
        )


def road_with(
    plan: RoadPlan, cars: list[TrafficVehicle], zones: tuple[Zone, ...] = ()
) -> RoadTraffic:
    return RoadTraffic(plan, EgoVehicle(plan, plan.start), cars, NOTHING, 20.0, zones)


def test_a_car_stops_behind_a_standing_ego() -> None:
    plan = straight_road()
    car = TrafficVehicle(plan, 0, 5.0, draw_dimensions(rng(), (Kind.SALOON,)), 1.0, 1)
    road = road_with(plan, [car])
    nobody = Pedestrians(plan, [], 2)
    road.ego.speed = 0.0
    for _ in range(400):
        road.act(nobody)
        road.move(0.05)
    gap = road.ego.station - car.station - (car.LENGTH + road.ego.LENGTH) / 2
    assert car.speed == pytest.approx(0.0, abs=0.2)
    assert 2.0 < gap < 8.0


def test_who_must_swing_out_waits_for_oncoming_cars_and_they_wait_for_who_is_already_there() -> (
    None
):
    plan = straight_road()
    zone = Zone(100.0, 140.0)
    oncoming = TrafficVehicle(plan, 1, 170.0, draw_dimensions(rng(), (Kind.SALOON,)), 1.0, 1)
    road = road_with(plan, [oncoming], (zone,))
    road.ego.speed = 8.0
    assert road.held_at(road.ego) == pytest.approx(100.0 - 4.0 - 62.5)
    oncoming.station = 90.0  # it is through
    assert road.held_at(road.ego) is None
    oncoming.station = 170.0
    road.ego.station = 120.0
    nobody = Pedestrians(plan, [], 2)
    for _ in range(400):
        road.act(nobody)
        road.move(0.05)
    assert oncoming.front() > zone.finish
    assert oncoming.speed < 0.5


def test_parked_cars_leave_the_road_passable() -> None:
    for seed in range(8):
        plan = straight_road(length=1600.0)
        sites = FreeStations()
        cars = parked_cars(plan, 20.0, rng(seed), sites)
        assert len(cars) > 15
        demands = parked_shift_requests(cars)
        ramp = ramp_length(plan)
        for car in cars:
            place = car.place
            assert place.start >= plan.start + 60
            displaced = (
                plan.path_offset
                + obstacle_shift((place.start + place.finish) / 2, demands, ramp).displacement
            )
            gap = max(place.left - displaced, displaced - place.right) - 1.0
            assert gap >= 0.59
            assert displaced - 1.0 >= plan.drivable[0] + 0.4
            if place.right < 0:  # oncoming cars do not swing out
                assert place.right <= -WIDTH / 2 - 1.25
        assert any(car.place.left < WIDTH - 0.2 for car in cars)
        for i, car in enumerate(cars):
            assert not any(car.place.near(other.place, 1.0, 0.1) for other in cars[:i])


def test_nobody_parks_at_zebras_and_street_mouths() -> None:
    plan = straight_road(
        length=700.0,
        zebras=(Zebra(200.0), Zebra(400.0)),
        streets=(Street(300.0, 6.0, 1),),
        parking=(Parking(4.4, 1, 0.0, 700.0), Parking(-4.6, -1, 0.0, 700.0)),
    )
    cars = parked_cars(plan, 60.0, rng(), FreeStations())
    assert len(cars) > 20
    for car in cars:
        for zebra in plan.zebras:
            assert (
                car.place.finish <= zebra.station - 10
                or car.place.start >= zebra.station + zebra.length + 10
            )
        if car.place.left > 0:
            assert car.place.finish <= 300 - 8 or car.place.start >= 300 + 8


def test_a_density_that_cannot_be_placed_at_all_is_refused() -> None:
    bends = straight_road(length=800.0, curvature=1 / 30)
    with pytest.raises(
        ValueError, match=r"parked is 20.0 per km; on this road there is room for none"
    ):
        parked_cars(bends, 20.0, rng(), FreeStations())
