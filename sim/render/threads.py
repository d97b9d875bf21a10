"""Several threads draw at the same time: a large picture in bands of rows, or small pictures side
by side.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise
from typing import TypeVar

import numba

from sim.render.frame_buffer import FrameBuffer

Result = TypeVar("Result")
LARGE_IMAGE = 300_000  # [px] smaller pictures are drawn before a second thread has got going
BANDS_PER_THREAD = 2  # per thread, so that a thread with an easy one takes another


def is_large(width: int, height: int) -> bool:
    """Whether a picture of this size is worth parting."""
    return width * height > LARGE_IMAGE


def row_band_count(canvas: FrameBuffer) -> int:
    """How many bands a picture is drawn in: some for each of Numba's threads if it is large; a
    worker process has only one.
    """
    rows, columns, _ = canvas.image.shape
    threads = numba.get_num_threads()
    return min(BANDS_PER_THREAD * threads, rows) if threads > 1 and is_large(columns, rows) else 1


def draw_row_bands(
    draw: Callable[[FrameBuffer], None], canvas: FrameBuffer, count: int, first: int, last: int
) -> None:
    """Call `draw` for `count` bands of the rows [first, last), at the same time.

    What it draws in one band must not depend on what it draws in another.
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
    """Return the results of the calls in their order, made by as many threads as Numba may use;
    kernels release Python's lock.

    The calling thread takes part, and a thread that has finished a call takes the next. A call must
    not use threads itself, because it could wait for threads that wait for it. A single call is
    made by the calling thread.
    """
    results: dict[int, Result] = {}
    waiting = iter(enumerate(calls))

    def work() -> None:
        for place, call in waiting:
            results[place] = call()

    helpers = [_helpers().submit(work) for _ in range(min(len(calls), numba.get_num_threads()) - 1)]
    try:
        work()
    finally:
        # Nobody goes on drawing on what the asker takes back.
        errors = [helper.exception() for helper in helpers]
    for error in errors:
        if error is not None:
            raise error
    return [results[place] for place in range(len(calls))]


@cache
def _helpers() -> ThreadPoolExecutor:
    """The threads that help the one that asks; a process that forks has to find its own."""
    return ThreadPoolExecutor(max(os.cpu_count() or 1, 2) - 1, "draw")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.cache_clear)
