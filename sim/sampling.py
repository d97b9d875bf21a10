"""Random scenarios for reinforcement learning: road, weather, light and road users differ in every
episode.

A sampler takes NumPy's generator and returns a scenario; `DrivingEnv` calls it with Gymnasium's own
generator at each reset.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

import numpy as np

from sim.actors.placement import with_room
from sim.scenario import (
    BESIDE_ROAD,
    WALKABLE,
    Daytime,
    RoadKind,
    Scenario,
    Split,
    Weather,
    road_seed,
)
from sim.types import quoted

Sampler = Callable[[np.random.Generator], Scenario]

ROADS = 1_000_000  # number of roads of a split from which one is drawn
# Limits of the uniform draws: weather strength [0, 1], vehicles and pedestrians [1/km]; a little
# above the suite `everything`.
RANGES = {
    "strength": (0.3, 1.0),
    "traffic": (0.0, 10.0),
    "parked": (0.0, 10.0),
    "pedestrians": (0.0, 15.0),
    "crossing": (0.0, 5.0),
}
LEADER_SHARE = 0.3  # share of the scenarios with a slow vehicle ahead
FIELDS = tuple(field.name for field in fields(Scenario))
PLACEMENT_FIELDS = (
    "road",
    "seed",
    "length",
    *BESIDE_ROAD,
)  # these decide whether road users fit beside the road


def random_scenario(generator: np.random.Generator) -> Scenario:
    """Return a scenario on a random training road, with random weather, light, traffic, parked
    vehicles and pedestrians.
    """
    road = list(RoadKind)[generator.integers(len(RoadKind))]
    seed = road_seed(Split.TRAIN, int(generator.integers(ROADS)))
    weather = list(Weather)[generator.integers(len(Weather))]
    light = list(Daytime)[generator.integers(len(Daytime))]
    drawn = {
        name: round(float(generator.uniform(low, high)), 2) for name, (low, high) in RANGES.items()
    }
    leader = bool(generator.random() < LEADER_SHARE)
    if road not in WALKABLE:
        drawn |= dict.fromkeys(BESIDE_ROAD, 0.0)
    return with_room(
        Scenario(road=road, seed=seed, weather=weather, light=light, leader=leader, **drawn)
    )


def changed_scenario(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return the scenario with some fields changed; parked vehicles and pedestrians that no longer
    fit are left out.

    Raises ValueError for unknown fields and bad values, and when `changes` sets road users that the
    road has no space for.
    """
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValueError(
            f"scenario has {quoted(sorted(map(str, unknown)))}; its fields are {', '.join(FIELDS)}"
        )
    if not changes:
        return scenario
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in changes.items()
    }
    if plain.get("road", scenario.road) not in WALKABLE:
        return Scenario(**(asdict(scenario) | dict.fromkeys(BESIDE_ROAD, 0.0) | plain))
    changed = replace(scenario, **plain)
    if not set(plain) & set(PLACEMENT_FIELDS):
        return changed
    fitting = with_room(changed)
    kept = all(
        getattr(fitting, name) == getattr(changed, name) for name in BESIDE_ROAD if name in plain
    )
    return (
        fitting if kept else changed
    )  # `World` raises the ValueError for road users that do not fit
