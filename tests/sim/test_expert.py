"""The expert among road users: it finishes without contact and in comfort; blind drivers do not."""

import pytest

from sim import (
    Cause,
    Control,
    DrivingEnv,
    EnvConfig,
    Expert,
    Observation,
    RoadKind,
    Scenario,
    rollout,
)
from sim.scenario import WALKABLE


class Blind:
    """Holds the wheel and the pedals still."""

    def reset(self) -> None:
        pass

    def act(self, observation: Observation) -> Control:  # noqa: ARG002
        return Control(0.0)


def scenario(kind: RoadKind, seed: int) -> Scenario:
    beside = {"parked": 8.0, "pedestrians": 10.0, "crossing": 4.0} if kind in WALKABLE else {}
    return Scenario(kind, seed, length=500.0, traffic=6.0, leader=seed % 2 == 0, **beside)


@pytest.mark.parametrize("kind", list(RoadKind))
def test_the_expert_gets_through_untouched_and_in_comfort(kind: RoadKind) -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    for seed in (3, 4):
        steps = list(rollout(env, Expert(env), scenario(kind, seed)))
        assert [step.intervention for step in steps if step.intervention] == []
        assert env.world.finished
        assert max(step.ego.speed**2 * abs(step.ego.curvature) for step in steps) < 4.0
        assert min(step.ego.acceleration for step in steps) > -5.0


def test_the_expert_swings_out_and_comes_back() -> None:
    env = DrivingEnv(EnvConfig(cameras=()))
    steps = list(
        rollout(
            env, Expert(env), Scenario(RoadKind.RURAL, 1, length=800.0, traffic=0.0, parked=6.0)
        )
    )
    offsets = [step.ego.offset for step in steps]
    assert min(offsets) < -1.0
    assert sum(abs(offset) < 0.2 for offset in offsets) > len(offsets) / 3


def test_a_blind_driver_who_never_brakes_leaves_the_road_and_hits_things() -> None:
    env = DrivingEnv(EnvConfig(cameras=(), pedals="driver"))
    causes = {step.intervention for step in rollout(env, Blind(), scenario(RoadKind.RURAL, 1))}
    assert causes & {Cause.CONTACT, Cause.PERSON, Cause.OFF_ROAD}
