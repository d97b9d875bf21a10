"""Ctrl-C, SIGTERM and SIGHUP: all three end a stage by an exception, so that it can keep its work and end its workers."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

ENDING_SIGNALS = ("SIGTERM", "SIGHUP")  # beside SIGINT, for which Python raises KeyboardInterrupt; Windows lacks SIGHUP


class Interrupted(KeyboardInterrupt):
    """The end of a stage by a signal.

    number: of the signal; hint: one clause that says what was kept and how to go on, empty where nothing can be said.
    """

    def __init__(self, number: int = signal.SIGINT, hint: str = "") -> None:
        super().__init__(number, hint)
        self.number = number
        self.hint = hint

    @property
    def exit_code(self) -> int:
        """The code that a shell gives a process that this signal ended: 130, 143 or 129."""
        return 128 + self.number

    def __str__(self) -> str:
        cause = "interrupted" if self.number == signal.SIGINT else f"ended by {signal.Signals(self.number).name}"
        return f"{cause}; {self.hint}" if self.hint else cause


def with_hint(error: KeyboardInterrupt, hint: str) -> Interrupted:
    """Return the interruption with the hint of the outermost stage."""
    return Interrupted(error.number if isinstance(error, Interrupted) else signal.SIGINT, hint)


@contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """Raise `Interrupted` in the main thread on SIGTERM and SIGHUP while the body runs.

    A signal that the caller ignores, as `nohup` does, stays ignored. Outside the main thread nothing changes.
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
