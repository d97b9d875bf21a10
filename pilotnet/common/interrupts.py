"""Ctrl-C, SIGTERM and SIGHUP as exceptions, so that a stage can keep its work and end its workers.

A library that catches every exception, such as a bare `except` around an import, loses the
exception of a signal. The signal is therefore remembered, and `raise_pending` raises it again at
the next item of a loop.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows lacks SIGHUP
_pending: list[int] = []  # numbers of the signals that arrived since the command began


class Interrupted(KeyboardInterrupt):
    """The end of a stage by a signal.

    number: of the signal.
    hint: a clause that says what was kept and how to resume, "" without one.
    """

    def __init__(self, number: int = signal.SIGINT, hint: str = "") -> None:
        super().__init__(number, hint)
        self.number = number
        self.hint = hint

    @property
    def exit_code(self) -> int:
        """The exit code that shells report for a process ended by this signal: 130, 143 or 129."""
        return 128 + self.number

    def __str__(self) -> str:
        cause = (
            "interrupted"
            if self.number == signal.SIGINT
            else f"ended by {signal.Signals(self.number).name}"
        )
        return f"{cause}; {self.hint}" if self.hint else cause


def with_hint(error: KeyboardInterrupt, hint: str) -> Interrupted:
    """Return the interruption with another hint; each outer stage replaces the hint of the inner
    one.
    """
    return Interrupted(error.number if isinstance(error, Interrupted) else signal.SIGINT, hint)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Raise `Interrupted` in the main thread on SIGINT, SIGTERM and SIGHUP while the body runs.

    A signal that is already ignored, as under `nohup`, stays ignored. Outside the main thread
    nothing changes.
    """
    _pending.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    defaults = (signal.SIG_DFL, signal.default_int_handler)
    changed = [number for number in numbers if before[number] in defaults]
    for number in changed:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        _pending.clear()
        for number in changed:
            signal.signal(number, before[number])


def raise_pending() -> None:
    """Raise `Interrupted` when a signal has arrived whose exception was lost."""
    if _pending and threading.current_thread() is threading.main_thread():
        raise Interrupted(_pending[0])


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of a handler
    _pending.append(number)
    raise Interrupted(number)
