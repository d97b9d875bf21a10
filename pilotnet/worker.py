"""What runs in a worker process: calls that come through a pipe, one after the other, until the pipe or the parent ends.

This module imports nothing heavy: until a worker is tied to its parent's life, it must not spend seconds on imports.
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

PR_SET_PDEATHSIG = 1  # of linux/prctl.h
ORPHANED = 1  # exit code of a worker whose parent has died
ENDED_BY_PARENT = ("SIGINT", "SIGHUP")  # a terminal sends them to all processes; the parent decides what they mean
HELD_BACK = (*ENDED_BY_PARENT, "SIGTERM")


def serve(calls: Connection, lifeline: Connection, parent: int) -> None:
    """Make the calls (function, arguments) that come through `calls` and send back what they give, until its other end closes.

    lifeline: a pipe whose other end only the parent holds; parent: its process number. Each answer is (True, result) or
    (False, (exception, traceback text)).
    """
    end_with_parent(lifeline, parent)
    for name in ENDED_BY_PARENT:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    release_signals()
    limit_threads()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            _answer(calls, *_call(calls))


def _call(calls: Connection) -> tuple[bool, Any]:
    """Make the next call; EOFError when there is none any more."""
    try:
        function, arguments = calls.recv()
        return True, function(*arguments)
    except EOFError:
        raise
    except BaseException as error:
        return False, (error, traceback.format_exc())


def _answer(calls: Connection, succeeded: bool, value: Any) -> None:
    """Send an answer; what cannot be pickled is described."""
    try:
        calls.send((succeeded, value))
    except OSError:
        raise
    except Exception:
        described = RuntimeError(f"{value[0]!r}" if not succeeded else f"{type(value).__name__} cannot be sent between processes")
        calls.send((False, (described, traceback.format_exc())))


def limit_threads() -> None:
    """Let OpenCV and Numba use one thread in this process: workers share the cores among themselves.

    Compiling is not shown either: the bars of several processes would cover each other.
    """
    import cv2  # as the docstring of this module says, heavy imports come late
    import numba

    import sim.kernels  # noqa: F401 - follows compiling from its import on
    from sim.kernel_cache import be_quiet

    be_quiet()
    cv2.setNumThreads(1)
    numba.set_num_threads(1)


def end_with_parent(lifeline: Connection, parent: int, platform: str = sys.platform) -> None:
    """Have the operating system kill this process when its parent dies; where it cannot, a thread watches the lifeline.

    Linux sends the signal when the thread that started this process ends. That thread waits for the answers, so it outlives them.
    """
    if platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os._exit(ORPHANED)
    else:
        threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()


def _watch(lifeline: Connection) -> None:
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(ORPHANED)


def hold_back_signals() -> None:
    """Let signals that end a stage wait, here and in a process that is started now, until `release_signals`."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in HELD_BACK})


def release_signals() -> None:
    """Deliver the signals that `hold_back_signals` lets wait, and those to come."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {getattr(signal, name) for name in HELD_BACK})
