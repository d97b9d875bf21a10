"""PilotNet's simulator: roads, traffic and cameras on top of HighwayEnv, as one Gymnasium environment and one loop.

The conventions that hold everywhere:

* Frame: HighwayEnv's. x forward, y to the right; headings and curvature are positive to the right (clockwise from above).
  Offsets and lateral distances are positive to the right, heights upwards.
* Units: SI; angles in radians. Speed [m/s], curvature [1/m], acceleration [m/s²]. Degrees only in what a person reads.
* The command is curvature, 1/r [1/m]: independent of the car and smooth through straight ahead.
* Road coordinates (s, d): arc length along the road's reference line and distance to the right of it [m]. The ego's offset
  and heading error are relative to its path, the centre of its lane.
* Images: RGB uint8 (H, W, 3), row 0 on top. Pixel (i, j) covers rows [i, i + 1) and columns [j, j + 1) of the image plane.
* Time: control and cameras at 10 Hz, physics at 20 Hz or finer.
* Randomness: everything follows from the scenario's seed; the same scenario and driver give the same frames, bit for bit.

Importing this package registers `PilotNet/Drive-v0` with Gymnasium, and so does `gymnasium.make("sim:PilotNet/Drive-v0")`.
"""

import gymnasium

from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.front_camera import FrontCamera
from sim.rollout import Disturbance, rollout
from sim.scenario import Daytime, RoadKind, Scenario, Split, Weather
from sim.types import Actor, Cause, Control, Driver, EgoState, Kind, Observation, Pose, Step

__all__ = [
    "Actor",
    "Cause",
    "Control",
    "Daytime",
    "Disturbance",
    "Driver",
    "DrivingEnv",
    "EgoState",
    "EnvConfig",
    "Expert",
    "FrontCamera",
    "Kind",
    "Observation",
    "Pose",
    "RoadKind",
    "Scenario",
    "Split",
    "Step",
    "Weather",
    "rollout",
]

gymnasium.register(id="PilotNet/Drive-v0", entry_point="sim.env:DrivingEnv")
