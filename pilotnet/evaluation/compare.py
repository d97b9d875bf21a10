"""COMPARE: two drivers on the same scenarios, paired.

The difference is the second driver's autonomy minus the first's, over the scenarios that both
drove. Its interval counts scenarios, because a road that is hard for one driver is often hard for
the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pilotnet.common.provenance import read_provenance
from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.intervals import Estimate, count_correlation, difference_interval
from pilotnet.evaluation.metrics import (
    INTERVENTION_COST,
    EpisodeScore,
    autonomy,
    autonomy_interval,
)
from pilotnet.evaluation.results import (
    Results,
    evaluate_settings,
    read_info,
    read_results,
)
from pilotnet.evaluation.rounds import look_confidence
from sim.types import quoted

CONFIDENCE = 0.95  # of the interval of a difference
COST = 100 * INTERVENTION_COST  # [% s] autonomy that one intervention a second costs
SAME_SETTINGS = (
    "suite",
    "split",
    "length",
    "pedals",
    "noise",
    "fault",
)  # of results that are compared
DECIDING_ROADS = 5  # that are listed at most
NAMED_DRIVERS = 2


class Pair(NamedTuple):
    """The drives of two drivers on one scenario."""

    first: EpisodeScore
    second: EpisodeScore

    def points(self, seconds: float) -> float:
        """Return the pair's part in the difference of autonomy [%]; seconds: of all drives."""
        return COST * (self.first.interventions - self.second.interventions) / seconds


@dataclass(frozen=True)
class Comparison:
    """The difference between two drivers.

    first, second: names of the drivers; labels: their titles.
    scenarios: number of scenarios that both drove.
    autonomies: of both drivers on these [%].
    difference: the second driver's autonomy minus the first's [points].
    interval: its lower and upper limit [points]; confidence: probability that it holds.
    roads: scenarios that decide, the largest part first, with their part [points].
    """

    first: str
    second: str
    labels: tuple[str, str]
    scenarios: int
    autonomies: tuple[float, float]
    difference: float
    interval: tuple[float, float]
    confidence: float
    roads: tuple[tuple[str, float], ...]

    @property
    def decided(self) -> bool:
        """Whether the interval does not contain 0."""
        return not self.interval[0] <= 0 <= self.interval[1]

    def sentence(self) -> str:
        """Return the result in one sentence."""
        low, high = self.interval
        level = f"{100 * self.confidence:.3g}"
        first, second = self.labels
        if not self.decided:
            return (
                f"No difference shown: {second} minus {first} is {self.difference:+.1f} points, "
                f"{level} % interval {low:+.1f} to {high:+.1f}, on {self.scenarios} scenarios."
            )
        better, worse = (second, first) if self.difference > 0 else (first, second)
        low, high = sorted((abs(low), abs(high)))
        return (
            f"{better} is better than {worse} by {abs(self.difference):.1f} points, "
            f"{level} % interval {low:.1f} to {high:.1f}, on {self.scenarios} scenarios."
        )

    def shows_worse(self, points: float) -> bool:
        """Return whether the second driver is shown to be worse, and by more than `points`."""
        return self.decided and self.difference < -points


def compare(folder: Path, other: Path | None = None, drivers: Sequence[str] = ()) -> Comparison:
    """Compare two drivers of one results folder, or one driver of each of two folders.

    drivers: the first and the second; empty when the folders leave no choice.

    Raises ValueError when a driver is not there, when the choice is open, when the evaluations
    differ in suite, split, length, speed control, noise or world, and without a common scenario.
    """
    results = read_results(folder)
    others = read_results(other) if other else results
    if other:
        require_comparable(results, others)
    first, second = chosen_drivers(results, others, drivers)
    pairs = paired(episodes_of(results, first), episodes_of(others, second))
    if not pairs:
        raise ValueError(
            f"{folder} and {other} have 0 common scenarios; "
            "evaluate both drivers with the same --episodes and --first"
        )
    labels = driver_title(first), driver_title(second)
    if first == second:
        labels = f"{labels[0]} of {folder}", f"{labels[1]} of {other}"
    return difference_of(pairs, labels, confidence_of(results, others))


def require_comparable(results: Results, others: Results) -> None:
    """Raise ValueError naming the first setting in which two evaluations differ."""
    found = [read_provenance(one.folder, "evaluate") for one in (results, others)]
    infos = [read_info(one.folder) for one in (results, others)]
    worlds = [info.world if info else None for info in infos]
    settings = [{**one["config"], "world": world} for one, world in zip(found, worlds, strict=True)]
    for name in (*SAME_SETTINGS, "world"):
        first, second = (one.get(name) or None for one in settings)  # files before 0.3 lack some
        if first != second:
            raise ValueError(
                f"{name} is {quoted(str(first))} in {results.folder} and {quoted(str(second))} in "
                f"{others.folder}; only evaluations with the same {name} can be compared"
            )


def confidence_of(*results: Results) -> float:
    """Return the confidence of an interval of the difference.

    It is higher where an evaluation stopped as soon as the drivers differed.
    """
    settings = [evaluate_settings(one.folder) for one in results]
    looked = [look_confidence(one.episodes) for one in settings if one.until_decided]
    return max((CONFIDENCE, *looked))


def chosen_drivers(results: Results, others: Results, names: Sequence[str]) -> tuple[str, str]:
    """Return the first and the second driver.

    Raises ValueError when one is not in its results, or when `names` is empty and there are
    several choices.
    """
    present = list(results.scores())
    absent = list(others.scores())
    if names and len(names) != NAMED_DRIVERS:
        raise ValueError(f"drivers has {len(names)} names; it must have {NAMED_DRIVERS}")
    if not names:
        names = _only_choice(results, others, present, absent)
    for name, known, folder in zip(
        names, (present, absent), (results.folder, others.folder), strict=True
    ):
        if name not in known:
            raise ValueError(
                f"driver is {quoted(name)}; of {folder} it must be one of {', '.join(known)}"
            )
    first, second = names
    if results is others and first == second:
        raise ValueError(f"drivers names {quoted(first)} twice; it must name two drivers")
    return first, second


def _only_choice(
    results: Results, others: Results, present: Sequence[str], absent: Sequence[str]
) -> tuple[str, str]:
    """Return the two drivers of one folder, or the only one of each; ValueError if others do."""
    if results is others and len(present) == NAMED_DRIVERS:
        return present[0], present[1]
    if results is not others and len(present) == len(absent) == 1:
        return present[0], absent[0]
    known = ", ".join(dict.fromkeys((*present, *absent)))
    raise ValueError(f"drivers is empty; it must name two of {known}: --drivers A B")


def episodes_of(results: Results, driver: str) -> list[EpisodeScore]:
    """Return the drives of one driver."""
    return [episode for episode in results.episodes if episode.driver == driver]


def paired(first: Iterable[EpisodeScore], second: Iterable[EpisodeScore]) -> list[Pair]:
    """Return the drives on the same scenarios, in the order of the first driver's."""
    matching = {episode.settings: episode for episode in second}
    return [Pair(one, matching[one.settings]) for one in first if one.settings in matching]


def difference_of(
    pairs: Sequence[Pair], labels: tuple[str, str], confidence: float = CONFIDENCE
) -> Comparison:
    """Return the difference over at least one pair of drives; labels: titles of the drivers."""
    first, second = (_estimate(drives, confidence) for drives in zip(*pairs, strict=True))
    correlation = count_correlation(
        [pair.first.interventions for pair in pairs], [pair.second.interventions for pair in pairs]
    )
    return Comparison(
        first=pairs[0].first.driver,
        second=pairs[0].second.driver,
        labels=labels,
        scenarios=len(pairs),
        autonomies=(first.value, second.value),
        difference=second.value - first.value,
        interval=difference_interval(first, second, correlation),
        confidence=confidence,
        roads=deciding_roads(pairs),
    )


def _estimate(drives: Sequence[EpisodeScore], confidence: float) -> Estimate:
    """Return the autonomy of drives with its interval [%]."""
    counts = [drive.interventions for drive in drives]
    durations = [drive.elapsed for drive in drives]
    limits = autonomy_interval(counts, durations, confidence)
    return Estimate(autonomy(sum(counts), sum(durations)), *limits)


def deciding_roads(pairs: Sequence[Pair]) -> tuple[tuple[str, float], ...]:
    """Return the scenarios with the largest parts in the difference, and their parts [points]."""
    seconds = sum(pair.first.elapsed for pair in pairs)
    parts = [(pair.first.scenario, pair.points(seconds)) for pair in pairs]
    parts = sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))
    return tuple(parts[:DECIDING_ROADS])
