"""Drivers by name: the expert, PilotNet from a checkpoint, the modular stack, and the floor that holds the wheel straight.

`modular+cars+lanes` is the modular stack with the truth in place of its parts `cars` and `lanes`, `modular+all` with all of them.
"""

from pathlib import Path

import torch

from pilotnet.checkpoint import Checkpoint, load_checkpoint
from pilotnet.driver_names import Detectors, Part, require_folders, split_name
from pilotnet.modular.detector import Detector
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes import LaneFinder
from pilotnet.modular.records import HINT, SURE
from pilotnet.saliency import visual_back_prop
from pilotnet.viewpoint import Viewpoint, to_rgb
from sim.drawables import Explanation
from sim.env import DrivingEnv, Pedals
from sim.expert import Expert
from sim.pedals import PULL_AWAY, pace
from sim.types import Control, Driver, Observation


class Straight:
    """Holds the wheel straight and the speed with which it was engaged: the floor that every driver must beat.

    Where it has the pedals it neither brakes nor slows down for anything, and accelerates only back to that speed.
    """

    def __init__(self) -> None:
        self._speed: float | None = None

    def reset(self) -> None:
        """Forget the speed to hold; the next observation gives another."""
        self._speed = None

    def act(self, observation: Observation) -> Control:
        """Return the command straight on, at the speed of the first observation since the last reset."""
        if self._speed is None:
            self._speed = observation.speed
        return Control(0.0, pace(observation.speed, self._speed))


class PilotNetDriver:
    """Drives by the network alone: the centre camera's frame -> the network's view, unmoved -> curvature and target speed."""

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu") -> None:
        self._viewpoint = Viewpoint(checkpoint.view, checkpoint.camera)
        self._model = checkpoint.model.to(device).eval()
        self._unmoved = torch.zeros(1, device=device)
        self._device = device
        self._views: torch.Tensor | None = None

    def reset(self) -> None:
        """Forget what was seen; one frame, one command, so nothing else depends on it."""
        self._views = None

    @torch.inference_mode()
    def act(self, observation: Observation) -> Control:
        """The network's command; ValueError when the observation has no centre frame, or one of another camera."""
        if observation.centre is None:
            raise ValueError("the observation has no centre frame; pilotnet needs an environment with the centre camera")
        frame = torch.from_numpy(observation.centre)[None].to(self._device)
        self._views, _ = self._viewpoint(frame, self._unmoved, self._unmoved)
        curvature, speed = self._model.commands(self._views)
        if speed is None:
            return Control(float(curvature))
        # The road's speed is no reason to pull away faster than people do.
        return Control(float(curvature), min(pace(observation.speed, max(float(speed), 0.0)), PULL_AWAY))

    @torch.inference_mode()
    def explain(self) -> Explanation:
        """The last view and what in it the command came from (VisualBackProp); nothing before the first command."""
        if self._views is None:
            return Explanation()
        heat = visual_back_prop(self._model, self._views)[0].cpu().numpy()
        return Explanation(view=to_rgb(self._views[0]), heat=heat, camera=self._viewpoint.virtual_camera)


def make_driver(name: str, env: DrivingEnv, checkpoint: Path | None = None, detectors: Detectors | None = None) -> Driver:
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
        pedestrians=None if Part.PEDESTRIANS in oracles else _detector(Part.PEDESTRIANS, detectors.pedestrians, env),
        lanes=None if Part.LANES in oracles else LaneFinder(env.config.camera),
    )


def _detector(part: Part, folder: Path | None, env: DrivingEnv) -> Detector:
    """The detector of a part from its folder."""
    assert folder is not None, "require_folders has checked that every part has its folder"
    detector = Detector.load(folder, part, HINT if part is Part.PEDESTRIANS else SURE)
    if detector.camera != env.config.camera:
        raise ValueError(f"detector {folder} was trained for {detector.camera}; the environment has {env.config.camera}")
    return detector


def _pilotnet(env: DrivingEnv, checkpoint: Path | None) -> PilotNetDriver:
    """PilotNet from its checkpoint."""
    assert checkpoint is not None, "require_folders has checked that pilotnet has its checkpoint"
    loaded = load_checkpoint(checkpoint)
    if loaded.camera != env.cameras["centre"]:
        raise ValueError(f"checkpoint {checkpoint} was trained for {loaded.camera}; the environment has {env.cameras['centre']}")
    if env.config.pedals is Pedals.DRIVER and loaded.model.speed_scale is None:
        raise ValueError(
            f"checkpoint {checkpoint} only steers; with pedals driver it must also choose its speed: "
            "train one with `pilotnet train DATA --speed true`"
        )
    return PilotNetDriver(loaded)
