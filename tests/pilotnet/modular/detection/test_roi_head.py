"""The head for single boxes: it samples where it should, stays near what is proposed, and learns
where a box's edges lie.
"""

import math

import pytest
import torch

from pilotnet.modular.detection.network import CHANNELS, STRIDE, DetectorOutput
from pilotnet.modular.detection.roi_head import (
    FARTHEST_MOVED,
    MOST_SCALED,
    Proposals,
    Refined,
    RoiHead,
    roi_align,
)
from pilotnet.modular.detection.roi_targets import (
    JITTERED_BOXES,
    PROPOSED,
    SCALED,
    SHIFTED,
    beside,
    roi_loss,
    surest,
)
from pilotnet.modular.detection.targets import Labels

# cells of a strip
HEIGHT = 24
WIDTH = 48
BOX = (40.0, 20.0, 48.0, 44.0)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def labels(*boxes: tuple[float, float, float, float], counts: bool = True) -> Labels:
    """The labels of one strip; boxes that do not count are ignored."""
    edges = torch.tensor([boxes])
    which = torch.full(edges.shape[:2], counts)
    return Labels(
        edges, torch.ones(edges.shape[:2]), torch.full(edges.shape[:2], 20.0), which, ~which
    )


def maps_of(*boxes: tuple[float, float, float, float]) -> DetectorOutput:
    """Maps of one strip that speak of these boxes alone."""
    centre_logits = torch.full((1, HEIGHT, WIDTH), -9.0)
    pair = torch.zeros(1, 2, HEIGHT, WIDTH)
    size = pair + 2.0
    for left, top, right, bottom in boxes:
        column = int((left + right) / 4)
        row = int((top + bottom) / 4)
        centre_logits[0, row, column] = 1.0
        pair[0, :, row, column] = torch.tensor(
            [(left + right) / 2 - 2 * column - 1, (top + bottom) / 2 - 2 * row - 1]
        )
        size[0, :, row, column] = torch.tensor([right - left, bottom - top])
    distance = torch.full_like(centre_logits, math.log(20.0))
    return DetectorOutput(
        centre_logits,
        pair,
        size,
        torch.zeros_like(centre_logits),
        distance,
        torch.zeros(1, CHANNELS, HEIGHT, WIDTH),
    )


class Says(RoiHead):
    """A head that moves every box onto one place, and says how well they fit: the first so many
    well.
    """

    def __init__(self, edges: tuple[float, float, float, float], fitting: int) -> None:
        super().__init__(CHANNELS, STRIDE)
        self.edges = torch.tensor([edges])
        self.fitting = fitting

    def forward(self, features: torch.Tensor, proposals: Proposals) -> Refined:  # noqa: ARG002
        count = len(proposals.strip)
        return Refined(
            self.edges.expand(count, 4), torch.where(torch.arange(count) < self.fitting, 9.0, -9.0)
        )


def test_the_middles_of_cells_are_the_cells_and_between_them_lies_their_mean() -> None:
    source = torch.rand(2, 3, 5, 7, generator=generator())
    rows, columns = torch.meshgrid(torch.arange(5.0), torch.arange(7.0), indexing="ij")
    middles = (torch.stack([columns, rows], 2) + 0.5).expand(2, 5, 7, 2)
    torch.testing.assert_close(
        roi_align(source, torch.tensor([1, 0]), middles), source.flip(0).permute(0, 2, 3, 1)
    )
    between = roi_align(source, torch.tensor([1]), torch.tensor([[3.0, 2.0]]))
    torch.testing.assert_close(between[0], source[1, :, 1:3, 2:4].mean((1, 2)))


def test_nothing_is_seen_beyond_the_picture() -> None:
    source = torch.ones(1, 1, 4, 6)
    places = torch.tensor(
        [[[-1.0, 2.0], [7.0, 2.0], [3.0, -1.0], [3.0, 5.0], [0.0, 2.0], [6.0, 4.0]]]
    )
    assert roi_align(source, torch.tensor([0]), places).flatten().tolist() == [
        0,
        0,
        0,
        0,
        0.5,
        0.25,
    ]


def test_a_neighbouring_strip_does_not_shine_through() -> None:
    source = torch.stack([torch.zeros(1, 4, 6), torch.ones(1, 4, 6)])
    assert (
        roi_align(source, torch.tensor([0]), torch.rand(1, 50, 2, generator=generator()) * 8 - 1)
        .abs()
        .max()
        == 0
    )


def test_an_untrained_head_leaves_boxes_near_where_they_are_and_believes_none() -> None:
    torch.manual_seed(0)
    head = RoiHead(4, STRIDE)
    proposals = Proposals(
        torch.tensor([0]), torch.tensor([BOX]), torch.tensor([2.0]), torch.tensor([3.0])
    )
    refined = head(torch.rand(1, 4, HEIGHT, WIDTH), proposals)
    torch.testing.assert_close(refined.edges, torch.tensor([BOX]), atol=2.0, rtol=0)
    assert refined.fit.sigmoid() < 0.05


def test_no_weights_move_a_box_farther_than_half_its_side() -> None:
    head = RoiHead(4, STRIDE)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter, std=100.0, generator=generator())
    proposals = Proposals(
        torch.zeros(20, dtype=torch.long),
        torch.tensor([BOX] * 20),
        torch.randn(20),
        torch.randn(20),
    )
    edges = head(torch.rand(1, 4, HEIGHT, WIDTH), proposals).edges
    side = edges[:, 2:] - edges[:, :2]
    moved = (edges[:, 2:] + edges[:, :2]) / 2 - torch.tensor([44.0, 32.0])
    assert ((moved / torch.tensor([8.0, 24.0])).abs() <= FARTHEST_MOVED + 1e-4).all()
    assert ((side / torch.tensor([8.0, 24.0])).log().abs() <= MOST_SCALED + 1e-4).all()


def test_boxes_that_are_not_numbers_give_no_error() -> None:
    lost = Proposals(
        torch.tensor([0]), torch.full((1, 4), math.nan), torch.zeros(1), torch.zeros(1)
    )
    assert RoiHead(4, STRIDE)(torch.rand(1, 4, HEIGHT, WIDTH), lost).edges.isnan().any()


def test_the_surest_places_of_a_strip_are_proposed_as_they_are() -> None:
    proposed = surest(maps_of(BOX, (10.0, 6.0, 14.0, 20.0)))
    assert len(proposed.strip) == PROPOSED
    assert {tuple(edges) for edges in proposed.edges[:2].tolist()} == {BOX, (10.0, 6.0, 14.0, 20.0)}
    assert proposed.centre_logits[:2].tolist() == [1.0, 1.0]


def test_boxes_beside_a_true_one_lie_beside_it_and_say_what_is_felt_there() -> None:
    truth = labels(*[BOX] * 30)
    centre_logits = maps_of(BOX).centre_logits
    boxes = beside(truth, centre_logits, generator())
    assert len(boxes.strip) == 30 * JITTERED_BOXES
    middle = (boxes.edges[:, :2] + boxes.edges[:, 2:]) / 2
    side = boxes.edges[:, 2:] - boxes.edges[:, :2]
    shift = (middle - torch.tensor([44.0, 32.0])) / torch.tensor([8.0, 24.0])
    scale = (side / torch.tensor([8.0, 24.0])).log()
    for drawn, most in ((shift, SHIFTED), (scale, SCALED)):
        assert 0.9 * most < drawn.abs().max() <= most + 1e-4
        assert drawn.mean().abs() < 0.2 * most
    here = (middle / STRIDE).long() == torch.tensor([22, 16])
    torch.testing.assert_close(boxes.centre_logits, torch.where(here.all(1), 1.0, -9.0))
    torch.testing.assert_close(beside(truth, centre_logits, generator()).edges, boxes.edges)
    assert not torch.equal(beside(truth, centre_logits, generator(1)).edges, boxes.edges)
    assert len(beside(labels(BOX, counts=False), centre_logits, generator()).strip) == 0


def test_a_head_that_moves_boxes_onto_the_true_one_and_knows_it_costs_nothing_and_others_do() -> (
    None
):
    maps = maps_of(BOX)
    truth = labels(BOX)
    right = roi_loss(maps, truth, Says(BOX, 1), generator())
    assert right["moved"] == pytest.approx(0.0, abs=1e-4)
    assert right["fit"] == pytest.approx(0.0, abs=2e-3)
    beside_it = roi_loss(maps, truth, Says((43.0, 20.0, 51.0, 44.0), 1), generator())
    assert beside_it["moved"] > 0.5
    assert beside_it["fit"] > 8  # an overlap of 5 / 11 does not fit
    assert roi_loss(maps, truth, Says(BOX, 0), generator())["fit"] > 8
    assert roi_loss(maps, truth, Says(BOX, PROPOSED), generator())["fit"] > 8 * (PROPOSED - 1)


def test_a_box_on_something_ignored_is_neither_right_nor_wrong() -> None:
    maps = maps_of(BOX)
    wrong = (60.0, 4.0, 70.0, 20.0)
    for fitting in (0, 1):
        assert (
            roi_loss(maps, labels(BOX, counts=False), Says(wrong, fitting), generator())["fit"]
            < 0.1
        )
    assert roi_loss(maps, labels(wrong), Says(wrong, 1), generator())["fit"] > 8


def test_a_head_learns_where_the_edges_of_what_it_sees_lie() -> None:
    torch.manual_seed(2)
    head = RoiHead(3, STRIDE)
    picks = generator(2)
    left, top, width, height = (
        torch.randint(low, high, (200,), generator=picks)
        for low, high in ((8, 50), (4, 14), (6, 30), (8, 30))
    )
    edges = torch.stack([left, top, left + width, top + height], 1).float()
    strips = torch.rand(200, 3, 48, 96, generator=picks) * 0.2
    for strip, (first, upper, last, lower) in zip(strips, edges.int().tolist(), strict=True):
        strip[:, upper:lower, first:last] += 0.6
    features = torch.nn.functional.avg_pool2d(strips, STRIDE)
    which = torch.ones(200, 1, dtype=torch.bool)
    truth = Labels(
        edges.unsqueeze(1), torch.ones(200, 1), torch.full((200, 1), 20.0), which, ~which
    )
    still = maps_of()
    maps = DetectorOutput(
        *(values.expand(200, *values.shape[1:]) for values in still[:5]), features
    )
    optimizer = torch.optim.AdamW(head.parameters(), 1e-3)
    for step in range(150):
        parts = roi_loss(maps, truth, head, generator(step))
        optimizer.zero_grad()
        torch.stack(list(parts.values())).sum().backward()
        optimizer.step()
    asked = beside(truth, maps.centre_logits, generator(1000))
    with torch.inference_mode():
        found = head(features, asked).edges
    true = edges[asked.strip]
    assert (found - true).abs().mean() < 0.5 * (asked.edges - true).abs().mean()
