"""The settings of SCENES, in a module that does not load the renderer: help and wrong values are
quick.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sim.scenario import Daytime, RoadKind, Scenario, Weather

SHEET_ROAD_LENGTH = 400.0  # [m] of the roads that are drawn
FORMATS = (".png", ".jpg")
SHEET_AXES: dict[str, type[StrEnum]] = {"roads": RoadKind, "weather": Weather, "light": Daytime}


@dataclass(frozen=True)
class ScenesConfig:
    """What is on a contact sheet; ValueError for unknown kinds, for none of a kind and for a bad
    seed.

    roads, weather, light: names of kinds.
    seed: which roads.
    """

    roads: tuple[str, ...] = tuple(RoadKind)
    weather: tuple[str, ...] = tuple(Weather)
    light: tuple[str, ...] = tuple(Daytime)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, kind in SHEET_AXES.items():
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; it must name at least one of {', '.join(kind)}")
        self.rows()

    def rows(self) -> list[list[Scenario]]:
        """Return the scenarios of the sheet: a row for each road and weather, a column for each
        light.
        """
        return [
            [Scenario(road, self.seed, SHEET_ROAD_LENGTH, sky, hour) for hour in self.light]  # type: ignore[arg-type]
            for road in self.roads
            for sky in self.weather
        ]


def require_sheet(out: Path) -> None:
    """Raise ValueError unless `out` is a new PNG or JPEG."""
    if out.suffix.lower() not in FORMATS:
        raise ValueError(f"out is {out}; it must end in {' or '.join(FORMATS)}")
    if out.exists():
        raise ValueError(f"{out} already exists; choose another file, or delete it")
