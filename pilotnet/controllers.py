"""The maps of controllers in the user's config folder: a YAML file for every kind, named by the GUID that SDL gives it."""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from pilotnet.folders import write_yaml
from sim.viewer.controller import Axis, ControllerMap
from sim.viewer.wheel import BRAKE, STEERING, THROTTLE

AXES = (STEERING, THROTTLE, BRAKE)
KEYS = ("name", *AXES, "buttons")


def user_folder(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return where this user's settings lie: XDG_CONFIG_HOME where it is set, else what is usual on the platform.

    None for a user without a home folder, as many containers have.
    """
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / "pilotnet"
    if platform == "win32" and environment.get("APPDATA"):
        return Path(environment["APPDATA"]) / "pilotnet"
    usual = "Library/Application Support" if platform == "darwin" else ".config"
    try:
        return Path.home() / usual / "pilotnet"
    except RuntimeError:
        return None


class ControllerFiles:
    """The maps in a folder; see `sim.viewer.controller.Maps`. Without a folder of their own they lie in the user's.

    Where that user has no home folder there are no maps, and none can be kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        user = user_folder()
        self.folder = folder or (user / "controllers" if user else None)

    def path(self, guid: str) -> Path:
        """Return the file of a kind of controller; OSError for a user without a home folder."""
        if self.folder is None:
            raise OSError("this user has no home folder; set XDG_CONFIG_HOME to a folder for settings")
        return self.folder / f"{''.join(letter for letter in guid if letter.isalnum())}.yaml"

    def find(self, guid: str) -> ControllerMap | None:
        """The map of a kind of controller, None where there is none yet; ValueError in one line for a damaged one."""
        if self.folder is None:
            return None
        path = self.path(guid)
        if not path.is_file():
            return None
        try:
            return parsed(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            raise ValueError(f"{path} is not readable YAML") from None
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def keep(self, guid: str, name: str, found: ControllerMap) -> Path:
        """Keep a map, in place of an earlier one; return its file. OSError where it cannot be written."""
        axes = {key: asdict(axis) for key, axis in found.axes.items()}
        values = {"name": name, **{key: axes.get(key) for key in AXES}, "buttons": dict(found.buttons)}
        path = self.path(guid)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_yaml(path, values)
        return path


def parsed(values: Any) -> ControllerMap:
    """The map that a YAML file holds; ValueError when it holds anything else."""
    if not isinstance(values, dict) or set(values) != set(KEYS):
        raise ValueError(f"it must hold exactly the keys {', '.join(KEYS)}")
    axes = {key: parsed_axis(key, values[key]) for key in AXES}
    buttons = values["buttons"]
    if not isinstance(buttons, dict) or any(type(number) is not int for number in buttons.values()):
        raise ValueError(f"buttons is {buttons!r}; it must give the number of a button for each action")
    return ControllerMap(**axes, buttons=buttons)


def parsed_axis(name: str, values: Any) -> Axis | None:
    """One axis of a map, or none."""
    if values is None:
        return None
    wanted = ("number", "rest", "full", "dead_zone")
    if not isinstance(values, dict) or set(values) != set(wanted) or type(values["number"]) is not int:
        raise ValueError(f"{name} is {values!r}; it must be null or hold a number, rest, full and dead_zone")
    if any(type(values[key]) not in (int, float) for key in wanted[1:]):
        raise ValueError(f"{name} is {values!r}; rest, full and dead_zone must be numbers")
    return Axis(**values)
