"""What a stage says while it works and when it is done: a bar with the time left, and one closing line.

Bars go to stderr and only to a terminal: logs and notebooks stay clean. Closing lines go to stdout.
"""

import sys
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Item = TypeVar("Item")
console = Console(soft_wrap=True, highlight=False, markup=False)
SPEED_WINDOW = 3600.0  # [s] rich forgets older ticks; with its default of 30 s slow items would never show a time left


def progress_bar() -> Progress:
    """A bar with count, elapsed time and time left; it shows nothing unless stderr is a terminal."""
    terminal = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal or terminal.is_jupyter,
        speed_estimate_period=SPEED_WINDOW,
    )


def track(items: Iterable[Item], description: str, total: int | None = None) -> Iterator[Item]:
    """Pass `items` on under a bar; `total` is their count, needed where `len(items)` does not tell."""
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress_bar() as bar:
        yield from bar.track(items, total=total, description=description)


def closing_line(done: str, following: str) -> None:
    """Print a stage's last line: what was written where, and what to type next."""
    console.print(f"{done}; next: {following}")


def notice(text: str) -> None:
    """Write one line about something unexpected that needs no action, to stderr."""
    sys.stderr.write(f"pilotnet: {text}\n")
