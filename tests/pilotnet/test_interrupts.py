"""SIGTERM and SIGHUP end a run as Ctrl-C does, and say so in the exit code."""

import os
import signal

import pytest

from pilotnet.interrupts import Interrupted, signals_as_interrupts, with_hint


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


def test_a_hint_follows_the_cause() -> None:
    assert str(with_hint(KeyboardInterrupt(), "all is kept")) == "interrupted; all is kept"
    assert with_hint(KeyboardInterrupt(), "").exit_code == 130
    assert str(with_hint(with_hint(Interrupted(signal.SIGTERM), "inner"), "outer")) == "ended by SIGTERM; outer"
