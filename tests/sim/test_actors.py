"""Gaps between rectangles, and traffic that keeps its lane and its distance."""

import math

import numpy as np
import pytest

from sim.actors import PathRoad, rectangle_gap, traffic
from sim.roads.kinds import plan_road
from sim.scenario import RoadKind, Scenario
from sim.types import Pose, rectangle_corners


def car_at(x: float, y: float, heading: float = 0.0) -> np.ndarray:
    return rectangle_corners(Pose(x, y, heading), 4.0, 2.0)


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
def test_the_gap_between_two_cars_is_the_distance_of_their_nearest_points(other: np.ndarray, gap: float) -> None:
    assert rectangle_gap(car_at(0, 0), other) == pytest.approx(gap, abs=1e-9)
    assert rectangle_gap(other, car_at(0, 0)) == pytest.approx(gap, abs=1e-9)


def test_corners_turn_clockwise_with_the_heading() -> None:
    front_right = rectangle_corners(Pose(0, 0, math.pi / 2), 4.0, 2.0)[0]
    np.testing.assert_allclose(front_right, [-1.0, 2.0], atol=1e-12)


@pytest.mark.parametrize("kind", list(RoadKind))
def test_traffic_starts_apart_in_its_lanes_and_away_from_the_ego(kind: RoadKind) -> None:
    plan = plan_road(Scenario(kind, 4, length=5000.0))
    cars = traffic(PathRoad(plan, np.random.default_rng(0)), 12.0, np.random.default_rng(0), clear=plan.start)
    assert len(cars) > 50
    for car in cars:
        lane = plan.lanes[car.lane_number]
        assert car.across == pytest.approx(lane.offset, abs=0.01)
        assert car.lane_number != plan.path or abs(car.station - plan.start) > 50
        others = [o for o in cars if o is not car and o.lane_number == car.lane_number]
        assert min(abs(car.station - o.station) for o in others) > 29.9


def test_no_traffic_means_no_cars() -> None:
    plan = plan_road(Scenario(RoadKind.RURAL, 4))
    assert traffic(PathRoad(plan, np.random.default_rng(0)), 0.0, np.random.default_rng(0), clear=plan.start) == []
