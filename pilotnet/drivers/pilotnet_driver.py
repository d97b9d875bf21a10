"""PilotNet as a driver: from a camera frame to a curvature and, if trained so, a target speed."""

import torch

from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.saliency import visual_back_prop
from pilotnet.training.viewpoint import Viewpoint, to_rgb
from sim.control.speed import PULL_AWAY_ACCELERATION, speed_tracking_acceleration
from sim.drawables import Explanation
from sim.types import Control, Observation


class PilotNetDriver:
    """A driver whose commands come from the network alone.

    The network's view is the centre camera's frame without shift and rotation.
    """

    def __init__(self, checkpoint: Checkpoint, device: str = "cpu") -> None:
        self._viewpoint = Viewpoint(checkpoint.view, checkpoint.camera)
        self._model = checkpoint.model.to(device).eval()
        self._no_move = torch.zeros(1, device=device)
        self._device = device
        self._views: torch.Tensor | None = None

    def reset(self) -> None:
        """Discard the last view; commands depend on the current frame only."""
        self._views = None

    @torch.inference_mode()
    def act(self, observation: Observation) -> Control:
        """Return the network's command.

        Raises ValueError when the observation has no centre frame, or one of another camera.
        """
        if observation.centre is None:
            raise ValueError(
                "the observation has no centre frame; "
                "pilotnet needs an environment with the centre camera"
            )
        frame = torch.from_numpy(observation.centre)[None].to(self._device)
        self._views, _ = self._viewpoint(frame, self._no_move, self._no_move)
        curvature, speed = self._model.commands(self._views)
        return network_command(
            observation, float(curvature), None if speed is None else float(speed)
        )

    @torch.inference_mode()
    def explain(self) -> Explanation:
        """Return the last view and its saliency map (VisualBackProp); empty before a command."""
        if self._views is None:
            return Explanation()
        saliency = visual_back_prop(self._model, self._views)[0].cpu().numpy()
        camera = self._viewpoint.virtual_camera
        return Explanation(view=to_rgb(self._views[0]), heat=saliency, camera=camera)


def network_command(observation: Observation, curvature: float, speed: float | None) -> Control:
    """Return the command of a network with these outputs.

    curvature: [1/m]. speed: to drive [m/s]; None where the network only steers.
    """
    if speed is None:
        return Control(curvature)
    acceleration = speed_tracking_acceleration(observation.speed, max(speed, 0.0))
    # A much higher target speed must not make the car pull away faster than human drivers do.
    return Control(curvature, min(acceleration, PULL_AWAY_ACCELERATION))
