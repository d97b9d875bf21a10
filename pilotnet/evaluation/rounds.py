"""Rounds of `evaluate --until-decided`: how many scenarios each has, and how it decides.

After each round the interval of the difference between two drivers is looked at. Every look uses
the same higher confidence, so that all intervals of an evaluation hold together with 95 %
(Bonferroni). The decision may therefore be taken at any look.
`tests/benchmarks/sequential_errors.py` measures how often two equal drivers are told apart.
"""

import math

ERROR_RATE = 0.05  # probability of a wrong decision between equal drivers, over all looks
FIRST_ROUND = 8  # scenarios before the first look
ROUND_GROWTH = 1.5  # scenarios at a look by those at the look before


def looks(budget: int) -> list[int]:
    """Return the numbers of scenarios after which the difference is looked at.

    budget: scenarios at most; the last look is there.
    """
    counts = []
    count = FIRST_ROUND
    while count < budget:
        counts.append(count)
        count = math.ceil(count * ROUND_GROWTH)
    return [*counts, budget]


def look_confidence(budget: int) -> float:
    """Return the confidence of the interval at each look."""
    return 1 - ERROR_RATE / len(looks(budget))
