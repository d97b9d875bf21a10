"""Scores of drives: pure functions and records, no world.

Autonomy is the paper's: an intervention costs six seconds, autonomy = (1 - 6 s * interventions /
elapsed time) * 100, floored at 0.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import chi2

from pilotnet.common.reading import DamagedFileError, load_json, structured
from sim.scenario import Scenario
from sim.types import Cause, Step, quoted

INTERVENTION_COST = 6.0  # [s] the paper's


@dataclass(frozen=True)
class EpisodeScore:
    """One driver on one scenario: elapsed [s], distance [m], RMS offset from the path [m], RMS rate
    of the commanded curvature [1/m/s], smallest time to collision [s, inf when nothing was ever
    closed in on], interventions by cause.

    settings: the whole scenario as JSON, so that the drive can be driven again.
    suite: where the scenario is from, if from any.
    """

    driver: str
    scenario: str
    road: str
    weather: str
    light: str
    settings: str
    elapsed: float
    distance: float
    offset_rms: float
    curvature_rate_rms: float
    min_time_to_collision: float
    departure: int
    off_road: int
    contact: int
    person: int
    stuck: int
    takeover: int = 0  # by a person; results from before it was counted have none
    suite: str = ""  # results from before suites could be mixed have none

    def conditions(self) -> Scenario:
        """Return the scenario that was driven; raises DamagedFileError when `settings` does not
        describe one.
        """
        try:
            return structured(load_json(self.settings), Scenario, "scenario")
        except ValueError:
            wrong = quoted(self.settings)
            raise DamagedFileError(
                f"settings of {self.scenario} are {wrong}; they must describe a scenario"
            ) from None

    @property
    def interventions(self) -> int:
        """Interventions of every cause."""
        return sum(getattr(self, cause.name.lower()) for cause in Cause)


@dataclass(frozen=True)
class Score:
    """Many episodes of one driver: autonomy [%] with its 95 % interval, and what stands beside it.

    hours, kilometres: what was driven.
    autonomous_distance: mean kilometres between interventions (all of them, when there was none).
    """

    autonomy: float
    interval: tuple[float, float]
    hours: float
    kilometres: float
    interventions: int
    causes: dict[Cause, int]
    autonomous_distance: float
    offset_rms: float
    curvature_rate_rms: float
    min_time_to_collision: float


def autonomy(interventions: float, elapsed: float) -> float:
    """The paper's autonomy [%] of `interventions` in `elapsed` seconds of driving."""
    if not elapsed > 0:
        raise ValueError(f"elapsed is {elapsed} s; it must be above 0")
    return 100 * max(0.0, 1 - INTERVENTION_COST * interventions / elapsed)


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a Poisson mean after `count` events: [chi²(a/2; 2N) / 2, chi²(1 - a/2; 2N +
    2) / 2] (Garwood 1936).
    """
    tail = (1 - confidence) / 2
    low = float(chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2)) / 2


def autonomy_interval(interventions: int, elapsed: float) -> tuple[float, float]:
    """95 % interval of the autonomy [%], interventions taken as a Poisson process."""
    few, many = poisson_interval(interventions)
    return autonomy(many, elapsed), autonomy(few, elapsed)


def score_episode(
    driver: str, scenario: Scenario, rate: float, steps: Sequence[Step]
) -> EpisodeScore:
    """The score of one drive, ticked at `rate` [Hz]."""
    speed = np.array([step.ego.speed for step in steps])
    offset = np.array([step.ego.offset for step in steps])
    command = np.array([step.control.curvature for step in steps])
    causes = [step.intervention for step in steps]
    return EpisodeScore(
        driver=driver,
        scenario=scenario.name,
        road=scenario.road,
        weather=scenario.weather,
        light=scenario.light,
        settings=json.dumps(asdict(scenario)),
        elapsed=len(steps) / rate,
        distance=float(speed.sum() / rate),
        offset_rms=root_mean_square(offset),
        curvature_rate_rms=root_mean_square(np.diff(command) * rate),
        min_time_to_collision=min((step.time_to_collision for step in steps), default=math.inf),
        departure=causes.count(Cause.DEPARTURE),
        off_road=causes.count(Cause.OFF_ROAD),
        contact=causes.count(Cause.CONTACT),
        person=causes.count(Cause.PERSON),
        stuck=causes.count(Cause.STUCK),
        takeover=causes.count(Cause.TAKEOVER),
    )


def total_score(episodes: Iterable[EpisodeScore]) -> Score:
    """The score over many episodes, which count by the time they took; ValueError when there is
    none.
    """
    episodes = list(episodes)
    if not episodes:
        raise ValueError("there are 0 episodes to score; at least 1 is needed")
    elapsed = sum(episode.elapsed for episode in episodes)
    kilometres = sum(episode.distance for episode in episodes) / 1000
    causes = {
        cause: sum(getattr(episode, cause.name.lower()) for episode in episodes) for cause in Cause
    }
    interventions = sum(causes.values())
    weights = [episode.elapsed / elapsed for episode in episodes]
    return Score(
        autonomy=autonomy(interventions, elapsed),
        interval=autonomy_interval(interventions, elapsed),
        hours=elapsed / 3600,
        kilometres=kilometres,
        interventions=interventions,
        causes=causes,
        autonomous_distance=kilometres / max(interventions, 1),
        offset_rms=math.sqrt(
            sum(w * episode.offset_rms**2 for w, episode in zip(weights, episodes, strict=True))
        ),
        curvature_rate_rms=math.sqrt(
            sum(w * e.curvature_rate_rms**2 for w, e in zip(weights, episodes, strict=True))
        ),
        min_time_to_collision=min(episode.min_time_to_collision for episode in episodes),
    )


def scores_by(episodes: Iterable[EpisodeScore], quality: str) -> dict[str, dict[str, Score]]:
    """Return every driver's score for each value of `quality` (suite, road, weather or light), in
    the order of the episodes.
    """
    parts: dict[str, dict[str, list[EpisodeScore]]] = {}
    for episode in episodes:
        parts.setdefault(getattr(episode, quality), {}).setdefault(episode.driver, []).append(
            episode
        )
    return {
        value: {name: total_score(rows) for name, rows in drivers.items()}
        for value, drivers in parts.items()
    }


def root_mean_square(values: np.ndarray) -> float:
    """Root of the mean square; 0 of nothing."""
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0
