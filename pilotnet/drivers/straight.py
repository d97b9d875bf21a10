"""The driver that holds the wheel straight, a lower bound for every other."""

from sim.control.speed import speed_tracking_acceleration
from sim.types import Control, Observation


class Straight:
    """Holds the wheel straight and the speed of the first observation.

    Where each driver brakes for itself, it brakes for nothing, and accelerates only back to that
    speed.
    """

    def __init__(self) -> None:
        self._speed: float | None = None

    def reset(self) -> None:
        """Discard the speed to hold; the next observation sets it."""
        self._speed = None

    def act(self, observation: Observation) -> Control:
        """Return the command straight on, at the speed of the first observation since the last
        reset.
        """
        if self._speed is None:
            self._speed = observation.speed
        return Control(0.0, speed_tracking_acceleration(observation.speed, self._speed))
