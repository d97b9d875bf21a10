"""Training targets and loss of the first stage: from boxes to maps for every cell."""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from pilotnet.modular.detection.network import STRIDE, DetectorOutput
from pilotnet.modular.detection.roi_head import Proposals

# standard deviation of a centre's blot: share of the box's side, and at least so many cells
SPREAD = 0.1
MIN_SPREAD = 0.6
NEAR_CENTRE = 0.2  # cells whose blot is stronger learn the box
MAX_DISTANCE = 200.0  # [m] that a box can be said to be
BOX_WEIGHT = 2.0
VISIBLE_WEIGHT = 0.3
DISTANCE_WEIGHT = 1.5


class Labels(NamedTuple):
    """The boxes of B strips, up to K each.

    edges: left, top, right, bottom in the strip [px], (B, K, 4).
    visible, distance: visibility, and distance [m], (B, K).
    counts: whether the box must be detected, (B, K) bool.
    ignored: whether a detection of it is neither right nor wrong, (B, K) bool.
    """

    edges: Tensor
    visible: Tensor
    distance: Tensor
    counts: Tensor
    ignored: Tensor

    def mirrored(self, width: int) -> "Labels":
        """The same boxes in mirrored strips of so many columns."""
        left, top, right, bottom = self.edges.unbind(-1)
        return self._replace(edges=torch.stack([width - right, top, width - left, bottom], -1))

    def windows(self, start: Tensor, width: int) -> "Labels":
        """The same boxes in windows of so many columns that begin at the columns `start`, (B,).

        A box whose middle lies outside need not be found there.
        """
        left, top, right, bottom = self.edges.unbind(-1)
        left, right = left - start.unsqueeze(-1), right - start.unsqueeze(-1)
        low = left.clamp(0, width)
        high = right.clamp(0, width)
        middle = (left + right) / 2
        within = (middle >= 0) & (middle < width)
        touched = (self.counts | self.ignored) & (high > low)
        edges = torch.stack([low, top, high, bottom], -1)
        return self._replace(
            edges=edges, counts=self.counts & within, ignored=touched & ~(self.counts & within)
        )

    def compact(self) -> "Labels":
        """The same boxes without the places where no strip has one."""
        present = self.counts | self.ignored
        most = max(int(present.sum(1).max()), 1)
        first = (~present).byte().argsort(dim=1, stable=True)[:, :most]
        return Labels(
            *(
                column.take_along_dim(first.view(*first.shape, *[1] * (column.ndim - 2)), 1)
                for column in self
            )
        )

    def where(self, which: Tensor, other: "Labels") -> "Labels":
        """These labels for the strips that `which` names, (B,) bool, and others for the rest."""
        masks = [which.view(-1, *[1] * (mine.ndim - 1)) for mine in self]
        return Labels(
            *(
                torch.where(mask, mine, theirs)
                for mask, mine, theirs in zip(masks, self, other, strict=True)
            )
        )


class Targets(NamedTuple):
    """Targets of the cells, (B, H, W).

    centre_logits: target of the centre heat map in [0, 1], 1 at a centre.
    owner: the box that a cell belongs to.
    weight: weight of the cell for that box, summing to 1 for each box.
    ignored: whether the cell is left out of the loss.
    """

    centre_logits: Tensor
    owner: Tensor
    weight: Tensor
    ignored: Tensor


def targets(labels: Labels, height: int, width: int) -> Targets:
    """The targets of strips of height x width cells."""
    left, top, right, bottom = (labels.edges / STRIDE).unbind(-1)
    across, within_columns = gaussian_blobs(left, right, width)
    down, within_rows = gaussian_blobs(top, bottom, height)
    blots = (down.unsqueeze(-1) * across.unsqueeze(-2)) * labels.counts[..., None, None]
    centre_logits, owner = blots.max(dim=1)
    weight = torch.where(centre_logits > NEAR_CENTRE, centre_logits, 0.0)
    total = torch.zeros_like(labels.visible).scatter_add(1, owner.flatten(1), weight.flatten(1))
    weight = weight / total.gather(1, owner.flatten(1)).clamp(min=1e-6).view_as(weight)
    boxes = (within_rows.unsqueeze(-1) & within_columns.unsqueeze(-2)) & labels.ignored[
        ..., None, None
    ]
    return Targets(centre_logits, owner, weight, boxes.any(1) & (centre_logits < 1))


def gaussian_blobs(low: Tensor, high: Tensor, cells: int) -> tuple[Tensor, Tensor]:
    """Return along one axis (B, K, cells): a Gaussian around the cell of each box's centre, and
    which cells the box covers.
    """
    places = torch.arange(cells, device=low.device)
    middle = ((low + high) / 2).floor().clamp(0, cells - 1).unsqueeze(-1)
    spread = (SPREAD * (high - low)).clamp(min=MIN_SPREAD).unsqueeze(-1)
    covered = (places + 1 > low.unsqueeze(-1)) & (places < high.unsqueeze(-1))
    return (-((places - middle) ** 2) / (2 * spread**2)).exp(), covered


class Cells(NamedTuple):
    """Some cells of maps: which strip they belong to, and where they lie in it, each (N,)."""

    strip: Tensor
    row: Tensor
    column: Tensor


def box_edges(maps: DetectorOutput, cells: Cells) -> Tensor:
    """Return the boxes that the cells predict: left, top, right, bottom in the strip [px], (N,
    4).
    """
    places = torch.stack([cells.column, cells.row], 1)
    middle = (places + 0.5) * STRIDE + maps.offset[cells.strip, :, cells.row, cells.column]
    half = maps.size[cells.strip, :, cells.row, cells.column] / 2
    return torch.cat([middle - half, middle + half], 1)


def peaks(centre_logits: Tensor) -> Tensor:
    """Return the logits (B, H, W) at local maxima, and minus infinity elsewhere."""
    highest = functional.max_pool2d(centre_logits, 3, stride=1, padding=1)
    return centre_logits.masked_fill(centre_logits != highest, -torch.inf)


def proposals(maps: DetectorOutput, cells: Cells) -> Proposals:
    """Return the proposals of these cells for the second stage."""
    distance = maps.distance[cells].clamp(max=math.log(MAX_DISTANCE))
    return Proposals(cells.strip, box_edges(maps, cells), maps.centre_logits[cells], distance)


def loss(maps: DetectorOutput, labels: Labels) -> dict[str, Tensor]:
    """Return the parts of the loss, each per box and weighted: heat, box, visible, distance."""
    wanted = targets(labels, *maps.centre_logits.shape[-2:])
    count = labels.counts.sum().clamp(min=1)
    cells = Cells(*torch.nonzero(wanted.weight, as_tuple=True))
    owner = wanted.owner[cells]
    weight = wanted.weight[cells]
    overlap = generalised_box_iou(box_edges(maps, cells), labels.edges[cells.strip, owner])
    visible = functional.binary_cross_entropy_with_logits(
        maps.visible[cells], labels.visible[cells.strip, owner], reduction="none"
    )
    distance = (maps.distance[cells] - labels.distance[cells.strip, owner].log()).abs()
    return {
        "heat": _focal(maps.centre_logits, wanted) / count,
        "box": BOX_WEIGHT * (weight * (1 - overlap)).sum() / count,
        "visible": VISIBLE_WEIGHT * (weight * visible).sum() / count,
        "distance": DISTANCE_WEIGHT * (weight * distance).sum() / count,
    }


def _focal(centre_logits: Tensor, wanted: Targets) -> Tensor:
    """Return the focal loss of Law & Deng (arXiv 1808.01244), with reduced weight near a centre and
    on easy cells.
    """
    probability = torch.sigmoid(centre_logits)
    found = -functional.logsigmoid(centre_logits) * (1 - probability) ** 2
    quiet = (
        -functional.logsigmoid(-centre_logits)
        * probability**2
        * (1 - wanted.centre_logits) ** 4
        * ~wanted.ignored
    )
    return torch.where(wanted.centre_logits == 1, found, quiet).sum()


def generalised_box_iou(first: Tensor, second: Tensor) -> Tensor:
    """Generalised overlap of pairs of boxes (N, 4) in [-1, 1] (Rezatofighi et al., arXiv
    1902.09630).
    """
    low = torch.maximum(first[:, :2], second[:, :2])
    high = torch.minimum(first[:, 2:], second[:, 2:])
    common = (high - low).clamp(min=0).prod(1)
    union = (first[:, 2:] - first[:, :2]).prod(1) + (second[:, 2:] - second[:, :2]).prod(1) - common
    around = torch.maximum(first[:, 2:], second[:, 2:]) - torch.minimum(first[:, :2], second[:, :2])
    hull = around.prod(1)
    return common / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)
