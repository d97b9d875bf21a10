"""The geometry of the ego lane and its neighbours in ego coordinates: forward and right [m]."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import wrap_angle
from sim.roads.plan import RoadPlan
from sim.types import Pose

Floats = NDArray[np.float64]
LANE_REACH = 60.0  # [m] length of the lanes ahead; chosen
LANE_SPACING = 2.0  # [m] between the points of a lane; chosen


@dataclass(frozen=True)
class LaneLines:
    """The centre and edges of a lane as points (N, 2), (forward, right) in ego coordinates [m].

    index: of the lane in the plan.
    oncoming: whether its traffic drives towards the ego.
    left, right: as seen by the ego. Points are ordered from near to far.
    """

    index: int
    oncoming: bool
    centre: Floats
    left: Floats
    right: Floats


@dataclass(frozen=True)
class LaneGeometry:
    """The ego lane and its neighbours; None where there is no neighbour.

    curvature: of the ego lane at the ego [1/m, right positive].
    offset: of the ego from the lane's centre [m, right positive].
    heading_error: ego heading minus lane heading [rad].
    width: of the lane [m].
    """

    own: LaneLines
    left: LaneLines | None
    right: LaneLines | None
    curvature: float
    offset: float
    heading_error: float
    width: float


def to_ego(
    ego: Pose, x: Floats | float, y: Floats | float
) -> tuple[Floats | float, Floats | float]:
    """Return world points in ego coordinates (forward, right) [m]."""
    cos = math.cos(ego.heading)
    sin = math.sin(ego.heading)
    dx = x - ego.x
    dy = y - ego.y
    return dx * cos + dy * sin, dy * cos - dx * sin


def lane_geometry(
    plan: RoadPlan, ego: Pose, reach: float = LANE_REACH, spacing: float = LANE_SPACING
) -> LaneGeometry:
    """Return the ego lane and its neighbours.

    reach: length of the lanes ahead [m].
    spacing: of their points along the reference line [m]. Raises ValueError unless 0 < spacing <=
    reach < inf.
    """
    if not 0 < spacing <= reach < math.inf:
        raise ValueError(
            f"reach is {reach} m and spacing {spacing} m; they must satisfy 0 < spacing <= reach "
            f"< inf"
        )
    s, d = plan.centreline.project(ego.x, ego.y)
    road_heading = plan.centreline.heading_at(s)
    direction = 1 if math.cos(ego.heading - road_heading) >= 0 else -1
    ahead = s + direction * np.arange(0.0, reach + spacing / 2, spacing)
    # From left to right, as the ego sees them.
    order = sorted(range(len(plan.lanes)), key=lambda i: direction * plan.lanes[i].offset)
    position = min(range(len(order)), key=lambda n: abs(plan.lanes[order[n]].offset - d))
    lane = plan.lanes[order[position]]
    curvature = plan.centreline.curvature_at(s)
    return LaneGeometry(
        own=_lines(plan, order[position], ego, ahead, direction),
        left=_lines(plan, order[position - 1], ego, ahead, direction) if position > 0 else None,
        right=_lines(plan, order[position + 1], ego, ahead, direction)
        if position + 1 < len(order)
        else None,
        curvature=direction * curvature / (1 - curvature * lane.offset),
        offset=direction * (d - lane.offset),
        heading_error=wrap_angle(ego.heading - road_heading - (0.0 if direction > 0 else math.pi)),
        width=lane.width,
    )


def _lines(plan: RoadPlan, index: int, ego: Pose, stations: Floats, direction: int) -> LaneLines:
    """Return a lane of the plan at these stations [m] in ego coordinates."""
    lane = plan.lanes[index]
    half = direction * lane.width / 2
    centre, left, right = (
        _line(plan, ego, stations, lane.offset + shift) for shift in (0.0, -half, half)
    )
    return LaneLines(index, lane.direction != direction, centre, left, right)


def _line(plan: RoadPlan, ego: Pose, stations: Floats, offset: float) -> Floats:
    """Return points (N, 2) in ego coordinates [m] at a lateral offset [m] from the reference
    line.
    """
    poses = [plan.centreline.pose_at(float(s), offset) for s in stations]
    forward, right = to_ego(
        ego, np.array([pose.x for pose in poses]), np.array([pose.y for pose in poses])
    )
    return np.stack([forward, right], axis=1)
