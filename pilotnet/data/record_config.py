"""The settings of RECORD, in a module that does not load the simulator: help and wrong values are
quick.
"""

from dataclasses import dataclass
from typing import Literal

from pilotnet.data.scenario_selection import ScenarioSelection
from pilotnet.data.suites import MAX_ROADS
from sim.scenario import Scenario, Split, require_disturbance
from sim.types import quoted

# roads of a split reserved for each seed, so that recordings of two seeds share none
ROADS_PER_SEED = 100_000
LARGEST_SEED = MAX_ROADS // ROADS_PER_SEED - 1


@dataclass(frozen=True)
class RecordConfig:
    """What to record.

    Args:
        suite: name of a suite; several with + between them take turns
        roads: only these kinds of road, with commas between them; empty for all
        weather: only these kinds of weather, in the same form
        light: only these kinds of light, in the same form
        episodes: drives on training roads
        validation_episodes: drives on validation roads
        test_episodes: drives on test roads, for scoring detectors
        length: metres of each drive
        cameras: all three, or only the centre one, which is enough for detectors and three times as
            fast
        boxes: whether to store the boxes of cars and people in the centre camera's pictures, from
            which detectors learn
        videos: small or fine; fine ones are three times as large and keep people of a few pixels,
            which detectors need
        noise: strength of the steering disturbance [m], 0 for none; the label stays the expert's
        seed: of the choice of roads and of the noise
        workers: processes, 0 for all cores; does not change what is recorded
    """

    suite: str = "lane_keeping"
    roads: str = ""
    weather: str = ""
    light: str = ""
    episodes: int = 16
    validation_episodes: int = 4
    test_episodes: int = 0
    length: float = 1500.0
    cameras: Literal["all", "centre"] = "all"
    boxes: bool = True
    videos: Literal["small", "fine"] = "small"
    noise: float = 0.0
    seed: int = 0
    workers: int = 0

    def __post_init__(self) -> None:
        for name in ("episodes", "validation_episodes", "test_episodes"):
            if not 0 <= getattr(self, name) <= ROADS_PER_SEED:
                raise ValueError(
                    f"{name} is {getattr(self, name)}; it must lie between 0 and {ROADS_PER_SEED}"
                )
        if not self.episodes + self.validation_episodes + self.test_episodes:
            raise ValueError(
                "episodes, validation_episodes and test_episodes are 0; one of them must be 1 or "
                "more"
            )
        if self.cameras not in ("all", "centre"):
            raise ValueError(f"cameras is {quoted(self.cameras)}; it must be all or centre")
        if self.videos not in ("small", "fine"):
            raise ValueError(f"videos is {quoted(self.videos)}; it must be small or fine")
        require_disturbance("noise", self.noise)
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(f"seed is {self.seed}; it must lie between 0 and {LARGEST_SEED}")
        if self.workers < 0:
            raise ValueError(f"workers is {self.workers}; it must be 0 or more")
        self.selections()

    def scenarios(self) -> list[Scenario]:
        """Return what is driven, in order: training roads, then validation, then test roads."""
        return [scenario for selection in self.selections() for scenario in selection.scenarios()]

    def selections(self) -> list[ScenarioSelection]:
        """Return the selection of scenarios of each split that is recorded."""
        counts = (self.episodes, self.validation_episodes, self.test_episodes)
        return [
            ScenarioSelection(
                suite=self.suite,
                roads=self.roads,
                weather=self.weather,
                light=self.light,
                split=split.value,
                episodes=count,
                length=self.length,
                first=self.seed * ROADS_PER_SEED,
            )
            for split, count in zip(Split, counts, strict=True)
            if count
        ]
