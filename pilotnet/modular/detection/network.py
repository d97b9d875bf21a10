"""The detectors' network: from a strip of the centre frame around the horizon to an output for
every 2 x 2 px.

Anchor-free, as CenterNet (arXiv 1904.07850): a heat map of box centres, with size, offset,
visibility and distance beside it. Features are at a quarter of the frame's resolution, finer in the
first and last layer and around the horizon, where pedestrians are 2 x 6 px. A second stage refines
every proposed box (compare CenterNet2, Zhou et al., arXiv 2103.07461).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from pilotnet.modular.detection.roi_head import PRIOR, RoiHead
from sim.geometry.camera import Camera

# rows above and below the horizon that the network sees: the centres of all boxes lie there
ABOVE = 32
BELOW = 80
STRIDE = 2  # [px] of a cell of the output
# rows above and below the horizon at higher resolution: they hold all of a pedestrian beyond 15 m
HORIZON_ROWS = 16
CHANNELS = 24  # of the features at half the resolution
OUTPUTS = 7  # heat, offset (2), size (2), visible, distance
# [px], [m] of a box when the outputs are 0
TYPICAL_SIZE = 12.0
TYPICAL_DISTANCE = 25.0


class DetectorOutput(NamedTuple):
    """The network's output for every cell, (B, ..., H, W).

    centre_logits: logit that a box's centre lies here, (B, H, W).
    offset: of the centre from the cell's, (right, down) [px], (B, 2, H, W).
    size: (width, height) of the box [px], (B, 2, H, W).
    visible: logit of the visibility, (B, H, W).
    distance: natural logarithm of metres, (B, H, W).
    features: input of the second stage, (B, CHANNELS, H, W).
    """

    centre_logits: Tensor
    offset: Tensor
    size: Tensor
    visible: Tensor
    distance: Tensor
    features: Tensor


def strip_rows(camera: Camera) -> tuple[int, int]:
    """The rows [first, last) of a camera's frame that the network sees; ValueError when the camera
    has not got them.
    """
    first = round(camera.horizon) - ABOVE
    last = round(camera.horizon) + BELOW
    if first < 0 or last > camera.height or camera.width % 16:
        raise ValueError(
            f"the camera is {camera.width} x {camera.height} px with its horizon at "
            f"{camera.horizon}; a detector needs {ABOVE} "
            f"rows above and {BELOW} below the horizon and a width that 16 divides"
        )
    return first, last


def convolution(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """A residual block of two convolutions (He et al., arXiv 1512.03385)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """The same shape, (B, C, H, W)."""
        return torch.relu(features + self.second(self.first(features)))


class HorizonRefinement(nn.Module):
    """A residual block for the rows around the horizon only, at half the strip's resolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.residual = Residual(channels)

    def forward(self, features: Tensor) -> Tensor:
        """The same shape, (B, C, H, W)."""
        above, around, below = features.tensor_split(
            [(ABOVE - HORIZON_ROWS) // 2, (ABOVE + HORIZON_ROWS) // 2], 2
        )
        return torch.cat([above, self.residual(around), below], 2)


class DetectorNetwork(nn.Module):
    """From strips, RGB in [0, 1], (B, 3, H, W) with sides that are multiples of 16, to
    `DetectorOutput` of (H / 2, W / 2) cells.

    A fourth input channel is the row's distance below the horizon, which determines the distance on
    flat ground.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(convolution(4, CHANNELS, stride=2), HorizonRefinement(CHANNELS))
        self.quarter = nn.Sequential(convolution(CHANNELS, 32, stride=2), Residual(32))
        self.eighth = nn.Sequential(convolution(32, 48, stride=2), Residual(48))
        self.sixteenth = nn.Sequential(convolution(48, 80, stride=2), Residual(80))
        self.from_sixteenth = convolution(80, 48, 1)
        self.merge_eighth = convolution(48, 48)
        self.from_eighth = convolution(48, 32, 1)
        self.merge_quarter = convolution(32, 32)
        self.from_quarter = convolution(32, CHANNELS * STRIDE**2, 1)
        self.again = HorizonRefinement(CHANNELS)
        self.head = nn.Conv2d(CHANNELS, OUTPUTS, 1)
        self.roi_head = RoiHead(CHANNELS, STRIDE)
        nn.init.normal_(self.head.weight, std=0.01)
        bias = torch.zeros(OUTPUTS)
        bias[0] = math.log(PRIOR / (1 - PRIOR))
        self.head.bias = nn.Parameter(bias)

    def forward(self, strips: Tensor) -> DetectorOutput:
        """Return the output for every cell."""
        half = self.stem(torch.cat([strips - 0.5, self._below(strips)], 1))
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        up = _twice_as_large(self.from_sixteenth(self.sixteenth(eighth)))
        up = _twice_as_large(self.from_eighth(self.merge_eighth(eighth + up)))
        quarter = self.from_quarter(self.merge_quarter(quarter + up))
        features = self.again(half + nn.functional.pixel_shuffle(quarter, STRIDE))
        centre_logits, offset, size, visible, distance = (
            self.head(features).float().split([1, 2, 2, 1, 1], 1)
        )
        return DetectorOutput(
            centre_logits.squeeze(1),
            offset * STRIDE,
            TYPICAL_SIZE * size.clamp(-6, 6).exp(),
            visible.squeeze(1),
            distance.squeeze(1) + math.log(TYPICAL_DISTANCE),
            features,
        )

    def _below(self, strips: Tensor) -> Tensor:
        batch, _, height, width = strips.shape
        rows = (
            torch.arange(height, device=strips.device, dtype=strips.dtype) + 0.5 - ABOVE
        ) / BELOW
        return rows.view(1, 1, height, 1).expand(batch, 1, height, width)

    def fused(self) -> "DetectorNetwork":
        """Return this network for inference: batch normalisation fused into the convolutions,
        channels last.
        """
        self.eval()
        for module in self.modules():
            if (
                isinstance(module, nn.Sequential)
                and len(module) > 1
                and isinstance(module[1], nn.BatchNorm2d)
            ):
                convolution = module[0]
                normalisation = module[1]
                assert isinstance(convolution, nn.Conv2d)
                module[0] = fuse_conv_bn_eval(convolution, normalisation)
                module[1] = nn.Identity()
        return self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _twice_as_large(features: Tensor) -> Tensor:
    return nn.functional.interpolate(features, scale_factor=2.0, mode="nearest")
