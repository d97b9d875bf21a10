"""COMPILE: the kernels in two halves, for two processes side by side.

On a machine that has drawn nothing yet they take minutes to compile, and one process can only compile one after the other. What
one of them has compiled lies on disk for all.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.actors.gaps import rectangle_gap
from sim.camera import Camera
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.render import Renderer, draw_things
from sim.rollout import rollout
from sim.scenario import Daytime, RoadKind, Scenario, Weather
from sim.truth import look
from sim.types import Pose
from sim.world import World

AWAY = 1e5  # [m] in both directions: nothing stands within sight of there
BUSY = Scenario(RoadKind.RURAL, seed=0, length=100.0, traffic=20.0, parked=20.0, pedestrians=40.0, crossing=10.0)
# What falls, the glare of a low sun and the ceilings of tunnels have kernels of their own.
SKIES = (
    replace(BUSY, weather=Weather.RAIN),
    replace(BUSY, weather=Weather.SNOW),
    Scenario(RoadKind.TUNNEL, seed=0, length=100.0, light=Daytime.LOW_SUN),
)


def compile_standing() -> None:
    """Compile what draws cars, people and scenery, which is more than half."""
    Renderer(World(BUSY).plan, BUSY, [Camera()]).compile_standing()


def compile_others() -> None:
    """Compile what moves the world, draws sky and ground, and measures boxes."""
    env = DrivingEnv(EnvConfig(cameras=()))
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    rectangle_gap(square, square)  # a drive needs it only when another road user comes near
    for sky in SKIES:
        next(rollout(env, Expert(env), sky))
        plan, actors = env.world.plan, env.world.actors()
        renderer = Renderer(plan, sky, [Camera()])
        for heading in range(4):  # one of them looks towards the sun
            look(renderer, plan, Pose(AWAY, AWAY, heading * math.pi / 2), actors)


def is_compiled() -> bool:
    """Whether anything has ever been drawn with this installation; what was changed since is compiled when it is needed."""
    return any(Path(draw_things.stats.cache_path).glob("render.draw_things-*.nbi"))


HALVES: tuple[Callable[[], None], ...] = (compile_standing, compile_others)
