"""KERNEL CACHE: compiled kernels kept on disk, so that Numba compiles them once on a machine.

A file holds one kernel for one list of argument types. It is written in one step and holds the
digest of its content, so a truncated or damaged file is detected and compiled again. Its name holds
a digest of all that the compiled code depends on, so an edited kernel, constant or callee is
compiled again automatically.

The content is a pickle, as Numba makes it. This exception to "no pickle from disk" is safe: the
files lie beside the sources that Python runs anyway, or in a folder that belongs to this user. No
other user can write that folder.
"""

from sim.kernel_cache.cache import KERNELS, compiled, countable, missing
from sim.kernel_cache.cache_folders import keeping_folder
from sim.kernel_cache.compile_counter import CompileBar, be_quiet, expected_seconds, follow

__all__ = [
    "KERNELS",
    "CompileBar",
    "be_quiet",
    "compiled",
    "countable",
    "expected_seconds",
    "follow",
    "keeping_folder",
    "missing",
]
