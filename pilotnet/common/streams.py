"""Standard output and standard error that never stop a stage: text for a closed pipe or a full disk
is dropped.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

STANDARD_DESCRIPTORS = 3  # input, output and error


class LastingStream:
    """A wrapper of a text stream that drops all text after the first failed write instead of
    raising.

    The first failure is reported on the stream `notice`, except for a closed pipe, as after `| head
    -1`.
    """

    def __init__(self, stream: TextIO, notice: TextIO | None = None) -> None:
        self._stream = stream
        self._notice = notice
        self._silent = False

    def write(self, text: str) -> int:
        """Write text, or drop it after a failure; return the number of characters."""
        if not self._silent:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._stop_writing(error)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several pieces of text."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush the stream, unless it has failed."""
        if not self._silent:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._stop_writing(error)

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the wrapped stream."""
        return getattr(self._stream, name)

    def _stop_writing(self, error: Exception) -> None:
        # UnicodeEncodeError is a ValueError, but it concerns this text alone.
        if isinstance(error, UnicodeError):
            raise error
        self._silent = True
        # Otherwise Python writes the rest of the buffer at its end and fails again.
        with contextlib.suppress(OSError, ValueError):
            _open_null(self._stream.fileno())
        if self._notice and not (
            isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.EBADF, errno.EIO)
        ):
            self._notice.write(
                f"pilotnet: standard output cannot be written ({error}); the work goes on\n"
            )


@contextlib.contextmanager
def lasting_streams() -> Iterator[None]:
    """Replace the standard streams by ones that never raise while the body runs.

    Closed descriptors are first opened on the null device. Otherwise the next opened file would get
    the number of a standard stream, and everything that a library prints would be written into it.
    """
    for descriptor in range(STANDARD_DESCRIPTORS):
        try:
            os.fstat(descriptor)
        except OSError:
            _open_null(descriptor)
    before = sys.stdout, sys.stderr
    sys.stderr = _lasting(sys.stderr, 2)
    sys.stdout = _lasting(sys.stdout, 1, sys.stderr)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _lasting(stream: TextIO | None, descriptor: int, notice: TextIO | None = None) -> TextIO:
    # Python's stream is None when its descriptor was closed at the start.
    if stream is None:
        stream = open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    return cast(TextIO, LastingStream(stream, notice))


def _open_null(descriptor: int) -> None:
    """Open the null device under this descriptor, so that child processes inherit it."""
    null = os.open(os.devnull, os.O_RDWR)
    if null == descriptor:
        os.set_inheritable(null, True)
    else:
        os.dup2(null, descriptor)
        os.close(null)
