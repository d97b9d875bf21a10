"""People: how they walk, when they cross, and where they are placed."""

import math

import numpy as np
import pytest

from sim.actors.footways import crossers, pedestrians
from sim.actors.free_stations import FreeStations, OccupiedStretch
from sim.actors.pedestrians import Mode, PassingVehicle, Pedestrians, PedestrianState
from sim.roads.plan import Zebra
from tests.sim.straight_road import WIDTH, straight_road

FAR = PassingVehicle(-10.0, -15.0, 1, 10.0)


def person(**changes: float) -> PedestrianState:
    values = {
        "station": 100.0,
        "lateral_offset": 4.0,
        "speed": 1.4,
        "height": 1.7,
        "mode": Mode.WALKING,
        "low": 0.0,
        "high": 200.0,
    }
    return PedestrianState(**(values | changes))


def waiting(trigger: float = 4.0) -> PedestrianState:
    return person(mode=Mode.WAITING, goal=-4.0, trigger=trigger, low=100.0, high=100.0)


def test_two_steps_of_seventy_centimetres_are_one_turn_of_the_gait() -> None:
    people = Pedestrians(straight_road(), [person()], 1)
    for _ in range(10):
        people.step(0.1, FAR, [])
    assert people.station[0] == pytest.approx(101.4)
    assert people.phase[0] == pytest.approx(2 * math.pi)


def test_a_walker_covers_the_same_ground_outside_a_bend() -> None:
    plan = straight_road(length=200.0, curvature=-1 / 30)
    people = Pedestrians(plan, [person(station=50.0)], 1)
    before = people.pose(0)
    people.step(0.5, FAR, [])
    after = people.pose(0)
    assert math.hypot(after.x - before.x, after.y - before.y) == pytest.approx(0.7, rel=1e-2)


def test_walkers_stop_at_the_end_of_their_way_and_far_ones_do_not_move() -> None:
    people = Pedestrians(straight_road(), [person(high=100.5), person(station=400.0)], 1)
    for _ in range(10):
        people.step(0.1, FAR, [])
    assert people.mode[0] == Mode.STANDING
    assert people.station[0] < 100.7
    assert people.station[1] == 400.0


def approach(speed: float, trigger: float) -> float | None:
    """Return the distance [m] at which a pedestrian sets out before an ego at constant speed."""
    people = Pedestrians(straight_road(), [waiting(trigger)], 1)
    front = -50.0
    while front < 120.0:
        people.step(0.1, PassingVehicle(front, front - 5.0, 1, speed), [])
        if people.mode[0] == Mode.CROSSING:
            return 100.0 - front
        front += speed * 0.1
    return None


@pytest.mark.parametrize(("speed", "trigger"), [(8.0, 3.0), (8.0, 6.0), (12.0, 5.0)])
def test_somebody_steps_out_when_the_ego_is_as_near_as_their_trigger(
    speed: float, trigger: float
) -> None:
    assert approach(speed, trigger) == pytest.approx(speed * trigger, abs=speed * 0.11)


@pytest.mark.parametrize("speed", [5.0, 10.0, 15.0, 22.0])
def test_crossing_never_asks_the_ego_for_hard_braking(speed: float) -> None:
    distance = approach(speed, 3.0)
    assert distance is not None
    assert speed**2 / (2 * (distance - 3.5)) <= 2.6


def test_other_cars_are_let_past_first_and_stopped_ones_are_not_waited_for() -> None:
    ego = PassingVehicle(65.0, 60.0, 1, 8.0)
    for other, sets_out in [
        (PassingVehicle(130.0, 135.0, -1, 10.0), False),
        (PassingVehicle(130.0, 135.0, -1, 0.0), True),
        (PassingVehicle(80.0, 85.0, -1, 10.0), True),  # it is past
        (PassingVehicle(250.0, 255.0, -1, 10.0), True),
    ]:
        people = Pedestrians(straight_road(), [waiting(6.0)], 1)
        people.step(0.1, ego, [other])
        assert bool(people.mode[0] == Mode.CROSSING) is sets_out


def test_somebody_who_crosses_arrives_and_faces_the_way_they_go() -> None:
    people = Pedestrians(straight_road(), [waiting()], 7)
    assert people.pose(0).heading == pytest.approx(-math.pi / 2)
    people.mode[0] = Mode.CROSSING
    for _ in range(58):
        people.step(0.1, FAR, [])
    assert people.lateral_offset[0] == pytest.approx(-4.0)
    assert people.mode[0] == Mode.STANDING
    assert people.actor(0).ident == 7
    assert people.actor(0).is_person


def test_who_has_crossed_a_lane_is_no_longer_in_its_way() -> None:
    people = Pedestrians(straight_road(), [waiting()], 1)
    people.mode[0] = Mode.CROSSING
    assert people.in_the_way(0, 0.7, 2.7)
    people.lateral_offset[0] = 0.2
    assert not people.in_the_way(0, 0.7, 2.7)
    assert people.in_the_way(0, -2.7, -0.7)


def test_people_walk_beside_the_lanes_and_within_reach_of_a_car_that_keeps_its_lane() -> None:
    for people in (
        pedestrians(straight_road(1500.0), 40.0, np.random.default_rng(seed), FreeStations())
        for seed in range(3)
    ):
        assert len(people) > 50
        assert all(WIDTH + 0.2 <= abs(someone.lateral_offset) <= WIDTH + 0.8 for someone in people)
        assert {someone.mode for someone in people} == {Mode.WALKING, Mode.STANDING}
        assert all(1.5 <= someone.height <= 1.95 for someone in people)


def test_people_use_the_pavements_and_cross_at_zebras_where_there_are_any() -> None:
    plan = straight_road(1500.0, walks=(-5.0, 5.0), zebras=(Zebra(300.0), Zebra(700.0)))
    beside = pedestrians(plan, 20.0, np.random.default_rng(0), FreeStations())
    assert all(abs(abs(someone.lateral_offset) - 5.0) <= 0.4 for someone in beside)
    lateral_offset = crossers(plan, 5.0, np.random.default_rng(0), FreeStations())
    assert len(lateral_offset) > 4
    for someone in lateral_offset:
        assert any(
            zebra.station < someone.station < zebra.station + zebra.length for zebra in plan.zebras
        )
        assert someone.lateral_offset * someone.goal < 0
        assert someone.goal in plan.walks


def test_nobody_stands_inside_a_wall_or_walks_through_a_parked_car() -> None:
    car = OccupiedStretch(300.0, 305.0, 2.9, 4.7)
    for someone in pedestrians(
        straight_road(700.0), 80.0, np.random.default_rng(0), FreeStations([car])
    ):
        if someone.lateral_offset > 0:
            assert not (300.0 < someone.station < 305.0)
            assert someone.high <= 299.0 or someone.low >= 306.0


def test_people_who_cannot_be_placed_are_refused() -> None:
    walls = FreeStations(
        [OccupiedStretch(0.0, 700.0, side * 5.0 - 2.5, side * 5.0 + 2.5) for side in (-1, 1)]
    )
    with pytest.raises(ValueError, match="pedestrians is 20"):
        pedestrians(straight_road(700.0), 20.0, np.random.default_rng(0), walls)
    with pytest.raises(ValueError, match="crossing is 10"):
        crossers(straight_road(700.0), 10.0, np.random.default_rng(0), walls)
