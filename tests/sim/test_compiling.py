"""The two halves of compiling leave nothing for the first drive to compile."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.compiling import is_compiled

# A process of its own: in this one earlier tests have compiled.
PROGRAM = """
import sys
from itertools import islice

from numba.core.dispatcher import Dispatcher

from sim.compiling import HALVES, is_compiled
from sim.env import DrivingEnv
from sim.expert import Expert
from sim.rollout import rollout
from sim.scenario import Daytime, RoadKind, Scenario, Weather


def compiled():
    modules = [module for name, module in sys.modules.items() if name.startswith("sim.")]
    kernels = [each for module in modules for each in vars(module).values() if isinstance(each, Dispatcher)]
    return {(each.py_func.__module__, each.py_func.__name__, types) for each in kernels for types in each.overloads}


for half in HALVES:
    half()
assert is_compiled()
before = compiled()
assert len(before) > 5
env = DrivingEnv()
street = Scenario(RoadKind.RESIDENTIAL, 1, 120.0, Weather.RAIN, Daytime.NIGHT, parked=30.0, pedestrians=40.0, crossing=10.0)
assert all(step.boxes for step in islice(rollout(env, Expert(env), street, boxes=True), 10))
for kind in RoadKind:
    for weather in Weather:
        quiet = Scenario(kind, 1, 60.0, weather, Daytime.LOW_SUN)
        list(islice(rollout(env, Expert(env), quiet, boxes=True), 2))
print(sorted(f"{module}.{name}" for module, name, _ in compiled() - before))
"""


def test_an_installation_that_has_drawn_nothing_is_not_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sim.compiling.draw_things", SimpleNamespace(stats=SimpleNamespace(cache_path=str(tmp_path))))
    assert not is_compiled()


def test_after_both_halves_no_road_in_any_weather_has_anything_left_to_compile() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
