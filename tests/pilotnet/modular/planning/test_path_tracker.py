"""The path tracker drives what was planned: a circle in a bend, back to the path from beside it,
and mirrored when mirrored.
"""

import math

import numpy as np
import pytest

from pilotnet.modular.planning.path_tracker import limited, steer
from pilotnet.modular.records import Behaviour, Candidate, LaneEstimate, Plan
from sim.control.bicycle import slip_angle
from sim.control.path_tracking import recovery_curvature
from tests.pilotnet.modular.planner_scenes import lane

STATIONS = np.arange(-2.0, 80.0)
NONE = np.zeros_like(STATIONS)


def planned(offset: float = 0.0) -> Plan:
    """A plan to keep an offset."""
    return Plan(Candidate(STATIONS, NONE + offset, NONE, NONE, 0.0), 10.0, 0.0, Behaviour.KEEP)


def test_on_a_circle_it_holds_the_circle() -> None:
    d_second = 1 / 40
    here = lane(curvature=d_second, heading_error=-slip_angle(d_second))
    assert steer(planned(), here, 10.0) == pytest.approx(d_second)


def test_a_displaced_path_on_a_circle_is_a_circle_of_another_radius() -> None:
    d_second = 1 / 40
    inner = 1 / (40 - 1.5)
    here = lane(curvature=d_second, offset=1.5, heading_error=-slip_angle(inner))
    assert steer(planned(1.5), here, 10.0) == pytest.approx(inner, rel=1e-3)


def test_beside_its_path_it_comes_back_as_every_driver_does() -> None:
    assert steer(planned(0.5), lane(), 10.0) == pytest.approx(
        float(recovery_curvature(-0.5, 0.0, 10.0))
    )


def test_mirrored_it_steers_the_other_way() -> None:
    one: LaneEstimate = lane(offset=0.4, heading_error=0.03, curvature=0.01)
    other = lane(offset=-0.4, heading_error=-0.03, curvature=-0.01)
    assert steer(planned(0.3), one, 12.0) == pytest.approx(-steer(planned(-0.3), other, 12.0))


def test_the_wheels_turn_at_a_limited_rate() -> None:
    assert limited(0.2, 0.0, 0.1) == pytest.approx(0.02)
    assert limited(-math.inf, 0.0, 0.1) == pytest.approx(-0.02)
    assert limited(0.005, 0.0, 0.1) == 0.005
