"""KERNEL CACHE: compiled kernels kept on disk, so that Numba compiles them once on a machine.

A file holds one kernel for one list of argument types. It is written in one step and carries the digest of its content, so a
file that a crash cut off, or that a bad disk changed, is noticed and compiled again. Its name carries a digest of all that the
compiled code depends on, so an edited kernel, constant or callee is compiled again by itself.

The content is a pickle, as Numba makes it. The exception to "no pickle from disk" holds because the files lie beside the sources
that Python runs anyway, or in a folder that belongs to this user and that no other user can write.
"""

from sim.kernel_cache.cache import KERNELS, compiled, countable, missing
from sim.kernel_cache.folders import keeping_folder
from sim.kernel_cache.progress import CompileBar, be_quiet, expected_seconds, follow

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
