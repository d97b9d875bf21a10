"""Confidence of the lane finder: from the number and agreement of recent measurements to a
probability.
"""

import math

import numpy as np

from pilotnet.modular.records import Floats

DECISIVE_DISTANCE = 20.0  # [m] ahead within which what is found decides
ENOUGH = 3.0  # clear measurements that make a sighting
# fewer clear measurements than this, or none for so long [s]: the lane must be searched
LOST_SUPPORT = 5.0
LOST_AFTER = 0.5
# [m] of way on which it was found so, and the share of more than that for which it is kept unseen,
BELIEVED = 20.0
EARNED = 0.2
# [m], [s] at most
COASTED = 12.0
PATIENCE = 2.5
FORGETTING = 0.4  # [s] in which trust falls to a third when nothing is seen
# clear measurements, and how often so many are right
SUPPORTS = (4.0, 7.0, 20.0)
SHARES = (0.0, 0.75, 1.0)
# share of what is clear that fits one lane: by chance, and from which on there is no reason to
# doubt
NOISE = 0.25
AGREEING = 0.6
TOLERANCE = 0.3  # [m] what the confidence speaks of


class LaneConfidence:
    """Counts of clear measurements, smoothed over frames, and the time since the last one."""

    def __init__(self) -> None:
        self._support = self._agreement = 0.0
        self._unseen = math.inf  # [s] since the last sighting
        self._found = 0.0  # [m] of way on which it was well found
        self._coasting = self._coasted = 0.0  # [s], [m] since too little fits

    @property
    def is_lost(self) -> bool:
        """Return whether so few measurements have agreed with the tracked lane for so long that it
        must be searched for again.
        """
        weak = self._support < LOST_SUPPORT or self._unseen > LOST_AFTER
        kept = min(max(EARNED * (self._found - BELIEVED), 0.0), COASTED)
        return weak and (self._coasted >= kept or self._coasting > PATIENCE)

    def age(self, duration: float, way: float) -> None:
        """Advance time [s] and travelled distance `way` [m]."""
        self._unseen += duration
        self._coasting, self._coasted = self._coasting + duration, self._coasted + way
        if self._support >= LOST_SUPPORT and self._unseen <= LOST_AFTER:
            self._coasting = self._coasted = 0.0
        self._found = 0.0 if self.is_lost else self._found + way * (self._support >= SUPPORTS[1])

    def judge(self, along: Floats, weight: Floats, clear: Floats) -> None:
        """Update with a frame's measurements (M,): distance ahead [m], agreement and clarity, both
        in [0, 1].
        """
        near = (along > 0) & (along < DECISIVE_DISTANCE)
        found = float(weight[near].sum())
        offered = float(clear[near].sum())
        self._support += 0.3 * (found - self._support)
        self._agreement += 0.5 * (found / max(offered, 1.0) - self._agreement)
        if found > ENOUGH:
            self._unseen = 0.0

    def confidence(self, spread: float, doubt: int) -> float:
        """Return the probability that the car is within TOLERANCE of its estimated lateral
        position.

        spread: standard deviation of the filter [m].
        doubt: number of consecutive frames in which another hypothesis scored better.
        """
        fits = math.erf(TOLERANCE / (math.sqrt(2) * (spread + 0.02)))
        seen = math.exp(-self._unseen / FORGETTING)
        support = float(np.interp(self._support, SUPPORTS, SHARES))
        agreement = float(np.clip((self._agreement - NOISE) / (AGREEING - NOISE), 0.0, 1.0)) ** 2
        return fits * seen * support * agreement * 0.8**doubt
