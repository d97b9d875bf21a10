"""What long stages share: a bar with the time left, work spread over processes, and one closing line.

Bars go to stderr and only to a terminal: logs and notebooks stay clean. Closing lines go to stdout.
"""

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Sized
from typing import Any, TypeVar

import cv2
import joblib
import numba
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Item = TypeVar("Item")
Result = TypeVar("Result")
console = Console(soft_wrap=True, highlight=False, markup=False)
SPEED_WINDOW = 3600.0  # [s] rich forgets older ticks; with its default of 30 s slow items would never show a time left


def progress_bar() -> Progress:
    """A bar with count, elapsed time and time left; it shows nothing unless stderr is a terminal."""
    terminal = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal or terminal.is_jupyter,
        speed_estimate_period=SPEED_WINDOW,
    )


def track(items: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
    """Pass `items` on under a bar; `total` is their count, needed where `len(items)` does not tell."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress_bar() as bar:
        yield from bar.track(items, total=total, description=description)


def closing_line(done: str, following: str) -> None:
    """Print a stage's last line: what was written where, and what to type next."""
    console.print(f"{done}; next: {following}")


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


def _call_in_worker(function: Callable[..., Result], job: tuple[Any, ...]) -> Result:
    limit_threads()
    return function(*job)


def limit_threads() -> None:
    """Let OpenCV and Numba use one thread in this process; called by workers, which share the cores among themselves."""
    cv2.setNumThreads(1)
    numba.set_num_threads(1)
