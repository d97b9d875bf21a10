"""Odometry: dead reckoning from the speed and the curvature that the wheels hold."""

import math
from dataclasses import dataclass, field

from pilotnet.modular.planning.path_tracker import limited
from sim.control.bicycle import slip_angle
from sim.types import Pose


@dataclass
class Odometry:
    """Pose in a frame fixed to the ground that begins at (0, 0, 0).

    curvature: what the wheels hold [1/m].
    travelled: distance since the beginning [m].
    """

    duration: float
    pose: Pose = field(default_factory=lambda: Pose(0.0, 0.0, 0.0))
    curvature: float = 0.0
    travelled: float = 0.0
    _speed: float | None = None

    def move(self, speed: float) -> float:
        """Advance one tick that ends at `speed` [m/s]; return the distance [m]."""
        way = 0.0 if self._speed is None else (self._speed + speed) / 2 * self.duration
        self._speed = speed
        turn = self.curvature * way
        # HighwayEnv's bicycle moves across its axis by the slip angle; on an arc, along its chord.
        direction = self.pose.heading + slip_angle(self.curvature) + turn / 2
        x = self.pose.x + way * math.cos(direction)
        y = self.pose.y + way * math.sin(direction)
        self.pose = Pose(x, y, self.pose.heading + turn)
        self.travelled += way
        return way

    def hold(self, curvature: float) -> None:
        """Turn the wheels towards a curvature command [1/m] at their highest rate."""
        self.curvature = limited(curvature, self.curvature, self.duration)
