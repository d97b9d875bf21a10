"""Place parked cars and pedestrians on a road, one kind after the other."""

from dataclasses import replace
from typing import NamedTuple

from sim.actors.footways import crossers, pedestrians
from sim.actors.free_stations import FreeStations, NoRoomError
from sim.actors.parked import ParkedCar, parked_cars
from sim.actors.pedestrians import PedestrianState
from sim.random import Stream, stream_generator
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario


class Placed(NamedTuple):
    """Parked cars, and the pedestrians that stay beside the road or cross it."""

    parked: list[ParkedCar]
    people: list[PedestrianState]


def place(plan: RoadPlan, scenario: Scenario) -> Placed:
    """Return the parked cars and pedestrians of a scenario; each kind has its own random stream, so
    more of one does not move the others.

    Raises NoRoomError when there is space for none of a kind.
    """
    sites = FreeStations.of(plan)
    cars = parked_cars(
        plan, scenario.parked, stream_generator(scenario.seed, Stream.PARKED_VEHICLES), sites
    )
    people = pedestrians(
        plan, scenario.pedestrians, stream_generator(scenario.seed, Stream.PEDESTRIANS), sites
    )
    crossing = crossers(
        plan, scenario.crossing, stream_generator(scenario.seed, Stream.CROSSING_PEDESTRIANS), sites
    )
    return Placed(cars, people + crossing)


def with_room(scenario: Scenario) -> Scenario:
    """The scenario without the parked cars, or people, if its road has room for none: short ones
    may be all bends and zebras.
    """
    plan = plan_road(scenario)
    while True:
        try:
            place(plan, scenario)
        except NoRoomError as error:
            scenario = replace(scenario, **{error.name: 0.0})  # type: ignore[arg-type]  # the name is a density's
        else:
            return scenario
