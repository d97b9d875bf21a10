"""The maps of controllers in the user's config folder: a YAML file for every kind, named by the
GUID that SDL gives it.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from pilotnet.common.folders import write_yaml
from pilotnet.common.reading import load_yaml, structured
from pilotnet.common.schemas import AxisFile, ControllerFile
from sim.viewer.input.controller_map import Axis, ControllerMap
from sim.viewer.input.steering_wheel import BRAKE, STEERING, THROTTLE

AXES = (STEERING, THROTTLE, BRAKE)


def user_folder(
    platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> Path | None:
    """Return the folder of this user's settings: below XDG_CONFIG_HOME when it is set, else the
    usual one of the platform.

    None for a user without a home folder, which is common in containers.
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
    """The maps in a folder; see `sim.viewer.input.controller_map.ControllerMaps`. Without `folder`
    they lie in the user's settings.

    For a user without a home folder there are no maps, and none can be kept.
    """

    def __init__(self, folder: Path | None = None) -> None:
        user = user_folder()
        self.folder = folder or (user / "controllers" if user else None)

    def path(self, guid: str) -> Path:
        """Return the file of a kind of controller; OSError for a user without a home folder."""
        if self.folder is None:
            raise OSError(
                "this user has no home folder; set XDG_CONFIG_HOME to a folder for settings"
            )
        return self.folder / f"{''.join(letter for letter in guid if letter.isalnum())}.yaml"

    def find(self, guid: str) -> ControllerMap | None:
        """Read the map of a kind of controller, None where there is none yet.

        Raises ValueError, in one line that names the file, when it is damaged, holds impossible
        numbers or may not be read.
        """
        if self.folder is None:
            return None
        path = self.path(guid)
        if not path.exists():
            return None
        values = structured(load_yaml(path), ControllerFile, path)
        try:
            axes = {key: _axis(getattr(values, key)) for key in AXES}
            return ControllerMap(**axes, buttons=values.buttons)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def keep(self, guid: str, name: str, found: ControllerMap) -> Path:
        """Write a map, in place of an earlier one, and return its file; OSError when it cannot be
        written.
        """
        axes = {key: asdict(axis) for key, axis in found.axes.items()}
        values = {
            "name": name,
            **{key: axes.get(key) for key in AXES},
            "buttons": dict(found.buttons),
        }
        path = self.path(guid)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_yaml(path, values)
        return path


def _axis(found: AxisFile | None) -> Axis | None:
    return None if found is None else Axis(found.number, found.rest, found.full, found.dead_zone)
