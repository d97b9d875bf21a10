"""Work in parallel comes back in order, can be dropped, and leaves no process behind."""

import os
import time
from functools import partial
from pathlib import Path

import pytest

from pilotnet.parallel import in_parallel


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


def test_what_comes_before_is_shared_among_the_processes_and_done_before_the_first_job(tmp_path: Path) -> None:
    halves = [partial(take_long, tmp_path / name) for name in ("left", "right")]
    seen = list(in_parallel(names_in, [(tmp_path,)] * 4, 2, halves))
    assert seen == [["left", "right"]] * 4
    assert len({file.read_text() for file in tmp_path.iterdir()}) == 2


def test_a_single_process_does_not_do_what_several_would_share(tmp_path: Path) -> None:
    assert list(in_parallel(names_in, [(tmp_path,)], 1, [partial(take_long, tmp_path / "left")])) == [[]]


def take_long(file: Path) -> None:
    """Leave the number of this process in a file after a while, longer than a process takes to start."""
    time.sleep(3)
    file.write_text(str(os.getpid()))


def names_in(folder: Path) -> list[str]:
    """What lies in a folder, in order."""
    return sorted(file.name for file in folder.iterdir())
