"""The baseline driver: it keeps the steering wheel straight."""

from sim.control.speed import speed_tracking_acceleration
from sim.types import Control, Observation


class Straight:
    """A driver that keeps the steering wheel straight and its first speed: a baseline.

    Where drivers control their own speed, it brakes neither for curves nor for obstacles.
    """

    def __init__(self) -> None:
        self._speed: float | None = None

    def reset(self) -> None:
        """Discard the target speed; the next observation gives a new one."""
        self._speed = None

    def act(self, observation: Observation) -> Control:
        """Return a command of no curvature, at the first speed since the last reset."""
        if self._speed is None:
            self._speed = observation.speed
        return Control(0.0, speed_tracking_acceleration(observation.speed, self._speed))
