"""The expert, the privileged driver whose commands are the labels: it reads the road and the car's
position from the world.
"""

from sim.control.bicycle import slip_angle
from sim.control.path_tracking import recovery_curvature
from sim.env import DrivingEnv
from sim.types import Control, Observation

PREVIEW = 0.1  # [s] the command is for the road just ahead, where it will act


class Expert:
    """Steers by its path's curvature plus the two-second recovery to that path, as the labels of
    shifted views do.

    The path is the middle of the lane, with lateral shifts around obstacles at the edge of the
    road.
    """

    def __init__(self, env: DrivingEnv) -> None:
        self._env = env

    def reset(self) -> None:
        """Nothing to forget."""

    def act(self, observation: Observation) -> Control:  # noqa: ARG002
        """Return the expert's command, computed from the world and not from the frame."""
        world = self._env.world
        ego = world.ego_state()
        here = world.expert_path(ego.station)
        soon = world.expert_path(ego.station + ego.speed * PREVIEW)
        # On a bend the body points outwards of the motion by the slip angle; that much heading
        # error is none.
        error = ego.heading_error - here.direction + slip_angle(here.curvature)
        recovery = recovery_curvature(ego.offset - here.displacement, error, ego.speed)
        return Control(soon.curvature + float(recovery), world.shared_pedals())
