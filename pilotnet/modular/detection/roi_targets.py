"""Training targets of the second stage: proposed boxes, and jittered copies of the ground-truth
boxes.
"""

import torch
from torch import Tensor
from torch.nn import functional

from pilotnet.modular.detection.network import STRIDE, DetectorOutput
from pilotnet.modular.detection.roi_head import Proposals, RoiHead
from pilotnet.modular.detection.targets import Cells, Labels, generalised_box_iou, peaks, proposals

PROPOSED = 12  # of the network's proposals for a strip, the surest
JITTERED_BOXES = 3  # boxes beside each true one, in the first epochs the only good ones
# how far beside at most: share of a side, and logarithm of it
SHIFTED = 0.2
SCALED = 0.45
FARTHER = 0.1  # standard deviation of the logarithm of the distance they say
MIN_PROPOSAL_IOU = 0.3  # overlap from which a box is to be moved onto the true one
FITS = 0.5  # overlap from which it fits, once it is moved
COVERED = 0.5  # share of a box on something ignored from which its fit is neither right nor wrong
MOVED_WEIGHT = 2.0


def roi_loss(
    maps: DetectorOutput, labels: Labels, head: RoiHead, generator: torch.Generator
) -> dict[str, Tensor]:
    """Return the parts of the loss, each per box and weighted: edges of boxes near a ground-truth
    box; quality of proposals.
    """
    proposed = surest(maps)
    both = Proposals(
        *(
            torch.cat(pair)
            for pair in zip(proposed, beside(labels, maps.centre_logits, generator), strict=True)
        )
    )
    edges, counts, ignored = (
        column[both.strip] for column in (labels.edges, labels.counts, labels.ignored)
    )
    overlap, covered = box_ious(both.edges, edges)
    best, owner = torch.where(counts, overlap, 0.0).max(1)
    near = best > MIN_PROPOSAL_IOU
    true = edges[torch.arange(len(owner)), owner]
    judged = near | ~(torch.where(ignored, covered, 0.0).amax(1) > COVERED)
    judged[len(proposed.strip) :] = False  # so many boxes that nearly fit are not met on the road
    refined = head(maps.features, both)
    overlap, _ = box_ious(refined.edges.detach(), true.unsqueeze(1))
    fits = (near & (overlap.squeeze(1) > FITS)).to(refined.fit.dtype)
    moved = 1 - generalised_box_iou(refined.edges[near], true[near])
    fit = functional.binary_cross_entropy_with_logits(
        refined.fit[judged], fits[judged], reduction="sum"
    )
    return {
        "moved": MOVED_WEIGHT * moved.sum() / near.sum().clamp(min=1),
        "fit": fit / labels.counts.sum().clamp(min=1),
    }


@torch.no_grad()
def surest(maps: DetectorOutput) -> Proposals:
    """Return the proposals with the highest score in each strip, B x PROPOSED."""
    strips, _, columns = maps.centre_logits.shape
    place = peaks(maps.centre_logits).flatten(1).topk(PROPOSED, dim=1).indices.flatten()
    strip = torch.arange(strips, device=place.device).repeat_interleave(PROPOSED)
    return proposals(maps, Cells(strip, place // columns, place % columns))


@torch.no_grad()
def beside(labels: Labels, centre_logits: Tensor, generator: torch.Generator) -> Proposals:
    """Return jittered copies of each ground-truth box, scored by the centre heat map (B, H,
    W) at their centres.
    """
    strip, number = torch.nonzero(labels.counts, as_tuple=True)
    strip, number = strip.repeat(JITTERED_BOXES), number.repeat(JITTERED_BOXES)
    edges = labels.edges[strip, number]

    def drawn(range_: float) -> Tensor:
        return range_ * (
            2 * torch.rand((len(strip), 2), generator=generator, device=edges.device) - 1
        )

    middle = (edges[:, :2] + edges[:, 2:]) / 2
    side = edges[:, 2:] - edges[:, :2]
    middle, half = middle + side * drawn(SHIFTED), side * drawn(SCALED).exp() / 2
    column, row = (
        (middle[:, axis] / STRIDE).long().clamp(0, centre_logits.shape[2 - axis] - 1)
        for axis in (0, 1)
    )
    farther = FARTHER * torch.randn(len(strip), generator=generator, device=edges.device)
    distance = labels.distance[strip, number].log() + farther
    return Proposals(
        strip,
        torch.cat([middle - half, middle + half], 1),
        centre_logits[strip, row, column],
        distance,
    )


def box_ious(boxes: Tensor, others: Tensor) -> tuple[Tensor, Tensor]:
    """Of boxes (N, 4) with others (N, K, 4): intersection over union, and the share of each box
    that the other covers, (N, K).
    """
    mine = boxes.unsqueeze(1)
    low = torch.maximum(mine[..., :2], others[..., :2])
    high = torch.minimum(mine[..., 2:], others[..., 2:])
    common = (high - low).clamp(min=0).prod(2)
    area, theirs = ((some[..., 2:] - some[..., :2]).prod(2) for some in (mine, others))
    return common / (area + theirs - common).clamp(min=1e-6), common / area.clamp(min=1e-6)
