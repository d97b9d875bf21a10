"""Parallel calls: results in order, cancelling, workers that die, and no process left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Pipe
from pathlib import Path

import psutil
import pytest

import pilotnet.common.parallel
from pilotnet.common.parallel import InWorkerError, compile_side_by_side, in_parallel
from pilotnet.common.worker import ORPHANED
from sim.kernel_cache.compile_counter import _listeners

SLEEPERS = """
import sys, time
from pathlib import Path
from pilotnet.common.interrupts import signals_as_interrupts
from pilotnet.common.parallel import in_parallel
from tests.pilotnet.common.test_parallel import note_and_sleep
if __name__ == "__main__":
    with signals_as_interrupts():
        list(in_parallel(note_and_sleep, [(Path(sys.argv[1]), n) for n in range(4)], 2))
"""
ORPHAN = """
import os, sys, time
from multiprocessing.connection import Connection
from pilotnet.common.worker import end_with_parent
end_with_parent(Connection(int(sys.argv[1]), writable=False), int(sys.argv[2]), sys.argv[3])
time.sleep(60)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    assert list(in_parallel(pow, [(2, 3), (3, 2), (5, 1)], workers)) == [8, 9, 5]
    assert list(in_parallel(pow, [], workers)) == []


def test_work_can_be_dropped_without_a_warning() -> None:
    results = in_parallel(time.sleep, [(0.05,)] * 20, 2)
    assert next(results) is None
    results.close()


def test_no_worker_lives_on_when_the_work_is_done() -> None:
    workers = set(in_parallel(process_of, [(n,) for n in range(8)], 2))
    assert os.getpid() not in workers
    assert not any(map(psutil.pid_exists, workers))


def process_of(_: int) -> int:
    """The process that this call ran in."""
    return os.getpid()


def test_an_error_in_a_worker_is_raised_here_with_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(in_parallel(divmod, [(1, 1), (1, 0)], 2))
    assert isinstance(caught.value.__cause__, InWorkerError)
    assert "worker.py" in str(caught.value.__cause__)


def test_what_cannot_be_sent_back_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="generator cannot be sent between processes"):
        list(in_parallel(some_generator, [(1,), (2,)], 2))


def some_generator(_: int) -> object:
    return (number for number in range(3))


def die_and_return(folder: Path, number: int, deaths: int) -> int:
    """Return the number after this many deaths by SIGKILL, which files in `folder` count."""
    while deaths:
        file = folder / f"{number}-{deaths}"
        if not file.exists():
            file.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        deaths -= 1
    time.sleep(0.1)
    return number


def test_the_job_of_a_worker_that_dies_runs_again_and_results_keep_their_order(
    tmp_path: Path,
) -> None:
    jobs = [(tmp_path, number, deaths) for number, deaths in enumerate([2, 0, 0, 0])]
    assert list(in_parallel(die_and_return, jobs, 2)) == [0, 1, 2, 3]


def test_a_job_that_kills_three_workers_is_named_and_costs_no_other_job(tmp_path: Path) -> None:
    jobs = [(tmp_path, 0, 0), (tmp_path, 1, 3), (tmp_path, 2, 0)]
    results = in_parallel(die_and_return, jobs, 2, lambda _, number, __: f"drive {number}")
    assert next(results) == 0
    with pytest.raises(
        ChildProcessError,
        match=r"^drive 1: its process ended 3 times, last by SIGKILL; the memory may be",
    ):
        list(results)


def test_a_worker_that_exits_is_a_death_too() -> None:
    with pytest.raises(
        ChildProcessError, match=r"^7: its process ended 3 times, last with exit code 7;"
    ):
        list(in_parallel(os._exit, [(7,), (7,)], 2))


def note_and_sleep(folder: Path, number: int) -> None:
    """Write a file named after the number and this process, and sleep."""
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(60)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_parent(tmp_path: Path, sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPERS, str(tmp_path)], stderr=subprocess.PIPE
    ) as parent:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2, 60)
        family = psutil.Process(parent.pid).children(recursive=True)
        assert {int(path.name.split("-")[1]) for path in tmp_path.iterdir()} < {
            process.pid for process in family
        }
        parent.send_signal(sent)
        wait_until(lambda: not any(process.is_running() for process in family), 10)


def wait_until(condition: Callable[[], bool], patience: float) -> None:
    """Fail when the condition does not come true within so many seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"the condition is false after {patience} s"
        time.sleep(0.05)


@pytest.mark.parametrize(("platform", "parent"), [("linux", os.getppid()), ("darwin", os.getpid())])
def test_a_worker_ends_whose_parent_died_before_its_start(platform: str, parent: int) -> None:
    ours, theirs = Pipe(duplex=False)
    arguments = [sys.executable, "-c", ORPHAN, str(ours.fileno()), str(parent), platform]
    with ours, subprocess.Popen(arguments, pass_fds=[ours.fileno()]) as child:
        theirs.close()
        assert child.wait(20) == ORPHANED


def test_shared_memory_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", refuse)
    monkeypatch.setattr("joblib.externals.loky.backend.synchronize.SemLock.__init__", refuse)
    assert list(in_parallel(pow, [(2, 3), (3, 2)], 2)) == [8, 9]


def test_a_daemonic_process_works_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)
    assert set(in_parallel(process_of, [(1,), (2,)], 2)) == {os.getpid()}


@pytest.mark.parametrize(("workers", "calls"), [(2, 1), (1, 0)])
def test_other_processes_compile_where_several_workers_would(
    workers: int, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(pilotnet.common.parallel, "compile_ahead", lambda: called.append("ahead"))
    compile_side_by_side(workers)
    assert len(called) == calls


def test_a_worker_shows_no_compiling() -> None:
    assert list(in_parallel(listeners, [()] * 2, 2)) == [0, 0]


def listeners() -> int:
    """Return how many objects listen to Numba's compiling in this process."""
    return len(_listeners)
