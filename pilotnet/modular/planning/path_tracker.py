"""The path tracker: from a planned path to a curvature, by the recovery law that returns to the
path in two seconds.
"""

import numpy as np

from pilotnet.modular.records import LaneEstimate, Plan
from sim.actors.obstacle_shift import LateralShift, displaced_curvature
from sim.control.bicycle import MAX_CURVATURE, MAX_CURVATURE_RATE, slip_angle
from sim.control.path_tracking import recovery_curvature

PREVIEW = 0.1  # [s] the command is for the road just ahead, where it will act


def steer(plan: Plan, lane: LaneEstimate, speed: float) -> float:
    """Return the curvature command [1/m]: the path's own just ahead, plus the recovery from the
    present error.
    """
    here = _on_path(plan, 0.0)
    soon = _on_path(plan, speed * PREVIEW)
    d_second, next_bend = lane.curvature_at(np.array([0.0, speed * PREVIEW])).tolist()
    wheel_curvature = displaced_curvature(d_second, 0.0, here)
    direction = np.arctan(here.d_prime / (1 - d_second * here.displacement))
    # On a bend the body points outwards of the motion by the slip angle; that much heading error is
    # none.
    error = lane.heading_error - direction + slip_angle(wheel_curvature)
    recovery = recovery_curvature(lane.offset - here.displacement, float(error), speed)
    return float(
        np.clip(displaced_curvature(next_bend, 0.0, soon) + recovery, -MAX_CURVATURE, MAX_CURVATURE)
    )


def limited(wanted: float, before: float, duration: float) -> float:
    """Return a desired curvature [1/m], limited to what the front wheels reach from `before` within
    `duration` [s].
    """
    most = MAX_CURVATURE_RATE * duration
    return min(max(wanted, before - most), before + most)


def _on_path(plan: Plan, station: float) -> LateralShift:
    path = plan.path
    return LateralShift(
        *(
            float(np.interp(station, path.stations, values))
            for values in (path.offsets, path.d_primes, path.d_seconds)
        )
    )
