"""How often `evaluate --until-decided` tells two equal drivers apart, and how soon unequal ones.

    python -m tests.benchmarks.sequential_errors [--repeats 400] [--seed 0]

Simulates interventions of two drivers on the same scenarios of 30 s. Half of the variation between
roads is common to both drivers. Columns: share of decisions, share of wrong decisions, and mean
number of scenarios driven; and the wrong decisions when every look used a 95 % interval.
"""

import argparse
import itertools
from typing import NamedTuple

import numpy as np

from pilotnet.evaluation.compare import CONFIDENCE, difference_of, paired
from pilotnet.evaluation.metrics import INTERVENTION_COST
from pilotnet.evaluation.rounds import look_confidence, looks
from tests.pilotnet.evaluation.made_results import DURATION, drive

BUDGETS = (40, 160)  # scenarios
DISPERSIONS = (1.5, 3.0, 6.0)  # variance / mean of the first driver's interventions in a drive
AUTONOMIES = ((90.0, 90.0), (97.0, 97.0), (80.0, 90.0), (90.0, 97.0))  # [%] of both drivers
COMMON = 0.5  # share of the variation between roads that is common to both drivers
DRIVERS = ("first", "second")


class Outcome(NamedTuple):
    """How an evaluation in rounds ended.

    sign: of the difference that was decided, 0 for none. scenarios: that were driven.
    """

    sign: int
    scenarios: int


def simulated(
    generator: np.random.Generator, autonomies: tuple[float, float], dispersion: float, count: int
) -> np.ndarray:
    """Return the interventions of both drivers on each scenario; shape (2, count).

    Roads have gamma-distributed difficulty, so that the counts are negative binomial.
    """
    means = [(1 - one / 100) / INTERVENTION_COST * DURATION for one in autonomies]
    scale = (dispersion - 1) / means[0]
    common = generator.gamma(COMMON / scale, scale, count)
    own = generator.gamma((1 - COMMON) / scale, scale, (2, count))
    return generator.poisson(np.array(means)[:, None] * (common + own))


def outcome(counts: np.ndarray, confidence: float) -> Outcome:
    """Return how an evaluation in rounds with these interventions ends."""
    budget = counts.shape[1]
    first, second = (
        [drive(name, index, int(count)) for index, count in enumerate(own)]
        for name, own in zip(DRIVERS, counts, strict=True)
    )
    pairs = paired(first, second)
    for count in looks(budget):
        found = difference_of(pairs[:count], DRIVERS, confidence)
        if found.decided:
            return Outcome(int(np.sign(found.difference)), count)
    return Outcome(0, budget)


def main() -> None:
    """Print a row for each budget, pair of drivers and dispersion."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| budget | autonomies | variance/mean | decided | wrong | scenarios | wrong at 95 % |")
    print("|--:|---|--:|--:|--:|--:|--:|")
    worst = [0.0, 0.0]
    for budget, autonomies, dispersion in itertools.product(BUDGETS, AUTONOMIES, DISPERSIONS):
        generator = np.random.default_rng([options.seed, budget, round(10 * dispersion)])
        true = int(np.sign(autonomies[1] - autonomies[0]))
        ends = []
        naive = []
        for _ in range(options.repeats):
            counts = simulated(generator, autonomies, dispersion, budget)
            ends.append(outcome(counts, look_confidence(budget)))
            naive.append(outcome(counts, CONFIDENCE))
        wrong = [
            100 * np.mean([end.sign not in (0, true) or (true == 0 and end.sign != 0) for end in e])
            for e in (ends, naive)
        ]
        worst = [max(before, now) for before, now in zip(worst, wrong, strict=True)]
        decided = 100 * np.mean([end.sign != 0 for end in ends])
        driven = np.mean([end.scenarios for end in ends])
        print(
            f"| {budget} | {autonomies[0]:g} %, {autonomies[1]:g} % | {dispersion:g} "
            f"| {decided:.1f} % | {wrong[0]:.1f} % | {driven:.0f} | {wrong[1]:.1f} % |",
            flush=True,
        )
    print(
        f"\nwrong at most: {worst[0]:.1f} %; with a 95 % interval at every look: {worst[1]:.1f} %"
    )


if __name__ == "__main__":
    main()
