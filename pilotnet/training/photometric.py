"""Another light on a training view: how exposure, weather and the hour change a picture while the
road in it stays the same.

A network that meets every road in one light only learns the light along with the road. Labels stay
as they are.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

SHADE_GRID = 3, 6  # rows, columns of the coarse picture of shade, which is blown up to the view
# how strong these are, as shares of the other changes
TINT = 0.3
SHADE = 0.75
NUMBERS = (
    5 + SHADE_GRID[0] * SHADE_GRID[1]
)  # that describe a light: contrast, brightness, colour, two of tint, and the shade


def draw_photometric_parameters(
    generator: np.random.Generator, size: int, strength: float, limit: float
) -> NDArray[np.float32]:
    """Random lights, (size, NUMBERS): normals of standard deviation `strength`, cut off at `limit`
    standard deviations.
    """
    lights = np.clip(
        generator.standard_normal((size, NUMBERS), dtype=np.float32), -limit, limit
    ) * np.float32(strength)
    lights[:, 3:5] *= TINT
    lights[:, 5:] *= SHADE
    return lights


def photometric_augment(views: Tensor, lights: Tensor) -> Tensor:
    """Views (B, 3, H, W), YUV in [-1, 1], as another exposure and another light would show them.

    lights: (B, NUMBERS): how much more contrast, as the logarithm of a factor; how much brighter,
    in shares of half the range of brightness; how much more colour, as the logarithm of a factor;
    how much bluer and redder; and the shade, a coarse picture of changes of brightness, row by row.
    Zeros change nothing.
    """
    contrast, lift, colour = lights[:, :3, None, None, None].unbind(1)
    tint = lights[:, 3:5, None, None]
    shade = lights[:, 5:].unflatten(1, (1, *SHADE_GRID))
    luma = views[:, :1]
    chroma = views[:, 1:]
    middle = luma.mean((2, 3), keepdim=True)
    shade = functional.interpolate(shade, size=views.shape[2:], mode="bilinear", align_corners=True)
    luma = (luma - middle) * contrast.exp() + middle + lift + shade
    return torch.cat([luma, chroma * colour.exp() + tint], dim=1).clamp(-1, 1)
