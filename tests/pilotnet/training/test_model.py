"""PilotNet is the paper's: its size, its arithmetic, its shapes."""

import pytest
import torch
from torch import nn

from pilotnet.training.model import PilotNet


def test_it_has_exactly_252219_parameters() -> None:
    assert sum(parameter.numel() for parameter in PilotNet().parameters()) == 252_219


def test_a_speed_output_adds_eleven_parameters_to_the_last_layer() -> None:
    network = PilotNet(speed_scale=15.0)
    assert sum(parameter.numel() for parameter in network.parameters()) == 252_219 + 10 + 1
    curvature, speed = network.commands(torch.rand(4, 3, 66, 200))
    assert curvature.shape == speed.shape == (4,)
    assert PilotNet().commands(torch.rand(4, 3, 66, 200))[1] is None


def test_the_speed_is_in_units_of_its_scale_and_leaves_the_steering_alone() -> None:
    network = PilotNet(0.01, speed_scale=1.0)
    views = torch.rand(4, 3, 66, 200)
    curvature, speed = network.commands(views)
    network.speed_scale.fill_(15.0)
    torch.testing.assert_close(network.commands(views)[1], 15 * speed)
    torch.testing.assert_close(network(views), curvature)


def test_it_multiplies_exactly_26876342_times_per_view() -> None:
    counts = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        outputs = output[0].numel()
        weights = layer.weight[0].numel()
        counts.append(outputs * weights)

    network = PilotNet()
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            layer.register_forward_hook(count)
    network(torch.zeros(1, 3, 66, 200))
    assert sum(counts) == 26_876_342


def test_the_convolutions_end_in_1152_numbers() -> None:
    assert PilotNet().convolutions(torch.zeros(1, 3, 66, 200)).shape == (1, 64, 1, 18)


def test_first_outputs_are_small_against_the_spread_of_the_labels() -> None:
    views = 2 * torch.rand(16, 3, 66, 200, generator=torch.Generator().manual_seed(0)) - 1
    for seed in range(20):
        torch.manual_seed(seed)
        curvature, speed = PilotNet(speed_scale=1.0).commands(views)
        assert curvature.square().mean().sqrt() < 0.3
        assert speed.square().mean().sqrt() < 0.3


def test_the_output_is_in_units_of_the_label_spread() -> None:
    torch.manual_seed(0)
    network = PilotNet()
    views = torch.rand(4, 3, 66, 200)
    plain = network(views)
    network.curvature_scale.fill_(0.01)
    assert plain.shape == (4,)
    torch.testing.assert_close(network(views), plain * 0.01)


def test_eight_views_can_be_learned_by_heart() -> None:
    torch.manual_seed(0)
    network = PilotNet()
    views = torch.rand(8, 3, 66, 200) * 2 - 1
    labels = torch.linspace(-1, 1, 8)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3)
    for _ in range(150):
        loss = (network(views) - labels).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.01


def test_a_view_of_another_size_is_refused() -> None:
    with pytest.raises(RuntimeError):
        PilotNet()(torch.zeros(1, 3, 70, 200))
