"""Scenarios: a road, a seed, a length, weather, light, and the number of other road users.

Training, validation and test roads never overlap: the split is the remainder of the seed by three.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sim.random import require_seed
from sim.types import quoted, require_finite


class Split(StrEnum):
    """Training, validation or test roads."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class RoadKind(StrEnum):
    """The kinds of road that can be generated."""

    RURAL = "rural"
    HIGHWAY = "highway"
    RURAL_UNMARKED = "rural_unmarked"
    RESIDENTIAL = "residential"
    TUNNEL = "tunnel"
    UNPAVED = "unpaved"
    MOUNTAIN = "mountain"
    RACETRACK = "racetrack"


class Weather(StrEnum):
    """Weather: clear, clouds, fog, rain or snow."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    FOG = "fog"
    RAIN = "rain"
    SNOW = "snow"


class Daytime(StrEnum):
    """Light: by day, with a low sun, at dusk or at night."""

    DAY = "day"
    LOW_SUN = "low_sun"
    DUSK = "dusk"
    NIGHT = "night"


# Increases whenever a scenario comes to mean another world: another road, other road users or other
# pixels. 1 had no number.
WORLD_VERSION = 2

Choice = TypeVar("Choice", bound=StrEnum)
SPLITS = tuple(Split)
MIN_LENGTH = 50.0
MAX_LENGTH = 20_000.0
# [m]
MIN_VISIBILITY = 20.0
MAX_VISIBILITY = 20_000.0
# Where people walk and cars park beside the road.
WALKABLE = (
    RoadKind.RURAL,
    RoadKind.RURAL_UNMARKED,
    RoadKind.RESIDENTIAL,
    RoadKind.UNPAVED,
    RoadKind.MOUNTAIN,
)
BESIDE_ROAD = (
    "parked",
    "pedestrians",
    "crossing",
)  # densities of road users that only walkable roads have
# Most that can be placed: cars per kilometre and direction, parked cars, people beside and people
# crossing per kilometre.
DENSITIES = {"traffic": 20.0, "parked": 60.0, "pedestrians": 80.0, "crossing": 15.0}


@dataclass(frozen=True)
class Scenario:
    """One drive: everything in it follows from these fields.

    length: metres of road to drive.
    strength: how heavy the weather is, in (0, 1]: cloud cover, thickness of fog, rain, falling and
    lying snow.
    visibility: range of sight in the weather [m], None for the one that follows from `strength`.
    traffic: moving vehicles per kilometre and direction.
    leader: whether a slow car drives ahead in the ego's lane.
    parked: parked cars per kilometre.
    pedestrians: pedestrians that walk or stand beside the road, per kilometre.
    crossing: pedestrians that cross the road, per kilometre.
    """

    road: RoadKind
    seed: int
    length: float = 1500.0
    weather: Weather = Weather.CLEAR
    light: Daytime = Daytime.DAY
    strength: float = 0.6
    visibility: float | None = None
    traffic: float = 4.0
    leader: bool = False
    parked: float = 0.0
    pedestrians: float = 0.0
    crossing: float = 0.0

    def __post_init__(self) -> None:
        for name, options in (("road", RoadKind), ("weather", Weather), ("light", Daytime)):
            object.__setattr__(self, name, choice(name, getattr(self, name), options))
        require_seed("seed", self.seed)
        require_between("length", self.length, MIN_LENGTH, MAX_LENGTH, "m")
        require_finite("strength", self.strength)
        if not 0 < self.strength <= 1:
            raise ValueError(f"strength is {self.strength}; it must lie above 0 and be at most 1")
        if self.visibility is not None:
            require_between("visibility", self.visibility, MIN_VISIBILITY, MAX_VISIBILITY, "m")
        if not isinstance(self.leader, bool):
            raise ValueError(f"leader is {quoted(self.leader)}; it must be true or false")
        for name, most in DENSITIES.items():
            require_between(name, getattr(self, name), 0, most, "per km")
            if name != "traffic" and getattr(self, name) and self.road not in WALKABLE:
                raise ValueError(
                    f"{name} is {getattr(self, name)} per km; on a road of kind {self.road} it "
                    f"must be 0"
                )

    @property
    def split(self) -> Split:
        """The split that this scenario's road belongs to."""
        return SPLITS[self.seed % len(SPLITS)]

    @property
    def name(self) -> str:
        """A short name that distinguishes the scenarios of a suite, such as `rural-rain-night-17`;
        clear and day are left out.
        """
        sky = [] if self.weather is Weather.CLEAR else [self.weather]
        hour = [] if self.light is Daytime.DAY else [self.light]
        return "-".join([self.road, *sky, *hour, str(self.seed)])


def road_seed(split: Split, index: int) -> int:
    """The seed of the `index`-th road of a split; no two splits share one."""
    return len(SPLITS) * index + SPLITS.index(split)


def require_between(name: str, value: float, low: float, high: float, unit: str) -> None:
    """Raise ValueError naming the quantity, its value and the limits when `value` is not a number
    from `low` to `high`.
    """
    require_finite(name, value)
    if not low <= value <= high:
        raise ValueError(
            f"{name} is {value} {unit}; it must lie between {low:g} and {high:g} {unit}"
        )


def require_disturbance(name: str, strength: float) -> None:
    """Raise ValueError naming the quantity and its value unless `strength` [m] is a finite number
    of 0 or more.
    """
    if not (math.isfinite(strength) and strength >= 0):
        raise ValueError(f"{name} is {strength} m; it must be a finite number of 0 or more")


def choice(name: str, value: str, options: type[Choice]) -> Choice:
    """Return `value` as a member of `options`; ValueError naming `name`, the value and what is
    allowed.
    """
    try:
        return options(value)
    except ValueError:
        raise ValueError(
            f"{name} is {quoted(value)}; it must be one of {', '.join(options)}"
        ) from None
