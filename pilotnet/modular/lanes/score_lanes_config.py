"""The settings of SCORE-LANES, in a module that does not load the simulator: help and wrong values
are quick.
"""

from dataclasses import dataclass
from typing import Literal

from pilotnet.data.suites import ScenarioFilter, require_suite, suite
from sim.scenario import Scenario, require_disturbance


@dataclass(frozen=True)
class LaneScoreConfig:
    """Which roads the lane finder is scored on.

    Args:
        suite: name of a suite; several with + between them take turns
        roads: only these kinds of road, with commas between them; empty for all
        weather: only these kinds of weather, in the same form
        light: only these kinds of light, in the same form
        split: train, validation or test roads; tune on validation, and use test for final results
            only
        episodes: roads to drive
        length: metres of each drive
        first: number of the first road of the split
        noise: strength of the expert's steering disturbance [m], so that the car is not always in
            the lane's middle
        workers: processes, 0 for all cores; does not change the scores
    """

    suite: str = "lane_keeping"
    roads: str = ""
    weather: str = ""
    light: str = ""
    split: Literal["train", "validation", "test"] = "test"
    episodes: int = 40
    length: float = 300.0
    first: int = 0
    noise: float = 0.3
    workers: int = 0

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise ValueError(f"workers is {self.workers}; it must be 0 or more")
        require_disturbance("noise", self.noise)
        require_suite(self.suite, self.split, self.episodes, self.length, self.first, self._only())

    def scenarios(self) -> list[Scenario]:
        """Return the roads that are driven."""
        return suite(self.suite, self.split, self.episodes, self.length, self.first, self._only())

    def _only(self) -> ScenarioFilter:
        return ScenarioFilter(self.roads, self.weather, self.light)
