"""The viewpoint transform: from a recorded frame to the network's view, at any shift and rotation.

Training and driving call the same function, so every view has the same resampling, and the network
cannot infer its offset from artefacts. Below the horizon the world is a flat plane at the camera's
height; above it, infinitely far (arXiv 1604.07316, 5.2).
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from sim.geometry.camera import Camera
from sim.types import Image

# RGB -> YUV, BT.601 full range; RGB in [-1, 1] gives YUV in [-1, 1].
YUV = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))


@dataclass(frozen=True)
class ViewCamera:
    """The network's camera, mounted where the recorded one is.

    It sees 75 degrees: 60, as many papers have it, is not enough for hairpins, where a car points
    ten degrees out of the bend and a road of 15 m radius leaves the picture ten metres ahead.

    Args:
        width: columns [px]
        height: rows [px]
        focal: focal length [px]
        horizon: row of the horizon [px from the top]
    """

    width: int = 200
    height: int = 66
    focal: float = 130.0
    horizon: float = 22.0


class Viewpoint:
    """Views of `view` cut out of frames recorded by `camera`, on whatever device the frames are."""

    def __init__(self, view: ViewCamera, camera: Camera) -> None:
        self.view = view
        self.camera = camera
        columns = torch.arange(view.width) + 0.5
        rows = torch.arange(view.height) + 0.5
        # Tangents of each pixel's direction: to the right of the view's axis, and below the
        # horizon.
        self._right = (columns - view.width / 2) / view.focal
        self._down = (rows - view.horizon) / view.focal

    @property
    def virtual_camera(self) -> Camera:
        """The camera that an unmoved view is as if taken by: where the recording one is, with the
        view's optics.
        """
        view = self.view
        mount = self.camera
        return Camera(
            view.width, view.height, view.focal, view.horizon, mount.lateral, mount.elevation
        )

    def source(self, shift: Tensor, rotation: Tensor) -> tuple[Tensor, Tensor]:
        """Return where in the recorded frame each pixel of a shifted and rotated view lies: columns
        and rows [px], each (B, 66, 200).

        shift: distance of the view to the right of the recording camera [m], (B,).
        rotation: angle of the view to the right [rad], (B,).
        """
        right = self._right.to(shift.device)[None, None, :]
        down = self._down.to(shift.device)[None, :, None]
        cos = torch.cos(rotation)[:, None, None]
        sin = torch.sin(rotation)[:, None, None]
        ahead = cos - right * sin
        across = sin + right * cos
        # A ground pixel lies elevation / down metres ahead, so a shift moves it by shift * down /
        # elevation; the sky stays.
        across = across + shift[:, None, None] * down.clamp(min=0) / self.camera.elevation
        column = self.camera.centre_column + self.camera.focal * across / ahead
        row = self.camera.horizon + self.camera.focal * down / ahead
        return column, row

    def __call__(self, frames: Tensor, shift: Tensor, rotation: Tensor) -> tuple[Tensor, Tensor]:
        """Return views (B, 3, 66, 200), YUV in [-1, 1], of frames (B, H, W, 3) RGB uint8, and a
        mask (B, 66, 200) of valid pixels.

        Pixels outside the frame are mid grey and False in the mask, and so are their mirror images:
        grey on one side alone would show the network the direction of the rotation. Raises
        ValueError for frames of another camera.
        """
        size = (self.camera.height, self.camera.width)
        if frames.shape[1:] != (*size, 3):
            raise ValueError(
                f"frames have shape {tuple(frames.shape[1:])}; this viewpoint's camera records "
                f"{(*size, 3)}"
            )
        column, row = self.source(shift, rotation)
        x = 2 * column / size[1] - 1
        y = 2 * row / size[0] - 1
        inside = (x.abs() <= 1) & (y.abs() <= 1)
        inside = inside & inside.flip(-1)
        # Levels stay levels until the view is cut out: a frame has several times as many pixels.
        levels = frames.permute(0, 3, 1, 2).float()
        rgb = (
            functional.grid_sample(
                levels, torch.stack([x, y], dim=-1), padding_mode="border", align_corners=False
            )
            / 127.5
            - 1
        )
        views = torch.einsum("kc,bchw->bkhw", torch.tensor(YUV, device=rgb.device), rgb)
        return views * inside[:, None], inside

    def rows_needed(self, rotation: float) -> tuple[int, int]:
        """The rows [top, bottom) of the recorded frame that views turned by up to `rotation` [rad]
        either way are made of.
        """
        turned = torch.tensor([-rotation, rotation])
        _, row = self.source(torch.zeros(2), turned)
        top = math.floor(float(row.min()) - 0.5)
        bottom = math.ceil(float(row.max()) + 0.5)
        return max(top, 0), min(bottom, self.camera.height)


def to_rgb(view: Tensor) -> Image:
    """A view (3, H, W), YUV in [-1, 1], back as a picture (H, W, 3)."""
    colours = torch.einsum("kc,chw->hwk", torch.linalg.inv(torch.tensor(YUV)), view.cpu())
    return ((colours + 1) * 127.5).round().clamp(0, 255).byte().numpy()
