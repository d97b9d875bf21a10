"""Photometric augmentation: random changes of exposure, contrast and colour of a training view.

It keeps the network from overfitting to the lighting of its training roads. Labels do not change.
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
    """Return random parameters, (size, NUMBERS): normals of standard deviation `strength`, cut off
    at `limit` standard deviations.
    """
    lights = np.clip(
        generator.standard_normal((size, NUMBERS), dtype=np.float32), -limit, limit
    ) * np.float32(strength)
    lights[:, 3:5] *= TINT
    lights[:, 5:] *= SHADE
    return lights


def photometric_augment(views: Tensor, lights: Tensor) -> Tensor:
    """Return views (B, 3, H, W), YUV in [-1, 1], with changed exposure and light.

    lights: (B, NUMBERS): contrast as the logarithm of a factor; brightness in shares of half its
    range; colour as the logarithm of a factor; shifts to blue and red; and a coarse grid of
    brightness changes, row by row. Zeros change nothing.
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
