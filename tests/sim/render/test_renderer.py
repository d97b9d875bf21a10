"""The picture as a whole: what is in front, left, right and on top, and what it depends on."""

from dataclasses import replace

import numpy as np
import pytest

from sim.geometry.camera import Camera, rig
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario, Weather
from sim.types import Actor, Image, Kind, Pose

SCENARIO = Scenario(road=RoadKind.RURAL, seed=3, length=300.0)
PLAN = plan_road(SCENARIO)
RED = (255, 0, 0)
BLUE = (0, 0, 255)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(PLAN, SCENARIO, [Camera()])


def car(
    forward: float,
    right: float,
    colour: tuple[int, int, int],
    braking: bool = False,
    plan: RoadPlan = PLAN,
) -> Actor:
    """A car ahead of the ego of `view`."""
    pose = plan.centreline.pose_at(10.0 + forward, plan.path_offset + right)
    return Actor(1, Kind.SALOON, pose, 0.0, 4.4, 1.8, 1.5, colour, braking)


def view(renderer: Renderer, *actors: Actor) -> Image:
    return renderer.render(PLAN.centreline.pose_at(10.0, PLAN.path_offset), actors)[0]


def changed(renderer: Renderer, *actors: Actor) -> np.ndarray:
    """Rows and columns of the pixels that the actors change by more than a shadow's edge, (N, 2)."""
    difference = np.abs(view(renderer, *actors).astype(int) - view(renderer).astype(int)).sum(2)
    return np.argwhere(difference > 90)


def test_every_camera_gets_a_fresh_picture_of_its_size() -> None:
    big = Camera(width=640, height=360, focal=350.0, horizon=150.0)
    renderer = Renderer(PLAN, SCENARIO, [Camera(), big])
    first, second = (renderer.render(PLAN.centreline.pose_at(80.0), []) for _ in range(2))
    assert [image.shape for image in first] == [(160, 320, 3), (360, 640, 3)]
    assert all(image.dtype == np.uint8 for image in first)
    assert first[0] is not second[0]


def test_the_same_world_looks_the_same_whatever_was_seen_before(renderer: Renderer) -> None:
    other = Renderer(PLAN, SCENARIO, [Camera()])
    for s in (300.0, 50.0, 120.0):
        other.render(PLAN.centreline.pose_at(s, 2.0), [])
    assert np.array_equal(view(renderer, car(12, 0, RED)), view(other, car(12, 0, RED)))


def test_another_seed_looks_different(renderer: Renderer) -> None:
    assert not np.array_equal(
        view(renderer), view(Renderer(PLAN, replace(SCENARIO, seed=4), [Camera()]))
    )


def test_the_sky_is_blue_and_above_the_road(renderer: Renderer) -> None:
    image = view(renderer).astype(float)
    top = image[:25].mean((0, 1))
    bottom = image[130:, 100:220].mean((0, 1))
    assert top[2] > top[0] + 30
    assert abs(bottom[2] - bottom[0]) < 15
    assert bottom.mean() < top.mean()


@pytest.mark.parametrize("right", [-3.0, 0.0, 3.0])
def test_a_car_appears_where_geometry_puts_it(right: float) -> None:
    overcast = Renderer(
        PLAN, replace(SCENARIO, weather=Weather.CLOUDY, strength=1.0), [Camera()]
    )  # no shadow beside the car
    rows, columns = changed(overcast, car(23.0, right, RED)).T
    camera = Camera()
    forward = 23.0 - 4.4 / 2
    edges, ground = camera.ground_to_pixel(
        np.array([forward, forward]), np.array([right - 0.9, right + 0.9])
    )
    assert (
        edges[0] - 3 < np.percentile(columns, 2) < edges[0] + 3 or right > 0
    )  # the nearer side shows beyond the rear
    assert edges[1] - 3 < np.percentile(columns, 98) < edges[1] + 3 or right < 0
    assert np.median(columns) == pytest.approx(edges.mean(), abs=4)
    top = camera.horizon + camera.focal * (camera.elevation - 1.5) / forward
    assert rows.min() == pytest.approx(top, abs=2)
    assert np.percentile(rows, 99) == pytest.approx(ground[0], abs=3)


def test_the_nearer_car_hides_the_farther_in_any_order(renderer: Renderer) -> None:
    near = car(12.0, 0.0, RED)
    far = car(22.0, 0.0, BLUE)
    one = view(renderer, near, far)
    other = view(renderer, far, near)
    assert np.array_equal(one, other)
    behind = view(renderer, near)
    assert np.array_equal(one[75:80, 155:165], behind[75:80, 155:165])


def test_a_car_behind_the_camera_is_not_seen(renderer: Renderer) -> None:
    assert np.array_equal(view(renderer, car(-20.0, 0.0, RED)), view(renderer))


def test_a_car_beside_the_camera_is_drawn_at_the_edge_only(renderer: Renderer) -> None:
    columns = changed(renderer, car(2.0, 3.0, RED))[:, 1]
    assert columns.size
    assert columns.min() > 200


def test_brake_lamps_are_brighter_when_braking(renderer: Renderer) -> None:
    calm, braking = (
        view(renderer, car(9.0, 0.0, (20, 20, 20), braking)).astype(int)
        for braking in (False, True)
    )
    lit = np.argwhere((braking[..., 0] - calm[..., 0]) > 40)
    assert len(lit) > 4
    assert lit[:, 1].min() < 160 < lit[:, 1].max()


def test_a_shadow_darkens_the_road_beside_a_car(renderer: Renderer) -> None:
    with_car, without = (
        image.astype(int).sum(2) for image in (view(renderer, car(10.0, 0.0, RED)), view(renderer))
    )
    below = slice(64 + int(175 * 1.4 / 7.7), 64 + int(175 * 1.4 / 7.7) + 2)
    assert (with_car[below, 150:170] < without[below, 150:170]).mean() > 0.8


def test_the_right_camera_sees_the_road_further_left() -> None:
    cameras = rig(Camera())
    images = Renderer(PLAN, SCENARIO, list(cameras.values())).render(
        PLAN.centreline.pose_at(10.0, PLAN.path_offset), [car(14.0, 0.0, RED)]
    )
    red = [
        np.argwhere((image[..., 0].astype(int) - image[..., 1]) > 90)[:, 1].mean()
        for image in images
    ]
    assert red[0] > red[1] + 3
    assert red[1] > red[2] + 3


def test_a_picture_is_possible_far_beyond_both_ends_of_the_road(renderer: Renderer) -> None:
    for s in (-500.0, PLAN.centreline.length + 500.0):
        image = renderer.render(PLAN.centreline.pose_at(s, 0.0), [])[0]
        assert image.std() > 5


def test_the_heading_of_the_ego_turns_the_sky_against_it(renderer: Renderer) -> None:
    here = PLAN.centreline.pose_at(10.0)
    turned = Pose(here.x, here.y, here.heading + 10 / 175)  # about ten pixels to the right
    before, after = (renderer.render(pose, [])[0][5:30].astype(float) for pose in (here, turned))
    shifted = np.abs(after[:, 140:170] - before[:, 150:180]).mean()
    assert shifted < np.abs(after[:, 150:180] - before[:, 130:160]).mean()
    assert shifted < 3
