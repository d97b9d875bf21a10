"""The memory that a stage may still fill: what the machine has available, or what a container's limit leaves."""

from collections.abc import Iterator
from pathlib import Path

import psutil

CGROUPS = Path("/sys/fs/cgroup")  # where Linux mounts its control groups; other systems have no such folder
OWN_CGROUPS = Path("/proc/self/cgroup")  # one line per hierarchy: number, controllers, path below the mount
# File names of the limit, the usage and the statistics, and the key of the reclaimable page cache: version 2, then version 1.
LAYOUTS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def available_memory(cgroups: Path = CGROUPS, own: Path = OWN_CGROUPS) -> int:
    """Return how many bytes a process can still take without swapping: the machine's available memory, or less in a cgroup."""
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
        # A container may see only the root of its own hierarchy, so folders that are not there are skipped.
        for folder in (root / path.strip("/"), *(root / path.strip("/")).parents):
            if folder.is_relative_to(root):
                yield from _left_in(folder)


def _left_in(folder: Path) -> Iterator[int]:
    """Yield what one control group leaves of its limit [bytes]; nothing where it has none."""
    for limit_file, usage_file, cache_key in LAYOUTS:
        try:
            limit = int((folder / limit_file).read_text())
            usage = int((folder / usage_file).read_text())
            statistics = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
            yield max(limit - usage + int(statistics.get(cache_key, 0)), 0)
        except (OSError, ValueError):
            continue  # not there, or "max": without a limit
