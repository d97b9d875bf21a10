"""VisualBackProp: its steps against what they stand for, and the paper's own check on painted
roads.
"""

import pytest
import torch
from torch import Tensor, nn

from pilotnet.training.model import PilotNet
from pilotnet.training.saliency import scaled, spread, visual_back_prop
from pilotnet.training.viewpoint import ViewCamera
from sim.geometry.camera import Camera
from tests.pilotnet.training.saliency_check import response

# [m]
ELEVATION = Camera().elevation
SIGHT = 60.0
HALF_LANE = 1.75


@pytest.fixture(scope="module")
def trained() -> PilotNet:
    """A network that has learnt to steer by painted lines, in 40 short steps."""
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    scale = float(painted_roads(256, generator)[1].std())
    model = PilotNet(scale)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    for _ in range(40):
        views, curvature = painted_roads(16, generator)
        loss = ((model(views) - curvature) / scale).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def painted_roads(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Views (B, 3, 66, 200) of two lines on mottled ground, and the curvature [1/m] that goes back
    between them, (B,).
    """
    view = ViewCamera()
    down = ((torch.arange(view.height) + 0.5 - view.horizon) / view.focal).clamp(min=1e-3)
    ahead = (ELEVATION / down)[None, :, None]
    right = ahead * (torch.arange(view.width) + 0.5 - view.width / 2) / view.focal
    bend = 0.03 * (torch.rand(count, generator=generator) - 0.5)
    offset = torch.rand(count, generator=generator) - 0.5
    across = right + offset[:, None, None] - bend[:, None, None] * ahead**2 / 2
    pixel = ahead / view.focal
    lines = [
        ((pixel + 0.1 - (across - side).abs()) / pixel).clamp(0, 1)
        for side in (-HALF_LANE, HALF_LANE)
    ]
    paint = (lines[0] + lines[1]).clamp(max=1) * (ahead < SIGHT)
    coarse = torch.randn(count, 1, 17, 50, generator=generator) / 4
    ground = (
        nn.functional.interpolate(coarse, (view.height, view.width), mode="bilinear")[:, 0] - 0.2
    )
    luma = ground * (1 - paint) + 0.8 * paint
    views = torch.zeros(count, 3, view.height, view.width)
    views[:, 0] = luma.clamp(-1, 1)
    return views, bend - 6 * offset / 24.0**2


def test_masks_are_as_large_as_the_views_and_reach_from_0_to_1() -> None:
    views = torch.rand(3, 3, 66, 200, generator=torch.Generator().manual_seed(1)) * 2 - 1
    masks = visual_back_prop(PilotNet(), views)
    assert masks.shape == (3, 66, 200)
    torch.testing.assert_close(masks.amin(dim=(1, 2)), torch.zeros(3))
    torch.testing.assert_close(masks.amax(dim=(1, 2)), torch.ones(3))


def test_a_view_s_mask_does_not_depend_on_the_other_views() -> None:
    model = PilotNet()
    views = torch.rand(2, 3, 66, 200) * 2 - 1
    torch.testing.assert_close(
        visual_back_prop(model, views)[1:], visual_back_prop(model, views[1:]), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize(
    ("kernel", "stride", "size"),
    [(5, 2, (66, 200)), (5, 2, (31, 98)), (5, 2, (14, 47)), (3, 1, (5, 22))],
)
def test_a_value_is_spread_over_exactly_the_pixels_that_its_layer_saw(
    kernel: int, stride: int, size: tuple[int, int]
) -> None:
    layer = nn.Conv2d(1, 1, kernel, stride, bias=False)
    nn.init.ones_(layer.weight)
    pixels = torch.zeros(1, 1, *size, requires_grad=True)
    seen = layer(pixels)
    mask = torch.rand(seen.shape)
    # What a pixel gets is the sum of the values it has a part in: the gradient of their sum,
    # weighed by the mask.
    (shares,) = torch.autograd.grad((seen * mask).sum(), pixels)
    torch.testing.assert_close(spread(mask, layer, torch.Size(size)), shares)


def test_only_what_the_network_looks_at_can_count() -> None:
    views = -torch.ones(1, 3, 66, 200)
    views[..., 40:44, 120:124] = 1.0
    model = PilotNet()
    for layer in model.convolutions:
        if isinstance(layer, nn.Conv2d):
            nn.init.constant_(layer.weight, 1 / layer.weight[0].numel())
            nn.init.constant_(layer.bias, 0.0)
    mask = visual_back_prop(model, (views + 1) / 2)[0]
    rows, columns = torch.nonzero(mask == 1).T
    # The last layers see 61 x 61 pixels: the brightest spot lies where all layers agree, around the
    # bright square.
    assert abs(rows.float().mean() - 42) < 6
    assert abs(columns.float().mean() - 122) < 6
    assert mask[:, :50].max() == 0


def test_a_mask_without_anything_in_it_stays_empty() -> None:
    assert (scaled(torch.full((2, 4, 5), 3.0)) == 0).all()


def test_moving_the_salient_pixels_steers_as_moving_everything_does_and_moving_others_does_not(
    trained: PilotNet,
) -> None:
    views, _ = painted_roads(16, torch.Generator().manual_seed(9))
    change = response(trained, views, torch.Generator().manual_seed(1))
    assert change.salient == pytest.approx(change.whole, rel=0.15)
    assert change.salient > 1.8 * change.random
    assert change.salient > 4 * change.rest
    assert change.area < 0.35
