"""What stands beside and on the road."""

import numpy as np
import pytest

from sim.appearance.atmosphere import Atmosphere
from sim.ground.paving import ground_of
from sim.kernels import Eye, blank_canvas
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.scenery.cars import BODY_PLANES, cars_of
from sim.scenery.placement import Scenery, scenery_of
from sim.scenery.plants import BROADLEAVES, CHANNELS, CONIFERS, KINDS, TALL, WIDE, draw_plant, plants
from sim.types import Actor, Kind, Pose


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


def test_a_car_is_bounded_by_its_size_and_mirrored_about_its_axis() -> None:
    cars = cars_of([Actor(1, Kind.SALOON, Pose(1.0, 2.0, 0.3), 10.0, 4.4, 1.8, 1.5, (255, 0, 51), True)])
    assert cars.colour[0] == pytest.approx([1.0, 0.0, 0.2])
    planes = cars.planes[0]
    for part in (planes[:BODY_PLANES], planes[BODY_PLANES:]):
        mirrored = part * [1, -1, 1, 1]
        assert sorted(map(tuple, np.round(mirrored + 0.0, 9))) == sorted(map(tuple, np.round(part + 0.0, 9)))
    top_corner = np.array([0.0, 0.0, 1.5 + 1e-6])
    assert (planes[BODY_PLANES:, :3] @ top_corner > planes[BODY_PLANES:, 3]).any()
    front = np.array([2.2 + 0.06, 0.0, 0.35])
    assert (planes[:BODY_PLANES, :3] @ front > planes[:BODY_PLANES, 3]).any()
    assert (planes[:BODY_PLANES, :3] @ np.array([2.1, 0.0, 0.35]) <= planes[:BODY_PLANES, 3]).all()


def test_no_cars_make_empty_arrays_of_the_right_shape() -> None:
    assert cars_of([]).planes.shape == (0, 18, 4)
