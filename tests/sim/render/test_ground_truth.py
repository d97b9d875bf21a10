"""The truth beside the picture agrees with the geometry."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.geometry.camera import Camera, rig
from sim.geometry.frenet import Centreline
from sim.render.frame_buffer import Label
from sim.render.ground_truth import Box, boxes, ground_truth
from sim.render.lane_geometry import lane_geometry
from sim.render.renderer import Renderer
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Actor, Kind, Pose

SCENARIO = Scenario(road=RoadKind.RURAL, seed=3, length=300.0)
PLAN = plan_road(SCENARIO)
EGO = PLAN.centreline.pose_at(30.0, PLAN.path_offset)
CAMERA = Camera()


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(PLAN, SCENARIO, list(rig(CAMERA).values()))


def at(forward: float, right: float, heading: float = 0.0) -> Pose:
    """A pose in the ego's car coordinates."""
    cos = math.cos(EGO.heading)
    sin = math.sin(EGO.heading)
    return Pose(
        EGO.x + forward * cos - right * sin,
        EGO.y + forward * sin + right * cos,
        EGO.heading + heading,
    )


def van(forward: float, right: float, ident: int = 4) -> Actor:
    return Actor(ident, Kind.VAN, at(forward, right), 0.0, 5.0, 2.0, 2.2, (220, 220, 220))


def person(forward: float, right: float, ident: int = 8) -> Actor:
    return Actor(ident, Kind.PEDESTRIAN, at(forward, right, 1.57), 0.0, 0.3, 0.5, 1.8, (90, 40, 40))


def seen(renderer: Renderer, *actors: Actor, camera: int = 1) -> dict[int, Box]:
    return {box.ident: box for box in ground_truth(renderer, PLAN, EGO, actors)[camera].boxes}


@pytest.mark.parametrize("forward", [12.0, 15.0, 30.0, 60.0])
@pytest.mark.parametrize("right", [-4.0, 0.0, 4.0])
def test_a_box_agrees_with_the_projected_corners(
    renderer: Renderer, forward: float, right: float
) -> None:
    box = seen(renderer, van(forward, right))[4]
    columns = []
    rows = []
    for x in (-2.5, 2.5):
        for y in (-1.0, 1.0):
            u, v = CAMERA.ground_to_pixel(np.array([forward + x]), np.array([right + y]))
            columns.append(u[0])
            rows.append(v[0])
    nearest = forward - 2.5
    rounded = (
        0.05 * CAMERA.focal / nearest
    )  # a body is rounded and leans in: its outline lies up to 5 cm inside the corners
    assert box.left == pytest.approx(max(min(columns), 0), abs=1.5 + rounded)
    assert box.right == pytest.approx(min(max(columns), 320), abs=1.5 + rounded)
    assert box.bottom == pytest.approx(
        min(max(rows), 160), abs=1.5 + 0.35 * 175 / nearest * (forward < 20)
    )  # tyres lie inside
    roof = CAMERA.horizon + CAMERA.focal * (CAMERA.elevation - 2.2) / nearest
    assert box.top == pytest.approx(max(roof, 0), abs=1.5)
    assert box.ground == pytest.approx((forward, right))
    assert box.distance == pytest.approx(math.hypot(forward, right))
    assert box.kind is Kind.VAN
    assert box.heading == pytest.approx(0.0, abs=1e-9)


def test_pixels_of_a_car_are_labelled_numbered_and_as_deep_as_its_rear(renderer: Renderer) -> None:
    view = ground_truth(renderer, PLAN, EGO, [van(14.0, 0.0)])[1]
    inside = (slice(70, 80), slice(155, 165))
    assert (view.instance[inside] == 4).all()
    assert (view.label[inside] == Label.CAR).all()
    assert view.depth[inside] == pytest.approx(11.5, abs=0.1)
    assert view.label[5, 160] == Label.SKY
    assert np.isinf(view.depth[5, 160])


def test_a_hidden_car_is_not_visible_and_a_half_hidden_one_half(renderer: Renderer) -> None:
    alone = seen(renderer, van(30.0, 0.0))[4]
    assert alone.visible == pytest.approx(1.0, abs=0.02)
    hidden = seen(renderer, van(30.0, 0.0), van(12.0, 0.0, ident=5))
    assert hidden[4].visible < 0.05
    assert hidden[4].left == alone.left
    # The nearer van's right edge lies on the middle of the farther one's.
    half = seen(renderer, van(30.0, 0.0), van(12.0, -1.0, ident=5))
    assert half[4].visible == pytest.approx(0.5, abs=0.12)
    assert half[5].visible == pytest.approx(1.0, abs=0.02)


def test_what_the_picture_cuts_off_is_not_visible(renderer: Renderer) -> None:
    # The camera's edge at 15 m is 13.7 m to the side.
    box = seen(renderer, person(15.0, 15.0 * 160 / 175))[8]
    assert 0.2 < box.visible < 0.8
    assert box.right == 320
    assert not seen(renderer, person(15.0, 17.0))
    assert not seen(renderer, person(-5.0, 0.0))


@pytest.mark.parametrize("distance", [5.0, 12.0, 30.0, 45.0])
def test_a_persons_box_is_as_high_as_focal_length_times_height_over_distance(
    renderer: Renderer, distance: float
) -> None:
    box = seen(renderer, person(distance, 0.0))[8]
    foot = CAMERA.horizon + CAMERA.focal * CAMERA.elevation / distance
    nearer = 0.02 * CAMERA.focal / distance  # feet and head are not quite as far away as the middle
    assert box.bottom == pytest.approx(min(foot, 160), abs=3 * nearer)
    assert min(foot, 160) - box.top == pytest.approx(
        min(foot, 160) - foot + CAMERA.focal * 1.8 / distance, abs=3 * nearer
    )
    assert box.left < 160 < box.right
    assert box.kind is Kind.PEDESTRIAN


def test_a_persons_box_shrinks_with_the_distance_and_never_by_whole_pixels(
    renderer: Renderer,
) -> None:
    boxes = [seen(renderer, person(distance, 0.0))[8] for distance in (20.0, 40.0, 45.0)]
    wide, high = (
        [getattr(b, far) - getattr(b, near) for b in boxes]
        for near, far in (("left", "right"), ("top", "bottom"))
    )
    assert [wide[0] / wide[1], wide[0] / wide[2]] == pytest.approx([2.0, 2.25], rel=0.02)
    assert [high[0] / high[1], high[0] / high[2]] == pytest.approx([2.0, 2.25], rel=0.02)


def test_the_left_camera_sees_things_further_right(renderer: Renderer) -> None:
    lefts = [seen(renderer, van(12.0, 0.0), camera=camera)[4].left for camera in range(3)]
    assert lefts[0] - lefts[1] == pytest.approx(0.6 * 175 / 9.5, abs=1.5)
    assert lefts[1] - lefts[2] == pytest.approx(0.6 * 175 / 9.5, abs=1.5)


def test_right_is_right(renderer: Renderer) -> None:
    both = seen(renderer, van(20.0, 5.0), person(20.0, -5.0))
    assert both[4].left > 160 > both[8].right
    assert both[8].ground[1] == pytest.approx(-5.0)


def test_boxes_need_the_truth(renderer: Renderer) -> None:
    canvas = renderer.truth(EGO, [])[1]
    bare = canvas._replace(instance=np.zeros((0, 0), np.int32))
    with pytest.raises(ValueError, match="truth of shape"):
        boxes(bare, CAMERA, EGO, [])


def test_truth_and_render_are_the_same_picture(renderer: Renderer) -> None:
    actors = [van(14.0, 2.0), person(9.0, -2.0)]
    for image, view in zip(
        renderer.render(EGO, actors), ground_truth(renderer, PLAN, EGO, actors), strict=True
    ):
        assert np.array_equal(image, view.image)
        assert view.depth.shape == view.label.shape == view.instance.shape == (160, 320)


def test_lanes_lie_where_the_plan_puts_them() -> None:
    geometry = lane_geometry(PLAN, EGO)
    own = PLAN.lanes[PLAN.path]
    assert geometry.own.index == PLAN.path
    assert geometry.own.centre.shape == geometry.own.left.shape == (31, 2)
    assert geometry.own.centre[0] == pytest.approx([0.0, 0.0], abs=1e-3)
    assert geometry.own.left[0, 1] == pytest.approx(-own.width / 2, abs=1e-3)
    assert geometry.own.right[0, 1] == pytest.approx(own.width / 2, abs=1e-3)
    assert geometry.left is not None
    assert geometry.left.oncoming
    assert geometry.right is None
    assert geometry.left.right[:, 1] == pytest.approx(geometry.own.left[:, 1], abs=0.2)
    assert geometry.offset == pytest.approx(0.0, abs=1e-3)
    assert geometry.heading_error == pytest.approx(0.0, abs=1e-6)


def test_a_lane_of_a_bend_follows_its_circle() -> None:
    bend = Centreline.from_curvature(np.full(601, 0.01), Pose(0.0, 0.0, 0.0))
    plan = plan_of(bend)
    offset = plan.path_offset
    geometry = lane_geometry(plan, bend.pose_at(50.0, offset))
    radius = 100.0 - offset
    assert geometry.curvature == pytest.approx(1 / radius)
    forward, right = geometry.own.centre.T
    assert np.hypot(forward, right - radius) == pytest.approx(radius, abs=1e-3)
    assert right[-1] > 10.0


def test_who_drives_the_other_way_sees_lanes_and_bends_mirrored() -> None:
    bend = Centreline.from_curvature(np.full(601, 0.01), Pose(0.0, 0.0, 0.0))
    plan = plan_of(bend)
    index = next(i for i, lane in enumerate(plan.lanes) if lane.direction < 0)
    pose = bend.pose_at(150.0, plan.lanes[index].offset + 0.3)
    geometry = lane_geometry(plan, Pose(pose.x, pose.y, pose.heading + math.pi))
    assert geometry.own.index == index
    assert not geometry.own.oncoming
    assert geometry.curvature < 0
    assert geometry.offset == pytest.approx(-0.3, abs=1e-6)
    assert geometry.own.centre[-1, 1] < -10.0
    assert geometry.own.left[0, 1] < geometry.own.right[0, 1]


def plan_of(line: Centreline) -> RoadPlan:
    """The rural road's lanes along another line."""
    return replace(PLAN, centreline=line)


@pytest.mark.parametrize(("reach", "spacing"), [(60.0, 0.0), (1.0, 2.0), (math.inf, 2.0)])
def test_impossible_reaches_are_refused(reach: float, spacing: float) -> None:
    with pytest.raises(ValueError, match="reach"):
        lane_geometry(PLAN, EGO, reach, spacing)
