"""PilotNet's simulator: roads, traffic and cameras on top of HighwayEnv, as one Gymnasium
environment and one loop.

The conventions that hold everywhere:

* Frame: HighwayEnv's. x forward, y to the right; headings and curvature are positive to the right
  (clockwise from above). Offsets and lateral distances are positive to the right, heights upwards.
* Units: SI; angles in radians. Speed [m/s], curvature [1/m], acceleration [m/s²]. Degrees only in
  what a person reads.
* The command is curvature, 1/r [1/m]: independent of the car and smooth through straight ahead.
* Frenet coordinates (s, d): arc length along the road's reference line and distance to the right of
  it [m]. The ego's offset and heading error are relative to its path, the centre of its lane.
* Images: RGB uint8 (H, W, 3), row 0 on top. Pixel (i, j) covers rows [i, i + 1) and columns [j, j +
  1) of the image plane.
* Time: control and cameras at 10 Hz, physics at 20 Hz or finer.
* Randomness: everything follows from the scenario's seed; the same scenario and driver give the
  same frames, bit for bit.

Importing this package registers `PilotNet/Drive-v0` with Gymnasium, and so does
`gymnasium.make("sim:PilotNet/Drive-v0")`. Every public name is loaded when it is first used.
Settings can be checked and help printed without Numba, HighwayEnv or a renderer.
"""

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

# 0.07 s of CPU; a later registration would miss `import sim` before `import gymnasium`
import gymnasium

if TYPE_CHECKING:
    from sim.env import DrivingEnv, EnvConfig
    from sim.expert import Expert
    from sim.highway_env.front_camera import FrontCamera
    from sim.rollout import Disturbance, rollout
    from sim.scenario import WORLD_VERSION, Daytime, RoadKind, Scenario, Split, Weather
    from sim.types import Actor, Cause, Control, Driver, EgoState, Kind, Observation, Pose, Step

__all__ = [
    "WORLD_VERSION",
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

PUBLIC_NAMES = {  # by the module that defines them
    "sim.env": (
        "DrivingEnv",
        "EnvConfig",
    ),
    "sim.expert": ("Expert",),
    "sim.highway_env.front_camera": ("FrontCamera",),
    "sim.rollout": (
        "Disturbance",
        "rollout",
    ),
    "sim.scenario": (
        "WORLD_VERSION",
        "Daytime",
        "RoadKind",
        "Scenario",
        "Split",
        "Weather",
    ),
    "sim.types": (
        "Actor",
        "Cause",
        "Control",
        "Driver",
        "EgoState",
        "Kind",
        "Observation",
        "Pose",
        "Step",
    ),
}
MODULE_OF = {name: module for module, names in PUBLIC_NAMES.items() for name in names}


class PublicModule(ModuleType):
    """A module whose public names are never replaced by submodules of the same name.

    Importing `sim.rollout` makes the import system assign that submodule to `sim.rollout`, which
    names a function here.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in MODULE_OF and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


if (
    not TYPE_CHECKING
):  # with this function in sight, a type checker accepts any attribute of the package

    def __getattr__(name: str) -> Any:
        """Load a public name; AttributeError for any other."""
        if name not in MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(MODULE_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """Return the names that are loaded, and the public names that are loaded on first use."""
    return sorted({*globals(), *__all__})


sys.modules[__name__].__class__ = PublicModule
gymnasium.register(id="PilotNet/Drive-v0", entry_point="sim.env:DrivingEnv")
