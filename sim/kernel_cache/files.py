"""One compiled kernel in a file that proves to be whole.

The name is `<file>.<function>.<python>-<digest of the code>-<digest of the argument types>.kernel`; the content is MARK, the
digest of what follows, and the kernel.
"""

import os
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

MARK = b"pilotnet kernel 1\n"
DIGEST_SIZE = sha256().digest_size  # [bytes]
SUFFIX = ".kernel"
UNFINISHED = ".tmp"
ABANDONED = 3600.0  # [s] after which an unfinished file belongs to a process that was killed; writing takes milliseconds


class DamagedKernelError(ValueError):
    """A file that does not hold what was once written into it."""


def read_kernel(path: Path) -> bytes:
    """Return what `write_kernel` wrote; DamagedKernelError when the file holds anything else, OSError when it cannot be read."""
    content = path.read_bytes()
    head = len(MARK) + DIGEST_SIZE
    kernel = content[head:]
    if content[:head] != MARK + sha256(kernel).digest():
        raise DamagedKernelError(f"{path} is damaged")
    return kernel


def write_kernel(path: Path, kernel: bytes) -> None:
    """Write a kernel so that `path` is whole or missing at every moment, also for other processes; OSError when it fails."""
    unfinished = path.with_name(f"{path.name}.{uuid4().hex[:16]}{UNFINISHED}")
    try:
        unfinished.write_bytes(MARK + sha256(kernel).digest() + kernel)
        os.replace(unfinished, path)  # noqa: PTH105 - as in the other atomic writes
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def kept_versions(folder: Path) -> set[str]:
    """Return the versions of kernels in a folder: their file names up to the digest of the argument types."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone, of some hundred files and ten times a second
    except OSError:
        return set()
    return {name.rpartition("-")[0] for name in names if name.endswith(SUFFIX)}


def sweep(folder: Path, name: str, digest: str) -> None:
    """Remove what other versions of the kernel `name` left in `folder`, and files that killed processes left unfinished."""
    now = time.time()
    for path in folder.glob(f"{name}-*{SUFFIX}*"):
        with suppress(OSError):
            if path.name.endswith(UNFINISHED):
                old = now - path.stat().st_mtime > ABANDONED
            else:
                old = not path.name.startswith(f"{name}-{digest}-")
            if old:
                path.unlink()
