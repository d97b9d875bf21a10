"""COMPILE: the kernels in two halves, for two processes side by side.

On a new machine all kernels together take a minute to compile, and one process compiles one kernel
at a time. Compiled kernels lie on disk, where every process finds them.
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

from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import Camera
from sim.geometry.polygons import rectangle_gap
from sim.kernel_cache import (
    CompileBar,
    be_quiet,
    countable,
    expected_seconds,
    keeping_folder,
    missing,
)
from sim.render.ground_truth import ground_truth
from sim.render.renderer import Renderer
from sim.rollout import rollout
from sim.scenario import Daytime, RoadKind, Scenario, Weather
from sim.types import Pose
from sim.world import World

AWAY = 1e5  # [m] in both directions: nothing stands within sight of there
BUSY = Scenario(
    RoadKind.RURAL, seed=0, length=100.0, traffic=20.0, parked=20.0, pedestrians=40.0, crossing=10.0
)
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
    rectangle_gap(
        square, square
    )  # the drives above reach no other road user, so they would not compile it
    for sky in SKIES:
        next(rollout(env, Expert(env), sky))
        plan = env.world.plan
        actors = env.world.actors()
        renderer = Renderer(plan, sky, [Camera()])
        for heading in range(4):  # one of them looks towards the sun
            ground_truth(renderer, plan, Pose(AWAY, AWAY, heading * math.pi / 2), actors)


HALVES: tuple[Callable[[], None], ...] = (compile_standing, compile_others)
# Prefixes of the kernels that only FrontCamera's bird's-eye view needs (modules and functions);
# neither half compiles them.
FRONT_VIEW = (
    "sim.highway_env.front_view.",
    "sim.highway_env.lane_network.",
    "sim.highway_env.lane_network_picture.",
    "sim.render.objects.vehicles.vehicle_blocks.",
    "sim.render.noise.noise_between",
)
# kernels; fewer compile faster than two processes start, so the caller compiles them on first use
MIN_MISSING = 10
POLL_INTERVAL = 0.1  # [s] between two counts of the compiled kernels
HALF_PROGRAM = "from sim.warmup import compile_half; compile_half({half})"


def renderer_kernels() -> list[Any]:
    """Return the kernels that the two halves compile."""
    return [
        each
        for each in countable("sim.")
        if not f"{each.py_func.__module__}.{each.py_func.__name__}".startswith(FRONT_VIEW)
    ]


def kept_kernels() -> int:
    """Return how many of the renderer's kernels are compiled and lie on disk."""
    absent = set(missing("sim."))
    return sum(kernel not in absent for kernel in renderer_kernels())


def is_compiled() -> bool:
    """Return whether fewer than MIN_MISSING of the renderer's kernels still have to be compiled."""
    return len(renderer_kernels()) - kept_kernels() < MIN_MISSING


def compile_half(half: int) -> None:
    """Compile one of the halves in a process of its own, which ends when its standard input closes:
    when its parent ends.
    """
    be_quiet()
    Thread(target=_end_with_input, daemon=True).start()
    HALVES[half]()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(1)  # safe at any moment: every kernel file is written in one step


def compiling(processes: int = len(HALVES)) -> Generator[tuple[int, int], None, None]:
    """Compile the missing kernels in one process for each half, at most `processes` at a time;
    yield (compiled, total) kernels.

    Yields every POLL_INTERVAL until both processes have ended. Yields nothing when all kernels are
    compiled or when compiled kernels cannot be kept. Closing the iterator ends the processes.
    Errors of a process are ignored: the kernels that it left are compiled on first use, where the
    error reaches the caller.
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
            time.sleep(POLL_INTERVAL)
            for process in [each for each in running if each.poll() is not None]:
                running.remove(process)
                _end(process)
    finally:
        for process in running:
            _end(process)


def _begin(half: int) -> subprocess.Popen[bytes]:
    """Start the process that compiles a half, with the import paths of this process."""
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-c", HALF_PROGRAM.format(half=half)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, unless it has ended already, and close its pipes."""
    process.kill()
    process.communicate()


def compile_ahead(processes: int = len(HALVES)) -> None:
    """Compile the missing kernels in other processes and show the progress on stderr."""
    bar = CompileBar()
    started = False
    with closing(compiling(processes)) as progress:
        for done, total in progress:
            if not started:
                bar.begin(expected_seconds(total - done, processes))
                started = True
            bar.show(done, total)
    bar.end()
