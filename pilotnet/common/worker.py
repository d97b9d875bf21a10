"""The code of a worker process: make the calls that come through a pipe until the pipe closes or
the parent ends.

This module imports nothing heavy: `end_with_parent` must run before the seconds that such imports
take.
"""

import ctypes
import os
import signal
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

PR_SET_PDEATHSIG = 1  # from linux/prctl.h
ORPHANED = 1  # exit code of a worker whose parent has died
IGNORED_SIGNALS = (
    "SIGINT",
    "SIGHUP",
)  # a terminal sends them to all processes; the parent handles them and ends its workers
HELD_BACK_SIGNALS = (*IGNORED_SIGNALS, "SIGTERM")


def serve(calls: Connection, lifeline: Connection, parent: int) -> None:
    """Make the calls (function, arguments) that come through `calls` and send back the answers,
    until its other end closes.

    lifeline: a pipe whose other end only the parent holds.
    parent: process number of the parent. Each answer is (True, result) or (False, (exception,
    traceback text)).
    """
    end_with_parent(lifeline, parent)
    for name in IGNORED_SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    release_signals()
    limit_threads()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            _answer(calls, *_call(calls))


def _call(calls: Connection) -> tuple[bool, Any]:
    """Make the next call and return its answer; EOFError when the other end is closed."""
    try:
        function, arguments = calls.recv()
        return True, function(*arguments)
    except EOFError:
        raise
    except BaseException as error:
        return False, (error, traceback.format_exc())


def _answer(calls: Connection, succeeded: bool, value: Any) -> None:
    """Send an answer; for a result or an exception that cannot be pickled, a RuntimeError that
    describes it.
    """
    try:
        calls.send((succeeded, value))
    except OSError:
        raise
    except Exception:
        described = RuntimeError(
            f"{value[0]!r}"
            if not succeeded
            else f"{type(value).__name__} cannot be sent between processes"
        )
        calls.send((False, (described, traceback.format_exc())))


def limit_threads() -> None:
    """Let OpenCV and Numba use one thread in this process, because the workers share the cores.

    The progress of compiling is not shown, because the bars of several processes would overwrite
    each other.
    """
    import cv2  # heavy, see the docstring of this module
    import numba

    import sim.render.frame_buffer  # noqa: F401 - its import starts to show compiling, which `be_quiet` ends
    from sim.kernel_cache import be_quiet

    be_quiet()
    cv2.setNumThreads(1)
    numba.set_num_threads(1)


def end_with_parent(lifeline: Connection, parent: int, platform: str = sys.platform) -> None:
    """Make the operating system kill this process when its parent dies; where it cannot, a thread
    watches the lifeline.

    Linux sends the signal when the thread that started this process ends. That thread waits for all
    answers, so it ends later.
    """
    if platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the call above
            os._exit(ORPHANED)
    else:
        threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(ORPHANED)


def hold_back_signals() -> None:
    """Block the signals that end a stage until `release_signals`; a process that is started
    meanwhile inherits this.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(
            signal.SIG_BLOCK, {getattr(signal, name) for name in HELD_BACK_SIGNALS}
        )


def release_signals() -> None:
    """Unblock the signals that `hold_back_signals` blocks; pending ones are delivered."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(
            signal.SIG_UNBLOCK, {getattr(signal, name) for name in HELD_BACK_SIGNALS}
        )
