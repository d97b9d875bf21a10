"""The driving score of the CARLA Leaderboard 1.0, for comparison with other work.

Driving score = route completion x product of penalties: 0.50 for each pedestrian and 0.60 for each
vehicle that is hit (leaderboard.carla.org, version 1.0). There are no traffic lights and stop
signs here. CARLA ends a route where the car is blocked or has left it; the referee puts the car
back instead. The part of a route behind the first lane departure, off road or stuck therefore does
not count as completed.
"""

from collections.abc import Sequence

from sim.types import Cause, Step

PEDESTRIAN_PENALTY = 0.50
VEHICLE_PENALTY = 0.60
ENDS = frozenset((Cause.DEPARTURE, Cause.OFF_ROAD, Cause.STUCK, Cause.TAKEOVER))


def route_completion(steps: Sequence[Step], length: float) -> float:
    """Return the share of the route that was driven; length: of the route [m].

    The whole drive counts, also behind interventions.
    """
    if not steps:
        return 0.0
    return _share(steps[-1].ego.station - steps[0].ego.station, length)


def driving_score(steps: Sequence[Step], length: float) -> float:
    """Return the driving score [%]; length: of the route [m]."""
    driven = []
    for step in steps:
        driven.append(step)
        if step.intervention in ENDS:
            break
    causes = [step.intervention for step in driven]
    penalty = PEDESTRIAN_PENALTY ** causes.count(Cause.PERSON)
    penalty *= VEHICLE_PENALTY ** causes.count(Cause.CONTACT)
    return 100 * route_completion(driven, length) * penalty


def _share(driven: float, length: float) -> float:
    """Return a part of the route, from 0 to 1."""
    return min(max(driven / length, 0.0), 1.0)
