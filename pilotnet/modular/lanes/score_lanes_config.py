"""The settings of SCORE-LANES, in a module that does not load the simulator: help and wrong values
are quick.
"""

from dataclasses import dataclass

from pilotnet.data.scenario_selection import ScenarioSelection
from sim.scenario import require_disturbance


@dataclass(frozen=True)
class LaneScoreConfig(ScenarioSelection):
    """Which roads the lane finder is scored on.

    Args:
        noise: strength of the expert's steering disturbance [m], so that the car is not always in
            the lane's middle
        workers: processes, 0 for all cores; does not change the scores
    """

    episodes: int = 40
    length: float = 300.0
    noise: float = 0.3
    workers: int = 0

    def __post_init__(self) -> None:
        if self.workers < 0:
            raise ValueError(f"workers is {self.workers}; it must be 0 or more")
        require_disturbance("noise", self.noise)
        super().__post_init__()
