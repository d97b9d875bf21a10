"""REPEAT: read the settings from a `<stage>.yaml`, for the `--config` of the same command.

Such a file holds the settings below `config`. For trainings and scores of detectors, `config` holds
the data and further inputs of the run, and the settings one level below, under a second `config`.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from pilotnet.common.provenance import FIRST_WORLD, require_present_world
from pilotnet.common.reading import load_yaml

REQUIRED_KEYS = (
    "stage",
    "config",
    "seed",
    "version",
    "revision",
)  # of every `<stage>.yaml`, also of earlier versions


def repeated_settings(
    path: Path, stage: str, arguments: Collection[str] = ()
) -> dict[str, Any] | None:
    """Return the settings in the `<stage>.yaml` at `path`, on one level; None for a plain file of
    settings.

    arguments: inputs that the command takes beside the settings, such as `data`; other inputs, such
    as the fingerprint of the dataset, are left out.

    Raises ValueError for a file of another stage or another world version, and for one that is
    neither kind of file.
    """
    values = load_yaml(path)
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ValueError(
            f"config {path} is no mapping of names to values; it must hold lines such as "
            f"`episodes: 20`"
        )
    if not {"stage", "config"} & set(values):
        return None
    config = values.get("config")
    if not set(REQUIRED_KEYS) <= set(values) or not isinstance(config, dict):
        raise ValueError(
            f"config {path} is neither settings, which have no keys stage and config, nor the "
            f"file of a stage, "
            f"which has {', '.join(REQUIRED_KEYS)}"
        )
    if values["stage"] != stage:
        raise ValueError(
            f"config {path} is from `pilotnet {values['stage']}`; it must be from `pilotnet "
            f"{stage}`"
        )
    require_present_world(path, values.get("world", FIRST_WORLD))
    inner = config.get("config")
    if not isinstance(inner, dict):
        return config
    return inner | {name: value for name, value in config.items() if name in arguments}
