"""COMPARE: two drivers on the same scenarios, paired.

The difference is the second driver's autonomy minus the first's, over the scenarios that both
drove. Its interval counts scenarios, because a road that is hard for one driver is often hard for
the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pilotnet.common.provenance import read_provenance
from pilotnet.drivers.driver_names import driver_title
from pilotnet.evaluation.intervals import Estimate, count_correlation, difference_interval
from pilotnet.evaluation.metrics import (
    INTERVENTION_COST,
    EpisodeScore,
    ScenarioTotal,
    autonomy,
    autonomy_interval,
    scenario_totals,
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
    """The totals of two drivers on one scenario."""

    first: ScenarioTotal
    second: ScenarioTotal


@dataclass(frozen=True)
class Comparison:
    """The difference between two drivers.

    drivers: names of the first and the second driver; titles: how the sentence calls them.
    scenarios: number of scenarios that both drove.
    autonomies: of both drivers on these [%].
    difference: the second driver's autonomy minus the first's [points].
    interval: its lower and upper limit [points]; confidence: probability that it holds.
    roads: scenarios that decide, the largest part first, with their part [points]; empty where an
    autonomy is 0, which is no sum over scenarios.
    """

    drivers: tuple[str, str]
    titles: tuple[str, str]
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
        first, second = self.titles
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
    if other and other.resolve() == folder.resolve():
        other = None
    results = read_results(folder)
    others = read_results(other) if other else results
    if other:
        require_comparable(results, others)
    names = chosen_drivers(results, others, drivers)
    pairs = paired(episodes_of(results, names[0]), episodes_of(others, names[1]))
    if not pairs:
        raise ValueError(
            f"{folder} and {other} have 0 common scenarios; "
            "evaluate both drivers with the same --episodes and --first"
        )
    found = difference_of(pairs, names, confidence_of(results, others))
    if names[0] != names[1]:
        return found
    first, second = found.titles
    return replace(found, titles=(f"{first} of {folder}", f"{second} of {other}"))


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
    contents = {info.suite for info in infos if info and info.suite}
    if len(contents) > 1:
        raise ValueError(
            f"suite {quoted(str(found[0]['config'].get('suite')))} of {results.folder} and of "
            f"{others.folder} have other contents; evaluate again what was evaluated before"
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
    for name, one in zip(names, (results, others), strict=True):
        if not episodes_of(one, name):
            known = dict.fromkeys((*one.scores(), *(episode.driver for episode in one.episodes)))
            raise ValueError(
                f"driver is {quoted(name)}; of {one.folder} it must be one of {', '.join(known)}"
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
    """Return the drives of one driver, with all its networks or with the one that it names."""
    return [one for one in results.episodes if driver in (one.driver, one.recipe)]


def comparisons(results: Results, driver: str) -> list[Comparison]:
    """Return the difference between each other driver and `driver`, the second of each pair."""
    confidence = confidence_of(results)
    own = episodes_of(results, driver)
    found = []
    for other in results.scores():
        pairs = paired(episodes_of(results, other), own)
        if other != driver and pairs:
            found.append(difference_of(pairs, (other, driver), confidence))
    return found


def paired(first: Iterable[EpisodeScore], second: Iterable[EpisodeScore]) -> list[Pair]:
    """Return the totals on the same scenarios, in the order of the first driver's."""
    totals = scenario_totals(first)
    matching = scenario_totals(second)
    return [Pair(total, matching[key]) for key, total in totals.items() if key in matching]


def difference_of(
    pairs: Sequence[Pair], drivers: tuple[str, str], confidence: float = CONFIDENCE
) -> Comparison:
    """Return the difference between two drivers over at least one scenario."""
    first, second = (_estimate(totals, confidence) for totals in zip(*pairs, strict=True))
    correlation = count_correlation(
        [pair.first.interventions for pair in pairs], [pair.second.interventions for pair in pairs]
    )
    return Comparison(
        drivers=drivers,
        titles=(driver_title(drivers[0]), driver_title(drivers[1])),
        scenarios=len(pairs),
        autonomies=(first.value, second.value),
        difference=second.value - first.value,
        interval=difference_interval(first, second, correlation),
        confidence=confidence,
        roads=deciding_roads(pairs) if min(first.value, second.value) > 0 else (),
    )


def _estimate(totals: Sequence[ScenarioTotal], confidence: float) -> Estimate:
    """Return the autonomy on these scenarios with its interval [%]."""
    count = sum(total.interventions for total in totals)
    seconds = sum(total.elapsed for total in totals)
    return Estimate(autonomy(count, seconds), *autonomy_interval(totals, confidence))


def deciding_roads(pairs: Sequence[Pair]) -> tuple[tuple[str, float], ...]:
    """Return the scenarios with the largest parts in the difference, and their parts [points]."""
    first = sum(pair.first.elapsed for pair in pairs)
    second = sum(pair.second.elapsed for pair in pairs)
    parts = [
        (
            pair.first.scenario,
            COST * (pair.first.interventions / first - pair.second.interventions / second),
        )
        for pair in pairs
    ]
    parts = sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))
    return tuple(parts[:DECIDING_ROADS])
