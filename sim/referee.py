"""The intervention rules: when a safety driver would have taken the wheel.

A virtual intervention happens when the car's centre is more than 1 m off its path, when a corner leaves the drivable surface,
on contact or a gap under 0.3 m with another car, and when it stands still for 8 s with a clear road.
"""

import math

from sim.types import Cause
from sim.world import World

MAX_OFFSET = 1.0  # [m] the paper's
MIN_GAP = 0.3  # [m]
STUCK_TIME, STUCK_SPEED, CLEAR_ROAD = 8.0, 0.5, 30.0  # [s], [m/s], [m]
AGAIN = 30.0  # [m] two contacts in a row that are closer together are with the same thing
CLEARANCE = 8.0  # [m] between the car and what it hit, when it is put back


class Referee:
    """Watches one world from its first step on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._standing = 0.0
        self._last_contact = -math.inf

    def judge(self, elapsed: float) -> Cause | None:
        """The cause of an intervention now, `elapsed` seconds after the last call, or None."""
        world = self._world
        ego = world.ego_state()
        standing = ego.speed < STUCK_SPEED and not world.waiting(CLEAR_ROAD)
        self._standing = self._standing + elapsed if standing else 0.0
        to_car, to_person = world.gaps()
        if to_person < MIN_GAP:
            return Cause.PERSON
        if to_car < MIN_GAP:
            return Cause.CONTACT
        if world.leaves_the_road():
            return Cause.OFF_ROAD
        if abs(ego.offset) > MAX_OFFSET and not world.avoiding:
            return Cause.DEPARTURE
        if self._standing >= STUCK_TIME:
            self._standing = 0.0
            return Cause.STUCK
        return None

    def intervene(self, cause: Cause) -> None:
        """Put the car back on its path, clear of what it hit: before it, and behind it when it has hit the same thing again."""
        if cause in (Cause.CONTACT, Cause.PERSON):
            here = self._world.ego_state().station
            self._world.put_back(CLEARANCE, onwards=abs(here - self._last_contact) < AGAIN)
            self._last_contact = here
        else:
            self._world.put_back()
