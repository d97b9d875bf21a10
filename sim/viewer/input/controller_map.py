"""Gamepads and steering wheels: what an axis or a button of a controller means, found out once for
each kind of controller.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sim.types import quoted

DEAD_ZONE = 0.06  # of an axis's way
LEAST_TRAVEL = 0.2  # of an axis, whose readings go from -1 to 1


@dataclass(frozen=True)
class Axis:
    """An axis of a controller: its number, and what it reads when let go and fully turned to the
    right or pressed.

    `full` below `rest` is an axis that is the wrong way round; two pedals on one axis lie on either
    side of its rest.
    dead_zone: the share of the way about rest that means nothing.
    """

    number: int
    rest: float
    full: float
    dead_zone: float = DEAD_ZONE

    def __post_init__(self) -> None:
        if not 0 <= self.number < 64:
            raise ValueError(f"axis is {self.number}; it must lie between 0 and 63")
        for name in ("rest", "full"):
            if not -1.01 <= getattr(self, name) <= 1.01:
                raise ValueError(f"{name} is {getattr(self, name)}; an axis reads from -1 to 1")
        if abs(self.full - self.rest) < LEAST_TRAVEL:
            raise ValueError(
                f"full is {self.full}; it must be {LEAST_TRAVEL} or more away from rest, which "
                f"is {self.rest}"
            )
        if not 0 <= self.dead_zone <= 0.5:
            raise ValueError(f"dead_zone is {self.dead_zone}; it must lie between 0 and 0.5")

    def share(self, reading: float) -> float:
        """What a reading stands for, -1 to 1, without a jump at the edge of the dead zone."""
        way = min(max((reading - self.rest) / (self.full - self.rest), -1.0), 1.0)
        return math.copysign(max(abs(way) - self.dead_zone, 0.0) / (1 - self.dead_zone), way)


@dataclass(frozen=True)
class ControllerMap:
    """What the axes and buttons of a controller are for; buttons: from the names of actions to
    numbers.
    """

    steering: Axis | None = None
    throttle: Axis | None = None
    brake: Axis | None = None
    buttons: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for action, number in self.buttons.items():
            if action not in BUTTONS:
                raise ValueError(
                    f"a button is for {quoted(action)}; it must be for one of {', '.join(BUTTONS)}"
                )
            if not 0 <= number < 256:
                raise ValueError(f"button {action} is {number}; it must lie between 0 and 255")
        if len(set(self.buttons.values())) < len(self.buttons):
            raise ValueError(
                f"buttons are {quoted(dict(self.buttons))}; no button can be for two things"
            )

    @property
    def axes(self) -> dict[str, Axis]:
        """The axes that are for something, by what they are for."""
        named = {"steering": self.steering, "throttle": self.throttle, "brake": self.brake}
        return {name: axis for name, axis in named.items() if axis}

    def action(self, button: int) -> str | None:
        """What a button is for."""
        return next((action for action, number in self.buttons.items() if number == button), None)


BUTTONS = {
    "record": "begins and ends recording",
    "discard": "discards the last 5 s",
    "hand_back": "gives the wheel back to the driver",
    "pause": "pauses",
}


class Device(Protocol):
    """A controller as pygame hands it out."""

    def get_guid(self) -> str:
        """What all controllers of its kind have in common."""
        ...

    def get_name(self) -> str:
        """What its maker calls it."""
        ...

    def get_instance_id(self) -> int:
        """The number by which events speak of it as long as it is plugged in."""
        ...

    def get_numaxes(self) -> int:
        """How many axes it has."""
        ...

    def get_axis(self, number: int, /) -> float:
        """What an axis reads now, -1 to 1."""
        ...


class ControllerMaps(Protocol):
    """Where the maps of controllers are kept."""

    def find(self, guid: str) -> ControllerMap | None:
        """The map of a kind of controller, None where there is none yet; ValueError in one line for
        a damaged one.
        """
        ...

    def keep(self, guid: str, name: str, found: ControllerMap) -> Path:
        """Keep a map; where. OSError where that is impossible."""
        ...
