"""Compiled kernels come back from disk as they were written, or are compiled again."""

import importlib.util
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sim.kernel_cache import KERNELS, be_quiet, cache, cache_folders, follow, notices
from tests.sim.kernel_cache.small import (
    ANSWER,
    SOURCE,
    child_environment,
    kept,
    run_module,
    write_module,
)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flip(place: float) -> Callable[[bytes], bytes]:
    """Return a function that flips one bit at a share [0, 1] of the content."""

    def flipped(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[int(place * (len(content) - 1))] ^= 0x10
        return bytes(changed)

    return flipped


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "one_byte": lambda content: content[:1],
    "cut": cut,
    "one_byte_short": lambda content: content[:-1],
    "flipped_mark": flip(0.0),
    "flipped_middle": flip(0.5),
    "flipped_end": flip(1.0),
    "longer": lambda content: content + b"\0",
    "zeros": lambda content: bytes(len(content)),
}


@pytest.fixture
def cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for compiled kernels; afterwards the list of kernels and the notices are as
    before.
    """
    monkeypatch.setattr(cache_folders, "_chosen", lambda: str(tmp_path / "cache"))
    monkeypatch.setattr(notices, "_said", set())
    monkeypatch.setattr(cache, "KERNELS", [])
    be_quiet()
    yield tmp_path / "cache"
    follow()


def imported(path: Path) -> ModuleType:
    """Import the module again, as another process would."""
    spec = importlib.util.spec_from_file_location("small_kernels", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    exec(compile(path.read_text(), path, "exec"), module.__dict__)
    return module


def was_loaded(kernel: object) -> bool:
    """Return whether a kernel that was called was loaded from disk."""
    return bool(kernel.stats.cache_hits) and not kernel.stats.cache_misses  # type: ignore[attr-defined]


def test_a_kernel_is_compiled_once(
    cached: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_module(tmp_path)
    first = imported(path)
    assert first.summed(1.0, 2.0) == 7.0
    assert not was_loaded(first.summed)
    assert len(kept(cached)) == 3
    second = imported(path)
    assert second.summed(1.0, 2.0) == 7.0
    assert was_loaded(second.summed)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_kernel_is_compiled_again(
    damage: str, cached: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_module(tmp_path)
    assert imported(path).squared(3.0) == 9.0
    (file,) = kept(cached)
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    again = imported(path)
    assert again.squared(3.0) == 9.0
    assert not was_loaded(again.squared)
    (line,) = capfd.readouterr().err.splitlines()
    assert str(file) in line
    assert "damaged" in line
    after = imported(path)
    assert after.squared(3.0) == 9.0
    assert was_loaded(after.squared)
    assert capfd.readouterr().err == ""


def test_damage_to_every_file_does_not_end_a_process(tmp_path: Path) -> None:
    path = write_module(tmp_path)
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    assert run_module(path, **environment).stdout == ANSWER
    files = kept(tmp_path / "cache")
    assert len(files) >= 6
    for file, damage in zip(files, [*DAMAGES.values()] * 3, strict=False):
        file.write_bytes(damage(file.read_bytes()))
    done = run_module(path, **environment)
    assert (done.returncode, done.stdout) == (0, ANSWER)
    assert sum("damaged" in line for line in done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    done = run_module(path, **environment)
    assert (done.stdout, done.stderr) == (ANSWER, "")


def test_a_whole_file_that_does_not_load_is_compiled_again(
    cached: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_module(tmp_path)
    imported(path).squared(3.0)
    (file,) = kept(cached)
    cache.write_kernel(file, b"not what Numba wrote")
    assert imported(path).squared(3.0) == 9.0
    assert "unreadable" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("before", "after", "answer"),
    [
        ("SCALE = 2.0", "SCALE = 3.0", 10.0),  # a constant that a callee reads
        ("return SCALE * x", "return SCALE + x", 8.0),  # a callee
        (
            "return shifted(x) + scaled(y)",
            "return shifted(x) - scaled(y)",
            -1.0,
        ),  # the kernel itself
        ("return SCALE * x", "return x / SCALE", 2.5),
    ],
)
def test_an_edit_of_what_a_kernel_depends_on_is_noticed(
    before: str, after: str, answer: float, cached: Path, tmp_path: Path
) -> None:
    assert imported(write_module(tmp_path)).summed(1.0, 2.0) == 7.0
    count = len(kept(cached))
    edited = imported(write_module(tmp_path, SOURCE.replace(before, after)))
    assert edited.summed(1.0, 2.0) == answer
    assert not was_loaded(edited.summed)
    assert len(kept(cached)) == count  # the version before is removed


def test_an_edit_of_a_comment_or_of_another_kernel_compiles_nothing(
    cached: Path, tmp_path: Path
) -> None:
    assert cached != tmp_path
    imported(write_module(tmp_path)).summed(1.0, 2.0)
    edited = SOURCE.replace('"""Scale."""', '"""Scale by a constant."""').replace(
        "SCALE = 2.0", "\n# Twice.\n\nSCALE = 2.0"
    )
    module = imported(write_module(tmp_path, edited.replace("return x * x", "return x + x")))
    assert module.summed(1.0, 2.0) == 7.0
    assert was_loaded(module.summed)


def test_leftovers_of_a_killed_process_are_removed_once_they_are_old(
    cached: Path, tmp_path: Path
) -> None:
    path = write_module(tmp_path)
    imported(path).squared(3.0)
    (file,) = kept(cached)
    old = file.with_name(f"{file.name}.0123456789abcdef.tmp")
    new = file.with_name(f"{file.name}.fedcba9876543210.tmp")
    for each in (old, new):
        each.write_bytes(b"half")
    more_than_an_hour_ago = time.time() - 3700
    os.utime(old, (more_than_an_hour_ago, more_than_an_hour_ago))
    imported(path).squared(3)
    assert not old.exists()
    assert new.exists()


def test_a_full_disk_keeps_nothing_and_says_so_once(
    cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache, "write_kernel", full)
    assert imported(write_module(tmp_path)).summed(1.0, 2.0) == 7.0
    assert kept(cached) == []
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("compiled kernels cannot be kept in")
    assert line.endswith("No space left on device")


def test_a_flushed_kernel_is_compiled_again(cached: Path, tmp_path: Path) -> None:
    path = write_module(tmp_path)
    module = imported(path)
    module.squared(3.0)
    module.squared._cache.flush()
    assert kept(cached) == []


def test_kernels_run_as_plain_python_where_compiling_is_switched_off(tmp_path: Path) -> None:
    done = run_module(
        write_module(tmp_path), NUMBA_DISABLE_JIT="1", NUMBA_CACHE_DIR=str(tmp_path / "cache")
    )
    assert (done.returncode, done.stdout) == (0, ANSWER)
    (line,) = done.stderr.splitlines()
    assert line.startswith("NUMBA_DISABLE_JIT is set")


def test_every_kernel_of_the_renderer_is_in_the_list() -> None:
    names = {kernel.py_func.__module__ for kernel in KERNELS}
    assert {
        "sim.geometry.frenet",
        "sim.actors.obstacle_shift",
        "sim.render.sky",
        "sim.render.object_drawing",
    } <= names


MANY = "from sim.jit import exact\n" + "".join(
    f"""

@exact
def kernel_{i}(values):
    total = {i}.0
    for value in values:
        total += value ** {i % 3 + 1}
    return total
"""
    for i in range(25)
)
RUN_MANY = """
if __name__ == "__main__":
    import numpy as np

    print("begun", flush=True)
    print(sum(each(np.ones(4)) for name, each in sorted(globals().items()) if name.startswith("kernel_")))
"""


@pytest.mark.slow
def test_a_process_killed_while_it_compiles_leaves_nothing_that_stops_the_next(
    tmp_path: Path,
) -> None:
    path = write_module(tmp_path, MANY + RUN_MANY)
    moments = random.Random(0)
    environment = child_environment(NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, path], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(moments.uniform(0.0, 1.0))
        process.kill()
        process.communicate()
        assert process.returncode < 0 or kept(tmp_path / "cache")
    done = run_module(path, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (0, "begun\n400.0\n")
    assert "damaged" not in done.stderr
    assert len(kept(tmp_path / "cache")) == 25
