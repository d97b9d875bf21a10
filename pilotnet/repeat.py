"""REPEAT: the settings in the `<stage>.yaml` that a stage left in its folder, for the same command's `--config`.

Such a file holds the settings below `config`, and beside them where they came from. Trainings and scores of detectors name their
data there too, with the settings one level further down.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from pilotnet.provenance import FIRST_WORLD, require_present_world
from pilotnet.reading import load_yaml

LEFT_KEYS = ("stage", "config", "seed", "version", "revision")  # of every file that a stage left; later versions add more


def repeated_settings(path: Path, stage: str, arguments: Collection[str] = ()) -> dict[str, Any] | None:
    """Return the settings in a file that `stage` left, flat; None for a file of settings.

    arguments: names that a command takes beside the settings, such as `data`. What else a stage notes there, such as the
    fingerprint of its dataset, is left out.

    Raises ValueError for a file that another stage left, or another version of the world, and for one that is neither.
    """
    values = load_yaml(path)
    if not isinstance(values, dict) or not {"stage", "config"} & set(values):
        return None
    config = values.get("config")
    if not set(LEFT_KEYS) <= set(values) or not isinstance(config, dict):
        raise ValueError(
            f"config {path} is neither settings, which have no keys stage and config, nor the file of a stage, "
            f"which has {', '.join(LEFT_KEYS)}"
        )
    if values["stage"] != stage:
        raise ValueError(f"config {path} is from `pilotnet {values['stage']}`; it must be from `pilotnet {stage}`")
    require_present_world(path, values.get("world", FIRST_WORLD))
    inner = config.get("config")
    if not isinstance(inner, dict):
        return config
    return inner | {name: value for name, value in config.items() if name in arguments}
