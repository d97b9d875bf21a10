"""The intervention rules: when a safety driver would have taken over, and how the car is put back.

PROTOCOL states them in words, for the report and `docs/protocol.md`; `tests/sim/test_referee.py`
works cases by hand.
"""

import math

from sim.control.bicycle import CAR_LENGTH
from sim.types import Actor, Cause, EgoState
from sim.world import (
    AVOIDING,
    NEEDS_AVOIDING,
    PERSON_NEEDS_AVOIDING,
    RESET_CLEARANCE,
    Neighbour,
    World,
)

MAX_OFFSET = 1.0  # [m] the paper's
MIN_GAP = 0.3  # [m]
# [s], [m/s], [m]
STUCK_TIME = 8.0
STUCK_SPEED = 1.0
CLEAR_ROAD = 30.0
# [m/s], [s] a car so slow for so long stands: people can see that
STANDING_SPEED = 0.1
SETTLED = 1.0
CLOSING = 0.01  # [m] a gap that shrinks by more in a tick is being closed
AGAIN = 30.0  # [m] a second intervention within this distance moves the car past the place
RESET_DISTANCE = 8.0  # [m] between the car and what it hit, when it is put back
ROLLING = 5.0  # [m/s] at which a car that was stuck is handed back

# A title and a paragraph each; the report shows them, and a test holds docs/protocol.md to them.
PROTOCOL = (
    (
        "Lane departure",
        f"The car's centre is more than {MAX_OFFSET:g} m from the middle of its lane. The rule "
        f"is suspended where avoiding an "
        f"obstacle is the task: within {AVOIDING:g} m along the road of a parked car that leaves "
        f"less than "
        f"{NEEDS_AVOIDING:g} m beside a car in the middle of its lane, or of a standing "
        f"pedestrian that leaves less than "
        f"{PERSON_NEEDS_AVOIDING:g} m. A crossing pedestrian is no such obstacle: the car has to "
        f"brake.",
    ),
    (
        "Off road",
        "A corner of the car is beyond the drivable surface. This rule is never suspended; the "
        "oncoming lane is part of "
        "the surface.",
    ),
    (
        "Contact",
        f"The gap to another vehicle, moving or parked, is below {MIN_GAP:g} m. A rear-end "
        f"collision does not count: the other "
        "vehicle is faster, and its centre is behind the rear bumper of the car. A car that cuts "
        "in has departed from its "
        "lane before.",
    ),
    (
        "Person hit",
        f"The gap to a pedestrian is below {MIN_GAP:g} m. A pedestrian that walks up to a car "
        f"that has stood still for "
        f"{SETTLED:g} s does not count. It counts as soon as the car closes the gap by its own "
        f"motion.",
    ),
    (
        "Stuck",
        f"For {STUCK_TIME:g} s the car has been slower than {STUCK_SPEED:g} m/s with "
        f"{CLEAR_ROAD:g} m of clear road "
        "ahead. Reasons to stand are a queue, a crossing pedestrian, a pedestrian at the kerb "
        "for which the car has stopped "
        "in good time, and oncoming traffic at a narrow place. A parked car is none.",
    ),
    (
        "What happens then",
        "The tick counts as one intervention, of the first cause that applies: person, contact, "
        "off road, lane "
        "departure, stuck. The car is put back in the middle of its lane, with heading and "
        "wheels along it. Its speed is "
        "the present one, or the lower one from which it can brake comfortably. It is moved back "
        "along the road until "
        f"the gap to all road users is {RESET_CLEARANCE:g} m, or {RESET_DISTANCE:g} m after a "
        "contact. No following vehicle may have to brake hard, and there must be space to shift "
        "around a parked car. A second intervention within "
        f"{AGAIN:g} m moves the car past the place instead, so that one obstacle costs at most "
        f"two interventions. A car "
        f"that was stuck starts at {ROLLING:g} m/s. The driver is then reset, without memory of "
        f"what came before, as "
        "after a safety driver has brought the car back. The clock and all other road users go on.",
    ),
)


class Referee:
    """Judges one world from its first tick on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._idle = 0.0  # [s] on a clear road
        self._settled = 0.0  # [s] of standing
        self._forgiven: dict[
            int, float
        ] = {}  # gaps [m] by number, of road users that came too close by their own motion
        self._set_back_at = -math.inf  # station [m]

    def judge(self, elapsed: float) -> Cause | None:
        """Return the cause of an intervention now, `elapsed` seconds after the last call, or
        None.
        """
        world = self._world
        ego = world.ego_state()
        self._settled = self._settled + elapsed if ego.speed < STANDING_SPEED else 0.0
        self._idle = (
            self._idle + elapsed
            if ego.speed < STUCK_SPEED and not world.waiting(CLEAR_ROAD)
            else 0.0
        )
        if (cause := self._collision(ego)) is not None:
            return cause
        if world.leaves_the_road():
            return Cause.OFF_ROAD
        if abs(ego.offset) > MAX_OFFSET and not world.avoiding:
            return Cause.DEPARTURE
        if self._idle >= STUCK_TIME - elapsed / 2:  # whole ticks, whatever their sum rounds to
            self._idle = 0.0
            return Cause.STUCK
        return None

    def intervene(self, cause: Cause) -> None:
        """Put the car back on its path, clear of what it hit, or past the place where it has been
        set back before.
        """
        world = self._world
        here = world.ego_state().station
        clearance = RESET_DISTANCE if cause in (Cause.CONTACT, Cause.PERSON) else RESET_CLEARANCE
        slowest = ROLLING if cause is Cause.STUCK else 0.0
        world.put_back(clearance, onwards=abs(here - self._set_back_at) < AGAIN, slowest=slowest)
        if world.ego_state().station < here - 1.0:
            self._set_back_at = here
        self._idle = 0.0
        self._settled = 0.0
        self._forgiven = {}

    def _collision(self, ego: EgoState) -> Cause | None:
        """Return the cause when the ego is too close to a road user, a pedestrian before a vehicle;
        None otherwise.
        """
        near = [neighbour for neighbour in self._world.neighbours() if neighbour.gap < MIN_GAP]
        forgiven = [neighbour for neighbour in near if self._came_by_itself(neighbour, ego)]
        self._forgiven = {actor.ident: gap for actor, gap in forgiven}
        hit = [actor for actor, _ in near if actor.ident not in self._forgiven]
        if not hit:
            return None
        return Cause.PERSON if any(actor.is_person for actor in hit) else Cause.CONTACT

    def _came_by_itself(self, neighbour: Neighbour, ego: EgoState) -> bool:
        """Return whether the other road user closed the gap, and not the ego."""
        actor, gap = neighbour
        before = self._forgiven.get(actor.ident)
        if before is not None and gap > before - CLOSING:
            return True
        return self._settled >= SETTLED if actor.is_person else runs_into_from_behind(actor, ego)


def runs_into_from_behind(actor: Actor, ego: EgoState) -> bool:
    """Whether another car's middle is behind the ego's rear bumper, and it is the faster one in the
    ego's direction.
    """
    cos = math.cos(ego.pose.heading)
    sin = math.sin(ego.pose.heading)
    ahead = (actor.pose.x - ego.pose.x) * cos + (actor.pose.y - ego.pose.y) * sin
    return (
        ahead < -CAR_LENGTH / 2
        and actor.speed * math.cos(actor.pose.heading - ego.pose.heading) > ego.speed
    )
