"""Where the ground lands in the image."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.geometry.camera import Camera
from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.row_buffer import (
    BLOCK_COLUMNS,
)
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Pose
from tests.sim.render.ground.ground_views import (
    ground_image,
)


def test_an_image_wider_than_a_block_has_the_same_middle(plan: RoadPlan, ground: Ground) -> None:
    camera = Camera()
    pose = plan.centreline.pose_at(60.0, plan.path_offset)
    wide = ground_image(ground, pose, replace(camera, width=2 * BLOCK_COLUMNS))
    middle = wide[:, BLOCK_COLUMNS // 2 : BLOCK_COLUMNS // 2 + BLOCK_COLUMNS].astype(int)
    assert (
        np.abs(middle - ground_image(ground, pose, replace(camera, width=BLOCK_COLUMNS))).max() <= 1
    )


@pytest.mark.parametrize("offset", [-0.8, 0.0, 0.8])
def test_a_marking_appears_at_its_projected_pixel(offset: float) -> None:
    plan = plan_road(Scenario(RoadKind.TUNNEL, 3, length=400.0))
    plan = replace(plan, markings=tuple(replace(marking, wear=0.0) for marking in plan.markings))
    ground = ground_of(plan, 3)
    camera = Camera()
    here = plan.path_offset + offset
    image = (
        ground_image(ground, plan.centreline.pose_at(15.0, here), camera).astype(float).sum(2)
    )  # the road begins straight
    right_edge = min(m.offset for m in plan.markings if m.gap == 0 and m.offset > plan.path_offset)
    for row in (90, 110, 120):
        forward, _ = camera.pixel_to_ground(np.array([0.0]), np.array([row + 0.5]))
        column, _ = camera.ground_to_pixel(forward, np.array([right_edge - here]))
        around = np.arange(int(column[0]) - 8, int(column[0]) + 9)
        weight = np.clip(image[row, around] - np.median(image[row, around]) - 60, 0, None)
        assert (weight @ (around + 0.5)) / weight.sum() == pytest.approx(column[0], abs=0.6)


def test_a_turn_to_the_right_moves_the_road_to_the_left(plan: RoadPlan, ground: Ground) -> None:
    camera = Camera()
    ahead = plan.centreline.pose_at(15.0, plan.path_offset)
    turned = Pose(ahead.x, ahead.y, ahead.heading + math.atan(12 / camera.focal))  # twelve pixels
    straight, moved = (
        ground_image(ground, pose, camera)[74:78].astype(float) for pose in (ahead, turned)
    )
    left, right = (
        np.abs(moved[:, 140:180] - straight[:, 140 + step : 180 + step]).mean()
        for step in (12, -12)
    )
    assert left < right / 2


def test_far_dashes_do_not_shimmer(plan: RoadPlan, ground: Ground) -> None:
    # In a tenth of a second at 20 m/s the ground far ahead may change by a few levels, not by a
    # line's contrast.
    camera = Camera()
    frames = [
        ground_image(ground, plan.centreline.pose_at(5.0 + 2.0 * k, plan.path_offset), camera)[
            66:68, 130:190
        ]
        for k in range(4)
    ]
    steps = np.abs(np.diff(np.array(frames, dtype=float), axis=0))
    assert steps.mean() < 6.0
