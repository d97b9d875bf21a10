"""The second stage: it refines the edges of every proposed box and scores its quality (Faster
R-CNN, Ren et al., arXiv 1506.01497).

Features are sampled by RoI align (Mask R-CNN, He et al., arXiv 1703.06870).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

# places that are sampled in a box and around it
ROI_ROWS = 10
ROI_COLUMNS = 8
WIDER = 1.4  # share of a box's sides that the places cover
HIDDEN = 128
# share of a box's side, and natural logarithm of it
FARTHEST_MOVED = 0.5
MOST_SCALED = 0.7
# [px], [px], logits, [m] by which a proposal is measured
SIDE_UNIT = 12.0
PLACE = 100.0
HEAT = 4.0
DISTANCE = 20.0
# that there is something where an untrained network looks (Lin et al., arXiv 1708.02002)
PRIOR = 0.01


class Proposals(NamedTuple):
    """N proposed boxes.

    strip: index of the image strip, (N,).
    edges: left, top, right, bottom in it [px], (N, 4).
    centre_logits: logit of the centre heat map at the box's centre, (N,).
    distance: natural logarithm of the distance [m], (N,).
    """

    strip: Tensor
    edges: Tensor
    centre_logits: Tensor
    distance: Tensor


class Refined(NamedTuple):
    """Output of the second stage for N boxes.

    edges: as in `Proposals`, (N, 4).
    fit: box quality logit, (N,).
    """

    edges: Tensor
    fit: Tensor


class RoiHead(nn.Module):
    """Samples the features in each box; two hidden layers, no convolution, because objects are
    upright and fill their boxes.
    """

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self._stride = stride
        inputs = ROI_ROWS * ROI_COLUMNS * channels + 6
        self.layers = nn.Sequential(
            nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN // 2), nn.ReLU()
        )
        self.moves = nn.Linear(HIDDEN // 2, 4)
        self.fits = nn.Linear(HIDDEN // 2, 1)
        for layer in (self.moves, self.fits):
            nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(self.moves.bias)
        nn.init.constant_(self.fits.bias, math.log(PRIOR / (1 - PRIOR)))

    def forward(self, features: Tensor, proposals: Proposals) -> Refined:
        """Return the refined boxes; features: of B strips, (B, channels, H, W)."""
        low = proposals.edges[:, :2]
        high = proposals.edges[:, 2:]
        middle = (low + high) / 2
        side = (high - low).clamp(min=1.0)
        places = middle[:, None, None] + _grid(middle.device) * (side * WIDER)[:, None, None]
        inside = roi_align(features, proposals.strip, places / self._stride).flatten(1)
        size = (side / SIDE_UNIT).log()
        where = middle / PLACE - 1
        said = torch.stack(
            [proposals.centre_logits / HEAT, proposals.distance - math.log(DISTANCE)], 1
        )
        hidden = self.layers(torch.cat([inside, size, where, said], 1))
        moved, scaled = self.moves(hidden).float().split(2, 1)
        middle = middle + side * moved.clamp(-FARTHEST_MOVED, FARTHEST_MOVED)
        half = side * scaled.clamp(-MOST_SCALED, MOST_SCALED).exp() / 2
        return Refined(
            torch.cat([middle - half, middle + half], 1), self.fits(hidden).float().squeeze(1)
        )


def _grid(device: torch.device) -> Tensor:
    """Places in a box of side 1 around 0, (ROI_ROWS, ROI_COLUMNS, 2): right, down."""
    down, across = (
        (torch.arange(count, device=device) + 0.5) / count - 0.5
        for count in (ROI_ROWS, ROI_COLUMNS)
    )
    return torch.stack(
        [across.expand(ROI_ROWS, ROI_COLUMNS), down[:, None].expand(ROI_ROWS, ROI_COLUMNS)], 2
    )


def roi_align(source: Tensor, strip: Tensor, places: Tensor) -> Tensor:
    """RoI align: sample a source (B, C, H, W) at positions (N, ..., 2) of its strips (N,), right
    and down [cells]; (N, ..., C).

    Bilinear between the centres of cells, 0 beyond the source.
    """
    height, width = source.shape[-2:]
    flat = source.permute(0, 2, 3, 1).reshape(
        -1, source.shape[1]
    )  # a view, as channels come last in memory already
    first = (places - 0.5).floor()
    corners = torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]], device=places.device)
    weights = ((places - 0.5 - first).unsqueeze(-2) - (1 - corners)).abs().prod(-1)
    column, row = (first.long().unsqueeze(-2) + corners).unbind(-1)
    weights = weights * ((column >= 0) & (column < width) & (row >= 0) & (row < height))
    begin = strip.view(-1, *[1] * (places.ndim - 1)) * height
    cells = (begin + row.clamp(0, height - 1)) * width + column.clamp(0, width - 1)
    weighed = weights.view(-1, 4).to(flat.dtype)
    # One operation where gathering, weighing and adding up would be twelve, and twice as slow.
    total = functional.embedding_bag(
        cells.view(-1, 4), flat, mode="sum", per_sample_weights=weighed
    )
    return total.view(*places.shape[:-1], flat.shape[1])
