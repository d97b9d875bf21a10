"""Detection of blank frames (black, white or frozen), and of a lane that can no longer be seen."""

from dataclasses import dataclass

import numpy as np

from sim.types import Image

# levels: a frame that is darker, or brighter, almost everywhere shows nothing
BLACK_LEVEL = 4
WHITE_LEVEL = 251
ALMOST = 99.5  # [%] of the pixels
# ticks of the same frame, at more than so many [m/s], are not to be believed
FROZEN = 3
FROZEN_SPEED = 0.5
# confidence in the lane with which the stack becomes blind, and sees again
BLIND_BELOW = 0.25
SEES_ABOVE = 0.4
UNSURE = 0.5  # [s] it may last before the stack calls itself blind


@dataclass
class FrameCheck:
    """Checks the frames of one drive, and the lane's confidence; `duration` is the time between two
    ticks [s].
    """

    duration: float
    blind: bool = False
    _last: Image | None = None
    _same: int = 0
    _unsure: float = 0.0

    def shows_something(self, frame: Image, speed: float) -> bool:
        """Return whether a frame is neither blank nor frozen, at a speed [m/s]. A frozen frame
        stays so until it changes.
        """
        unchanged = self._last is not None and np.array_equal(frame, self._last)
        self._last = frame
        if not unchanged:
            self._same = 0
        elif speed > FROZEN_SPEED:
            self._same += 1
        low, high = np.percentile(frame[::4, ::4], (100 - ALMOST, ALMOST))
        return self._same < FROZEN and high > BLACK_LEVEL and low < WHITE_LEVEL

    def judge(self, confidence: float) -> bool:
        """Return whether the lane counts as lost from sight, after one more tick with this
        confidence.
        """
        self._unsure = (
            self._unsure + self.duration
            if confidence < (SEES_ABOVE if self.blind else BLIND_BELOW)
            else 0.0
        )
        self.blind = self._unsure > (0.0 if self.blind else UNSURE)
        return self.blind
