"""The one loop: what a step says, and that the same scenario and driver give the same drive in any
process.
"""

import hashlib
import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from sim import (
    Cause,
    Control,
    Disturbance,
    DrivingEnv,
    EnvConfig,
    Expert,
    Observation,
    RoadKind,
    Scenario,
    rollout,
)

SCENARIO = Scenario(RoadKind.RURAL, 1, length=80.0, traffic=12.0)


class Constant:
    """Commands one curvature for ever."""

    def __init__(self, curvature: float) -> None:
        self.control = Control(curvature)

    def reset(self) -> None:
        pass

    def act(self, observation: Observation) -> Control:  # noqa: ARG002
        return self.control


def fingerprint(scenario: Scenario) -> str:
    """A hash of every frame and every pose of an expert's drive."""
    env = DrivingEnv(EnvConfig(cameras=("left", "centre", "right")))
    digest = hashlib.sha256()
    for step in rollout(env, Expert(env), scenario, Disturbance(0.2, np.random.default_rng(3))):
        for frame in (step.observation.left, step.observation.centre, step.observation.right):
            digest.update(frame.tobytes())
        pose = step.ego.pose
        digest.update(
            np.array(
                [pose.x, pose.y, pose.heading, step.ego.speed, step.applied.curvature]
            ).tobytes()
        )
    return digest.hexdigest()


def test_the_same_scenario_and_driver_give_the_same_frames_and_trajectory_in_another_process() -> (
    None
):
    code = "from tests.sim.test_rollout import fingerprint, SCENARIO; print(fingerprint(SCENARIO))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == fingerprint(SCENARIO)


def test_another_seed_gives_another_drive() -> None:
    assert fingerprint(SCENARIO) != fingerprint(
        Scenario(RoadKind.RURAL, 4, length=80.0, traffic=12.0)
    )


def test_steps_count_time_and_end_with_done() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    steps = list(rollout(env, Expert(env), SCENARIO))
    assert [step.index for step in steps] == list(range(len(steps)))
    assert steps[-1].time == pytest.approx((len(steps) - 1) / 10)
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    assert steps[0].ego.station == pytest.approx(env.world.plan.start)


def test_the_expert_stays_in_its_lane_without_intervention_and_steers_smoothly() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    for scenario in [
        Scenario(kind, 3 * i + 1, 800.0)
        for i in range(3)
        for kind in (RoadKind.RURAL, RoadKind.HIGHWAY)
    ]:
        steps = list(rollout(env, Expert(env), scenario))
        assert not any(step.intervention for step in steps)
        assert max(abs(step.ego.offset) for step in steps) < 0.25
        assert (
            max(abs(b.control.curvature - a.control.curvature) for a, b in pairwise(steps)) < 0.002
        )


@pytest.mark.parametrize("rate", [5, 10, 30])
def test_the_expert_drives_at_any_rate(rate: int) -> None:
    env = DrivingEnv(EnvConfig(cameras=(), rate=rate))
    steps = list(rollout(env, Expert(env), Scenario(RoadKind.RURAL, 1, length=400.0)))
    assert max(abs(step.ego.offset) for step in steps) < 0.3


def test_an_intervention_puts_the_car_back_and_the_drive_goes_on() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    steps = list(
        rollout(env, Constant(0.02), Scenario(RoadKind.HIGHWAY, 1, length=300.0, traffic=0.0))
    )
    when = [step.index for step in steps if step.intervention]
    assert len(when) > 3
    assert steps[when[0]].intervention is Cause.DEPARTURE
    assert abs(steps[when[0] + 1].ego.offset) < 0.05
    assert steps[-1].ego.station > 340


class Logbook:
    """Steers to the right for ever and logs every call."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def reset(self) -> None:
        self.log.append("reset")

    def act(self, observation: Observation) -> Control:  # noqa: ARG002
        self.log.append("act")
        return Control(0.02)


def test_a_driver_is_engaged_anew_before_a_drive_and_after_each_intervention() -> None:
    driver = Logbook()
    expected = ["reset"]
    for step in rollout(
        DrivingEnv(EnvConfig(cameras=())),
        driver,
        Scenario(RoadKind.HIGHWAY, 1, length=300.0, traffic=0.0),
    ):
        expected.append("act")
        # A consumer of the step can still ask the driver for what its command came from.
        assert driver.log == expected
        if step.intervention is not None:
            expected.append("reset")
    assert expected.count("reset") > 4
    assert driver.log == (expected[:-1] if step.intervention is not None else expected)


def test_a_disturbance_moves_the_car_but_not_the_label() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    scenario = Scenario(RoadKind.HIGHWAY, 1, length=2000.0, traffic=0.0)
    steps = list(rollout(env, Expert(env), scenario, Disturbance(0.3, np.random.default_rng(0))))
    assert any(step.applied != step.control for step in steps)
    offset = np.array([step.ego.offset for step in steps])
    assert 0.05 < offset.std() < 0.5
    assert not any(step.intervention for step in steps)


def test_a_disturbance_has_the_strength_it_is_given_in_metres() -> None:
    disturbance = Disturbance(0.5, np.random.default_rng(0))
    extra = [disturbance(Control(0.0), 20.0, 0.1).curvature for _ in range(20_000)]
    assert np.std(extra) * 40.0**2 / 6 == pytest.approx(0.5, rel=0.15)


@pytest.mark.parametrize("strength", [-0.1, math.nan])
def test_a_senseless_disturbance_is_refused(strength: float) -> None:
    with pytest.raises(ValueError, match="strength is"):
        Disturbance(strength, np.random.default_rng(0))
