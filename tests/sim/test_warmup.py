"""The two halves of compiling leave nothing for the first drive to compile."""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

import sim.warmup as compiling_module
from sim.warmup import compile_ahead, compiling, is_compiled, kept_kernels, renderer_kernels

# A process of its own: in this one earlier tests have compiled.
PROGRAM = """
import sys
from itertools import islice

from numba.core.dispatcher import Dispatcher

from sim.warmup import HALVES, is_compiled, kept_kernels, renderer_kernels
from sim.env import DrivingEnv
from sim.expert import Expert
from sim.kernel_cache import missing
from sim.rollout import rollout
from sim.scenario import Daytime, RoadKind, Scenario, Weather


def compiled():
    modules = [module for name, module in sys.modules.items() if name.startswith("sim.")]
    kernels = [each for module in modules for each in vars(module).values() if isinstance(each, Dispatcher)]
    return {(each.py_func.__module__, each.py_func.__name__, types) for each in kernels for types in each.overloads}


for half in HALVES:
    half()
assert is_compiled()
assert kept_kernels() == len(renderer_kernels()), [kernel.py_func.__name__ for kernel in missing("sim.")]
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


def test_an_installation_that_has_drawn_nothing_is_not_compiled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.kernel_cache.cache_folders._chosen", lambda: str(tmp_path))
    assert not is_compiled()
    assert kept_kernels() == 0


@pytest.mark.parametrize(
    ("lacking", "compiled"), [(0, True), (1, True), (9, True), (10, False), (100, False)]
)
def test_an_installation_that_lacks_more_than_a_few_kernels_is_not_compiled(
    lacking: int, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling_module, "missing", lambda _: iter(renderer_kernels()[:lacking]))
    assert is_compiled() == compiled
    assert kept_kernels() == len(renderer_kernels()) - lacking


def test_after_both_halves_no_road_in_any_weather_has_anything_left_to_compile() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[subprocess.Popen[bytes]]:
    """The processes that `compiling` starts, with no kernel compiled yet; tests make them sleep
    instead of compiling.
    """
    monkeypatch.setattr("sim.kernel_cache.cache_folders._chosen", lambda: str(tmp_path))
    started: list[subprocess.Popen[bytes]] = []
    begin = compiling_module._begin

    def note(half: int) -> subprocess.Popen[bytes]:
        started.append(begin(half))
        return started[-1]

    monkeypatch.setattr(compiling_module, "_begin", note)
    return started


def test_closing_ends_the_processes_that_compile(
    processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling_module, "HALF_PROGRAM", "import time; time.sleep(60 + {half})")
    steps = compiling()
    assert next(steps) == (0, len(renderer_kernels()))
    assert [process.poll() for process in processes] == [None, None]
    steps.close()
    assert all(process.poll() is not None for process in processes)


def test_one_process_compiles_the_halves_one_after_the_other(
    processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling_module, "HALF_PROGRAM", "import time; time.sleep(0.3 + {half})")
    assert max(sum(process.poll() is None for process in processes) for _ in compiling(1)) == 1
    assert [process.returncode for process in processes] == [0, 0]


def test_a_process_that_compiles_ends_with_the_one_that_began_it() -> None:
    program = "import time; from sim.warmup import HALVES, compile_half; compile_half(0)"
    slow = program.replace(
        "; compile_half",
        "; import sim.warmup as c; c.HALVES = (lambda: time.sleep(60),); compile_half",
    )
    process = subprocess.Popen([sys.executable, "-c", slow], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 1


def test_a_process_that_fails_ends_compiling_without_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sim.kernel_cache.cache_folders._chosen", lambda: str(tmp_path))
    monkeypatch.setattr(compiling_module, "HALF_PROGRAM", "raise SystemExit({half} + 1)")
    assert all(done == 0 for done, _ in compiling())


def test_no_process_starts_when_all_is_compiled_or_nothing_can_be_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compiling_module, "is_compiled", lambda: True)
    assert list(compiling()) == []
    monkeypatch.setattr(compiling_module, "is_compiled", lambda: False)
    monkeypatch.setattr(compiling_module, "keeping_folder", lambda _: None)
    assert list(compiling()) == []


def test_compiling_ahead_shows_how_far_it_has_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def steps(_: int) -> Generator[tuple[int, int], None, None]:
        yield 0, 200
        yield 100, 200

    monkeypatch.setattr(compiling_module, "compiling", steps)
    compile_ahead()
    assert capsys.readouterr().err == "compiling the renderer's kernels, once, about 30 s\n"


def test_no_kernel_is_expected_where_compiling_is_switched_off() -> None:
    program = (
        "from sim.warmup import compile_ahead, is_compiled; print(is_compiled()); compile_ahead()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
