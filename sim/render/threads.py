"""Drawing with several threads: bands of rows of a large image, or small images in parallel."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise
from typing import TypeVar

import numba

from sim.render.frame_buffer import FrameBuffer

Result = TypeVar("Result")
LARGE_IMAGE = 300_000  # [px] below this, starting threads takes longer than it saves; chosen
BANDS_PER_THREAD = 2  # a thread that finishes an easy band takes another one; chosen


def is_large(width: int, height: int) -> bool:
    """Whether an image of this size [px] is worth drawing with several threads."""
    return width * height > LARGE_IMAGE


def row_band_count(canvas: FrameBuffer) -> int:
    """Return the number of row bands in which an image is drawn.

    It is 1 for small images and with a single Numba thread, as in worker processes.
    """
    rows, columns, _ = canvas.image.shape
    threads = numba.get_num_threads()
    return min(BANDS_PER_THREAD * threads, rows) if threads > 1 and is_large(columns, rows) else 1


def draw_row_bands(
    draw: Callable[[FrameBuffer], None], canvas: FrameBuffer, count: int, first: int, last: int
) -> None:
    """Call `draw` for `count` bands of the rows [first, last), in parallel.

    What is drawn in one band must not depend on another band.
    """
    first, last = max(first, 0), min(last, canvas.image.shape[0])
    edges = [first + (last - first) * k // count for k in range(count + 1)]
    run_in_threads(
        [
            partial(draw, canvas._replace(first=start, last=end))
            for start, end in pairwise(edges)
            if start < end
        ]
    )


def run_in_threads(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run the calls on as many threads as Numba may use; return their results in order.

    Kernels release Python's global lock. The calling thread takes part, and an idle thread takes
    the next call. A call must not use threads itself: it could wait for threads that wait for it. A
    single call is run by the calling thread. The first exception of a call is raised after all have
    ended.
    """
    results: dict[int, Result] = {}
    waiting = iter(enumerate(calls))

    def work() -> None:
        for index, call in waiting:
            results[index] = call()

    helpers = [_helpers().submit(work) for _ in range(min(len(calls), numba.get_num_threads()) - 1)]
    try:
        work()
    finally:
        # All helpers must have finished before the caller may reuse what they draw on.
        errors = [helper.exception() for helper in helpers]
    for error in errors:
        if error is not None:
            raise error
    return [results[index] for index in range(len(calls))]


@cache
def _helpers() -> ThreadPoolExecutor:
    """Return the pool of helper threads; a forked process makes its own."""
    return ThreadPoolExecutor(max(os.cpu_count() or 1, 2) - 1, "draw")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.cache_clear)
