"""SIGTERM and SIGHUP end a run as Ctrl-C does, and say so in the exit code."""

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from pilotnet.cli import COMMANDS, main
from pilotnet.common.interrupts import Interrupted, signals_as_interrupts, with_hint
from pilotnet.common.progress import track


@pytest.fixture(autouse=True)
def default_signals() -> Iterator[None]:
    """Python's own handlers, also in a background job, which ignores SIGINT and SIGHUP."""
    own = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in own.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_becomes_an_interruption(sent: signal.Signals, code: int) -> None:
    before = signal.getsignal(sent)
    with pytest.raises(Interrupted) as caught, signals_as_interrupts():
        os.kill(os.getpid(), sent)
    assert caught.value.exit_code == code
    assert str(caught.value) == f"ended by {sent.name}"
    assert signal.getsignal(sent) == before


def test_a_signal_that_nohup_has_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_as_interrupts():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (Interrupted(signal.SIGTERM, "all is kept"), 143, "ended by SIGTERM; all is kept"),
        (
            ChildProcessError("drive 1: its process ended 3 times"),
            2,
            "error: drive 1: its process ended 3 times",
        ),
    ],
)
def test_the_command_line_ends_in_one_line_and_the_code_of_the_cause(
    error: BaseException,
    code: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setitem(COMMANDS, "record", COMMANDS["record"]._replace(run=fail))
    assert main(["record"]) == code
    assert capsys.readouterr().err == f"pilotnet: {line}\n"


def test_a_hint_follows_the_cause() -> None:
    assert str(with_hint(KeyboardInterrupt(), "all is kept")) == "interrupted; all is kept"
    assert with_hint(KeyboardInterrupt(), "").exit_code == 130
    assert (
        str(with_hint(with_hint(Interrupted(signal.SIGTERM), "inner"), "outer"))
        == "ended by SIGTERM; outer"
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_whose_exception_a_library_catches_ends_the_next_loop(
    sent: signal.Signals,
) -> None:
    with signals_as_interrupts():
        with contextlib.suppress(BaseException):
            os.kill(os.getpid(), sent)
        with pytest.raises(Interrupted) as caught:
            next(track([1, 2, 3], "counting"))
    assert caught.value.number == sent


def test_a_signal_of_an_earlier_command_does_not_end_the_next() -> None:
    with contextlib.suppress(Interrupted), signals_as_interrupts():
        os.kill(os.getpid(), signal.SIGTERM)
    with signals_as_interrupts():
        assert list(track([1, 2], "counting")) == [1, 2]
