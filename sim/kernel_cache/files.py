"""Files of one compiled kernel each, with a digest that detects damage.

The name is `<file>.<function>.<python>-<digest of the code>-<digest of the argument types>.kernel`;
the content is MARK, the digest of what follows, and the kernel.
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
# [s] an older unfinished file is from a killed process; writing one takes milliseconds
MAX_WRITING_TIME = 3600.0


class DamagedKernelError(ValueError):
    """The content of a file does not fit the digest that was written with it."""


def read_kernel(path: Path) -> bytes:
    """Return what `write_kernel` wrote; DamagedKernelError for any other content, OSError when the
    file cannot be read.
    """
    content = path.read_bytes()
    head = len(MARK) + DIGEST_SIZE
    kernel = content[head:]
    if content[:head] != MARK + sha256(kernel).digest():
        raise DamagedKernelError(f"{path} is damaged")
    return kernel


def write_kernel(path: Path, kernel: bytes) -> None:
    """Write a kernel in one step: other processes see the whole file or none. Raises OSError when
    it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.{uuid4().hex[:16]}{UNFINISHED}")
    try:
        unfinished.write_bytes(MARK + sha256(kernel).digest() + kernel)
        os.replace(unfinished, path)  # noqa: PTH105 - a plain function, which tests can replace
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def kept_versions(folder: Path) -> set[str]:
    """Return the versions of kernels in a folder: their file names up to the digest of the argument
    types.
    """
    try:
        names = os.listdir(folder)  # noqa: PTH208 - called ten times a second for some hundred files: names are enough
    except OSError:
        return set()
    return {name.rpartition("-")[0] for name in names if name.endswith(SUFFIX)}


def sweep(folder: Path, name: str, digest: str) -> None:
    """Remove other versions of the kernel `name` from `folder`, and unfinished files of killed
    processes.
    """
    now = time.time()
    for path in folder.glob(f"{name}-*{SUFFIX}*"):
        with suppress(OSError):
            if path.name.endswith(UNFINISHED):
                old = now - path.stat().st_mtime > MAX_WRITING_TIME
            else:
                old = not path.name.startswith(f"{name}-{digest}-")
            if old:
                path.unlink()
