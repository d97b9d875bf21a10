"""What the whole stack, with its own eyes, makes of a camera that fails on the road: it stops in
its lane and then drives on.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from pilotnet.modular.detection.detector import Detector, DetectorCheckpoint
from pilotnet.modular.detection.network import DetectorNetwork
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from sim.env import DrivingEnv, EnvConfig, SpeedControl
from sim.geometry.camera import Camera
from sim.rollout import rollout
from sim.scenario import RoadKind, Scenario
from sim.types import Control, Image, Observation

ROAD = Scenario(RoadKind.RURAL, 1, length=600.0, traffic=0.0)
# ticks: when the camera fails, how long it lets the car stand, and how long it works then
FAILS = 40
STANDS = 15
DRIVES_ON = 40
STANDING = 0.2  # [m/s]


class FailingCamera:
    """Spoils what a driver sees from a tick on, until the car has stood for a while."""

    def __init__(self, driver: ModularDriver, spoil: Callable[[Image], Image]) -> None:
        self._driver = driver
        self._spoil = spoil
        self.reset()

    def reset(self) -> None:
        self._driver.reset()
        self.tick = self.stood = 0
        self._last: Image | None = None

    @property
    def fails(self) -> bool:
        return self.tick >= FAILS and self.stood < STANDS

    def act(self, observation: Observation) -> Control:
        if self.fails:
            self.stood += observation.speed < STANDING
            assert self._last is not None
            observation = replace(observation, centre=self._spoil(self._last))
        else:
            self._last = observation.centre
        self.tick += 1
        return self._driver.act(observation)


def own_eyes(env: DrivingEnv) -> ModularDriver:
    """Return the stack without an oracle, on an empty road, with untrained detectors."""
    cars, pedestrians = (
        Detector(DetectorCheckpoint(DetectorNetwork(), target, Camera(), {}))
        for target in ("cars", "pedestrians")
    )
    return ModularDriver(Parts(cars, pedestrians, LaneFinder(env.config.camera)), env)


@pytest.mark.parametrize(
    "spoil",
    [np.zeros_like, lambda frame: np.full_like(frame, 255), np.copy],
    ids=["black", "white", "frozen"],
)
def test_a_camera_that_fails_stops_the_car_in_its_lane_and_lets_it_drive_on_when_it_works_again(
    spoil: Callable[[Image], Image],
) -> None:
    env = DrivingEnv(EnvConfig(cameras=("centre",), pedals=SpeedControl.DRIVER))
    driver = FailingCamera(own_eyes(env), spoil)
    steps = []
    after = 0
    for step in islice(rollout(env, driver, ROAD), 300):
        steps.append(step)
        after += driver.tick > FAILS and not driver.fails
        if after == DRIVES_ON:
            break
    assert all(
        math.isfinite(step.control.curvature) and math.isfinite(step.control.acceleration)
        for step in steps
    )
    assert driver.stood == STANDS
    # As it slows down for whatever it does not see.
    assert min(step.control.acceleration for step in steps) >= -3.01
    assert max(abs(step.ego.offset) for step in steps) < 1.0
    assert [step.intervention for step in steps if step.intervention] == []
    assert steps[-1].ego.speed > 3.0
