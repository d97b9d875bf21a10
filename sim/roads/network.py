"""The lanes of a plan as HighwayEnv knows them: what its traffic drives on."""

import numpy as np
from highway_env.road.lane import AbstractLane, LineType
from highway_env.road.road import RoadNetwork

from sim.geometry.frenet import Floats
from sim.roads.plan import Lane, RoadPlan


class PathLane(AbstractLane):
    """A HighwayEnv lane at a constant distance from a shared centreline, longitudinal along its direction of travel."""

    def __init__(self, plan: RoadPlan, lane: Lane) -> None:
        self.centreline = plan.centreline
        self.offset = lane.offset
        self.width = lane.width
        self.direction = lane.direction
        self.length = plan.centreline.length
        self.speed_limit = plan.speed_limit
        self.line_types = [LineType.NONE, LineType.NONE]
        self.forbidden = False
        self.priority = 0

    def station(self, longitudinal: float) -> float:
        """Arc length of the centreline [m] at this lane's longitudinal coordinate [m]."""
        return longitudinal if self.direction > 0 else self.length - longitudinal

    def position(self, longitudinal: float, lateral: float) -> Floats:
        """World position (2,) [m]."""
        pose = self.centreline.pose_at(
            self.station(longitudinal), self.offset + self.direction * lateral
        )
        return np.array([pose.x, pose.y])

    def local_coordinates(self, position: Floats) -> tuple[float, float]:
        """(longitudinal, lateral) [m] of a world position."""
        s, d = self.centreline.project(position[0], position[1])
        return self.station(s), self.direction * (d - self.offset)

    def heading_at(self, longitudinal: float) -> float:
        """Direction of travel [rad]."""
        heading = self.centreline.heading_at(self.station(longitudinal))
        return heading if self.direction > 0 else heading + np.pi

    def width_at(self, longitudinal: float) -> float:  # noqa: ARG002
        """Lane width [m]."""
        return self.width

    def to_config(self) -> dict:
        """HighwayEnv's lanes can be written to JSON; these are rebuilt from their scenario instead."""
        raise TypeError("PathLane is rebuilt from its Scenario, not from a config")


def lane_index(plan: RoadPlan, lane: int) -> tuple[str, str, int]:
    """HighwayEnv's index of a plan's lane: lanes of one direction are numbered from the centre of the road outwards."""
    direction = plan.lanes[lane].direction
    rank = sum(other.direction == direction for other in plan.lanes[:lane])
    return ("start", "end", rank) if direction > 0 else ("end", "start", rank)


def network(plan: RoadPlan) -> RoadNetwork:
    """HighwayEnv's network of the plan's lanes."""
    net = RoadNetwork()
    for lane in plan.lanes:
        net.add_lane(
            *(("start", "end") if lane.direction > 0 else ("end", "start")), PathLane(plan, lane)
        )
    return net
