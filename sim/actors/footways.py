"""Where pedestrians are placed: on pavements, at the edge of roads without any, and at
crossings.
"""

import numpy as np

from sim.actors.free_stations import (
    FreeStations,
    OccupiedStretch,
    expected_count,
    last_station,
    require_placed,
)
from sim.actors.obstacle_shift import MIN_PEDESTRIAN_CLEARANCE, edges, free_width
from sim.actors.pedestrians import JACKETS, PEDESTRIAN_WIDTH, Mode, PedestrianState
from sim.actors.vehicle_kinds import CUTTING_IN
from sim.control.bicycle import CAR_WIDTH
from sim.geometry.frenet import SPACING
from sim.roads.plan import RoadPlan

# [m] free of pedestrians behind the start; occupied behind the finish
PEDESTRIAN_START_CLEAR = 30.0
BEHIND_FINISH = 150.0
CROSSING_AFTER = 50.0  # [m] behind the start without crossing pedestrians
EDGE = (0.2, 0.8)  # [m] people walk so far outside the outermost lane
PASSABLE = (
    MIN_PEDESTRIAN_CLEARANCE + 0.15
)  # [m] at least between them and a car that keeps as far off as its lane allows
KERBS = (
    0.4,
    0.1,
)  # [m] behind the edge of the carriageway people wait to cross, the latter where a wall is close
WALKS = 0.75  # share of pedestrians that walk; the others stand
MAX_WALK = 60.0  # [m] longest walk
BODY = 0.3  # [m] half of the length that a pedestrian needs along the road
PARKED_AWAY = 10.0  # [m] least distance of a crossing from a parked car
FOOTWAY_TRIES = 200


def pedestrians(
    plan: RoadPlan, per_kilometre: float, generator: np.random.Generator, sites: FreeStations
) -> list[PedestrianState]:
    """Return pedestrians that walk or stand beside the road; ValueError when there is space for
    none.
    """
    start = plan.start + PEDESTRIAN_START_CLEAR
    finish = last_station(plan, BEHIND_FINISH)
    expected = expected_count(per_kilometre, start, finish)
    people = []
    for _ in range(int(expected + generator.random())):
        for _ in range(FOOTWAY_TRIES):
            station = float(generator.uniform(start, finish))
            lateral_offset = _beside(plan, station, generator)
            if sites.is_free(_body(station, lateral_offset), 0.5, 0.05):
                people.append(_walker(station, lateral_offset, generator, sites))
                break
    require_placed("pedestrians", per_kilometre, expected, len(people))
    return people


def crossers(
    plan: RoadPlan, per_kilometre: float, generator: np.random.Generator, sites: FreeStations
) -> list[PedestrianState]:
    """Return pedestrians that wait to cross, at zebra crossings where there are any; ValueError
    when there is space for none.
    """
    start = plan.start + CROSSING_AFTER
    finish = plan.finish
    expected = expected_count(per_kilometre, start, finish)
    zebras = [
        zebra
        for zebra in plan.zebras
        if start < zebra.station and zebra.station + zebra.length < finish
    ]
    people: list[PedestrianState] = []
    for _ in range(int(expected + generator.random())):
        for _ in range(FOOTWAY_TRIES):
            if plan.zebras:
                if not zebras:
                    break
                zebra = zebras[generator.integers(len(zebras))]
                station = float(
                    generator.uniform(zebra.station + 0.5, zebra.station + zebra.length - 0.5)
                )
            else:
                station = float(generator.uniform(start, finish))
            apart = all(abs(station - other.station) > 0.7 for other in people)
            sides = _waiting_places(plan, station, sites) if apart else None
            if sides:
                people.append(_crosser(plan, station, sides, generator, sites))
                break
    require_placed(
        "crossing", per_kilometre, expected if zebras or not plan.zebras else 0.0, len(people)
    )
    return people


def _body(station: float, lateral_offset: float) -> OccupiedStretch:
    return OccupiedStretch(
        station - BODY,
        station + BODY,
        lateral_offset - PEDESTRIAN_WIDTH / 2,
        lateral_offset + PEDESTRIAN_WIDTH / 2,
    )


def _beside(plan: RoadPlan, station: float, generator: np.random.Generator) -> float:
    """A random distance d [m] at which people walk."""
    if plan.walks:
        return float(plan.walks[generator.integers(len(plan.walks))] + generator.uniform(-0.4, 0.4))
    left, right = edges(plan)
    away = max(generator.uniform(*EDGE), _nearest(plan, station, MAX_WALK))
    return float(right + away if generator.random() < 0.6 else left - away)


def _nearest(plan: RoadPlan, station: float, reach: float) -> float:
    """How far [m] outside the outermost lane people within `reach` [m] must be, for a car to pass
    that keeps to its lane.
    """
    first = int((station - reach) / SPACING)
    last = int((station + reach) / SPACING) + 1
    tightest = float(np.abs(plan.centreline.curvature[max(first, 0) : last]).max())
    beside = (plan.lanes[plan.path].width - CAR_WIDTH) / 2 + free_width(plan).own
    return PASSABLE + CUTTING_IN * tightest + PEDESTRIAN_WIDTH / 2 - beside


def _kerbs(plan: RoadPlan, station: float, kerb: float) -> tuple[float, float]:
    """Where people wait to cross: d [m] on the left and on the right."""
    (left, right), nearest = edges(plan), _nearest(plan, station, 8.0)
    return min(plan.carriageway[0] - kerb, left - nearest), max(
        plan.carriageway[1] + kerb, right + nearest
    )


def _waiting_places(
    plan: RoadPlan, station: float, sites: FreeStations
) -> tuple[float, float] | None:
    """Where to wait on the left and on the right to cross at a station: d [m]; None where one
    cannot.
    """
    for kerb in KERBS:
        sides = _kerbs(plan, station, kerb)
        if _can_cross(station, sides, bool(plan.zebras), sites):
            return sides
    return None


def _can_cross(
    station: float, sides: tuple[float, float], at_zebra: bool, sites: FreeStations
) -> bool:
    """Return whether both kerbs are free and no parked car hides them; near a zebra crossing there
    are no parked cars.
    """
    if not all(sites.is_free(_body(station, side), 0.5, 0.05) for side in sides):
        return False
    return at_zebra or sites.is_free(OccupiedStretch(station, station, *sides), PARKED_AWAY, 0.0)


def _walker(
    station: float, lateral_offset: float, generator: np.random.Generator, sites: FreeStations
) -> PedestrianState:
    """Return a pedestrian that walks in either direction until an obstacle, or that stands."""
    low, high = _free_stretch(station, lateral_offset, sites)
    return PedestrianState(
        station=station,
        lateral_offset=lateral_offset,
        speed=float(generator.uniform(0.8, 1.7)),
        height=float(generator.uniform(1.5, 1.95)),
        mode=Mode.WALKING if generator.random() < WALKS else Mode.STANDING,
        direction=int(generator.choice([-1, 1])),
        low=low,
        high=high,
        phase=float(generator.uniform(0, 2 * np.pi)),
        jacket=int(generator.integers(len(JACKETS))),
    )


def _crosser(
    plan: RoadPlan,
    station: float,
    sides: tuple[float, float],
    generator: np.random.Generator,
    sites: FreeStations,
) -> PedestrianState:
    """Return a pedestrian at the kerb that will cross; where there is a pavement it then walks
    along it.
    """
    from_right = generator.random() < 0.5
    person = _walker(station, sides[int(from_right)], generator, sites)
    person.mode = Mode.WAITING
    person.speed = float(generator.uniform(1.0, 1.8))
    person.goal = sides[int(not from_right)]
    person.trigger = float(generator.uniform(3.0, 6.0))
    beyond = [
        walk
        for walk in plan.walks
        if (walk - person.goal) * (person.goal - person.lateral_offset) > 0
    ]
    person.goal = beyond[0] if beyond else person.goal
    person.low, person.high = (
        _free_stretch(station, person.goal, sites) if beyond else (station, station)
    )
    return person


def _free_stretch(
    station: float, lateral_offset: float, sites: FreeStations
) -> tuple[float, float]:
    """Return the stations [m] between which a pedestrian at lateral offset `lateral_offset` [m]
    meets no obstacle.
    """
    low = station - MAX_WALK
    high = station + MAX_WALK
    lane = OccupiedStretch(
        low, high, lateral_offset - PEDESTRIAN_WIDTH / 2, lateral_offset + PEDESTRIAN_WIDTH / 2
    )
    for other in sites.solid:
        if lane.near(other, 0.0, 0.05):
            if other.finish <= station:
                low = max(low, other.finish + 1.0)
            else:
                high = min(high, other.start - 1.0)
    return min(low, station), max(high, station)
