"""Another light on training views: each of its numbers does what it says, and nothing else."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from pilotnet.training.photometric import (
    NUMBERS,
    SHADE,
    TINT,
    draw_photometric_parameters,
    photometric_augment,
)


def views() -> Tensor:
    """Dim, low-contrast views, so that nothing is cut off at the ends of the range."""
    return 0.4 * torch.rand(1, 3, 6, 8, generator=torch.Generator().manual_seed(0)) - 0.2


def light(**numbers: float) -> Tensor:
    """A light of which only the numbers named differ from zero."""
    names = ["contrast", "lift", "colour", "blue", "red"]
    lights = torch.zeros(1, NUMBERS)
    for name, value in numbers.items():
        lights[0, names.index(name)] = value
    return lights


def test_no_change_of_light_changes_nothing() -> None:
    assert torch.equal(photometric_augment(views(), light()), views())


def test_contrast_spreads_brightness_about_its_mean_and_leaves_the_colours() -> None:
    sharper = photometric_augment(views(), light(contrast=math.log(2.0)))
    torch.testing.assert_close(sharper[:, :1].std(), 2 * views()[:, :1].std())
    torch.testing.assert_close(sharper[:, :1].mean(), views()[:, :1].mean())
    assert torch.equal(sharper[:, 1:], views()[:, 1:])


def test_brightness_colour_and_tint_change_their_own_channels_alone() -> None:
    torch.testing.assert_close(
        photometric_augment(views(), light(lift=0.3)) - views(),
        torch.tensor([0.3, 0.0, 0.0])[None, :, None, None].expand(1, 3, 6, 8),
    )
    grey = photometric_augment(views(), light(colour=math.log(0.5)))
    torch.testing.assert_close(grey[:, 1:], 0.5 * views()[:, 1:])
    torch.testing.assert_close(
        photometric_augment(views(), light(red=0.1))[:, 2], views()[:, 2] + 0.1
    )


def test_shade_falls_where_it_is_put_and_fades_towards_its_neighbours() -> None:
    lights = light()
    lights[0, 5] = -0.3  # the upper left corner
    change = (photometric_augment(views(), lights) - views())[0, 0]
    assert change[0, 0] == pytest.approx(-0.3)
    assert (change.diff(dim=0)[:, 0] >= -1e-6).all()
    assert change[-1, -1] == 0.0


def test_nothing_leaves_the_range_of_views() -> None:
    assert photometric_augment(views(), light(lift=5.0)).abs().max() == 1.0


def test_lights_are_drawn_as_strong_as_asked_for() -> None:
    lights = draw_photometric_parameters(np.random.default_rng(0), 4000, 0.2, 3.0)
    assert lights[:, :3].std() == pytest.approx(0.2, rel=0.03)
    assert lights[:, 3:5].std() == pytest.approx(0.2 * TINT, rel=0.03)
    assert lights[:, 5:].std() == pytest.approx(0.2 * SHADE, rel=0.03)
    assert np.abs(lights[:, :3]).max() <= 0.6 + 1e-6
    assert not draw_photometric_parameters(np.random.default_rng(0), 10, 0.0, 3.0).any()
