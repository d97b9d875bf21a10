"""VisualBackProp (arXiv 1611.05418; for PilotNet arXiv 1704.07911): which pixels of a view the
steering comes from.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pilotnet.training.model import PilotNet


@torch.no_grad()
def visual_back_prop(model: PilotNet, views: Tensor) -> Tensor:
    """How much each pixel of the views (B, 3, H, W) counts, (B, H, W) in [0, 1], each view's
    highest being 1.

    The maps of every layer, averaged over their channels, are carried down to the input: each is
    spread over what the layer saw and multiplied with the map below it, so that what stays was
    active at every depth. 0 everywhere where nothing was.
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
