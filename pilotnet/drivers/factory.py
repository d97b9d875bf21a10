"""Make a driver by name for an environment.

`modular+cars+lanes` is the modular stack with the truth in place of its parts `cars` and `lanes`, `modular+all` with all of them.
"""

from pathlib import Path

from pilotnet.drivers.driver_names import Detectors, Part, require_folders, split_name
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.drivers.straight import Straight
from pilotnet.modular.detection.detector import Detector
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.records import HINT, SURE
from pilotnet.training.checkpoint import load_checkpoint
from sim.env import DrivingEnv, Pedals
from sim.expert import Expert
from sim.types import Driver


def make_driver(
    name: str, env: DrivingEnv, checkpoint: Path | None = None, detectors: Detectors | None = None
) -> Driver:
    """The driver of this name for an environment: `pilotnet` needs a checkpoint, `modular` its detectors. ValueError otherwise.

    Where PilotNet has the pedals, its checkpoint must have a speed output.
    """
    require_folders(name, checkpoint, detectors)
    base, oracles = split_name(name)
    if base == "modular":
        return ModularDriver(_parts(oracles, env, detectors or Detectors()), env)
    if base == "pilotnet":
        return _pilotnet(env, checkpoint)
    return Expert(env) if base == "expert" else Straight()


def _parts(oracles: frozenset[Part], env: DrivingEnv, detectors: Detectors) -> Parts:
    """The parts of the modular stack that see for themselves."""
    return Parts(
        cars=None if Part.CARS in oracles else _detector(Part.CARS, detectors.cars, env),
        pedestrians=None
        if Part.PEDESTRIANS in oracles
        else _detector(Part.PEDESTRIANS, detectors.pedestrians, env),
        lanes=None if Part.LANES in oracles else LaneFinder(env.config.camera),
    )


def _detector(part: Part, folder: Path | None, env: DrivingEnv) -> Detector:
    """The detector of a part from its folder."""
    assert folder is not None, "require_folders has checked that every part has its folder"
    detector = Detector.load(folder, part, HINT if part is Part.PEDESTRIANS else SURE)
    if detector.camera != env.config.camera:
        raise ValueError(
            f"detector {folder} was trained for {detector.camera}; the environment has {env.config.camera}"
        )
    return detector


def _pilotnet(env: DrivingEnv, checkpoint: Path | None) -> PilotNetDriver:
    """PilotNet from its checkpoint."""
    assert checkpoint is not None, "require_folders has checked that pilotnet has its checkpoint"
    loaded = load_checkpoint(checkpoint)
    if loaded.camera != env.cameras["centre"]:
        raise ValueError(
            f"checkpoint {checkpoint} was trained for {loaded.camera}; the environment has {env.cameras['centre']}"
        )
    if env.config.pedals is Pedals.DRIVER and loaded.model.speed_scale is None:
        raise ValueError(
            f"checkpoint {checkpoint} only steers; with pedals driver it must also choose its speed: "
            "train one with `pilotnet train DATA --speed`"
        )
    return PilotNetDriver(loaded)
