"""The intervention rules: when a safety driver would have taken the wheel.

A virtual intervention happens when the car's centre is more than 1 m off its path, when a corner leaves the drivable surface,
on contact or a gap under 0.3 m with another car, and when it stands still for 8 s with a clear road.
"""

from sim.actors import rectangle_gap
from sim.types import Cause
from sim.world import World

MAX_OFFSET = 1.0  # [m] the paper's
MIN_GAP = 0.3  # [m]
STUCK_TIME, STUCK_SPEED, CLEAR_ROAD = 8.0, 0.5, 30.0  # [s], [m/s], [m]
CLEARANCE = 8.0  # [m] between the car and what it hit, when it is put back


class Referee:
    """Watches one world from its first step on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._standing = 0.0

    def judge(self, elapsed: float) -> Cause | None:
        """The cause of an intervention now, `elapsed` seconds after the last call, or None."""
        ego = self._world.ego_state()
        lead = self._world.lead()
        waiting = lead is not None and lead[0] < CLEAR_ROAD
        self._standing = self._standing + elapsed if ego.speed < STUCK_SPEED and not waiting else 0.0
        if self._touches():
            return Cause.CONTACT
        if self._leaves_the_road():
            return Cause.OFF_ROAD
        if abs(ego.offset) > MAX_OFFSET:
            return Cause.DEPARTURE
        if self._standing >= STUCK_TIME:
            self._standing = 0.0
            return Cause.STUCK
        return None

    def intervene(self, cause: Cause) -> None:
        """Put the car back on its path, clear of what it hit."""
        self._world.put_back(clearance=CLEARANCE if cause is Cause.CONTACT else 0.0)

    def _touches(self) -> bool:
        corners = self._world.ego_corners()
        return any(rectangle_gap(corners, actor.corners()) < MIN_GAP for actor in self._world.actors())

    def _leaves_the_road(self) -> bool:
        plan = self._world.plan
        across = [plan.centreline.project(x, y)[1] for x, y in self._world.ego_corners()]
        return min(across) < plan.drivable[0] or max(across) > plan.drivable[1]
