"""How often 95 % intervals contain the true autonomy, by method.

    python -m tests.benchmarks.interval_coverage [--repeats 400] [--seed 0]

Simulates interventions of 16, 40 and 160 drives of 30 s whose variance is 1 to 6 times their mean,
at autonomies from 65 to 98 %, and counts the intervals that contain the true value.
"""

import argparse
import itertools
from collections.abc import Callable

import numpy as np
from scipy.stats import chi2

from pilotnet.evaluation.intervals import rate_interval
from pilotnet.evaluation.metrics import INTERVENTION_COST

DURATION = 30.0  # [s] of a drive
DRIVES = (16, 40, 160)
DISPERSIONS = (1.0, 2.0, 4.0, 6.0)  # variance / mean of the interventions in a drive
AUTONOMIES = (65.0, 80.0, 90.0, 95.0, 98.0)  # [%]
RESAMPLES = 500  # of the bootstraps

Interval = tuple[float, float]


def poisson(counts: np.ndarray) -> Interval:
    """Return Garwood's interval of the rate [1/s], with interventions as a Poisson process."""
    total = counts.sum()
    low = chi2.ppf(0.025, 2 * total) / 2 if total else 0.0
    high = chi2.ppf(0.975, 2 * total + 2) / 2
    return low / (DURATION * counts.size), high / (DURATION * counts.size)


def percentile_bootstrap(counts: np.ndarray) -> Interval:
    """Return the quantiles of the rate [1/s] in resampled drives."""
    draws = np.random.default_rng(0).integers(counts.size, size=(RESAMPLES, counts.size))
    low, high = np.quantile(counts[draws].mean(axis=1), (0.025, 0.975)) / DURATION
    return float(low), float(high)


def bootstrap_t(counts: np.ndarray) -> Interval:
    """Return the interval of the rate [1/s] from the studentised bootstrap over drives."""
    draws = counts[np.random.default_rng(0).integers(counts.size, size=(RESAMPLES, counts.size))]
    spread = draws.std(axis=1, ddof=1)
    known = spread > 0
    if not known.any():
        return 0.0, poisson(counts)[1]
    scores = (draws.mean(axis=1)[known] - counts.mean()) / spread[known]
    low, high = counts.mean() - np.quantile(scores, (0.975, 0.025)) * counts.std(ddof=1)
    return max(float(low), 0.0) / DURATION, float(high) / DURATION


def negative_binomial(counts: np.ndarray) -> Interval:
    """Return the interval of the rate [1/s] that the evaluator prints."""
    return rate_interval(counts.tolist(), [DURATION] * counts.size)


METHODS: dict[str, Callable[[np.ndarray], Interval]] = {
    "Poisson": poisson,
    "percentile bootstrap": percentile_bootstrap,
    "bootstrap-t": bootstrap_t,
    "negative binomial": negative_binomial,
}


def simulated_counts(
    generator: np.random.Generator, mean: float, dispersion: float, drives: int
) -> np.ndarray:
    """Return the interventions of each drive: Poisson for dispersion 1, else negative binomial."""
    if dispersion == 1:
        return generator.poisson(mean, drives)
    return generator.negative_binomial(mean / (dispersion - 1), 1 / dispersion, drives)


def coverage(cell: tuple[int, float, float], repeats: int, seed: int) -> dict[str, float]:
    """Return the share of intervals that contain the true rate [%], by method.

    cell: number of drives, dispersion, autonomy [%].
    """
    drives, dispersion, autonomy = cell
    rate = (1 - autonomy / 100) / INTERVENTION_COST
    generator = np.random.default_rng([seed, drives, round(dispersion), round(autonomy)])
    hits = dict.fromkeys(METHODS, 0)
    for _ in range(repeats):
        counts = simulated_counts(generator, rate * DURATION, dispersion, drives)
        for name, method in METHODS.items():
            low, high = method(counts)
            hits[name] += low <= rate <= high
    return {name: 100 * hit / repeats for name, hit in hits.items()}


def main() -> None:
    """Print the coverage of every cell, and the lowest and highest of each method."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print("| drives | variance/mean | autonomy |", " | ".join(METHODS), "|")
    print("|--:|--:|--:|" + "--:|" * len(METHODS))
    cells = []
    for cell in itertools.product(DRIVES, DISPERSIONS, AUTONOMIES):
        shares = coverage(cell, options.repeats, options.seed)
        cells.append((cell, shares))
        row = " | ".join(f"{share:.1f}" for share in shares.values())
        print(f"| {cell[0]} | {cell[1]:g} | {cell[2]:g} % | {row} |", flush=True)
    print("\n| method | " + " | ".join(f"{drives} drives" for drives in DRIVES) + " |")
    print("|---|" + "---|" * len(DRIVES))
    for name in METHODS:
        found = [[shares[name] for cell, shares in cells if cell[0] == drives] for drives in DRIVES]
        print(f"| {name} | " + " | ".join(f"{min(x):.1f} to {max(x):.1f}" for x in found) + " |")


if __name__ == "__main__":
    main()
