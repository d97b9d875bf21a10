"""The progress of a stage with the time left, and its closing line.

Progress goes to stderr: a bar on a terminal, elsewhere a line every 30 s, so that a quick stage
leaves no lines in a log. Closing lines go to stdout.
"""

import contextlib
import json
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Sized
from datetime import timedelta
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pilotnet.common.interrupts import raise_pending

Item = TypeVar("Item")
console = Console(soft_wrap=True, highlight=False, markup=False)
# [s] rich forgets older ticks; with its default of 30 s slow items would never show a time left
SPEED_WINDOW = 3600.0
LINE_INTERVAL = 30.0  # [s] between two lines when stderr is no terminal
_silenced = threading.Event()  # set by the option --quiet


class StageProgress(Progress):
    """rich's progress of one stage; a task's field `detail`, such as the losses of a training,
    follows its numbers.
    """

    def add_task(self, *call: Any, **fields: Any) -> TaskID:
        """Add a task; see rich."""
        return super().add_task(*call, **{"detail": "", **fields})


class LineProgress(StageProgress):
    """A progress that prints a line about each unfinished task every LINE_INTERVAL, and one at the
    end of a long one.

    A line that cannot be written, as after `2>&-`, is dropped, and the stage goes on.
    """

    def __init__(self) -> None:
        super().__init__(disable=True, auto_refresh=False, speed_estimate_period=SPEED_WINDOW)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._print_lines, name="progress lines", daemon=True
        )

    def start(self) -> None:
        """Start the thread that prints lines."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, and print a last line about every task that took longer than
        LINE_INTERVAL.
        """
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._thread.join()
        for task in self.tasks:
            if (task.elapsed or 0.0) > LINE_INTERVAL:
                print_line(
                    f"{task.description}: {_count(task)} in {_time(task.elapsed)}{_detail(task)}"
                )

    def _print_lines(self) -> None:
        while not self._stopped.wait(LINE_INTERVAL):
            for task in self.tasks:
                if not task.finished:
                    left = (
                        f", {_time(task.time_remaining)} left"
                        if task.time_remaining is not None
                        else ""
                    )
                    print_line(
                        f"{task.description}: {_count(task)}, {_time(task.elapsed)} "
                        f"elapsed{left}{_detail(task)}"
                    )


def _count(task: Task) -> str:
    return (
        f"{task.completed:g} of {task.total:g}" if task.total is not None else f"{task.completed:g}"
    )


def _detail(task: Task) -> str:
    return f", {task.fields['detail']}" if task.fields["detail"] else ""


def _time(seconds: float | None) -> str:
    return str(timedelta(seconds=round(seconds or 0.0)))


def print_line(line: str) -> None:
    """Print a line to stderr at once, unless stderr cannot be written."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def be_quiet(quiet: bool) -> None:
    """Choose whether progress and notices are printed; scores, closing lines and errors always are."""
    if quiet:
        _silenced.set()
    else:
        _silenced.clear()


def print_json(value: Any) -> None:
    """Print a value as JSON on stdout; infinity becomes null."""
    text = json.dumps(value, indent=2, default=str)
    console.print(re.sub(r"\b(-?Infinity|NaN)\b", "null", text))


def progress_bar() -> StageProgress:
    """Return a bar with count, elapsed time and time left where stderr is a terminal, and lines of
    the same elsewhere.
    """
    if _silenced.is_set():
        return StageProgress(disable=True)
    terminal = Console(stderr=True)
    if not terminal.is_terminal or terminal.is_jupyter:
        return LineProgress()
    return StageProgress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[detail]}"),
        console=terminal,
        transient=True,
        speed_estimate_period=SPEED_WINDOW,
    )


def track(items: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
    """Pass `items` on under a bar; `total` is their count, needed where `len(items)` does not tell."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress_bar() as bar:
        for item in bar.track(items, total=total, description=description):
            raise_pending()
            yield item


def closing_line(done: str, following: str) -> None:
    """Print a stage's last line: what was written where, and what to type next."""
    console.print(f"{done}; next: {following}")


def notice(text: str) -> None:
    """Print one line to stderr about something unexpected that needs no action."""
    if not _silenced.is_set():
        print_line(f"pilotnet: {text}")
