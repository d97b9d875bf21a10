"""The way around obstacles, by closed forms."""

import math

import numpy as np
import pytest

from sim.actors.obstacle_shift import (
    MIN_PARKED_CLEARANCE,
    PARKED_CLEARANCE,
    FreeWidth,
    LateralShift,
    ShiftRequests,
    displaced_curvature,
    free_width,
    narrow_places,
    obstacle_shift,
    shift_request,
    shift_speed,
)
from tests.sim.straight_road import WIDTH, straight_road

RAMP = 30.0
WIDE = FreeWidth(0.5, 5.0, 5.0)


def demands(*obstacles: tuple[float, float, float]) -> ShiftRequests:
    start, finish, shift = np.array(obstacles, dtype=np.float64).reshape(-1, 3).T.copy()
    return ShiftRequests(start, finish, shift)


def test_the_path_is_displaced_by_the_whole_shift_beside_an_obstacle_and_not_at_all_a_ramp_away() -> (
    None
):
    around = demands((100.0, 112.0, -1.5))
    for station in (100.0, 106.0, 112.0):
        assert obstacle_shift(station, around, RAMP) == pytest.approx((-1.5, 0.0, 0.0), abs=1e-9)
    for station in (0.0, 100.0 - RAMP, 112.0 + RAMP, 500.0):
        assert obstacle_shift(station, around, RAMP) == (0.0, 0.0, 0.0)


def test_halfway_up_the_ramp_it_is_displaced_by_half_and_steepest() -> None:
    middle = obstacle_shift(100.0 - RAMP / 2, demands((100.0, 112.0, -1.5)), RAMP)
    assert middle.displacement == pytest.approx(-0.75)
    assert middle.d_prime == pytest.approx(-1.5 * 15 / 8 / RAMP)  # of a quintic
    assert middle.d_second == pytest.approx(0.0, abs=1e-12)


def test_slope_and_bend_are_the_derivatives_of_the_displacement() -> None:
    around = demands((100.0, 112.0, -1.5), (131.0, 140.0, -0.4), (150.0, 151.0, 0.3))
    for station in np.arange(65.0, 190.0, 1.7):
        before, here, after = (
            obstacle_shift(station + step, around, RAMP) for step in (-1e-3, 0.0, 1e-3)
        )
        assert here.d_prime == pytest.approx(
            (after.displacement - before.displacement) / 2e-3, abs=1e-6
        )
        assert here.d_second == pytest.approx((after.d_prime - before.d_prime) / 2e-3, abs=1e-5)


def test_close_neighbours_are_one_swing_and_do_not_add_up() -> None:
    both = demands((100.0, 110.0, -1.0), (115.0, 125.0, -1.0))
    assert obstacle_shift(112.5, both, RAMP).displacement == pytest.approx(-1.0)
    assert obstacle_shift(105.0, both, RAMP).displacement == pytest.approx(-1.0)


def test_mirrored_obstacles_are_passed_on_the_other_side() -> None:
    for station in (80.0, 91.0, 105.0):
        left = obstacle_shift(station, demands((100.0, 110.0, -1.0)), RAMP)
        right = obstacle_shift(station, demands((100.0, 110.0, 1.0)), RAMP)
        np.testing.assert_allclose(left, [-value for value in right])


@pytest.mark.parametrize("gap", [-0.5, -0.2, 0.0])
def test_a_parked_car_in_the_way_gets_its_clearance(gap: float) -> None:
    # The ego's lane has its middle at 1.7 m and the car's side is a metre to the right of that.
    left = 2.7 + gap
    assert shift_request(
        left, left + 1.8, 1.7, PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, WIDE
    ) == pytest.approx(gap - PARKED_CLEARANCE)
    assert shift_request(
        -left - 1.8, -left, -1.7, PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, WIDE
    ) == pytest.approx(PARKED_CLEARANCE - gap)


def test_the_car_does_not_leave_its_lane_where_staying_leaves_it_enough() -> None:
    assert shift_request(
        2.9, 4.7, 1.7, PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, WIDE
    ) == pytest.approx(-WIDE.own)
    assert shift_request(
        3.5, 5.3, 1.7, PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, WIDE
    ) == pytest.approx(-0.2)
    assert shift_request(4.0, 5.8, 1.7, PARKED_CLEARANCE, MIN_PARKED_CLEARANCE, WIDE) == 0.0


def test_the_path_never_leaves_the_road() -> None:
    plan = straight_road()
    space = free_width(plan)
    assert plan.path_offset - space.left - 1.0 >= plan.drivable[0] + 0.4 - 1e-9
    assert plan.path_offset + space.right + 1.0 <= WIDTH + 1e-9


def test_a_displaced_arc_has_the_curvature_of_its_own_radius() -> None:
    # 2 m to the right of the middle of a right-hand bend of 50 m is an arc of 48 m.
    assert displaced_curvature(1 / 50, 1.5, LateralShift(0.5, 0.0, 0.0)) == pytest.approx(1 / 48)


def test_a_swing_is_driven_at_a_speed_that_its_bends_allow() -> None:
    around = demands((100.0, 110.0, -1.5))
    straight = np.zeros(400)
    tightest = 1.5 * 10 / math.sqrt(3) / RAMP**2  # of a quintic
    at_the_bend = min(
        shift_speed(s, 10.0, straight, 1.7, around, RAMP, 1.5) for s in np.arange(60.0, 150.0)
    )
    assert at_the_bend == pytest.approx(math.sqrt(2.2 / tightest), rel=0.01)
    assert shift_speed(0.0, 30.0, straight, 1.7, around, RAMP, 1.5) == math.inf


def test_narrow_places_are_where_the_path_needs_the_oncoming_lane() -> None:
    plan = straight_road()
    assert narrow_places(plan, demands((200.0, 210.0, -0.4)), RAMP) == ()
    (zone,) = narrow_places(plan, demands((200.0, 210.0, -1.5)), RAMP)
    assert 180 < zone.start < 197.5
    assert zone.start + zone.finish == pytest.approx(410.0, abs=0.6)
    assert len(narrow_places(plan, demands((200.0, 210.0, -1.5), (230.0, 240.0, -1.5)), RAMP)) == 1
    assert len(narrow_places(plan, demands((200.0, 210.0, -1.5), (330.0, 340.0, -1.5)), RAMP)) == 2
    one_way = straight_road(lanes=plan.lanes[:1])
    assert narrow_places(one_way, demands((200.0, 210.0, -1.5)), RAMP) == ()
