"""The decorators that compile kernels with Numba.

`kernel` and `inlined` are for loops over pixels: they skip Python's checks for division by zero,
may reorder sums (`fastmath`) and count no references, so these kernels write into given arrays and
never make one. `exact` and `exact_inlined` are for kernels that move the world: they compute as
Python does, so that their results do not depend on the machine.

`sim.kernel_cache` keeps compiled kernels on disk and detects edited kernels, callees and constants.

An index that may be negative costs a test each time and keeps a loop from running on vectors. Loops
therefore count from 0 over a slice, and pixels are looked up by unsigned numbers.
"""

from typing import Any

from sim.kernel_cache import compiled, follow

_OPTIONS: dict[str, Any] = {"fastmath": True, "error_model": "numpy", "nogil": True, "_nrt": False}
kernel: Any = compiled(**_OPTIONS)
inlined: Any = compiled(
    **_OPTIONS, inline="always"
)  # for innermost functions that take records of arrays
exact = compiled()
exact_inlined = compiled(inline="always")
follow()
