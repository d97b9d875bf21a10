"""A lane's course in car coordinates: circles by closed form, and points there and back."""

import numpy as np
import pytest

from pilotnet.modular.records import BEHIND
from sim.geometry.frenet import SPACING
from tests.pilotnet.modular.planner_scenes import lane


def test_a_lane_on_a_circle_is_a_circle() -> None:
    radius = 30.0
    stations = np.array([-10.0, 0.0, 20.0, 60.0])
    points = lane(curvature=1 / radius).centre(stations)
    expected = np.stack(
        [radius * np.sin(stations / radius), radius * (1 - np.cos(stations / radius))], axis=1
    )
    np.testing.assert_allclose(points, expected, atol=0.01)


def test_the_car_is_where_the_lane_says() -> None:
    here = lane(offset=0.7, heading_error=0.2, curvature=0.02)
    np.testing.assert_allclose(here.to_car(np.zeros(1), np.array([0.7])), [[0.0, 0.0]], atol=1e-9)


def test_lane_coordinates_lead_back_from_car_coordinates() -> None:
    here = lane(offset=-0.4, heading_error=-0.1, curvature=0.01, curvature_rate=2e-4)
    course = here.course(80.0)
    for station, offset in ((5.0, 1.0), (30.0, -3.0), (60.0, 2.0)):
        x, y = here.to_car(np.array([station]), np.array([offset]))[0]
        s, d = course.project(x, y)
        assert (s - BEHIND, d) == (
            pytest.approx(station, abs=0.02),
            pytest.approx(offset, abs=0.02),
        )


def test_beyond_what_was_seen_a_clothoid_keeps_its_curvature() -> None:
    curvature = lane(curvature=0.01, curvature_rate=1e-3, reach=20.0).curvature_at(
        np.array([-5.0, 0.0, 10.0, 20.0, 50.0])
    )
    np.testing.assert_allclose(curvature, [0.01, 0.01, 0.02, 0.03, 0.03])


def test_a_known_course_goes_before_the_clothoid() -> None:
    known = np.linspace(0.0, 0.05, 101)
    np.testing.assert_allclose(
        lane(curvature=0.3, curvatures=known).curvature_at(np.array([SPACING * 10])), known[10]
    )
