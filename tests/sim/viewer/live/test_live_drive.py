"""A watched drive is the evaluator's drive; positions between two ticks are interpolated."""

import math
from dataclasses import replace

import pytest

from sim.env import DrivingEnv
from sim.expert import Expert
from sim.rollout import rollout
from sim.scenario import Daytime, Weather
from sim.types import Actor, Cause, Kind, Pose
from sim.viewer.input.steering_wheel import ControlKey, SteeringWheel
from sim.viewer.live.live_drive import Drive, DriverSpec, actor_between, pose_between
from tests.sim.viewer.conftest import SCENARIO, SMALL, Thinker, seat_of


def test_watching_does_not_change_the_drive(expert_drive: Drive) -> None:
    env = DrivingEnv(SMALL)
    for step in rollout(env, Expert(env), SCENARIO):
        assert (expert_drive.step.ego, expert_drive.step.control) == (step.ego, step.control)
        if not step.done:
            expert_drive.advance()
    assert expert_drive.done


def test_the_expert_agrees_with_itself(expert_drive: Drive) -> None:
    for _ in range(10):
        assert expert_drive.reference == expert_drive.step.control
        expert_drive.advance()


def test_old_steps_keep_no_pictures(expert_drive: Drive) -> None:
    expert_drive.advance()
    assert expert_drive.step.observation.centre is not None
    assert all(step.observation.centre is None for step in expert_drive.steps)


def test_a_drive_that_is_over_has_no_next_tick(expert_drive: Drive) -> None:
    while not expert_drive.done:
        expert_drive.advance()
    with pytest.raises(ValueError, match="is over; it has no next tick"):
        expert_drive.advance()


def test_interventions_are_counted_by_their_cause() -> None:
    drive = Drive(seat_of("thinker", (0, 0, 0)), replace(SCENARIO, length=150.0), SMALL)
    while not drive.done:
        drive.advance()
    assert drive.interventions == sum(step.intervention is not None for step in drive.steps) > 0
    for cause, count in drive.counts.items():
        assert count == [step.intervention for step in drive.steps].count(cause)


class Resets(Thinker):
    """Counts its resets."""

    def __init__(self) -> None:
        self.count = 0

    def reset(self) -> None:
        self.count += 1


def test_an_intervention_resets_the_seat_s_driver_and_a_takeover_does_not() -> None:
    driver = Resets()
    wheel = SteeringWheel()
    drive = Drive(
        DriverSpec("counted", "Counted", (0, 0, 0), lambda _: driver),
        replace(SCENARIO, length=150.0),
        SMALL,
        wheel,
    )
    wheel.press(1, ControlKey.RIGHT)
    drive.advance()
    assert drive.step.intervention is Cause.TAKEOVER
    wheel.let_go()
    drive.advance()
    assert driver.count == 1
    put_back = 0
    while not drive.done:
        put_back += drive.step.intervention is not None
        drive.advance()
        assert driver.count == 1 + put_back
    assert put_back > 0


def test_a_tick_begins_and_ends_where_the_world_was(expert_drive: Drive) -> None:
    end = expert_drive.scene(1.0)
    assert expert_drive.scene(0.0).ego == expert_drive.step.ego.pose
    expert_drive.advance()
    start = expert_drive.scene(0.0)
    assert (end.ego.x, end.ego.y, end.ego.heading) == pytest.approx(
        (start.ego.x, start.ego.y, start.ego.heading)
    )
    assert end.time == pytest.approx(start.time)


def test_headings_turn_the_short_way_round() -> None:
    middle = pose_between(Pose(0.0, 0.0, math.pi - 0.1), Pose(2.0, 0.0, -math.pi + 0.1), 0.5)
    assert (middle.x, abs(middle.heading)) == pytest.approx((1.0, math.pi))


def test_a_walker_s_gait_goes_on_forwards() -> None:
    one = Actor(1, Kind.PEDESTRIAN, Pose(0, 0, 0), 1.0, 0.4, 0.6, 1.8, (1, 2, 3), phase=6.2)
    assert actor_between(one, replace(one, phase=0.1), 0.5).phase == pytest.approx(
        (6.2 + 0.1 + math.tau) / 2
    )


def test_another_sky_changes_the_pictures_and_nobody_s_place(expert_drive: Drive) -> None:
    before = expert_drive.env.world.ego_state()
    expert_drive.change_sky(Weather.SNOW, Daytime.NIGHT)
    assert expert_drive.env.world.ego_state() == before
    seen = expert_drive.step.observation.centre
    expert_drive.advance()
    after = expert_drive.step.observation.centre
    assert seen is not None
    assert after is not None
    assert after.mean() < 0.75 * seen.mean()
    assert (expert_drive.scenario.weather, expert_drive.scenario.light) == (
        Weather.SNOW,
        Daytime.NIGHT,
    )
