"""The controllers that are plugged in: their events turn the wheel and press the pedals, through
the map of each.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pygame

from sim.viewer.input.controller_map import ControllerMap, ControllerMaps, Device
from sim.viewer.input.steering_wheel import STEERING, SteeringWheel

OpenDevice = Callable[[int], Device]
EVENTS = (
    pygame.JOYDEVICEADDED,
    pygame.JOYDEVICEREMOVED,
    pygame.JOYAXISMOTION,
    pygame.JOYBUTTONDOWN,
)


@dataclass(frozen=True)
class ControllerEvent:
    """What came of a controller's event: something to tell, an action asked for, or one in use that
    went or came back.
    """

    said: str = ""
    action: str = ""
    lost: bool = False
    back: bool = False


class PluggedControllers:
    """Every controller that is plugged in, by its number among pygame's events."""

    def __init__(
        self, wheel: SteeringWheel, maps: ControllerMaps, open_device: OpenDevice | None = None
    ) -> None:
        self._wheel = wheel
        self.maps = maps
        self._open = open_device or pygame.joystick.Joystick
        self.devices: dict[int, Device] = {}
        self._maps: dict[int, ControllerMap] = {}
        self._missing: list[str] = []

    def handle(self, event: pygame.event.Event) -> ControllerEvent:
        """Answer the event of a controller."""
        if event.type == pygame.JOYDEVICEADDED:
            try:
                return self._added(self._open(event.device_index))
            except pygame.error:
                return ControllerEvent()  # it is gone again
        number = event.instance_id
        if event.type == pygame.JOYDEVICEREMOVED:
            return self._removed(number)
        if number in self._maps:
            if event.type == pygame.JOYAXISMOTION:
                self._moved(self._maps[number], event.axis, event.value)
            elif event.type == pygame.JOYBUTTONDOWN:
                return ControllerEvent(action=self._maps[number].action(event.button) or "")
        return ControllerEvent()

    @property
    def next_to_map(self) -> Device | None:
        """A device that still needs a map, or else one that has one; None when none is plugged in."""
        waiting = [device for number, device in self.devices.items() if number not in self._maps]
        return next(iter([*waiting, *self.devices.values()]), None)

    def learn(self, device: Device, found: ControllerMap) -> None:
        """Use a map from now on, for all controllers of the kind."""
        for number, other in self.devices.items():
            if other.get_guid() == device.get_guid():
                self._take(number, other, found)

    def _added(self, device: Device) -> ControllerEvent:
        number = device.get_instance_id()
        name = device.get_name()
        if number in self.devices:
            return ControllerEvent()
        self.devices[number] = device
        try:
            found = self.maps.find(device.get_guid())
        except ValueError as error:
            return ControllerEvent(f"{error}; M maps it anew")
        if found is None:
            return ControllerEvent(f"{name}: press M to set it up")
        self._take(number, device, found)
        back = device.get_guid() in self._missing
        if back:
            self._missing.remove(device.get_guid())
        return ControllerEvent(f"{name} is plugged in", back=back and not self._missing)

    def _take(self, number: int, device: Device, found: ControllerMap) -> None:
        """Begin with the present position of the device's wheel, which does not count as a touch;
        pedals begin released.

        Some devices report wrong pedal values before the first movement.
        """
        self._maps[number] = found
        for name, axis in found.axes.items():
            known = name == STEERING and axis.number < device.get_numaxes()
            self._wheel.aim(
                name, axis.share(device.get_axis(axis.number)) if known else 0.0, touching=False
            )

    def _removed(self, number: int) -> ControllerEvent:
        device = self.devices.pop(number, None)
        found = self._maps.pop(number, None)
        if device is None or found is None:
            return ControllerEvent()
        self._missing.append(device.get_guid())
        for name in found.axes:
            self._wheel.lose(name)
        return ControllerEvent(
            f"{device.get_name()} is unplugged; plug it in again, or press a key to go on",
            lost=True,
        )

    def _moved(self, found: ControllerMap, number: int, reading: float) -> None:
        for name, axis in found.axes.items():
            if axis.number == number:
                self._wheel.aim(name, axis.share(reading))
