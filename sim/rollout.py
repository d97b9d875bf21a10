"""The only loop that steps the world. Recorder, evaluator, live window and film iterate over
`rollout(...)`.
"""

import math
from collections.abc import Callable, Iterator
from typing import Self

import numpy as np

from sim.control.path_tracking import recovery_length
from sim.env import DrivingEnv
from sim.random import Stream, stream_generator
from sim.scenario import Scenario, require_disturbance
from sim.types import Control, Driver, Step

Actuation = Callable[[Control, float, float], Control]


class Disturbance:
    """Noise on the expert's steering while recording (DART): the data shows recoveries, and the
    label stays the expert's.

    An Ornstein-Uhlenbeck process with a correlation time of 2 s. Its strength is in metres: a
    constant disturbance of one standard deviation would keep the car that far off its path.
    """

    CORRELATION_TIME = 2.0  # [s]

    def __init__(self, strength: float, generator: np.random.Generator) -> None:
        require_disturbance("strength", strength)
        self._strength = strength
        self._generator = generator
        self._value = generator.standard_normal()

    @classmethod
    def of(
        cls, scenario: Scenario, strength: float, stream: Stream = Stream.DISTURBANCE
    ) -> Self | None:
        """Return a scenario's disturbance of strength [m], the same for every driver; None for 0 m.

        Raises ValueError for a strength that is negative or not finite.
        """
        require_disturbance("strength", strength)
        return cls(strength, stream_generator(scenario.seed, stream)) if strength else None

    def __call__(self, control: Control, speed: float, duration: float) -> Control:
        """Return the command that is carried out instead of `control` for the next `duration`
        [s].
        """
        keep = math.exp(-duration / self.CORRELATION_TIME)
        self._value = (
            keep * self._value + math.sqrt(1 - keep**2) * self._generator.standard_normal()
        )
        # The recovery answers an offset e with a curvature of 6 e / L².
        extra = 6 * self._strength * self._value / recovery_length(speed) ** 2
        return Control(control.curvature + float(extra), control.acceleration)


def rollout(
    env: DrivingEnv,
    driver: Driver,
    scenario: Scenario,
    disturbance: Actuation | None = None,
    boxes: bool = False,
) -> Iterator[Step]:
    """Drive a scenario from start to finish, one Step per tick; with `boxes` each holds what the
    centre camera saw.

    disturbance: returns the command that is carried out instead of the driver's; it takes that
    command, the speed [m/s] and the duration of a tick [s].

    The driver is reset at the start and after each intervention, because the referee moves the car:
    pose and speed jump.
    """
    observation = env.start(scenario)
    driver.reset()
    index = 0
    done = False
    while not done:
        ego = env.world.ego_state()
        time_to_collision = env.world.time_to_collision()
        clearance = env.world.clearance()
        seen = env.boxes() if boxes else None
        control = driver.act(observation)
        applied = disturbance(control, ego.speed, 1 / env.rate) if disturbance else control
        intervention, done = env.advance(applied)
        yield Step(
            index,
            index / env.rate,
            observation,
            ego,
            time_to_collision,
            control,
            applied,
            intervention,
            done,
            seen,
            clearance,
        )
        if not done:
            # Only here, after the step was handed out: until then the driver can still explain its
            # last command.
            if intervention is not None:
                driver.reset()
            observation = env.observe()
        index += 1
