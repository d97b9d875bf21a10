"""Drivers of the user's own: a class that the command line names as `module:Class`.

The class needs no arguments, `reset()` and `act(observation)`; see docs/guides/your_driver.md.
"""

import importlib
import os
import re
import sys
from collections.abc import Callable
from typing import Any

from pilotnet.drivers.driver_table import DriverInputs
from sim.env import DrivingEnv
from sim.types import Control, Driver, Observation, quoted

CLASS_NAME = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*):(?P<name>[A-Za-z_]\w*)")
METHODS = ("reset", "act")


class DriverError(ValueError):
    """A driver of the user's own raised an exception or returned something other than a command."""


class OwnDriver:
    """A driver of the user's own, with its errors named.

    name: `module:Class`.
    """

    def __init__(self, name: str, driver: Driver) -> None:
        self._name = name
        self._driver = driver

    def reset(self) -> None:
        """Reset the driver; DriverError when it raises an exception."""
        self._call(self._driver.reset)

    def act(self, observation: Observation) -> Control:
        """Return the driver's command; DriverError when there is none."""
        command = self._call(self._driver.act, observation)
        if not isinstance(command, Control):
            raise DriverError(
                f"act returned {quoted(repr(command))}; it must return sim.Control(curvature)"
            )
        return command

    def _call(self, method: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a method returns; DriverError with its name when it raises an exception."""
        try:
            return method(*arguments)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise DriverError(f"{method.__name__} raised {reason}") from error


def make_own_driver(env: DrivingEnv, inputs: DriverInputs) -> Driver:  # noqa: ARG001
    """Return the driver of the class that `inputs.name` names.

    Raises ValueError when the class is not there, lacks a method or cannot be made.
    """
    name = inputs.name
    driver_class = load_class(name)
    missing = [method for method in METHODS if not callable(getattr(driver_class, method, None))]
    if missing:
        raise ValueError(
            f"driver {name} has no method {missing[0]}; it must have reset() and act(observation)"
        )
    try:
        return OwnDriver(name, driver_class())
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(
            f"driver {name} cannot be made: {reason}; {name}() must work without arguments"
        ) from error


def load_class(name: str) -> Callable[[], Driver]:
    """Return the class; modules in the current folder are found, too.

    Raises ValueError when the module cannot be imported or has no such class.
    """
    match = CLASS_NAME.fullmatch(name)
    if not match:
        raise ValueError(f"driver is {quoted(name)}; it must have the form package.module:Class")
    here = os.getcwd()  # noqa: PTH109 - an entry of sys.path is text
    if here not in sys.path:
        sys.path.append(here)
    try:
        module = importlib.import_module(match["module"])
    except Exception as error:
        raise ValueError(
            f"driver is {quoted(name)}, but module {match['module']} cannot be imported: "
            f"{type(error).__name__}: {error}"
        ) from error
    found = getattr(module, match["name"], None)
    if not callable(found):
        raise ValueError(
            f"driver is {quoted(name)}, but module {match['module']} has no class {match['name']}"
        )
    return found
