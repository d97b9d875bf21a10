"""The interval of the rate of interventions, against closed forms and simulated drives."""

import numpy as np
import pytest
from scipy.stats import nbinom

from pilotnet.evaluation import intervals
from pilotnet.evaluation.intervals import rate_interval


def test_without_an_intervention_the_lower_limit_is_zero() -> None:
    low, high = rate_interval([0] * 20, [30.0] * 20)
    assert low == 0.0
    assert 3.0 / 600 < high < 20.0 / 600


def test_the_limits_are_rates_of_time() -> None:
    low, high = rate_interval([0, 2, 1], [30.0, 40.0, 50.0])
    assert rate_interval([0, 2, 1], [60.0, 80.0, 100.0]) == pytest.approx((low / 2, high / 2))


def test_the_order_of_the_drives_does_not_matter() -> None:
    forth = rate_interval([0, 2, 1, 5], [30.0, 40.0, 50.0, 20.0])
    back = rate_interval([5, 1, 2, 0], [20.0, 50.0, 40.0, 30.0])
    assert back == pytest.approx(forth)


def test_more_confidence_gives_a_wider_interval() -> None:
    narrow = rate_interval([0, 1, 3, 0], [30.0] * 4, 0.8)
    wide = rate_interval([0, 1, 3, 0], [30.0] * 4, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_the_limits_are_quantiles_of_the_posterior_distribution() -> None:
    counts = np.array([0, 2, 0, 5, 1])
    durations = np.array([20.0, 30.0, 25.0, 40.0, 35.0])
    logs = np.linspace(-12.0, 1.0, 1200)
    scores = np.linspace(-3.0, 3.0, intervals.DISPERSION_POINTS)
    excess = intervals.DISPERSION_MEDIAN * np.exp(intervals.DISPERSION_SIGMA * scores)
    size = np.exp(logs)[:, None, None] * durations / excess[:, None]
    likelihood = nbinom.pmf(counts, size, 1 / (1 + excess[:, None])).prod(axis=2)
    density = (likelihood * np.exp(-0.5 * scores**2)).sum(axis=1) * np.exp(0.5 * logs)
    share = np.cumsum(density) / density.sum()
    expected = np.exp(np.interp((0.025, 0.975), share, logs))
    assert rate_interval(counts.tolist(), durations.tolist()) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("dispersion", [1.5, 4.0])
def test_the_interval_contains_the_true_rate_in_19_of_20_simulated_evaluations(
    dispersion: float,
) -> None:
    generator = np.random.default_rng(0)
    rate = 0.02
    size = rate * 30 / (dispersion - 1)
    inside = 0
    for _ in range(300):
        counts = generator.negative_binomial(size, 1 / dispersion, 40)
        low, high = rate_interval(counts.tolist(), [30.0] * 40)
        inside += low <= rate <= high
    assert 0.92 <= inside / 300 <= 0.985


@pytest.mark.parametrize(
    ("counts", "durations", "message"),
    [
        ([], [], "0 counts and 0 durations"),
        ([1], [30.0, 30.0], "1 counts and 2 durations"),
        ([-1], [30.0], "counts has -1"),
        ([1], [0.0], "durations has 0 s"),
        ([1], [float("nan")], "durations has nan s"),
    ],
)
def test_numbers_that_are_not_those_of_drives_are_refused(
    counts: list[int], durations: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rate_interval(counts, durations)
