"""COMPILE: the kernels in two halves, for two processes side by side.

On a machine that has drawn nothing yet they take a minute to compile, and one process can only compile one after the other.
What one of them has compiled lies on disk for all.
"""

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from sim.actors.gaps import rectangle_gap
from sim.camera import Camera
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.kernel_cache import CompileBar, be_quiet, countable, expected_seconds, keeping_folder, missing
from sim.render import Renderer
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


HALVES: tuple[Callable[[], None], ...] = (compile_standing, compile_others)
# Kernels of the bird's-eye view of FrontCamera, which no half draws: modules and functions.
FRONT_VIEW = (
    "sim.front_view.",
    "sim.ground.lanes.",
    "sim.ground.lanes_picture.",
    "sim.scenery.blocks.",
    "sim.noise.noise_between",
)
FEW = 10  # kernels take less time to compile than two processes take to start; what needs them compiles them itself
LOOK_EVERY = 0.1  # [s] between two looks at what is compiled
HALF = "from sim.compiling import compile_half; compile_half({half})"


def renderer_kernels() -> list[Any]:
    """Return the kernels that the two halves compile."""
    return [each for each in countable("sim.") if not f"{each.py_func.__module__}.{each.py_func.__name__}".startswith(FRONT_VIEW)]


def kept_kernels() -> int:
    """Return how many of the renderer's kernels are compiled and lie on disk."""
    lacking = set(missing("sim."))
    return sum(kernel not in lacking for kernel in renderer_kernels())


def is_compiled() -> bool:
    """Whether what the two halves compile lies on disk, for the kernels as they are now, but for fewer than FEW."""
    return len(renderer_kernels()) - kept_kernels() < FEW


def compile_half(half: int) -> None:
    """Compile one of the halves in a process of its own; it ends with the process that began it, as its standard input does."""
    be_quiet()
    Thread(target=_end_with_input, daemon=True).start()
    HALVES[half]()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # files of kernels are written in one step, so nothing is left half done


def compiling(processes: int = len(HALVES)) -> Generator[tuple[int, int], None, None]:
    """Compile what is missing in other processes, one for each half, and yield how many kernels of how many are compiled.

    Yields every LOOK_EVERY seconds until all is done, and nothing where all is compiled or compiled kernels cannot be kept.
    Closing the iterator ends the processes. One that fails is passed over in silence: what it has not compiled is compiled
    when it is needed, where the error reaches the caller.
    """
    total = len(renderer_kernels())
    if is_compiled() or keeping_folder(Path(__file__)) is None or not sys.executable:
        return
    waiting = list(range(len(HALVES)))
    running: list[subprocess.Popen[bytes]] = []
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                running.append(_begin(waiting.pop(0)))
            yield kept_kernels(), total
            time.sleep(LOOK_EVERY)
            for process in [each for each in running if each.poll() is not None]:
                running.remove(process)
                _end(process)
    finally:
        for process in running:
            _end(process)


def _begin(half: int) -> subprocess.Popen[bytes]:
    """Begin to compile a half in a process that finds the same packages as this one."""
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", HALF.format(half=half)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that may have ended already, and give back what it holds here."""
    process.kill()
    process.communicate()


def compile_ahead(processes: int = len(HALVES)) -> None:
    """Compile what is missing in other processes, and show on stderr how far they have come."""
    bar = CompileBar()
    begun = False
    with closing(compiling(processes)) as progress:
        for done, total in progress:
            if not begun:
                bar.begin(expected_seconds(total - done, processes))
                begun = True
            bar.show(done, total)
    bar.end()
