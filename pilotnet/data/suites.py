"""Suites: named lists of scenarios, described by `configs/suites/NAME.yaml`. Between settings and
the stages that drive them.

A suite names kinds of road, weathers and lights, and how many others are about; every combination
comes up, road kinds taking turns. `NAME-small` is the suite's form for a laptop, and a section
named after a split says what differs there. Where a road, short as it may be, has no room for a
single parked car or person, its scenario goes without them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pilotnet.common.reading import load_yaml, structured
from pilotnet.common.settings import config_folder
from sim.random import MAX_SEED, Stream, stream_generator
from sim.scenario import (
    BESIDE_ROAD,
    MAX_LENGTH,
    MIN_LENGTH,
    WALKABLE,
    Daytime,
    RoadKind,
    Scenario,
    Split,
    Weather,
    choice,
    require_between,
    road_seed,
)
from sim.types import quoted

SUITE_FOLDER = config_folder() / "suites"
SMALL = "-small"
JOINED = "+"
MAX_ROADS = MAX_SEED // len(Split)  # roads of a split: their seeds must stay below MAX_SEED


@dataclass(frozen=True)
class SuiteConfig:
    """What a suite is made of: kinds, and ranges [low, high] of how much, from which every scenario
    draws.

    leader: the share of scenarios with a slow car ahead.
    version: increases when the contents change.
    """

    roads: tuple[RoadKind, ...]
    weather: tuple[Weather, ...] = (Weather.CLEAR,)
    light: tuple[Daytime, ...] = (Daytime.DAY,)
    strength: tuple[float, float] = (0.3, 1.0)
    traffic: tuple[float, float] = (2.0, 6.0)
    parked: tuple[float, float] = (0.0, 0.0)
    pedestrians: tuple[float, float] = (0.0, 0.0)
    crossing: tuple[float, float] = (0.0, 0.0)
    leader: float = 0.0
    version: int = 1

    def __post_init__(self) -> None:
        for name, options in (("roads", RoadKind), ("weather", Weather), ("light", Daytime)):
            chosen = tuple(choice(name, value, options) for value in getattr(self, name))
            if not chosen:
                raise ValueError(
                    f"{name} is empty; it must name at least one of {', '.join(options)}"
                )
            object.__setattr__(self, name, chosen)
        for name in ("strength", "traffic", *BESIDE_ROAD):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(
                    f"{name} is [{low}, {high}]; the first must not be above the second"
                )


class ScenarioFilter(NamedTuple):
    """Which of a suite's kinds are wanted, with commas between; all of them where nothing is said."""

    roads: str = ""
    weather: str = ""
    light: str = ""


def suite_names() -> tuple[str, ...]:
    """Every suite that comes with the package, without the small forms."""
    return tuple(sorted(path.stem for path in SUITE_FOLDER.glob("*.yaml")))


def suite_config(name: str, split: Split) -> SuiteConfig:
    """What a suite is made of in one split; ValueError for a name that is no suite."""
    small = name.endswith(SMALL)
    path = SUITE_FOLDER / f"{name.removesuffix(SMALL)}.yaml"
    described = _described(path) if name.removesuffix(SMALL) in suite_names() else None
    if described is None or (small and "small" not in described):
        raise ValueError(
            f"suite is {quoted(name)}; it must be one of {', '.join(suite_names())}, or one of "
            f"them with {SMALL}"
        )
    named = [described.get(split, {}), *([described["small"]] if small else [])]
    sections = [{key: value for key, value in described.items() if key not in {"small", *Split}}]
    sections += [structured(section, dict[str, Any], path) for section in named]
    settings: dict[str, Any] = {
        key: value for section in sections for key, value in section.items()
    }
    unknown = set(settings) - {field.name for field in fields(SuiteConfig)}
    if unknown:
        raise ValueError(
            f"{path} has {', '.join(sorted(unknown))}; a suite has "
            f"{', '.join(f.name for f in fields(SuiteConfig))}"
        )
    return structured(settings, SuiteConfig, path)


def suite_digest(name: str, split: Split | str) -> str:
    """Return the SHA-256 of what a suite is made of in one split, of several with + all.

    Equal digests give the same scenarios, in the same version of the world.
    """
    split = choice("split", split, Split)
    contents = [asdict(suite_config(one, split)) for one in name.split(JOINED)]
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


@cache
def _described(path: Path) -> dict[str, Any]:
    return structured(load_yaml(path), dict[str, Any], path)


def suite(
    name: str,
    split: Split | str,
    episodes: int,
    length: float = 1500.0,
    first: int = 0,
    only: ScenarioFilter | None = None,
) -> list[Scenario]:
    """Return `episodes` scenarios of a named suite on roads of one split, from road `first` on; of
    several with +, in turns.

    Raises ValueError as `require_suite` does.
    """
    configs = require_suite(name, split, episodes, length, first, only)
    split = Split(split)
    places = [divmod(road, len(configs)) for road in range(first, first + episodes)]
    return [
        _scenario(configs[which], split, place, first + i, length)
        for i, (place, which) in enumerate(places)
    ]


def require_suite(
    name: str,
    split: Split | str,
    episodes: int,
    length: float = 1500.0,
    first: int = 0,
    only: ScenarioFilter | None = None,
) -> list[SuiteConfig]:
    """Return the settings of the suites joined in `name`, without drawing a scenario.

    Raises ValueError for an unknown suite or split, for kinds that a suite does not have, and for
    no episode. Raises it too for a length or a first road outside its limits.
    """
    split = choice("split", split, Split)
    configs = [
        _limited(suite_config(one, split), one, only or ScenarioFilter())
        for one in name.split(JOINED)
    ]
    if episodes < 1:
        raise ValueError(f"episodes is {episodes}; it must be 1 or more")
    require_between("length", length, MIN_LENGTH, MAX_LENGTH, "m")
    if not 0 <= first <= MAX_ROADS - episodes:
        raise ValueError(f"first is {first}; it must lie between 0 and {MAX_ROADS - episodes}")
    return configs


def _limited(config: SuiteConfig, name: str, only: ScenarioFilter) -> SuiteConfig:
    """The suite with no other kinds than those that are wanted."""
    wanted = {
        key: tuple(word.strip() for word in words.split(","))
        for key, words in only._asdict().items()
        if words
    }
    for key, words in wanted.items():
        known = getattr(config, key)
        for word in words:
            if word not in known:
                raise ValueError(
                    f"{key} is {quoted(word)}; of suite {name} it must be one of "
                    f"{', '.join(dict.fromkeys(known))}"
                )
    return replace(config, **wanted)  # type: ignore[arg-type]  # words become kinds there


def suite_of(name: str, index: int) -> str:
    """The suite that the `index`-th scenario of several, with + between, is from."""
    names = name.split(JOINED)
    return names[index % len(names)]


def _scenario(
    config: SuiteConfig, split: Split, index: int, road_index: int, length: float
) -> Scenario:
    """The `index`-th scenario of a suite, on a given road of the split.

    Kinds of road take turns, and each meets every weather and light once before any comes again.
    """
    road = config.roads[index % len(config.roads)]
    skies = [(weather, light) for weather in config.weather for light in config.light]
    turn, place = divmod(index // len(config.roads), len(skies))
    kind = index % len(config.roads)
    order = stream_generator(kind, Stream.SUITE_ORDER, turn, list(Split).index(split)).permutation(
        len(skies)
    )
    weather, light = skies[order[place]]
    seed = road_seed(split, road_index)
    draws = stream_generator(seed, Stream.SUITE_PARAMETERS)
    drawn = {
        key: round(float(draws.uniform(*getattr(config, key))), 2)
        for key in ("strength", "traffic", *BESIDE_ROAD)
    }
    leader = bool(draws.random() < config.leader)
    if road not in WALKABLE:
        drawn |= dict.fromkeys(BESIDE_ROAD, 0.0)
    scenario = Scenario(
        road=road, seed=seed, length=length, weather=weather, light=light, leader=leader, **drawn
    )
    return _with_room(scenario) if any(drawn[key] for key in BESIDE_ROAD) else scenario


# Cached because several stages drive the same roads. Bounded because reinforcement learning makes a
# new scenario for every
# episode.
@lru_cache(maxsize=4096)
def _with_room(scenario: Scenario) -> Scenario:
    """Return the scenario without the road users that its road has no space for."""
    from sim.actors.placement import (
        with_room,  # not at the top: it loads Numba, and settings are checked without it
    )

    return with_room(scenario)
