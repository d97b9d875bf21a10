"""VisualBackProp (arXiv 1611.05418; for PilotNet arXiv 1704.07911): the pixels of a view that the
steering depends on.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pilotnet.training.model import PilotNet


@torch.no_grad()
def visual_back_prop(model: PilotNet, views: Tensor) -> Tensor:
    """Return the saliency of each pixel of the views (B, 3, H, W): (B, H, W) in [0, 1], the highest
    of each view being 1.

    Each layer's feature maps are averaged over channels, upsampled to the layer below and
    multiplied with its map, down to the input. A view without any activity is 0 everywhere.
    """
    signal = views
    sizes = []
    averages = []
    convolutions = []
    for layer in model.convolutions:
        if isinstance(layer, nn.Conv2d):
            sizes.append(signal.shape[-2:])
            convolutions.append(layer)
            signal = layer(signal)
        else:
            signal = layer(signal)
            averages.append(signal.mean(dim=1, keepdim=True))
    mask = averages.pop()
    for depth in reversed(range(len(convolutions))):
        mask = spread(mask, convolutions[depth], sizes[depth])
        if averages:
            mask = mask * averages.pop()
    return scaled(mask.squeeze(1))


def spread(mask: Tensor, layer: nn.Conv2d, size: torch.Size) -> Tensor:
    """A map of a layer's output (B, 1, h, w) over its input, `size` (rows, columns): each value
    goes to all pixels it came from.

    The transposed convolution of the layer's kernel and stride with weights 1 and bias 0. Pixels at
    the lower and right edge that the stride left over get nothing, which `output_padding` stands
    for.
    """
    ones = torch.ones(1, 1, *layer.kernel_size, device=mask.device, dtype=mask.dtype)
    left_over = [
        (whole - kernel) % stride
        for whole, kernel, stride in zip(size, layer.kernel_size, layer.stride, strict=True)
    ]
    return functional.conv_transpose2d(mask, ones, stride=layer.stride, output_padding=left_over)


def scaled(masks: Tensor) -> Tensor:
    """Each of the masks (B, H, W) stretched to [0, 1]; one that is the same everywhere becomes 0."""
    low = masks.amin(dim=(1, 2), keepdim=True)
    high = masks.amax(dim=(1, 2), keepdim=True)
    return (masks - low) / (high - low).clamp(min=torch.finfo(masks.dtype).tiny)
