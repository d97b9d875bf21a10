"""The progress of compiling on stderr."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.kernel_cache import compile_counter
from sim.kernel_cache.compile_counter import CompileBar, CompileProgress
from tests.sim.kernel_cache.small import ANSWER, SOURCE, run_module, write_module


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make stderr a terminal; not in a fixture, since pytest replaces stderr after fixtures have
    run.
    """
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setattr(sys, "__stderr__", made)
    monkeypatch.setenv("TERM", "xterm")
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time [s] that the progress reads, as a list of one number that tests change."""
    now = [1000.0]
    monkeypatch.setattr(compile_counter, "monotonic", lambda: now[0])
    return now


def test_a_terminal_shows_a_bar_that_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    bar = CompileBar()
    bar.begin(80.4)
    bar.show(12, 57)
    assert "compiling the renderer's kernels, once, about 80 s\n" in terminal.getvalue()
    assert terminal.getvalue().endswith("] 12 of 57")
    bar.end()
    assert terminal.getvalue().endswith(compile_counter.CLEAR_LINE)


def test_a_dumb_terminal_and_another_bar_that_took_stderr_get_lines(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    assert not compile_counter.on_terminal()
    monkeypatch.setenv("TERM", "xterm")
    assert compile_counter.on_terminal()
    taken = Terminal()
    monkeypatch.setattr(sys, "stderr", taken)
    bar = CompileBar()
    bar.begin(80.0)
    clock[0] += 31.0
    bar.show(12, 57)
    bar.end()
    assert taken.getvalue().splitlines()[1:] == ["compiling, 12 of 57"]
    assert terminal.getvalue() == ""


def test_elsewhere_a_line_comes_every_half_minute(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    bar = CompileBar()
    bar.begin(80.0)
    for done in range(1, 91):
        clock[0] += 1.0
        bar.show(done, 100)
    bar.end()
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "compiling the renderer's kernels, once, about 80 s"
    assert lines == ["compiling, 30 of 100", "compiling, 60 of 100", "compiling, 90 of 100"]


def test_a_process_without_stderr_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    bar = CompileBar()
    bar.begin(80.0)
    bar.show(1, 2)
    bar.end()


def compile_all(kernels: list[Any], clock: list[float], seconds: float) -> None:
    """Send a listener the events of compiling these kernels one after the other, `seconds` [s]
    each.
    """
    listener = CompileProgress()
    for kernel in kernels:
        event: Any = SimpleNamespace(data={"dispatcher": kernel})
        listener.on_start(event)
        clock[0] += seconds
        listener.on_end(event)


@pytest.mark.parametrize(
    ("count", "seconds", "lines"), [(200, 0.4, 3), (200, 0.001, 0), (3, 0.4, 0)]
)
def test_only_long_compiling_is_shown(
    count: int,
    seconds: float,
    lines: int,
    clock: list[float],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kernels = [object() for _ in range(count)]
    monkeypatch.setattr(compile_counter, "missing", lambda: iter(kernels))
    monkeypatch.setattr(compile_counter, "countable", lambda: kernels)
    compile_all(kernels, clock, seconds)
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == lines
    assert not lines or printed[0] == "compiling the renderer's kernels, once, about 60 s"


def test_a_second_process_finds_all_compiled_and_prints_nothing(tmp_path: Path) -> None:
    show_all = "import sim.kernel_cache.compile_counter as p\np.SILENT_SECONDS = p.MIN_EXPECTED_SECONDS = 0.0\n"
    path = write_module(tmp_path, show_all + SOURCE)
    environment = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    done = run_module(path, **environment)
    assert done.stdout == ANSWER
    assert done.stderr.startswith("compiling the renderer's kernels, once, about ")
    done = run_module(path, **environment)
    assert (done.stdout, done.stderr) == (ANSWER, "")


def test_single_late_kernels_are_compiled_silently(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kernels = [object() for _ in range(50)]
    monkeypatch.setattr(compile_counter, "missing", lambda: iter(kernels))
    monkeypatch.setattr(compile_counter, "countable", lambda: kernels)
    listener = CompileProgress()
    for kernel in kernels:
        event: Any = SimpleNamespace(data={"dispatcher": kernel})
        clock[0] += 60.0
        listener.on_start(event)
        clock[0] += 0.3
        listener.on_end(event)
    assert capsys.readouterr().err == ""
