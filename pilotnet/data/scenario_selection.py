"""Which scenarios a stage drives: the settings that its config inherits."""

from dataclasses import dataclass
from typing import Literal

from pilotnet.data.suites import ScenarioFilter, require_suite, suite
from sim.scenario import Scenario


@dataclass(frozen=True)
class ScenarioSelection:
    """Scenarios of a suite; ValueError for settings that select none.

    Args:
        suite: name of a suite; in A+B two suites alternate
        roads: only these kinds of road, with commas between them; empty for all
        weather: only these kinds of weather, in the same form
        light: only these kinds of light, in the same form
        split: train, validation or test roads; tune on validation, use test for final results only
        episodes: number of roads
        length: length of each drive [m]
        first: number of the first road of the split
    """

    suite: str = "lane_keeping"
    roads: str = ""
    weather: str = ""
    light: str = ""
    split: Literal["train", "validation", "test"] = "test"
    episodes: int = 20
    length: float = 1500.0
    first: int = 0

    def __post_init__(self) -> None:
        require_suite(
            self.suite, self.split, self.episodes, self.length, self.first, self._filter()
        )

    def scenarios(self) -> list[Scenario]:
        """Return the scenarios, in order."""
        return suite(self.suite, self.split, self.episodes, self.length, self.first, self._filter())

    def _filter(self) -> ScenarioFilter:
        """Return the restriction of roads, weather and light."""
        return ScenarioFilter(self.roads, self.weather, self.light)
