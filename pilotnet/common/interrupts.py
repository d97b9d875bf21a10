"""Ctrl-C, SIGTERM and SIGHUP as exceptions, so that a stage can keep its work and end its workers."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING_SIGNALS = (
    "SIGTERM",
    "SIGHUP",
)  # beside SIGINT, for which Python raises KeyboardInterrupt; Windows lacks SIGHUP


class Interrupted(KeyboardInterrupt):
    """The end of a stage by a signal.

    number: of the signal; hint: a clause that says what was kept and how to resume, "" without one.
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
    """Return the interruption with another hint; each outer stage replaces the hint of the inner one."""
    return Interrupted(error.number if isinstance(error, Interrupted) else signal.SIGINT, hint)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Raise `Interrupted` in the main thread on SIGTERM and SIGHUP while the body runs.

    A signal that is already ignored, as under `nohup`, stays ignored. Outside the main thread nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ENDING_SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    changed = [number for number in numbers if before[number] is signal.SIG_DFL]
    for number in changed:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, before[number])


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - the signature of a handler
    raise Interrupted(number)
