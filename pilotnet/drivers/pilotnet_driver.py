"""PilotNet as a driver: the centre frame of the camera in, a curvature and perhaps a target speed
out.
"""

import torch

from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.saliency import visual_back_prop
from pilotnet.training.viewpoint import Viewpoint, to_rgb
from sim.control.speed import PULL_AWAY_ACCELERATION, speed_tracking_acceleration
from sim.drawables import Explanation
from sim.types import Control, Observation


class PilotNetDriver:
    """Drives by the network alone: from the centre frame to the network's view, and from it to
    curvature and target speed.
    """

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu") -> None:
        self._viewpoint = Viewpoint(checkpoint.view, checkpoint.camera)
        self._model = checkpoint.model.to(device).eval()
        self._unmoved = torch.zeros(1, device=device)
        self._device = device
        self._views: torch.Tensor | None = None

    def reset(self) -> None:
        """Discard the last view; the network has no memory."""
        self._views = None

    @torch.inference_mode()
    def act(self, observation: Observation) -> Control:
        """Return the network's command; ValueError without a centre frame, or with one of another
        camera.
        """
        if observation.centre is None:
            raise ValueError(
                "the observation has no centre frame; pilotnet needs an environment with the "
                "centre camera"
            )
        frame = torch.from_numpy(observation.centre)[None].to(self._device)
        self._views, _ = self._viewpoint(frame, self._unmoved, self._unmoved)
        curvature, speed = self._model.commands(self._views)
        if speed is None:
            return Control(float(curvature))
        # The road's speed is no reason to pull away faster than people do.
        return Control(
            float(curvature),
            min(
                speed_tracking_acceleration(observation.speed, max(float(speed), 0.0)),
                PULL_AWAY_ACCELERATION,
            ),
        )

    @torch.inference_mode()
    def explain(self) -> Explanation:
        """Return the last view and its saliency (VisualBackProp); nothing before the first
        command.
        """
        if self._views is None:
            return Explanation()
        heat = visual_back_prop(self._model, self._views)[0].cpu().numpy()
        return Explanation(
            view=to_rgb(self._views[0]), heat=heat, camera=self._viewpoint.virtual_camera
        )
