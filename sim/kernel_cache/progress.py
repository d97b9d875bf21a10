"""How far compiling has come, on stderr: a bar on a terminal, and a line every half minute anywhere else."""

import os
import sys
from time import monotonic

from numba.core import event as events

from sim.kernel_cache.cache import countable, missing
from sim.kernel_cache.notices import PLACE, never_say, say

SECONDS_EACH = 0.3  # [s] of one core for a kernel: 60 s for the 200 of the renderer, measured on one core of a small server
WORTH_SAYING = 12.0  # [s] of compiling that are expected before anything is said
UNTOLD = 1.0  # [s] spent on compiling before anything is said: the kernels of a road's geometry take less
BREAK = 5.0  # [s] without compiling after which a kernel is one that was left over, not the first of many
LINE_EVERY = 30.0  # [s] between two lines where there is no terminal
BAR = 30  # [characters]
CLEAR = "\r\x1b[K"  # to the start of the line, and clear it


class CompileBar:
    """Shows "12 of 57" on stderr: a bar that is cleared in the end on a terminal, elsewhere a line now and then."""

    def __init__(self) -> None:
        self._shown = False
        self._last = monotonic()

    def begin(self, seconds: float) -> None:
        """Say that compiling begins and how long [s] it is expected to take."""
        say(f"compiling the renderer's kernels, once, about {round(seconds)} s")
        self._last = monotonic()

    def show(self, done: int, total: int) -> None:
        """Show that `done` of `total` kernels are compiled."""
        if on_terminal():
            filled = BAR * done // max(total, 1)
            sys.stderr.write(f"{CLEAR}compiling [{'#' * filled}{'.' * (BAR - filled)}] {done} of {total}")
            sys.stderr.flush()
            self._shown = True
        elif monotonic() - self._last >= LINE_EVERY:
            say(f"compiling, {done} of {total}")
            self._last = monotonic()

    def end(self) -> None:
        """Clear the bar."""
        if self._shown and sys.stderr is not None:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()
        self._shown = False


def on_terminal() -> bool:
    """Whether stderr can show a bar: not where something else has taken stderr's place, as another progress bar does."""
    stream = sys.__stderr__
    return stream is not None and stream is sys.stderr and stream.isatty() and os.environ.get("TERM") != "dumb"


def expected_seconds(count: int, processes: int = 1) -> float:
    """Return how long [s] compiling `count` kernels in so many processes is expected to take."""
    return count * SECONDS_EACH / processes


class CompileProgress(events.Listener):
    """Follows Numba as it compiles in this process; it tells nothing as long as that takes no time to speak of."""

    def __init__(self) -> None:
        self._bar = CompileBar()
        self._depth = 0
        self._began = 0.0  # when the outermost kernel began to be compiled [s]
        self._ended = 0.0  # when the last one was compiled [s]
        self._spent = 0.0  # on compiling before, without long breaks [s]
        self._left: set[int] = set()  # kernels without any compiled version, by id
        self._total = 0  # 0: nothing is told

    def on_start(self, event: events.Event) -> None:  # noqa: ARG002 - the form of a listener
        """A kernel begins to be compiled, perhaps within another one that calls it."""
        if self._depth == 0:
            self._began = monotonic()
            if self._began - self._ended > BREAK:
                self._spent = 0.0
        self._depth += 1
        if not self._left:
            self._total = 0  # what is compiled now are further versions, for other types
        if not self._total and self._spent + monotonic() - self._began >= UNTOLD:
            self._begin()
        self._show()

    def _begin(self) -> None:
        """Count what is left to compile, and say so where it takes a while."""
        self._spent = 0.0
        self._began = monotonic()
        self._left = {id(kernel) for kernel in missing()}
        seconds = expected_seconds(len(self._left))
        if seconds >= WORTH_SAYING:
            self._total = len(countable())
            self._bar.begin(seconds)

    def on_end(self, event: events.Event) -> None:
        """A kernel is compiled, or cannot be."""
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


_following: list[CompileProgress] = []


def follow() -> None:
    """Show from now on how compiling in this process goes on."""
    if not _following:
        _following.append(CompileProgress())
        events.register("numba:compile", _following[0])


def be_quiet() -> None:
    """Show nothing from now on: in a process of several that compile at the same time, another one tells of them all.

    The process that began them has also said where compiled kernels are kept.
    """
    never_say(PLACE)
    while _following:
        events.unregister("numba:compile", _following.pop())
