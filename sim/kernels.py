"""How the renderer's inner loops are compiled: cached on disk, without Python's checks for division by zero.

Numba's counting of array references costs more than the arithmetic of a pixel, so it is off: a kernel writes into arrays that it
is handed and never makes one. That is also what a GPU asks of it. Numba renews a cached kernel when its own file changes, not
when a file it calls into does: after editing a kernel, delete `__pycache__`.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "fastmath": True, "error_model": "numpy", "_nrt": False}
kernel = njit(**_OPTIONS)
# For the innermost functions that take records of arrays, which are dear to hand over.
inlined = njit(**_OPTIONS, inline="always")


class Eye(NamedTuple):
    """A camera in the world: x, y, elevation [m], cosine and sine of its heading, focal length and horizon row [px]."""

    x: float
    y: float
    elevation: float
    cos: float
    sin: float
    focal: float
    horizon: float


@kernel
def level_of(value: float) -> np.uint8:
    """The pixel level 0-255 of a brightness in [0, 1]; what lies outside is cut."""
    return np.uint8(min(max(value, 0.0), 1.0) * 255 + 0.5)
