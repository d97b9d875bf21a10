"""Where the car has been: dead reckoning from its speed and the curvature that its wheels hold."""

import math
from dataclasses import dataclass, field

from pilotnet.modular.planning.path_tracker import limited
from sim.control.bicycle import slip_angle
from sim.types import Pose


@dataclass
class Odometry:
    """The pose in a frame that stays on the ground and begins at (0, 0, 0); curvature: what the
    wheels hold [1/m].

    travelled: the way since the beginning [m].
    """

    duration: float
    pose: Pose = field(default_factory=lambda: Pose(0.0, 0.0, 0.0))
    curvature: float = 0.0
    travelled: float = 0.0
    _speed: float | None = None

    def move(self, speed: float) -> float:
        """Go on by one tick, at the end of which the speed is `speed` [m/s]; the way it was [m]."""
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
        """Turn the wheels towards a command [1/m] as fast as they can."""
        self.curvature = limited(curvature, self.curvature, self.duration)
