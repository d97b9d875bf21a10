"""Steps of made-up drives, for tests of scores."""

import math
from collections.abc import Sequence

from sim.types import Cause, Control, EgoState, Observation, Pose, Step

RATE = 10.0  # [Hz]


def made_steps(
    speeds: Sequence[float],
    accelerations: Sequence[float] | None = None,
    curvatures: Sequence[float] | None = None,
    causes: dict[int, Cause] | None = None,
) -> list[Step]:
    """Return a step for each speed [m/s]; the car is where these speeds have taken it.

    accelerations [m/s²] and curvatures of the wheels [1/m] are 0 without others. causes:
    interventions by the number of the step.
    """
    station = 0.0
    steps = []
    for index, speed in enumerate(speeds):
        acceleration = accelerations[index] if accelerations else 0.0
        curvature = curvatures[index] if curvatures else 0.0
        pose = Pose(station, 0.0, 0.0)
        ego = EgoState(pose, speed, acceleration, curvature, station, 0.0, 0.0, 0.0)
        steps.append(
            Step(
                index=index,
                time=index / RATE,
                observation=Observation(speed),
                ego=ego,
                time_to_collision=math.inf,
                control=Control(curvature),
                applied=Control(curvature),
                intervention=(causes or {}).get(index),
                done=index == len(speeds) - 1,
            )
        )
        station += speed / RATE
    return steps
