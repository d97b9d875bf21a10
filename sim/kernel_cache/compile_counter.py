"""The progress of compiling on stderr: a bar on a terminal, a line every half minute elsewhere."""

import os
import sys
from time import monotonic

from numba.core import event as events

from sim.kernel_cache.cache import countable, missing
from sim.kernel_cache.notices import FOLDER_TOPIC, mute, say

# [s] on one core: measured 60 s for the renderer's 200 kernels on a small server
SECONDS_PER_KERNEL = 0.3
MIN_EXPECTED_SECONDS = 12.0  # [s] shorter compiling is not shown
# [s] of compiling before anything is shown: the kernels of a road's geometry take less
SILENT_SECONDS = 1.0
# [s] without compiling, after which the next kernel is a single late one and not the first of many
PAUSE = 5.0
LINE_INTERVAL = 30.0  # [s] between two lines when stderr is no terminal
BAR_WIDTH = 30  # [characters]
CLEAR_LINE = "\r\x1b[K"  # terminal codes: return to the start of the line, erase to its end


class CompileBar:
    """Shows "12 of 57" on stderr: on a terminal as a bar that is cleared at the end, elsewhere as
    lines.
    """

    def __init__(self) -> None:
        self._shown = False
        self._last = monotonic()

    def begin(self, seconds: float) -> None:
        """Print that compiling starts and how long it is expected to take [s]."""
        say(f"compiling the renderer's kernels, once, about {round(seconds)} s")
        self._last = monotonic()

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` kernels are compiled."""
        if on_terminal():
            filled = BAR_WIDTH * done // max(total, 1)
            sys.stderr.write(
                f"{CLEAR_LINE}compiling [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done} of "
                f"{total}"
            )
            sys.stderr.flush()
            self._shown = True
        elif monotonic() - self._last >= LINE_INTERVAL:
            say(f"compiling, {done} of {total}")
            self._last = monotonic()

    def end(self) -> None:
        """Clear the bar."""
        if self._shown and sys.stderr is not None:
            sys.stderr.write(CLEAR_LINE)
            sys.stderr.flush()
        self._shown = False


def on_terminal() -> bool:
    """Return whether stderr is a terminal that can show a bar; not while another progress bar has
    replaced `sys.stderr`.
    """
    stream = sys.__stderr__
    return (
        stream is not None
        and stream is sys.stderr
        and stream.isatty()
        and os.environ.get("TERM") != "dumb"
    )


def expected_seconds(count: int, processes: int = 1) -> float:
    """Return the expected time [s] to compile `count` kernels in `processes` processes."""
    return count * SECONDS_PER_KERNEL / processes


class CompileProgress(events.Listener):
    """Listens to Numba's events and shows the progress of compiling in this process, unless it is
    short.
    """

    def __init__(self) -> None:
        self._bar = CompileBar()
        self._depth = 0
        self._began = 0.0  # [s] time at which compiling the outermost kernel started
        self._ended = 0.0  # [s] time at which the last outermost kernel was finished
        self._spent = 0.0  # [s] spent on compiling since the last pause
        self._left: set[int] = set()  # ids of the kernels without any compiled version
        self._total = 0  # kernels in all; 0 while nothing is shown

    def on_start(self, event: events.Event) -> None:  # noqa: ARG002 - the form of a listener
        """Handle the start of a kernel's compiling, possibly inside that of its caller."""
        if self._depth == 0:
            self._began = monotonic()
            if self._began - self._ended > PAUSE:
                self._spent = 0.0
        self._depth += 1
        if not self._left:
            # all kernels have a version: what follows are versions for other argument types
            self._total = 0
        if not self._total and self._spent + monotonic() - self._began >= SILENT_SECONDS:
            self._begin()
        self._show()

    def _begin(self) -> None:
        """Count the kernels without a compiled version, and show the progress if they take long."""
        self._spent = 0.0
        self._began = monotonic()
        self._left = {id(kernel) for kernel in missing()}
        seconds = expected_seconds(len(self._left))
        if seconds >= MIN_EXPECTED_SECONDS:
            self._total = len(countable())
            self._bar.begin(seconds)

    def on_end(self, event: events.Event) -> None:
        """Handle the end of a kernel's compiling, successful or not."""
        self._depth -= 1
        self._left.discard(id(event.data["dispatcher"]))
        self._show()
        if self._depth == 0:
            self._ended = monotonic()
            self._spent += self._ended - self._began
            self._bar.end()

    def _show(self) -> None:
        if self._total:
            self._bar.show(self._total - len(self._left), self._total)


_listeners: list[CompileProgress] = []


def follow() -> None:
    """Show the progress of compiling in this process from now on."""
    if not _listeners:
        _listeners.append(CompileProgress())
        events.register("numba:compile", _listeners[0])


def be_quiet() -> None:
    """Show nothing about compiling from now on: the parent of several compiling processes shows the
    progress of them all.

    The parent also prints where compiled kernels are kept.
    """
    mute(FOLDER_TOPIC)
    while _listeners:
        events.unregister("numba:compile", _listeners.pop())
