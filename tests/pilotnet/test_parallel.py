"""Work in parallel comes back in order, can be dropped, and leaves no process behind."""

import os
import time

import pytest

import pilotnet.parallel
from pilotnet.parallel import compile_side_by_side, in_parallel
from sim.kernel_cache.progress import _following


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
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def process_of(_: int) -> int:
    """The process that this call ran in."""
    return os.getpid()


def alive(process: int) -> bool:
    """Whether a process is still running."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(("workers", "calls"), [(2, 1), (1, 0)])
def test_other_processes_compile_where_several_workers_would(workers: int, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    monkeypatch.setattr(pilotnet.parallel, "compile_ahead", lambda: called.append("ahead"))
    compile_side_by_side(workers)
    assert len(called) == calls


def test_a_worker_shows_no_compiling() -> None:
    assert list(in_parallel(listeners, [()] * 2, 2)) == [0, 0]


def listeners() -> int:
    """How many follow Numba's compiling in this process."""
    return len(_following)
