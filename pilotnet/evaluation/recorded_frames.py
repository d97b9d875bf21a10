"""The network's view of a recording from a shifted and rotated car."""

from collections.abc import Iterator

import torch

from pilotnet.data.store import Dataset, Episode
from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.viewpoint import Viewpoint
from sim.types import Image


class RecordedFrames:
    """The commands of a network that drives over one recorded episode.

    Frames come from the camera nearest to where the simulated car's camera would be, as in
    training. They are decoded in one pass, so frame numbers must be asked for in order.

    Raises ValueError when the network was trained for another camera.
    """

    def __init__(self, dataset: Dataset, episode: Episode, checkpoint: Checkpoint) -> None:
        if dataset.camera("centre") != checkpoint.camera:
            raise ValueError(
                f"the checkpoint was trained for {checkpoint.camera}; "
                f"{dataset.root} was recorded with {dataset.camera('centre')}"
            )
        self._model = checkpoint.model.eval()
        self._viewpoints = {
            name: Viewpoint(checkpoint.view, camera) for name, camera in dataset.cameras.items()
        }
        self._streams: dict[str, Iterator[Image]] = {
            name: iter(dataset.stream(episode, name)) for name in dataset.cameras
        }
        self._mount = checkpoint.camera.lateral
        self._number = -1
        self._frames: dict[str, Image] = {}

    @torch.inference_mode()
    def command(self, number: int, shift: float, rotation: float) -> float:
        """Return the curvature [1/m] for frame `number`, from a shifted [m] and rotated [rad] car.

        Raises ValueError for a frame number below the last one.
        """
        frame, viewpoint = self._nearest(number, self._mount + shift)
        beside = torch.tensor([self._mount + shift - viewpoint.camera.lateral], dtype=torch.float32)
        turned = torch.tensor([rotation], dtype=torch.float32)
        views, _ = viewpoint(torch.from_numpy(frame)[None], beside, turned)
        curvature, _ = self._model.commands(views)
        return float(curvature)

    def _nearest(self, number: int, lateral: float) -> tuple[Image, Viewpoint]:
        """Return the frame of the camera nearest to a lateral position [m], and its viewpoint."""
        if number < self._number:
            raise ValueError(
                f"frame number is {number}; it must be at least {self._number}, the last one"
            )
        while self._number < number:
            self._frames = {name: next(stream) for name, stream in self._streams.items()}
            self._number += 1
        name = min(
            self._viewpoints, key=lambda one: abs(self._viewpoints[one].camera.lateral - lateral)
        )
        return self._frames[name], self._viewpoints[name]
