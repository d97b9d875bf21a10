"""The paper's own check of the masks (arXiv 1704.07911, 4): shift what they mark, and see whether
the steering follows.

By hand, for a trained network: `python -m tests.pilotnet.training.saliency_check MODEL DATASET`.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from pilotnet.data.store import Dataset
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.saliency import visual_back_prop
from pilotnet.training.viewpoint import Viewpoint
from sim.scenario import Split

SHARES = (0.05, 0.1, 0.2, 0.3)  # of the views' pixels, the highest of the mask
# [px] around them that moves along: the thing's edge needs the ground beside it, as in the paper
MARGIN = 4
SHIFTS = (-6, -3, 3, 6)  # [px] to the right
EVERY = 100  # frames of the dataset from one view to the next


@dataclass(frozen=True)
class Response:
    """Change of the steering, root mean square over views and shifts [1/m], and which share of the
    pixels moved.

    whole: when the whole view is shifted; salient, random: when only the marked pixels are, or
    blobs of equal area elsewhere;
    rest: when all but the marked ones are.
    """

    whole: float
    salient: float
    random: float
    rest: float
    area: float


def response(
    model: PilotNet, views: Tensor, generator: torch.Generator, share: float = 0.1
) -> Response:
    """How the steering for the views (B, 3, H, W) follows shifts of all of it, of the salient
    pixels, of others.

    share: of the pixels, the highest of the mask, which count as salient, before their margin is
    added.
    """
    heat = visual_back_prop(model, views)
    marked = widened(highest(heat, share), MARGIN)
    area = marked.float().mean(dim=(1, 2))
    blobs = widened(torch.rand(heat.shape, generator=generator), 2 * MARGIN)
    random = torch.stack(
        [
            highest(blob[None], float(wanted))[0]
            for blob, wanted in zip(smooth(blobs), area, strict=True)
        ]
    )
    masks = {"whole": torch.ones_like(marked), "salient": marked, "random": random, "rest": ~marked}
    changes = {name: steering_change(model, views, mask) for name, mask in masks.items()}
    return Response(**changes, area=float(area.mean()))


@torch.no_grad()
def steering_change(model: PilotNet, views: Tensor, mask: Tensor) -> float:
    """Root mean square change of the curvature [1/m] when the pixels under `mask` (B, H, W) are
    shifted to either side.
    """
    before = model(views)
    changes = [model(shifted(views, mask, by)) - before for by in SHIFTS]
    return float(torch.stack(changes).square().mean().sqrt())


def shifted(views: Tensor, mask: Tensor, by: int) -> Tensor:
    """The views with the pixels under `mask` moved `by` columns to the right, over what is there;
    the border is repeated.
    """
    columns = (torch.arange(views.shape[-1]) - by).clamp(0, views.shape[-1] - 1)
    return torch.where(mask[..., columns][:, None], views[..., columns], views)


def highest(values: Tensor, share: float) -> Tensor:
    """Which pixels are among the highest `share` of each picture (B, H, W)."""
    return values >= torch.quantile(values.flatten(1), 1 - share, dim=1)[:, None, None]


def widened(mask: Tensor, margin: int) -> Tensor:
    """The mask (B, H, W) with everything within `margin` pixels of it; of numbers, the highest
    there.
    """
    wide = functional.max_pool2d(mask[:, None].float(), 2 * margin + 1, stride=1, padding=margin)[
        :, 0
    ]
    return wide > 0 if mask.dtype == torch.bool else wide


def smooth(values: Tensor) -> Tensor:
    """Averages over squares of 15 pixels, (B, H, W)."""
    return functional.avg_pool2d(values[:, None], 15, stride=1, padding=7, count_include_pad=False)[
        :, 0
    ]


def main() -> None:
    model = Path(sys.argv[1])
    data = Path(sys.argv[2])
    checkpoint = load_checkpoint(model)
    dataset = Dataset.open(data)
    viewpoint = Viewpoint(checkpoint.view, dataset.cameras["centre"])
    frames = [
        frame
        for episode in dataset.split(Split.VALIDATION)
        for frame in dataset.stream(episode, "centre", slice(None, None, EVERY))
    ]
    views = torch.cat(
        [viewpoint(torch.from_numpy(frame)[None], *torch.zeros(2, 1))[0] for frame in frames]
    )
    sys.stdout.write(
        f"{len(views)} views; change of the steering against a shift of the whole view\n"
    )
    for share in SHARES:
        change = response(checkpoint.model, views, torch.Generator().manual_seed(0), share)
        parts = (
            f"{name} {getattr(change, name) / change.whole:.2f}"
            for name in ("salient", "random", "rest")
        )
        sys.stdout.write(f"{change.area:.0%} of the pixels: {', '.join(parts)}\n")


if __name__ == "__main__":
    main()
