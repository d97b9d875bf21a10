"""Intervals of a rate of interventions, with the drive as the unit.

Interventions cluster: a road that is hard for a driver causes many of them. The number of
interventions in a drive therefore varies more than a Poisson number. It is taken to be negative
binomial, with variance = dispersion x mean, and the interval comes from the posterior distribution
of the rate with the dispersion integrated out. `tests/benchmarks/interval_coverage.py` measures how
often the interval contains the true rate.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

DISPERSION_MEDIAN = 2.0  # prior median of dispersion - 1; the demo's drivers have 0.8 to 3.4
DISPERSION_SIGMA = 1.0  # prior standard deviation of log(dispersion - 1); 0.28 to 14 within 95 %
RATE_POINTS = 160  # of the grid of rates
DISPERSION_POINTS = 40  # of the grid of dispersions
RATE_SPAN = (-10.0, 6.0)  # log(rate / estimate) of the first grid
HALF_TRUST = 8  # scenarios after which half of the measured correlation is used
NEGLIGIBLE = 1e-7  # posterior density below which a grid point is left out, relative to the peak


def rate_interval(
    counts: Sequence[int], durations: Sequence[float], confidence: float = 0.95
) -> tuple[float, float]:
    """Return the lower and upper limit of the rate of interventions [1/s].

    counts: interventions of every drive; durations: of the drives [s], in the same order. The
    limits are quantiles of the posterior distribution, with the prior rate^-1/2 (Jeffreys' for a
    Poisson rate). Without any intervention the lower limit is 0.

    Raises ValueError when there is no drive, lengths differ, a count is below 0 or a duration is
    not above 0.
    """
    numbers = np.asarray(counts, dtype=float)
    times = np.asarray(durations, dtype=float)
    _check(numbers, times)
    estimate = (numbers.sum() + 0.5) / times.sum()
    span = np.log(estimate) + np.array(RATE_SPAN)
    for _ in range(2):  # the second grid covers only rates of noticeable probability
        logs = np.linspace(span[0], span[1], RATE_POINTS)
        density = _rate_density(logs, numbers, times)
        (likely,) = np.nonzero(density > NEGLIGIBLE)
        span = logs[[max(likely[0] - 1, 0), min(likely[-1] + 1, RATE_POINTS - 1)]]
    share = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    tail = (1 - confidence) / 2
    low, high = np.exp(np.interp((tail, 1 - tail), share / share[-1], logs))
    return (float(low) if numbers.any() else 0.0), float(high)


class Estimate(NamedTuple):
    """A value and the limits of its interval."""

    value: float
    low: float
    high: float


def difference_interval(
    first: Estimate, second: Estimate, correlation: float
) -> tuple[float, float]:
    """Return the limits of the second value minus the first.

    They are recovered from the limits of both values and from their correlation (MOVER; Zou and
    Donner 2008, "Construction of confidence limits about effect measures", Statistics in Medicine
    27).
    """
    difference = second.value - first.value
    below = _combined(second.value - second.low, first.high - first.value, correlation)
    above = _combined(second.high - second.value, first.value - first.low, correlation)
    return difference - below, difference + above


def _combined(first: float, second: float, correlation: float) -> float:
    """Return the half-width of a difference whose terms have these half-widths."""
    square = first**2 + second**2 - 2 * correlation * first * second
    return math.sqrt(max(square, 0.0))


def count_correlation(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the correlation [0, 1] of two drivers' interventions on the same scenarios.

    It is less than measured after few scenarios, and 0 where it would be negative: a correlation
    that is too low makes an interval too wide, never too narrow.
    """
    counts = np.array([first, second], dtype=float)
    if not counts.std(axis=1).all():
        return 0.0
    measured = float(np.corrcoef(counts)[0, 1])
    return max(measured, 0.0) * len(first) / (len(first) + HALF_TRUST)


def _check(counts: np.ndarray, durations: np.ndarray) -> None:
    """Raise ValueError for numbers that are not those of drives."""
    if not counts.size or counts.shape != durations.shape:
        raise ValueError(
            f"there are {counts.size} counts and {durations.size} durations; "
            "there must be as many of both, at least 1"
        )
    if counts.min() < 0:
        raise ValueError(f"counts has {counts.min():g}; a count must be at least 0")
    if not durations.min() > 0:
        raise ValueError(f"durations has {durations.min():g} s; it must be above 0")


def _rate_density(logs: np.ndarray, counts: np.ndarray, durations: np.ndarray) -> np.ndarray:
    """Return the posterior density of log(rate), up to a factor, at the points `logs`; shape (n,).

    With mean m = rate x duration and dispersion f, a count k has the probability
    Gamma(k + r) / Gamma(r) / k! x f^-r x (1 - 1/f)^k with r = m / (f - 1).
    """
    normal = np.linspace(-3.0, 3.0, DISPERSION_POINTS)  # standard scores of the prior
    excess = DISPERSION_MEDIAN * np.exp(DISPERSION_SIGMA * normal)  # dispersion - 1
    rates = np.exp(logs)[:, None]
    posterior = 0.5 * logs[:, None] - 0.5 * normal**2
    posterior = posterior - rates * durations.sum() / excess * np.log1p(excess)
    posterior += counts.sum() * np.log(excess / (1 + excess))
    for index in range(int(counts.max())):  # Gamma(k + r) / Gamma(r) = r (r + 1) ... (r + k - 1)
        for duration, drives in _groups(durations[counts > index]):
            posterior += drives * np.log(rates * duration / excess + index)
    density: np.ndarray = np.exp(posterior - posterior.max()).sum(axis=1)
    return density / density.max()


def _groups(durations: np.ndarray) -> zip:
    """Return pairs of a duration and the number of drives that have it."""
    return zip(*np.unique(durations, return_counts=True), strict=True)
