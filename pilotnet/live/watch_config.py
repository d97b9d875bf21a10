"""The settings of WATCH and DRIVE, in a module that loads neither viewer nor simulator: help and
wrong values are quick.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pilotnet.common.settings import require_exists
from pilotnet.data.suites import ScenarioFilter, require_suite, suite
from pilotnet.drivers.driver_names import require_folders, split_name
from pilotnet.drivers.driver_table import Detectors
from sim.control.speed import SpeedControl
from sim.scenario import Daytime, RoadKind, Scenario, Split, Weather, choice
from sim.types import quoted
from sim.viewer.sizes import LARGEST, SIZE, SMALLEST

MAX_DRIVERS = 2  # side by side in one window
SEARCHED_ROADS = 200  # number of a suite's roads that are searched for one kind
TRAINING_SPLITS = (Split.TRAIN, Split.VALIDATION)  # of which drives may be recorded to learn from
SKY_OPTIONS = {"weather": Weather, "light": Daytime}


@dataclass(frozen=True)
class LiveConfig:
    """What is driven in a window, and the size of the window.

    Args:
        suite: name of a suite; in A+B two suites alternate
        episodes: roads, one after the other
        first: number of the first road of the split
        length: length of each drive [m]
        roads: only these kinds of road, with commas between them; empty for all
        weather: clear, cloudy, fog, rain or snow in place of the suite's
        light: day, low_sun, dusk or night in place of the suite's
        width: of the window or film [px]
        height: of the window or film [px]
    """

    suite: str = "lane_keeping"
    episodes: int = 8
    first: int = 0
    length: float = 1500.0
    roads: str = ""
    weather: str | None = None
    light: str | None = None
    width: int = SIZE[0]
    height: int = SIZE[1]


@dataclass(frozen=True)
class WatchConfig(LiveConfig):
    """What to watch.

    Args:
        split: train, validation or test roads
        seconds: longest duration of a film without a window [s]
    """

    split: Literal["train", "validation", "test"] = "test"
    seconds: float = 30.0

    def __post_init__(self) -> None:
        require_drives(self)
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ValueError(f"seconds is {self.seconds} s; it must be a finite number above 0")

    def scenarios(self) -> list[Scenario]:
        """Return what is driven, in order."""
        return chosen_scenarios(self)


@dataclass(frozen=True)
class DriveConfig(LiveConfig):
    """What to drive.

    Args:
        split: train or validation roads; training needs recordings of both
        pedals: shared: the simulator brakes and accelerates, as for every driver; driver: you do
    """

    split: Literal["train", "validation"] = "train"
    pedals: Literal["shared", "driver"] = "shared"

    def __post_init__(self) -> None:
        choice("pedals", self.pedals, SpeedControl)
        if self.split not in TRAINING_SPLITS:
            raise ValueError(
                f"split is {quoted(self.split)}; it must be one of {', '.join(TRAINING_SPLITS)}"
            )
        require_drives(self)

    def scenarios(self) -> list[Scenario]:
        """Return what is driven, in order; never test roads, because drives may be recorded for
        training.
        """
        return chosen_scenarios(self)


def require_drives(config: WatchConfig | DriveConfig) -> None:
    """Raise ValueError unless the settings name drives that a suite has, and a size that a window
    can have.
    """
    chosen_kinds(config)
    only = ScenarioFilter(roads=config.roads)
    require_suite(config.suite, config.split, config.episodes, config.length, config.first, only)
    for name, least in (("width", SMALLEST[0]), ("height", SMALLEST[1])):
        if not least <= getattr(config, name) <= LARGEST:
            raise ValueError(
                f"{name} is {getattr(config, name)} px; it must lie between {least} and "
                f"{LARGEST} px"
            )


def chosen_scenarios(config: WatchConfig | DriveConfig) -> list[Scenario]:
    """Return the suite's scenarios in order, with roads, weather and light as chosen."""
    chosen = chosen_kinds(config)
    if not config.roads:
        scenarios = suite(config.suite, config.split, config.episodes, config.length, config.first)
    else:
        kinds = {choice("roads", name.strip(), RoadKind) for name in config.roads.split(",")}
        every = suite(config.suite, config.split, SEARCHED_ROADS, config.length, config.first)
        scenarios = [one for one in every if one.road in kinds][: config.episodes]
    return [replace(scenario, **chosen) for scenario in scenarios]


def chosen_kinds(config: WatchConfig | DriveConfig) -> dict[str, Any]:
    """Return the chosen weather and light by name; ValueError for unknown ones."""
    given = {
        name: getattr(config, name) for name in SKY_OPTIONS if getattr(config, name) is not None
    }
    return {name: choice(name, value, SKY_OPTIONS[name]) for name, value in given.items()}


def require_watchable(
    drivers: Sequence[str],
    config: WatchConfig,
    checkpoint: Path | None = None,
    film: Path | None = None,
    headless: bool = False,
    detectors: Detectors | None = None,
    recording: Path | None = None,
) -> None:
    """Raise ValueError for drivers and settings that cannot be watched together; takes what
    `pilotnet.live.watch.watch` takes.
    """
    if not 1 <= len(drivers) <= MAX_DRIVERS:
        raise ValueError(f"there are {len(drivers)} drivers to watch; it must be 1 or 2")
    for name in drivers:
        split_name(name)
    require_film(film, config, headless)
    if recording is not None:
        check_recording(config, headless)
    for name in drivers:
        require_folders(name, checkpoint, detectors)
    if checkpoint is not None:
        require_exists("checkpoint", checkpoint, "train")


def require_film(film: Path | None, config: WatchConfig, headless: bool) -> None:
    """Raise ValueError for a film that cannot be written, and for a headless run without a film."""
    if film is not None:
        check_film(film, config)
    elif headless:
        raise ValueError(
            "a headless run shows nothing by itself; say where the film goes: --headless --film "
            "out.mp4"
        )


def check_recording(config: WatchConfig, headless: bool) -> None:
    """Raise ValueError unless what a person drives may be recorded for training."""
    if headless:
        raise ValueError("a headless run has no wheel to take; leave out --record or --headless")
    if config.split == Split.TEST:
        raise ValueError(
            f"split is {quoted(config.split)}; what is recorded is learnt from, so --record "
            f"needs --split train or validation"
        )


def check_film(film: Path, config: WatchConfig) -> None:
    """Raise ValueError unless the film can be written."""
    if film.suffix.lower() != ".mp4":
        raise ValueError(f"film is {film}; it must end in .mp4")
    if film.exists():
        raise ValueError(f"{film} already exists; choose another file, or delete it")
    for name in ("width", "height"):
        if getattr(config, name) % 2:
            raise ValueError(f"{name} is {getattr(config, name)} px; a film needs an even number")
