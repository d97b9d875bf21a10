"""Steering for tests that are about something else: along the expert's path, or along the middle of
the lane.
"""

from sim.control.bicycle import slip_angle
from sim.control.path_tracking import recovery_curvature
from sim.world import World


def steer(world: World, around: bool = False) -> float:
    """The curvature [1/m] that keeps the ego in the middle of its lane, or on the path around
    obstacles.
    """
    ego = world.ego_state()
    displacement, direction, curvature = (
        world.expert_path(ego.station) if around else (0.0, 0.0, ego.path_curvature)
    )
    error = ego.heading_error - direction + slip_angle(curvature)
    return curvature + float(recovery_curvature(ego.offset - displacement, error, ego.speed))
