"""Arrays for the frames of a training: in memory if the machine and its containers' limits have
enough, else on disk.
"""

import math
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

# share of the available memory that frames may fill; the rest is for batches and the network
MEMORY_SHARE = 0.5

CGROUPS = Path(
    "/sys/fs/cgroup"
)  # where Linux mounts its control groups; other systems have no such folder
OWN_CGROUPS = Path(
    "/proc/self/cgroup"
)  # one line per hierarchy: number, controllers, path below the mount
# (file of the limit, file of the usage, key of the reclaimable page cache in memory.stat), for
# cgroup versions 2 and 1.
LAYOUTS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def frame_array(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Return an uninitialised uint8 array of `shape`: in memory if it takes at most MEMORY_SHARE of
    it, else in a temporary file.

    The file has no name and is freed with the last array that uses it. Raises ValueError when the
    disk has too little space, and OSError when the space cannot be reserved.
    """
    needed = math.prod(shape)
    if needed <= available_memory() * MEMORY_SHARE:
        return np.empty(shape, np.uint8)
    with tempfile.TemporaryFile() as file:
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if needed > free:
            raise ValueError(
                f"the frames take {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free in "
                f"{tempfile.gettempdir()} "
                "(set TMPDIR to a folder with more, or train on fewer episodes)"
            )
        _reserve(file.fileno(), needed)
        return np.memmap(file, np.uint8, "w+", shape=shape)


def _reserve(descriptor: int, size: int) -> None:
    """Reserve `size` [bytes] on disk for a file: otherwise a disk that fills up later kills the
    process. Only on Linux.
    """
    if sys.platform == "linux":
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            raise OSError(
                f"the frames take {size / 1e9:.1f} GB in {tempfile.gettempdir()}: {error.strerror}"
            ) from error


def available_memory(cgroups: Path = CGROUPS, own: Path = OWN_CGROUPS) -> int:
    """Return how many bytes a process can still take without swapping: the machine's available
    memory, or less in a cgroup.
    """
    return min([int(psutil.virtual_memory().available), *_left_in_cgroups(cgroups, own)])


def _left_in_cgroups(cgroups: Path, own: Path) -> Iterator[int]:
    """Yield the bytes that each limited control group above this process leaves."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for _, controllers, path in (line.split(":", 2) for line in lines if line.count(":") >= 2):
        if controllers and "memory" not in controllers.split(","):
            continue
        root = cgroups / "memory" if controllers else cgroups
        # A container may see only the root of its own hierarchy, so folders that are not there are
        # skipped.
        for folder in (root / path.strip("/"), *(root / path.strip("/")).parents):
            if folder.is_relative_to(root):
                yield from _left_in(folder)


def _left_in(folder: Path) -> Iterator[int]:
    """Yield the memory [bytes] that one control group leaves below its limit; nothing for a group
    without a limit.
    """
    for limit_file, usage_file, cache_key in LAYOUTS:
        try:
            limit = int((folder / limit_file).read_text())
            usage = int((folder / usage_file).read_text())
            statistics = dict(
                line.split() for line in (folder / "memory.stat").read_text().splitlines()
            )
            yield max(limit - usage + int(statistics.get(cache_key, 0)), 0)
        except (OSError, ValueError):
            continue  # the file is missing, or holds "max": no limit
