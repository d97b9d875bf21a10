"""Work spread over processes, in order: how the stages record and drive many scenarios at once."""

import warnings
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

import cv2
import joblib
import numba
from joblib.externals.loky import get_reusable_executor

from sim.compiling import compile_ahead
from sim.kernel_cache import be_quiet

Result = TypeVar("Result")


def in_parallel(
    function: Callable[..., Result], jobs: Sequence[tuple[Any, ...]], workers: int = 0
) -> Generator[Result, None, None]:
    """Call `function(*job)` for every job in so many processes (0: all cores) and yield the results in the order of the jobs.

    A single worker is this process. Closing the generator early, as an error or Ctrl-C does, drops the work that is under way.
    """
    workers = min(workers or joblib.cpu_count(), len(jobs))
    if workers <= 1:
        yield from (function(*job) for job in jobs)
        return
    pool = joblib.Parallel(n_jobs=workers, return_as="generator")
    results = pool(joblib.delayed(_call_in_worker)(function, job) for job in jobs)
    try:
        for result in results:  # noqa: UP028 - `yield from` would close the results before the warning is silenced
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # joblib's remark that it was stopped early
            results.close()
        # Idle workers would hold their memory for minutes, while the next stage needs it.
        get_reusable_executor(reuse=True).shutdown(wait=True)


def compile_side_by_side(workers: int) -> None:
    """Compile the kernels in two processes where so many workers (0: all cores) would each compile what is missing."""
    if (workers or joblib.cpu_count()) > 1:
        compile_ahead()


def _call_in_worker(function: Callable[..., Result], job: tuple[Any, ...]) -> Result:
    limit_threads()
    return function(*job)


def limit_threads() -> None:
    """Let OpenCV and Numba use one thread in this process; called by workers, which share the cores among themselves.

    Compiling is not shown either: the bars of several processes would cover each other.
    """
    be_quiet()
    cv2.setNumThreads(1)
    numba.set_num_threads(1)
