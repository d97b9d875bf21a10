"""Make a driver by name for an environment; each row of the table of drivers has a function."""

from pathlib import Path

from pilotnet.drivers.driver_names import require_folders, split_name
from pilotnet.drivers.driver_table import Detectors, DriverInputs, Part, driver_info
from pilotnet.drivers.pilotnet_driver import PilotNetDriver
from pilotnet.drivers.straight import Straight
from pilotnet.modular.detection.detector import Detector
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.records import CONFIRM_SCORE, KEEP_ALIVE_SCORE
from pilotnet.training.checkpoint import load_checkpoint
from sim.env import DrivingEnv, SpeedControl
from sim.expert import Expert
from sim.types import Driver


def make_driver(
    name: str, env: DrivingEnv, checkpoint: Path | None = None, detectors: Detectors | None = None
) -> Driver:
    """Return the driver of this name for an environment.

    Raises ValueError for an unknown name, for missing folders, and for networks that were trained
    for another camera or cannot control the speed.
    """
    require_folders(name, checkpoint, detectors)
    base, oracles = split_name(name)
    info = driver_info(base)
    assert info is not None, "split_name has checked the name"
    return info.load()(env, DriverInputs(base, checkpoint, detectors or Detectors(), oracles))


def make_expert(env: DrivingEnv, inputs: DriverInputs) -> Driver:  # noqa: ARG001
    """Return the expert, which reads the world of the environment."""
    return Expert(env)


def make_straight(env: DrivingEnv, inputs: DriverInputs) -> Driver:  # noqa: ARG001
    """Return the driver that keeps the steering wheel straight."""
    return Straight()


def make_modular(env: DrivingEnv, inputs: DriverInputs) -> Driver:
    """Return the modular stack; parts that the ground truth replaces are None."""
    oracles = inputs.oracles
    parts = Parts(
        cars=_detector(Part.CARS, inputs.detectors.cars, env, oracles),
        pedestrians=_detector(Part.PEDESTRIANS, inputs.detectors.pedestrians, env, oracles),
        lanes=None if Part.LANES in oracles else LaneFinder(env.config.camera),
    )
    return ModularDriver(parts, env)


def make_pilotnet(env: DrivingEnv, inputs: DriverInputs) -> Driver:
    """Return PilotNet from its checkpoint.

    Raises ValueError when it was trained for another camera, or when it only steers and each driver
    must control its own speed.
    """
    checkpoint = inputs.checkpoint
    assert checkpoint is not None, "require_folders has checked that pilotnet has its checkpoint"
    loaded = load_checkpoint(checkpoint)
    if loaded.camera != env.cameras["centre"]:
        raise ValueError(
            f"checkpoint {checkpoint} was trained for {loaded.camera}; "
            f"the environment has {env.cameras['centre']}"
        )
    if env.config.pedals is SpeedControl.DRIVER and loaded.model.speed_scale is None:
        raise ValueError(
            f"checkpoint {checkpoint} only steers; "
            "with speed control by the driver it must also choose its speed: "
            "train one with `pilotnet train DATA --speed`"
        )
    return PilotNetDriver(loaded)


def _detector(
    part: Part, folder: Path | None, env: DrivingEnv, oracles: frozenset[Part]
) -> Detector | None:
    """Return the detector of a part from its folder, None when the ground truth replaces it.

    Raises ValueError when it was trained for another camera.
    """
    if part in oracles:
        return None
    assert folder is not None, "require_folders has checked that every part has its folder"
    min_score = KEEP_ALIVE_SCORE if part is Part.PEDESTRIANS else CONFIRM_SCORE
    detector = Detector.load(folder, part, min_score)
    if detector.camera != env.config.camera:
        raise ValueError(
            f"detector {folder} was trained for {detector.camera}; "
            f"the environment has {env.config.camera}"
        )
    return detector
