"""Notices on stderr about compiling, one for each topic and process."""

import sys

FOLDER_TOPIC = "folder"  # of the notice that names the folder for compiled kernels
_said: set[str] = set()


def say(line: str) -> None:
    """Print a line to stderr, unless the process has none."""
    if sys.stderr is not None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def say_once(topic: str, line: str) -> None:
    """Print a line to stderr, unless one about the same `topic` was printed before."""
    if topic not in _said:
        _said.add(topic)
        say(line)


def mute(topic: str) -> None:
    """Suppress the notice about a `topic` in this process, because another process prints it."""
    _said.add(topic)
