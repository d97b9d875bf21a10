"""Scores of drives: pure functions and records, without a simulator.

Autonomy is defined as in Bojarski et al. 2016, "End to End Learning for Self-Driving Cars":
autonomy = (1 - 6 s * interventions / elapsed time) * 100 %, at least 0.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, stdev
from typing import NamedTuple

import numpy as np

from pilotnet.common.reading import DamagedFileError, load_json, structured
from pilotnet.drivers.driver_names import recipe_of
from pilotnet.evaluation.comfort import comfort
from pilotnet.evaluation.driving_score import driving_score, route_completion
from pilotnet.evaluation.intervals import rate_interval
from sim.scenario import Scenario
from sim.types import Cause, Step, quoted

STANDING_SPEED = 0.5  # [m/s] below it the car stands
INTERVENTION_COST = 6.0  # [s] of an intervention; Bojarski et al. 2016


@dataclass(frozen=True)
class EpisodeScore:
    """The score of one drive.

    driver: its name; `pilotnet@seed1` where several networks of one recipe drive.
    scenario, road, weather, light: names.
    settings: the whole scenario as JSON, so that the drive can be repeated.
    elapsed: duration [s].
    distance: driven [m].
    offset_rms: RMS cross-track error [m].
    curvature_rate_rms: RMS rate of the curvature command [1/m/s].
    min_time_to_collision: smallest value [s], inf when the ego never approached an obstacle.
    departure to takeover: number of interventions by cause.
    suite: the scenario's suite, empty when it has none.
    offset_p95: 95th percentile of the absolute cross-track error [m].
    heading_error_rms: RMS heading error [rad].
    min_clearance: smallest gap to another road user [m], inf when none came within 15 m.
    completion: share of the route that was driven.
    standing: time slower than 0.5 m/s [s].
    segments, comfortable: number of 2 s segments, and of those within nuPlan's bounds of comfort.
    driving_score: of the CARLA Leaderboard 1.0 [%].
    Values that results of earlier versions lack are NaN, or 0 segments.
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
    takeover: int = 0  # by a person; absent from results of earlier versions
    suite: str = ""  # absent from results of earlier versions, as all that follow
    offset_p95: float = math.nan
    heading_error_rms: float = math.nan
    min_clearance: float = math.nan
    completion: float = math.nan
    standing: float = math.nan
    segments: int = 0
    comfortable: int = 0
    driving_score: float = math.nan

    def conditions(self) -> Scenario:
        """Return the scenario; raises DamagedFileError when `settings` does not describe one."""
        try:
            return structured(load_json(self.settings), Scenario, "scenario")
        except ValueError:
            raise DamagedFileError(
                f"settings of {self.scenario} are {quoted(self.settings)}; "
                "they must describe a scenario"
            ) from None

    @property
    def recipe(self) -> str:
        """The driver's name without that of its network."""
        return recipe_of(self.driver)

    @property
    def interventions(self) -> int:
        """Number of interventions of all causes."""
        return sum(getattr(self, cause.name.lower()) for cause in Cause)


@dataclass(frozen=True)
class Score:
    """The score of one driver over many drives.

    autonomy: [%].
    interval: lower and upper limit of its 95 % interval [%].
    hours, kilometres: total duration and distance.
    interventions, causes: total number, and number by cause.
    autonomous_distance: mean distance between interventions [km]; the total without any.
    offset_rms: RMS cross-track error [m].
    curvature_rate_rms: RMS rate of the curvature command [1/m/s].
    min_time_to_collision: smallest value [s], inf when the ego never approached an obstacle.
    offset_p95: mean over drives of the 95th percentile of the absolute cross-track error [m].
    heading_error_rms: RMS heading error [rad].
    min_clearance: smallest gap to another road user [m], inf without one.
    completion: mean share of the route that was driven.
    standing: total time slower than 0.5 m/s [h].
    comfort: share of 2 s segments within nuPlan's bounds of comfort.
    driving_score: mean over drives [%].
    The last seven are NaN for results of earlier versions.
    networks: autonomy of each network [%], by driver; several where a recipe was trained with
    several seeds.
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
    offset_p95: float
    heading_error_rms: float
    min_clearance: float
    completion: float
    standing: float
    comfort: float
    driving_score: float
    networks: dict[str, float]

    @property
    def between_networks(self) -> float:
        """Standard deviation of the autonomy of several networks [points]; NaN of one."""
        values = list(self.networks.values())
        return stdev(values) if len(values) > 1 else math.nan


def autonomy(interventions: float, elapsed: float) -> float:
    """Return the autonomy [%] for a number of interventions in `elapsed` [s] of driving.

    Raises ValueError unless `elapsed` is above 0.
    """
    if not elapsed > 0:
        raise ValueError(f"elapsed is {elapsed} s; it must be above 0")
    return 100 * max(0.0, 1 - INTERVENTION_COST * interventions / elapsed)


class ScenarioTotal(NamedTuple):
    """Interventions and duration [s] of all drives of one driver on one scenario."""

    scenario: str
    interventions: int
    elapsed: float


def autonomy_interval(
    totals: Sequence[ScenarioTotal], confidence: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the autonomy [%]; its unit is the scenario."""
    counts = [total.interventions for total in totals]
    fewest, most = rate_interval(counts, [total.elapsed for total in totals], confidence)
    return autonomy(most, 1.0), autonomy(fewest, 1.0)


def score_episode(
    driver: str, scenario: Scenario, rate: float, steps: Sequence[Step]
) -> EpisodeScore:
    """Return the score of one drive; rate: of its steps [Hz]."""
    speed = np.array([step.ego.speed for step in steps])
    offset = np.array([step.ego.offset for step in steps])
    heading_error = np.array([step.ego.heading_error for step in steps])
    command = np.array([step.control.curvature for step in steps])
    segments = comfort(steps, rate)
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
        offset_p95=float(np.quantile(np.abs(offset), 0.95)) if steps else 0.0,
        heading_error_rms=root_mean_square(heading_error),
        min_clearance=min((step.clearance for step in steps), default=math.inf),
        completion=route_completion(steps, scenario.length),
        standing=float((speed < STANDING_SPEED).sum() / rate),
        segments=segments.segments,
        comfortable=segments.comfortable,
        driving_score=driving_score(steps, scenario.length),
    )


def total_score(episodes: Iterable[EpisodeScore]) -> Score:
    """Return the score over many drives, weighted by duration; ValueError when there is none."""
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
        interval=autonomy_interval(list(scenario_totals(episodes).values())),
        hours=elapsed / 3600,
        kilometres=kilometres,
        interventions=interventions,
        causes=causes,
        autonomous_distance=kilometres / max(interventions, 1),
        offset_rms=_weighted_rms(weights, [episode.offset_rms for episode in episodes]),
        curvature_rate_rms=_weighted_rms(
            weights, [episode.curvature_rate_rms for episode in episodes]
        ),
        min_time_to_collision=min(episode.min_time_to_collision for episode in episodes),
        offset_p95=fmean(episode.offset_p95 for episode in episodes),
        heading_error_rms=_weighted_rms(
            weights, [episode.heading_error_rms for episode in episodes]
        ),
        min_clearance=min(episode.min_clearance for episode in episodes),
        completion=fmean(episode.completion for episode in episodes),
        standing=sum(episode.standing for episode in episodes) / 3600,
        comfort=_share(
            sum(episode.comfortable for episode in episodes),
            sum(episode.segments for episode in episodes),
        ),
        driving_score=fmean(episode.driving_score for episode in episodes),
        networks=_network_autonomies(episodes),
    )


def scenario_totals(episodes: Iterable[EpisodeScore]) -> dict[str, ScenarioTotal]:
    """Return the totals of one driver on each scenario, by the scenario's name and settings.

    The drives of several networks on one scenario are one unit of the interval: they depend on each
    other, as the road is hard or easy for all of them.
    """
    totals: dict[str, ScenarioTotal] = {}
    for episode in episodes:
        key = f"{episode.scenario} {episode.settings}"
        before = totals.get(key, ScenarioTotal(episode.scenario, 0, 0.0))
        totals[key] = ScenarioTotal(
            episode.scenario,
            before.interventions + episode.interventions,
            before.elapsed + episode.elapsed,
        )
    return totals


def _network_autonomies(episodes: Sequence[EpisodeScore]) -> dict[str, float]:
    """Return the autonomy of each network [%], by driver."""
    drives: dict[str, list[EpisodeScore]] = {}
    for episode in episodes:
        drives.setdefault(episode.driver, []).append(episode)
    return {
        name: autonomy(sum(one.interventions for one in own), sum(one.elapsed for one in own))
        for name, own in drives.items()
    }


def scores_by(episodes: Iterable[EpisodeScore], field: str) -> dict[str, dict[str, Score]]:
    """Return the score of every driver for each value of a field, in the order of the episodes.

    field: `suite`, `road`, `weather` or `light`.
    """
    groups: dict[str, dict[str, list[EpisodeScore]]] = {}
    for episode in episodes:
        by_driver = groups.setdefault(getattr(episode, field), {})
        by_driver.setdefault(episode.recipe, []).append(episode)
    return {value: _total_scores(by_driver) for value, by_driver in groups.items()}


def _total_scores(episodes: Mapping[str, Sequence[EpisodeScore]]) -> dict[str, Score]:
    """Return the total score of each driver; episodes: by driver."""
    return {name: total_score(drives) for name, drives in episodes.items()}


def _share(part: int, whole: int) -> float:
    """Return a part of a whole, NaN of nothing."""
    return part / whole if whole else math.nan


def _weighted_rms(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the weighted root mean square; weights: with sum 1."""
    squares = (weight * value**2 for weight, value in zip(weights, values, strict=True))
    return math.sqrt(sum(squares))


def root_mean_square(values: np.ndarray) -> float:
    """Return the root mean square of an array, 0 of an empty one."""
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0
