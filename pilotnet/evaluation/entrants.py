"""The entrants of an evaluation: each driver, once for each of its networks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pilotnet.drivers.driver_names import NETWORK_MARK, base_name
from pilotnet.drivers.driver_table import ONNX_SUFFIX, Detectors, driver_info
from pilotnet.drivers.factory import make_driver
from sim.env import DrivingEnv
from sim.types import Driver


class Entrant(NamedTuple):
    """A driver with its networks.

    name: of the driver; `pilotnet@seed1` where it has several networks.
    """

    name: str
    checkpoint: Path | None
    detectors: Detectors

    def make(self, env: DrivingEnv) -> Driver:
        """Return the driver for an environment; ValueError as `make_driver` raises it."""
        return make_driver(self.name, env, self.checkpoint, self.detectors)


def entrants_of(
    drivers: Iterable[str], checkpoint: Path | Sequence[Path] | None, detectors: Detectors
) -> list[Entrant]:
    """Return the entrants, in the order of drivers and checkpoints.

    Raises ValueError when a checkpoint is given twice.
    """
    folders = [checkpoint] if isinstance(checkpoint, Path | None) else list(checkpoint)
    names = network_names([folder for folder in folders if folder])
    found = []
    for driver in drivers:
        info = driver_info(base_name(driver))
        if info is not None and info.needs_checkpoint and len(folders) > 1:
            found += [
                Entrant(f"{driver}{NETWORK_MARK}{name}", folder, detectors)
                for name, folder in zip(names, folders, strict=True)
            ]
        else:
            found.append(Entrant(driver, folders[0] if folders else None, detectors))
    return found


def network_names(folders: Sequence[Path]) -> list[str]:
    """Return a name for each folder: as many of its last parts as make it unique.

    Raises ValueError when a folder occurs twice.
    """
    resolved = [folder.resolve() for folder in folders]
    folder, count = Counter(resolved).most_common(1)[0] if resolved else (None, 0)
    if count > 1:
        raise ValueError(f"checkpoint has {folder} {count} times; each folder may occur once")
    parts = 1
    while True:
        names = ["-".join(folder.parts[-parts:]) for folder in resolved]
        if len(set(names)) == len(names):
            return names
        parts += 1


def network_folders(entrants: Iterable[Entrant]) -> dict[str, Path | None]:
    """Return the folders of all networks, by their names in `inputs.json`."""
    folders: dict[str, Path | None] = {"checkpoint": None, "cars": None, "pedestrians": None}
    for entrant in entrants:
        _, mark, network = entrant.name.partition(NETWORK_MARK)
        folders[f"checkpoint{mark}{network}"] = entrant.checkpoint
        if entrant.name.endswith(ONNX_SUFFIX):
            folders[entrant.name] = Path(entrant.name)
        folders["cars"] = entrant.detectors.cars
        folders["pedestrians"] = entrant.detectors.pedestrians
    return folders
