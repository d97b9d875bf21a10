"""What stands beside and on the road."""

import numpy as np
import pytest

from sim.appearance.atmosphere import Atmosphere
from sim.ground.paving import ground_of
from sim.kernels import Eye, blank_canvas
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.scenery.placement import Scenery, scenery_of
from sim.scenery.plants import BROADLEAVES, CHANNELS, CONIFERS, KINDS, TALL, WIDE, draw_plant, plants


@pytest.fixture(scope="module", params=list(RoadKind))
def plan(request: pytest.FixtureRequest) -> RoadPlan:
    return plan_road(Scenario(road=request.param, seed=5, length=600.0))


@pytest.fixture(scope="module")
def scenery(plan: RoadPlan) -> Scenery:
    return scenery_of(plan, ground_of(plan, 5), 5)


def test_nothing_stands_on_the_road_or_its_verges(plan: RoadPlan, scenery: Scenery) -> None:
    edge = max(max(-band.left, band.right) for band in plan.bands)
    for x, y in zip(scenery.x, scenery.y, strict=True):
        s, d = plan.centreline.project(x, y)
        assert abs(d) > edge or not 0 <= s <= plan.centreline.length


def test_there_is_scenery_on_both_sides_all_along(plan: RoadPlan, scenery: Scenery) -> None:
    across = np.array([plan.centreline.project(x, y)[1] for x, y in zip(scenery.x, scenery.y, strict=True)])
    for side in (-1, 1):
        stations = np.sort(scenery.station[across * side > 0])
        assert np.diff(stations[stations < plan.centreline.length]).max() <= 50.0


def test_the_same_seed_gives_the_same_scenery_and_another_another(plan: RoadPlan, scenery: Scenery) -> None:
    again, other = (scenery_of(plan, ground_of(plan, seed), seed) for seed in (5, 8))
    assert all(np.array_equal(a, b) for a, b in zip(scenery, again, strict=True))
    assert scenery.x.size != other.x.size or not np.array_equal(scenery.x, other.x)


def test_plant_pictures_hold_a_plant_and_trees_leave_the_top_corners_clear() -> None:
    pictures = plants().texels[: KINDS * TALL * WIDE * CHANNELS].reshape(KINDS, TALL, WIDE, CHANNELS)
    opacity = pictures[..., 0]
    assert set(np.unique(opacity)) == {0, 127}
    trees = opacity[: BROADLEAVES + CONIFERS]
    assert not trees[:, :20, :20].any()
    assert not trees[:, :20, -20:].any()
    assert all(0.1 < (kind > 0).mean() < 0.7 for kind in opacity)


@pytest.mark.parametrize("kind", [0, BROADLEAVES])
def test_a_tree_paints_nothing_above_its_crown_or_beside_it(kind: int) -> None:
    light, eye = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light, Eye(0.0, 0.0, 1.4, 1.0, 0.0, 350.0, 180.0, 0.0)
    for forward in np.linspace(16.0, 60.0, 200):
        canvas = blank_canvas(200, 200)
        draw_plant(canvas, *plants(), light, eye, forward, 0.0, 0.5, 0.5, 9.0, kind, 0.4, 0.5, 0.2, 1.0)
        rows, columns = np.nonzero(canvas.image.sum(2))
        scale = 350.0 / forward
        assert rows.min() >= 180 + (1.4 - 9.0) * scale - 1
        assert np.abs(columns - 99.5).max() <= 9.0 * scale * WIDE / TALL / 2 + 1
        assert np.ptp(columns[rows == rows.min()]) <= 0.2 * 9.0 * scale + 3
