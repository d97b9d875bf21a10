"""Standard output and standard error that never end a stage: a pipe that closed or a full disk costs the text alone."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

STANDARD_DESCRIPTORS = 3  # input, output and error


class LastingStream:
    """A text stream that falls silent when it can no longer be written, instead of raising; otherwise the stream it wraps.

    It says once, by `notice`, why it fell silent. A reader that went away, as `head -1` does, is no reason to say anything.
    """

    def __init__(self, stream: TextIO, notice: TextIO | None = None) -> None:
        self._stream = stream
        self._notice = notice
        self._silent = False

    def write(self, text: str) -> int:
        """Write text, or drop it once the stream has failed; the number of characters."""
        if not self._silent:
            try:
                self._stream.write(text)
            except (OSError, ValueError) as error:
                self._fall_silent(error)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several pieces of text."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush what was written, or nothing once the stream has failed."""
        if not self._silent:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._fall_silent(error)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the wrapped stream's."""
        return getattr(self._stream, name)

    def _fall_silent(self, error: Exception) -> None:
        # A UnicodeEncodeError is a ValueError, but the next text may well be written.
        if isinstance(error, UnicodeError):
            raise error
        self._silent = True
        # What is still in the stream's buffer must not fail again when Python ends.
        with contextlib.suppress(OSError, ValueError):
            _open_null(self._stream.fileno())
        if self._notice and not (isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.EBADF, errno.EIO)):
            self._notice.write(f"pilotnet: standard output cannot be written ({error}); the work goes on\n")


@contextlib.contextmanager
def lasting_streams() -> Iterator[None]:
    """Give the body standard streams that never raise, and restore the former ones afterwards.

    Descriptors that were closed are opened on the null device first: else the next file that is opened would take their
    number, and what a library prints would be written into it.
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
    # Python has no stream at all for a descriptor that was closed when it started.
    usable = stream if stream is not None else open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    return cast(TextIO, LastingStream(usable, notice))


def _open_null(descriptor: int) -> None:
    """Have a descriptor, which child processes inherit, lead to the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    if null == descriptor:
        os.set_inheritable(null, True)
    else:
        os.dup2(null, descriptor)
        os.close(null)
