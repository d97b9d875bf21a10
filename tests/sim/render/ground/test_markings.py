"""Endless markings: shares of paint, dashes and wear."""

from dataclasses import replace

import numpy as np
import pytest

from sim.render.ground.paving import ground_of
from sim.render.lighting.palette import PALETTE
from sim.roads.plan import Material
from tests.sim.render.ground.ground_views import PAINT, marking_on_road, painted_share, road_surface


@pytest.mark.parametrize(("dash", "gap"), [(1.0, 1.0), (3.0, 3.0), (3.0, 9.0)])
def test_paint_over_whole_periods_is_their_share(dash: float, gap: float) -> None:
    plan, line = marking_on_road(dash=dash, gap=gap)
    assert painted_share(ground_of(plan, 3), plan, line, 36.0) == pytest.approx(
        dash / (dash + gap), abs=0.02
    )


def test_a_footprint_over_a_dash_period_always_sees_their_share() -> None:
    plan, line = marking_on_road(dash=3.0, gap=6.0)
    ground = ground_of(plan, 3)
    bare = ground_of(replace(plan, markings=()), 3)
    for s in np.linspace(100.0, 109.0, 7):
        mean, below = (
            np.mean(road_surface(at, s, line.offset, 9.0, 0.04, 0.0)[:3]) for at in (ground, bare)
        )
        assert (mean - below) / (np.mean(PAINT) - below) == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("gap", [0.0, 3.0])
def test_worn_paint_is_thinner_by_its_wear(gap: float) -> None:
    (new, line), (old, worn) = (
        marking_on_road(dash=3.0, gap=gap),
        marking_on_road(dash=3.0, gap=gap, wear=0.4),
    )
    share = painted_share(ground_of(old, 3), old, worn, 360.0) / painted_share(
        ground_of(new, 3), new, line, 360.0
    )
    assert share == pytest.approx(0.6, abs=0.06)


def test_worn_paint_is_missing_in_spots_of_low_noise() -> None:
    plan, line = marking_on_road(wear=0.5)
    ground = ground_of(plan, 3)
    low, high = (
        np.mean(road_surface(ground, 100.0, line.offset, 0.1, 0.04, grain)[:3])
        for grain in (-2.0, 2.0)
    )
    assert high > np.mean(PAINT) * 0.95
    assert low < np.mean(PALETTE[Material.ASPHALT]) * 1.15


def test_a_footprint_inside_a_new_solid_line_is_all_paint() -> None:
    plan, line = marking_on_road()
    colour = np.array(road_surface(ground_of(plan, 3), 100.0, line.offset, 0.02, 0.02, 0.0)[:3])
    assert colour / colour.mean() == pytest.approx(np.array(PAINT) / np.mean(PAINT), abs=0.01)
    assert colour.mean() > 2 * np.mean(PALETTE[Material.ASPHALT]) * 0.9
