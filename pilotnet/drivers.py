"""Drivers by name: the expert, PilotNet from a checkpoint, and the floor that holds the wheel straight."""

from pathlib import Path

import torch

from pilotnet.checkpoint import Checkpoint, load_checkpoint
from pilotnet.saliency import visual_back_prop
from pilotnet.viewpoint import Viewpoint, to_rgb
from sim.drawables import Explanation
from sim.env import DrivingEnv, Pedals
from sim.expert import Expert
from sim.pedals import PULL_AWAY, pace
from sim.types import Control, Driver, Observation

DRIVER_NAMES = ("expert", "pilotnet", "straight")


class Straight:
    """Holds the wheel straight and the speed with which it set out: the floor that every driver must beat.

    Where it has the pedals it neither brakes nor slows down for anything, and accelerates only back to that speed.
    """

    def __init__(self) -> None:
        self._speed: float | None = None

    def reset(self) -> None:
        """Forget the speed of the last drive."""
        self._speed = None

    def act(self, observation: Observation) -> Control:
        """Straight on, at the speed of the first moment."""
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


def needs_camera(name: str) -> bool:
    """Whether the driver of this name looks at the centre camera; ValueError for an unknown name."""
    if name not in DRIVER_NAMES:
        raise ValueError(f"driver is {name!r}; it must be one of {', '.join(DRIVER_NAMES)}")
    return name == "pilotnet"


def make_driver(name: str, env: DrivingEnv, checkpoint: Path | None = None) -> Driver:
    """The driver of this name for an environment; `pilotnet` needs a checkpoint. Raises ValueError otherwise.

    Where the driver has the pedals, the checkpoint must have a speed output.
    """
    if not needs_camera(name):
        return Expert(env) if name == "expert" else Straight()
    if checkpoint is None:
        raise ValueError("driver pilotnet needs a checkpoint; give --checkpoint the folder that `pilotnet train` wrote")
    loaded = load_checkpoint(checkpoint)
    if loaded.camera != env.cameras["centre"]:
        raise ValueError(f"checkpoint {checkpoint} was trained for {loaded.camera}; the environment has {env.cameras['centre']}")
    if env.config.pedals is Pedals.DRIVER and loaded.model.speed_scale is None:
        raise ValueError(
            f"checkpoint {checkpoint} only steers; with pedals driver it must also choose its speed: "
            "train one with `pilotnet train DATA --speed true`"
        )
    return PilotNetDriver(loaded)
