"""CARLA's driving score: route completion times penalties."""

import pytest

from pilotnet.evaluation.driving_score import driving_score, route_completion
from sim.types import Cause
from tests.pilotnet.evaluation.made_steps import made_steps

STEPS = [10.0] * 101  # 100 m at 10 m/s


def test_a_whole_route_without_infraction_scores_100() -> None:
    assert driving_score(made_steps(STEPS), 100.0) == pytest.approx(100.0)


def test_half_a_route_scores_50() -> None:
    assert route_completion(made_steps(STEPS), 200.0) == pytest.approx(0.5)
    assert driving_score(made_steps(STEPS), 200.0) == pytest.approx(50.0)


def test_collisions_multiply_their_penalties() -> None:
    steps = made_steps(STEPS, causes={20: Cause.PERSON, 40: Cause.CONTACT, 60: Cause.CONTACT})
    assert driving_score(steps, 100.0) == pytest.approx(100 * 0.5 * 0.6 * 0.6)


@pytest.mark.parametrize("cause", [Cause.DEPARTURE, Cause.OFF_ROAD, Cause.STUCK])
def test_the_route_ends_where_the_car_leaves_it(cause: Cause) -> None:
    steps = made_steps(STEPS, causes={25: cause, 60: Cause.CONTACT})
    assert driving_score(steps, 100.0) == pytest.approx(25.0)
    assert route_completion(steps, 100.0) == pytest.approx(1.0)


def test_a_drive_without_steps_completes_nothing() -> None:
    assert driving_score([], 100.0) == 0.0
