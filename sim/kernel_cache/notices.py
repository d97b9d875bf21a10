"""Lines for the user on stderr about compiling; each is said once in a process."""

import sys

PLACE = "place"  # the topic of where compiled kernels are kept
_said: set[str] = set()


def say(line: str) -> None:
    """Print a line to stderr, where there is one."""
    if sys.stderr is not None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def say_once(topic: str, line: str) -> None:
    """Print a line to stderr, unless one about the same `topic` was printed before."""
    if topic not in _said:
        _said.add(topic)
        say(line)


def never_say(topic: str) -> None:
    """Print nothing about a `topic` in this process: another one tells of it."""
    _said.add(topic)
