"""A simulated controller and its events."""

import pygame

from sim.viewer.input.controller_map import Axis, ControllerMap

STICK = ControllerMap(
    Axis(0, 0.0, 1.0), Axis(2, -1.0, 1.0), Axis(3, -1.0, 1.0), {"record": 0, "hand_back": 1}
)


class FakeDevice:
    """Four axes and a name."""

    def __init__(
        self, number: int = 7, guid: str = "0300aa", axes: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    ) -> None:
        self.number = number
        self.guid = guid
        self.axes = axes

    def get_guid(self) -> str:
        return self.guid

    def get_name(self) -> str:
        return "Test Wheel"

    def get_instance_id(self) -> int:
        return self.number

    def get_numaxes(self) -> int:
        return len(self.axes)

    def get_axis(self, number: int, /) -> float:
        return self.axes[number]


class FakeMaps:
    """Maps in memory."""

    def __init__(self, **known: ControllerMap) -> None:
        self.known = known

    def find(self, guid: str) -> ControllerMap | None:
        return self.known.get(f"g{guid}")

    def keep(self, guid: str, name: str, found: ControllerMap) -> str:  # noqa: ARG002
        self.known[f"g{guid}"] = found
        return "memory"


def plugged() -> pygame.event.Event:
    return pygame.event.Event(pygame.JOYDEVICEADDED, device_index=0)


def unplugged(number: int = 7) -> pygame.event.Event:
    return pygame.event.Event(pygame.JOYDEVICEREMOVED, instance_id=number)


def moved(axis: int, value: float, number: int = 7) -> pygame.event.Event:
    return pygame.event.Event(pygame.JOYAXISMOTION, instance_id=number, axis=axis, value=value)


def pressed(button: int, number: int = 7) -> pygame.event.Event:
    return pygame.event.Event(pygame.JOYBUTTONDOWN, instance_id=number, button=button)
