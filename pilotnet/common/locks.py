"""A lock on a folder against a second writer. The operating system frees it when the owning process
ends.
"""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout


class FolderLock:
    """An exclusive lock on an existing folder, held from `acquire`, or in a `with` block, until
    `release`.

    purpose: only locks with the same purpose exclude each other, within a process and between
    processes.
    """

    def __init__(self, folder: Path, purpose: str) -> None:
        self._folder = folder
        self._path = folder / f".{purpose}.lock"
        self._owner = folder / f".{purpose}.process"
        self._lock = FileLock(self._path, timeout=0, thread_local=False)

    def acquire(self) -> None:
        """Take the lock; ValueError naming the process that holds it."""
        try:
            self._lock.acquire()
        except Timeout:
            raise ValueError(
                f"{self._folder} is being written by {self._holder()}; wait for it, or choose "
                f"another folder"
            ) from None
        self._owner.write_text(str(os.getpid()), encoding="utf-8")

    def release(self) -> None:
        """Free the lock and remove its files; calling it again does nothing."""
        if self._lock.is_locked:
            # Removed while the lock is held: filelock does not acquire a lock on a file that was
            # unlinked meanwhile.
            for path in (self._owner, self._path):
                with contextlib.suppress(OSError):  # Windows cannot remove open files
                    path.unlink()
            self._lock.release()

    def _holder(self) -> str:
        try:
            number = int(self._owner.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "another process"
        return "this process" if number == os.getpid() else f"process {number}"

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
