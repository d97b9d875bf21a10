"""Large pictures are drawn by several threads, each with a band of rows to itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba

from sim.kernels import Canvas

LARGE = 300_000  # [px] smaller pictures are drawn before a second thread has got going


def bands_of(canvas: Canvas) -> int:
    """How many bands a picture is drawn in: if it is large, one for each of Numba's threads; a worker process has only one."""
    rows, columns, _ = canvas.image.shape
    return min(numba.get_num_threads(), rows) if rows * columns > LARGE else 1


def in_bands(draw: Callable[[Canvas], None], canvas: Canvas, count: int, first: int, last: int) -> None:
    """Call `draw` for `count` bands of the rows [first, last), at the same time; a kernel lets go of Python's lock.

    What it draws in one band must not depend on what it draws in another.
    """
    first, last = max(first, 0), min(last, canvas.image.shape[0])
    edges = [first + (last - first) * k // count for k in range(count + 1)]
    bands = [canvas._replace(first=start, last=end) for start, end in pairwise(edges) if start < end]
    if len(bands) < 2:
        for band in bands:
            draw(band)
        return
    # A pool of its own for each picture takes a tenth of a millisecond, and a process may fork in between.
    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(draw, band) for band in bands]:
            done.result()
