"""Closed loop over a recorded drive, as in the paper's own simulator (arXiv 1604.07316, section 6).

The simulated car starts on the recorded path and obeys the driver. Each frame is shifted and
rotated to where the simulated car is, so the driver sees what it would see there. The speed is the
recorded one. Beyond 1 m from the middle of the lane an intervention puts the car back, unless the
recorded car was there too, as when it went around an obstacle.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from pilotnet.data.store.reader import Signals
from sim.control.bicycle import CAR_LENGTH, MAX_CURVATURE, MAX_CURVATURE_RATE, slip_angle
from sim.referee import MAX_OFFSET
from sim.types import Pose

FOLLOWING = 0.5  # [m] within it the simulated car follows the recorded one
SUBSTEPS = 2  # of the bicycle model in a tick

# Returns the curvature [1/m] for a frame number, and for the car's shift [m] and rotation [rad]
# against the recorded car.
Command = Callable[[int, float, float], float]


class Displacement(NamedTuple):
    """The simulated car against the recorded one.

    shift: to the right [m]. rotation: to the right [rad]. wheel_curvature: of the front wheels
    [1/m].
    """

    shift: float
    rotation: float
    wheel_curvature: float


@dataclass(frozen=True)
class RecordedDrive:
    """A drive in closed loop over a recording.

    offset: cross-track error of the simulated car [m, right positive], (N,).
    stopped: whether an intervention follows the tick, (N,).
    fps: ticks per second.
    """

    offset: NDArray[np.float64]
    stopped: NDArray[np.bool_]
    fps: int

    @property
    def elapsed(self) -> float:
        """Duration [s]."""
        return len(self.offset) / self.fps

    @property
    def interventions(self) -> int:
        """Number of interventions."""
        return int(self.stopped.sum())

    @classmethod
    def simulate(cls, signals: Signals, fps: int, command: Command) -> Self:
        """Drive over a recording.

        Where the recorded car was itself put back, the simulated one starts anew beside it, without
        an intervention.
        """
        count = len(signals)
        offset = np.zeros(count)
        stopped = np.zeros(count, dtype=bool)
        car = _on_the_recorded_path(signals, 0)
        for frame in range(count):
            offset[frame] = signals.offset[frame] + car.shift
            if frame == count - 1:
                break
            curvature = command(frame, car.shift, car.rotation)
            if signals.intervention[frame]:
                car = _on_the_recorded_path(signals, frame + 1)
                continue
            car = moved(car, curvature, signals, frame, fps)
            outside = abs(signals.offset[frame + 1] + car.shift) > MAX_OFFSET
            if outside and abs(car.shift) > FOLLOWING:
                stopped[frame] = True
                car = _on_the_recorded_path(signals, frame + 1)
        return cls(offset, stopped, fps)


def _on_the_recorded_path(signals: Signals, frame: int) -> Displacement:
    """Return the state of a simulated car that is where the recorded one is."""
    return Displacement(0.0, 0.0, float(signals.wheel_curvature[frame]))


def moved(
    car: Displacement, curvature: float, signals: Signals, frame: int, fps: int
) -> Displacement:
    """Return the simulated car at the next frame, after a tick with this command [1/m].

    The bicycle model is that of the simulator. The distance ahead of or behind the recorded car is
    dropped: it is of second order in rotation and time.
    """
    pose = _displaced(Pose(*signals.pose[frame]), car)
    wheel = car.wheel_curvature
    tick = 1 / (fps * SUBSTEPS)
    speeds = np.linspace(signals.speed[frame], signals.speed[frame + 1], SUBSTEPS, endpoint=False)
    command = min(max(curvature, -MAX_CURVATURE), MAX_CURVATURE)
    limit = MAX_CURVATURE_RATE * tick
    for speed in speeds:
        wheel += min(max(command - wheel, -limit), limit)
        slip = slip_angle(wheel)
        pose = Pose(
            pose.x + float(speed) * math.cos(pose.heading + slip) * tick,
            pose.y + float(speed) * math.sin(pose.heading + slip) * tick,
            pose.heading + float(speed) * math.sin(slip) / (CAR_LENGTH / 2) * tick,
        )
    recorded = Pose(*signals.pose[frame + 1])
    across = _right_of(pose, recorded)
    turned = math.remainder(pose.heading - recorded.heading, 2 * math.pi)
    return Displacement(across, turned, wheel)


def _displaced(recorded: Pose, car: Displacement) -> Pose:
    """Return the pose of the simulated car beside the recorded one."""
    return Pose(
        recorded.x - car.shift * math.sin(recorded.heading),
        recorded.y + car.shift * math.cos(recorded.heading),
        recorded.heading + car.rotation,
    )


def _right_of(pose: Pose, reference: Pose) -> float:
    """Return how far to the right of the axis of `reference` a pose is [m]."""
    return (pose.y - reference.y) * math.cos(reference.heading) - (pose.x - reference.x) * math.sin(
        reference.heading
    )
