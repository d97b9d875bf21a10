"""Gymnasium environments of the suites.

Example: `gymnasium.make("pilotnet.envs:PilotNet/LaneKeeping-v0", split="train", length=500.0)`.
Importing this module registers an id for every suite of the package. The simulator itself
registers `PilotNet/Drive-v0`.
"""

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np

from pilotnet.data.suites import suite, suite_names
from sim.env import DrivingEnv
from sim.sampling import ROADS
from sim.scenario import Scenario, Split


@dataclass(frozen=True)
class SuiteSampler:
    """Draws scenarios of a suite, of `length` [m], on random roads of a split.

    Raises ValueError for wrong settings.
    """

    suite: str
    split: str = Split.TRAIN
    length: float = 1500.0

    def __post_init__(self) -> None:
        self.scenario(0)

    def scenario(self, road: int) -> Scenario:
        """Return the scenario of the suite on road number `road`."""
        return suite(self.suite, self.split, 1, self.length, first=road)[0]

    def __call__(self, generator: np.random.Generator) -> Scenario:
        """Return the scenario on a random road."""
        return self.scenario(int(generator.integers(ROADS)))


class SuiteEnv(DrivingEnv):
    """A `DrivingEnv` on the scenarios of a suite, of one split and one length [m].

    settings: passed to `DrivingEnv`. Raises ValueError for wrong settings.
    """

    def __init__(
        self, suite: str, split: str = Split.TRAIN, length: float = 1500.0, **settings: Any
    ) -> None:
        super().__init__(scenarios=SuiteSampler(suite, split, length), **settings)


def environment_id(name: str) -> str:
    """Return the Gymnasium id of a suite: `PilotNet/LaneKeeping-v0` for `lane_keeping`."""
    return f"PilotNet/{name.title().replace('_', '')}-v0"


def register() -> None:
    """Register an environment for every suite; a second call changes nothing."""
    for name in suite_names():
        if environment_id(name) not in gymnasium.registry:
            gymnasium.register(
                environment_id(name),
                entry_point=f"{__name__}:{SuiteEnv.__name__}",
                kwargs={"suite": name},
            )


register()
