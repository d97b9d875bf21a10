"""The ego lane and its neighbours in ego coordinates."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.geometry.frenet import Centreline
from sim.render.lane_geometry import lane_geometry
from sim.roads.kinds import plan_road
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Pose

SCENARIO = Scenario(road=RoadKind.RURAL, seed=3, length=300.0)
PLAN = plan_road(SCENARIO)
EGO = PLAN.centreline.pose_at(30.0, PLAN.path_offset)


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
