"""What is to be driven: a road kind, a seed, a length and how busy it is; and the named suites of scenarios.

Train, validation and test never share a road by construction: the split is the remainder of the seed by three.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sim.types import require_finite


class Split(StrEnum):
    """Which roads a scenario may use."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class RoadKind(StrEnum):
    """The kinds of road that can be generated."""

    RURAL = "rural"
    HIGHWAY = "highway"


Choice = TypeVar("Choice", bound=StrEnum)
SPLITS = tuple(Split)
SUITES = {
    "lane_keeping": (RoadKind.RURAL, RoadKind.HIGHWAY),
    "rural": (RoadKind.RURAL,),
    "highway": (RoadKind.HIGHWAY,),
}
MIN_LENGTH, MAX_LENGTH = 50.0, 20_000.0
MAX_TRAFFIC = 20.0


@dataclass(frozen=True)
class Scenario:
    """One drive: everything in it follows from these fields.

    length: metres of road to drive; traffic: other cars per kilometre and direction of travel.
    """

    road: RoadKind
    seed: int
    length: float = 1500.0
    traffic: float = 4.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "road", choice("road", self.road, RoadKind))
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it must be 0 or more")
        require_finite("length", self.length)
        require_finite("traffic", self.traffic)
        if not MIN_LENGTH <= self.length <= MAX_LENGTH:
            raise ValueError(f"length is {self.length} m; it must lie between {MIN_LENGTH:g} and {MAX_LENGTH:g} m")
        if not 0 <= self.traffic <= MAX_TRAFFIC:
            raise ValueError(f"traffic is {self.traffic} cars/km; it must lie between 0 and {MAX_TRAFFIC:g}")

    @property
    def split(self) -> Split:
        """The split that this scenario's road belongs to."""
        return SPLITS[self.seed % len(SPLITS)]

    @property
    def name(self) -> str:
        """A short name that tells scenarios of a suite apart, such as `rural-17`."""
        return f"{self.road}-{self.seed}"


def road_seed(split: Split, index: int) -> int:
    """The seed of the `index`-th road of a split; no two splits share one."""
    return len(SPLITS) * index + SPLITS.index(split)


def suite(name: str, split: Split | str, episodes: int, length: float = 1500.0, first: int = 0) -> list[Scenario]:
    """`episodes` scenarios of a named suite on roads of one split, road kinds taking turns, from road `first` on.

    Raises ValueError for an unknown suite or split and for fewer than one episode.
    """
    if name not in SUITES:
        raise ValueError(f"suite is {name!r}; it must be one of {', '.join(SUITES)}")
    split = choice("split", split, Split)
    if episodes < 1:
        raise ValueError(f"episodes is {episodes}; it must be 1 or more")
    kinds = SUITES[name]
    return [Scenario(road=kinds[i % len(kinds)], seed=road_seed(split, i), length=length) for i in range(first, first + episodes)]


def choice(name: str, value: str, options: type[Choice]) -> Choice:
    """`value` as a member of `options`; ValueError naming `name`, the value and what is allowed."""
    try:
        return options(value)
    except ValueError:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(options)}") from None
