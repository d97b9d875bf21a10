"""The world: physics by closed forms, traffic that behaves, and being put back."""

import math

import numpy as np
import pytest

from sim.actors.pedestrians import Mode
from sim.control.bicycle import CAR_LENGTH, MAX_CURVATURE, MAX_CURVATURE_RATE, slip_angle
from sim.scenario import RoadKind, Scenario
from sim.types import Control
from sim.world import World
from tests.sim.steering_along import steer


def quiet(kind: RoadKind = RoadKind.HIGHWAY, seed: int = 0) -> World:
    return World(Scenario(kind, seed, length=400.0, traffic=0.0))


def test_the_ego_starts_on_its_path_at_a_comfortable_speed() -> None:
    for scenario in [
        Scenario(kind, 3 * i) for i in range(3) for kind in (RoadKind.RURAL, RoadKind.HIGHWAY)
    ]:
        ego = World(scenario).ego_state()
        assert ego.offset == pytest.approx(0, abs=0.01)
        assert ego.heading_error + slip_angle(ego.path_curvature) == pytest.approx(0, abs=1e-3)
        assert 5 < ego.speed <= 30


def test_a_car_at_constant_speed_covers_speed_times_time() -> None:
    world = quiet()
    before = world.ego_state()
    for _ in range(10):
        world.step(Control(0.0, 0.0), 0.2)
    after = world.ego_state()
    distance = math.hypot(after.pose.x - before.pose.x, after.pose.y - before.pose.y)
    assert after.speed == before.speed
    assert distance == pytest.approx(2 * before.speed, rel=1e-3)


def test_steering_right_moves_the_car_to_the_right_of_its_path() -> None:
    right = quiet()
    left = quiet()
    for _ in range(5):
        right.step(Control(0.01), 0.1)
        left.step(Control(-0.01), 0.1)
    assert left.ego_state().offset < 0 < right.ego_state().offset


def test_the_wheels_turn_no_faster_and_no_further_than_they_can() -> None:
    world = quiet()
    start = world.ego_state().curvature
    world.step(Control(1.0), 0.1)
    assert world.ego_state().curvature == pytest.approx(start + MAX_CURVATURE_RATE * 0.1)
    for _ in range(20):
        world.step(Control(1.0), 0.1)
    assert world.ego_state().curvature == MAX_CURVATURE


def test_brakes_stop_the_car_and_never_reverse_it() -> None:
    world = quiet()
    for _ in range(100):
        world.step(Control(0.0, -8.0), 0.1)
    assert world.ego_state().speed == pytest.approx(0.0, abs=1e-9)


def test_the_shared_pedals_take_bends_at_a_comfortable_speed_and_keep_clear_of_the_car_ahead() -> (
    None
):
    for scenario in [
        Scenario(kind, 3 * i) for i in range(2) for kind in (RoadKind.RURAL, RoadKind.HIGHWAY)
    ]:
        world = World(scenario)
        closest = math.inf
        lateral = []
        while not world.finished:
            world.step(Control(steer(world), world.shared_pedals()), 0.1)
            ego = world.ego_state()
            lead = world.lead()
            closest = min(closest, lead[0] if lead else math.inf)
            lateral.append(abs(ego.curvature) * ego.speed**2)
        assert closest > 4.0
        assert max(lateral) < 3.0


def test_putting_back_restores_position_and_direction_and_keeps_the_place_along_the_road() -> None:
    world = quiet(RoadKind.RURAL)
    for _ in range(12):
        world.step(Control(0.05), 0.1)
    before = world.ego_state()
    assert abs(before.offset) > 1
    world.put_back()
    after = world.ego_state()
    assert after.offset == pytest.approx(0, abs=0.01)
    assert after.heading_error + slip_angle(after.path_curvature) == pytest.approx(0, abs=1e-3)
    assert after.station == pytest.approx(before.station, abs=0.05)


def test_putting_back_with_a_clearance_leaves_that_much_room_to_every_car() -> None:
    world = World(Scenario(RoadKind.RURAL, 0, length=3000.0, traffic=20.0))
    while world.lead() is None or world.lead()[0] > 0.5:
        world.step(Control(steer(world), 3.0), 0.1)
    world.put_back(clearance=8.0)
    assert min(world.gaps()) >= 8.0


def test_a_finer_clock_gives_nearly_the_same_drive() -> None:
    places = []
    for ticks in (10, 30):
        world = quiet(RoadKind.RURAL)
        for _ in range(3 * ticks):
            world.step(Control(0.01, 0.5), 1 / ticks)
        places.append(world.ego_state().pose)
    assert math.hypot(places[0].x - places[1].x, places[0].y - places[1].y) < 0.25


def test_the_same_scenario_and_commands_give_the_same_traffic() -> None:
    def drive() -> list[float]:
        world = World(Scenario(RoadKind.HIGHWAY, 5, traffic=12.0))
        for _ in range(50):
            world.step(Control(0.0005, world.shared_pedals()), 0.1)
        return [
            value for actor in world.actors() for value in (actor.pose.x, actor.pose.y, actor.speed)
        ]

    first = drive()
    assert len(first) > 10
    np.testing.assert_array_equal(first, drive())


def busy(kind: RoadKind = RoadKind.RURAL, seed: int = 1, **more: float) -> World:
    return World(Scenario(kind, seed, **({"length": 800.0, "traffic": 6.0} | more)))


def test_time_counts_from_the_start() -> None:
    world = quiet()
    assert world.time == 0.0
    for _ in range(7):
        world.step(Control(0.0), 0.1)
    assert world.time == pytest.approx(0.7)


def test_actors_keep_their_numbers_and_nobody_shares_one() -> None:
    world = busy(parked=20.0, pedestrians=40.0, crossing=10.0)
    seen: dict[int, tuple] = {}
    while not world.finished:
        actors = world.actors()
        assert len({actor.ident for actor in actors}) == len(actors)
        for actor in actors:
            what = (actor.kind, actor.length, actor.colour)
            assert seen.setdefault(actor.ident, what) == what
            assert not actor.parked or actor.speed == 0
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.2)
    assert len({kind for kind, _, _ in seen.values()}) > 2


def test_the_pedals_stop_before_somebody_who_stands_in_the_way_and_drive_on_when_they_have_gone() -> (
    None
):
    world = busy(RoadKind.RESIDENTIAL, 4, traffic=0.0, crossing=8.0)
    people = world._people
    who = min(people.crossers, key=lambda i: people.station[i])
    people.mode[:] = Mode.STANDING
    people.mode[who] = Mode.CROSSING
    people.lateral_offset[who] = world.plan.path_offset
    people.speed[who] = 0.0
    hardest = 0.0
    for _ in range(300):
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.1)
        hardest = min(hardest, world.ego_state().acceleration)
    ego = world.ego_state()
    assert ego.speed == pytest.approx(0.0, abs=0.05)
    assert 3.0 < people.station[who] - ego.station - CAR_LENGTH / 2 < 6.0
    assert hardest > -3.0
    assert world.waiting(30.0)
    people.speed[who] = 1.4
    for _ in range(80):
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.1)
    assert world.ego_state().station > people.station[who]


def test_time_to_collision_counts_somebody_in_the_way() -> None:
    world = busy(RoadKind.RESIDENTIAL, 4, traffic=0.0, crossing=8.0)
    people = world._people
    ego = world.ego_state()
    assert world.time_to_collision() == math.inf
    who = people.crossers[0]
    people.mode[who] = Mode.CROSSING
    people.lateral_offset[who] = world.plan.path_offset
    people.station[who] = ego.station + 32.5
    assert world.time_to_collision() == pytest.approx(30.0 / ego.speed, rel=0.02)


def test_avoiding_is_near_parked_cars_that_reach_into_the_way_only() -> None:
    world = busy(traffic=0.0, parked=6.0)
    spans = [(car.place.start, car.place.finish) for car in world._parked if car.shift < -0.5]
    assert spans
    while not world.finished:
        here = world.ego_state().station
        near = any(start - 40 < here < finish + 40 for start, finish in spans)
        assert world.avoiding or not near
        assert not world.avoiding or any(
            car.place.start - 40 < here < car.place.finish + 40 for car in world._parked
        )
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.2)


def test_put_back_among_parked_cars_leaves_room_to_swing_out() -> None:
    world = busy(traffic=0.0, parked=6.0)
    blocking = next(
        car.place for car in sorted(world._parked, key=lambda c: c.place.start) if car.shift < -0.5
    )
    while world.ego_state().station < blocking.start:
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.1)
    world.put_back()
    assert world.ego_state().station < blocking.start - 10
    while world.ego_state().station < blocking.finish + 10:
        world.step(Control(steer(world, around=True), world.shared_pedals()), 0.1)
        assert world.gaps()[0] > 0.5


def test_crowded_roads_are_the_same_again_and_again() -> None:
    def drive() -> list[float]:
        world = busy(parked=10.0, pedestrians=20.0, crossing=8.0)
        for _ in range(150):
            world.step(Control(steer(world, around=True), world.shared_pedals()), 0.1)
        return [
            value
            for a in world.actors()
            for value in (a.pose.x, a.pose.y, a.pose.heading, a.speed, a.phase)
        ]

    np.testing.assert_array_equal(drive(), drive())
