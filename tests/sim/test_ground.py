"""The ground: road coordinates, exact averages of paint, and where they land in the picture."""

import math

import numpy as np
import pytest

from sim.appearance.atmosphere import Atmosphere
from sim.appearance.palette import PALETTE
from sim.camera import Camera
from sim.ground.paving import Ground, ground_of
from sim.ground.picture import draw_ground
from sim.ground.surface import road_coordinates, road_surface
from sim.kernels import Eye, blank_canvas
from sim.roads.kinds import plan_road
from sim.roads.plan import Material, RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Image, Pose

PAINT = PALETTE[Material.PAINT]


@pytest.fixture(scope="module", params=list(RoadKind))
def plan(request: pytest.FixtureRequest) -> RoadPlan:
    return plan_road(Scenario(road=request.param, seed=3, length=400.0))


@pytest.fixture(scope="module")
def ground(plan: RoadPlan) -> Ground:
    return ground_of(plan, 3)


def seen(ground: Ground, pose: Pose, camera: Camera) -> Image:
    canvas = blank_canvas(camera.height, camera.width)
    eye = Eye(pose.x, pose.y, camera.elevation, math.cos(pose.heading), math.sin(pose.heading), camera.focal, camera.horizon, 0.0)
    draw_ground(canvas, ground, Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light, eye)
    return canvas.image


def test_road_coordinates_agree_with_the_centreline(plan: RoadPlan, ground: Ground) -> None:
    generator = np.random.default_rng(0)
    for s, d in zip(generator.uniform(0, plan.centreline.length, 200), generator.uniform(-12, 12, 200), strict=True):
        place = plan.centreline.pose_at(s, d)
        near, along, across, cos, sin = road_coordinates(ground, place.x, place.y)
        assert near
        assert (along, across) == pytest.approx((s, d), abs=0.01)
        assert (cos, sin) == pytest.approx((math.cos(place.heading), math.sin(place.heading)), abs=1e-3)


def test_far_from_the_road_there_is_none(plan: RoadPlan, ground: Ground) -> None:
    place = plan.centreline.pose_at(100.0, 500.0)
    assert not road_coordinates(ground, place.x, place.y)[0]


def test_a_footprint_inside_a_solid_line_is_all_paint(plan: RoadPlan, ground: Ground) -> None:
    line = next(marking for marking in plan.markings if marking.gap == 0)
    colour = np.array(road_surface(ground, 100.0, line.offset, 0.02, 0.02, 0.0)[:3])
    assert colour / np.linalg.norm(colour) == pytest.approx(np.array(PAINT) / np.linalg.norm(PAINT), abs=0.01)
    assert colour.mean() > 2 * np.mean(PALETTE[Material.ASPHALT]) * 0.9


def test_paint_over_a_period_of_dashes_is_their_share(plan: RoadPlan, ground: Ground) -> None:
    line = next(marking for marking in plan.markings if marking.gap > 0)
    period = line.dash + line.gap
    bare = np.array(road_surface(ground, 101.0, line.offset - 0.5, period, 0.04, 0.0)[:3])
    shares = []
    for s in np.linspace(100.0, 100.0 + period, 7):
        mean = np.array(road_surface(ground, s, line.offset, period, 0.04, 0.0)[:3])
        shares.append(((mean - bare) / (np.array(PAINT) - bare)).mean())
    assert shares == pytest.approx([line.dash / period] * 7, abs=0.06)


def test_a_wider_footprint_is_the_mean_of_narrow_ones(ground: Ground) -> None:
    wide = road_surface(ground, 100.0, 1.0, 0.5, 6.0, 0.0)[:3]
    narrow = [road_surface(ground, 100.0, d, 0.5, 0.02, 0.0)[:3] for d in np.arange(-2.0, 4.0, 0.02) + 0.01]
    assert wide == pytest.approx(np.mean(narrow, axis=0), abs=0.01)


@pytest.mark.parametrize("offset", [-0.8, 0.0, 0.8])
def test_a_line_appears_at_the_pixel_where_geometry_puts_it(plan: RoadPlan, ground: Ground, offset: float) -> None:
    camera, here = Camera(), plan.path_offset + offset
    image = seen(ground, plan.centreline.pose_at(15.0, here), camera).astype(float).sum(2)  # the road begins straight
    right_edge = min(m.offset for m in plan.markings if m.gap == 0 and m.offset > plan.path_offset)
    for row in (90, 110, 120):
        forward, _ = camera.pixel_to_ground(np.array([0.0]), np.array([row + 0.5]))
        column, _ = camera.ground_to_pixel(forward, np.array([right_edge - here]))
        around = np.arange(int(column[0]) - 8, int(column[0]) + 9)
        weight = np.clip(image[row, around] - np.median(image[row, around]) - 60, 0, None)
        assert (weight @ (around + 0.5)) / weight.sum() == pytest.approx(column[0], abs=0.6)


def test_a_turn_to_the_right_moves_the_road_to_the_left(plan: RoadPlan, ground: Ground) -> None:
    camera, ahead = Camera(), plan.centreline.pose_at(15.0, plan.path_offset)
    turned = Pose(ahead.x, ahead.y, ahead.heading + math.atan(12 / camera.focal))  # twelve pixels
    straight, moved = (seen(ground, pose, camera)[74:78].astype(float) for pose in (ahead, turned))
    left, right = (np.abs(moved[:, 140:180] - straight[:, 140 + step : 180 + step]).mean() for step in (12, -12))
    assert left < right / 2


def test_far_dashes_do_not_shimmer(plan: RoadPlan, ground: Ground) -> None:
    # In a tenth of a second at 20 m/s the ground far ahead may change by a few levels, not by a line's contrast.
    camera = Camera()
    frames = [seen(ground, plan.centreline.pose_at(5.0 + 2.0 * k, plan.path_offset), camera)[66:68, 130:190] for k in range(4)]
    steps = np.abs(np.diff(np.array(frames, dtype=float), axis=0))
    assert steps.mean() < 4.0
