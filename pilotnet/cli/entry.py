"""The program `pilotnet`: run one command and turn its errors into messages and exit codes.

* 0: success.
* 2: a user error or a machine error, such as a full disk, a missing display or too little memory.
  One line names it; `--debug` shows the traceback.
* 3: `compare --fail-if-worse` found the second driver worse.
* 130, 143, 129: ended by Ctrl-C, SIGTERM or SIGHUP, with one line that says how to go on.
* 1: a bug, with its traceback and a request to report it. KeyError, RuntimeError and other errors
  of Python are always bugs: code in which a user can cause one must raise ValueError instead.
"""

import errno
import shlex
import sys
import traceback
from collections.abc import Sequence

from pilotnet.cli.commands import COMMANDS
from pilotnet.cli.parser import did_you_mean
from pilotnet.common.interrupts import Interrupted, signals_as_interrupts
from pilotnet.common.progress import be_quiet, console, print_line
from pilotnet.common.provenance import package_version
from pilotnet.common.revision import source_revision
from pilotnet.common.streams import lasting_streams
from sim.types import quoted

USER_ERROR_CODE = 2  # exit code
BUG_CODE = 1  # exit code
QUIET = {"-q", "--quiet"}
VERBOSE = {"-v", "--verbose"}
# (module, class) of library exceptions about files, devices and memory that are neither ValueError
# nor OSError.
MACHINE_ERRORS = (
    ("av.error", "FFmpegError"),
    ("pygame", "error"),
    ("pyarrow", "ArrowException"),
    ("safetensors", "SafetensorError"),
    ("torch", "OutOfMemoryError"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code.

    A command continues when its output cannot be written.
    """
    with lasting_streams():
        return exit_code(list(sys.argv[1:] if arguments is None else arguments))


def exit_code(words: list[str]) -> int:
    """Run the command of the arguments `words`, print its error and return the exit code."""
    debug = "--debug" in words
    verbose = bool(VERBOSE.intersection(words))
    be_quiet(bool(QUIET.intersection(words)))
    words = [word for word in words if word not in {"--debug", *QUIET, *VERBOSE}]
    if words[:1] == ["--version"]:
        console.print(f"pilotnet {package_version()}")
        return 0
    if verbose:
        print_line(
            f"pilotnet {package_version()}, revision {source_revision()}: {shlex.join(words)}"
        )
    if not words or words[0] in ("-h", "--help"):
        console.print(usage(), markup=False, highlight=False)
        return 0
    try:
        with signals_as_interrupts():
            return run_command(words)
    except KeyboardInterrupt as error:
        if debug:
            raise
        interrupted = error if isinstance(error, Interrupted) else Interrupted()
        print_line(f"pilotnet: {interrupted}")
        return interrupted.exit_code
    except Exception as error:
        if debug:
            raise
        return report_error(error)


def run_command(words: list[str]) -> int:
    """Run the command that the first argument names and return its exit code.

    Raises ValueError for an unknown one.
    """
    name, *rest = words
    if name not in COMMANDS:
        suggestion = did_you_mean(name, [*COMMANDS])
        raise ValueError(
            f"command is {quoted(name)}; it must be one of {', '.join(COMMANDS)}{suggestion}"
        )
    command = COMMANDS[name]
    return command.run(command.parser(), rest) or 0


def report_error(error: Exception) -> int:
    """Print an error and return the exit code.

    A bug is printed with its traceback, other errors in one line.
    """
    if isinstance(error, (ValueError, OSError, MemoryError, *machine_errors())):
        message = message_of(error) or f"there is not enough memory ({type(error).__name__})"
        line = "; ".join([message, *getattr(error, "__notes__", ())])
        print_line(f"pilotnet: error: {' '.join(line.split())}")
        return USER_ERROR_CODE
    print_line("".join(traceback.format_exception(error)).rstrip())
    print_line(
        f"pilotnet: this is a bug in pilotnet {package_version()} (revision "
        f"{source_revision()}), not a mistake of yours; "
        "please report it with the lines above"
    )
    return BUG_CODE


def message_of(error: Exception) -> str:
    """Return an error's message; a path that is too long for the system is shortened."""
    if (
        isinstance(error, OSError)
        and error.errno == errno.ENAMETOOLONG
        and error.filename is not None
    ):
        return f"path is {quoted(str(error.filename))}; it is too long for this system"
    return str(error)


def machine_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of MACHINE_ERRORS whose modules are loaded; others cannot occur."""
    loaded = [
        (sys.modules[module], name) for module, name in MACHINE_ERRORS if module in sys.modules
    ]
    return tuple(getattr(module, name) for module, name in loaded if hasattr(module, name))


def usage() -> str:
    """Return what `pilotnet --help` prints."""
    lines = [f"  {name:<14} {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "Train a network to drive, compare it with a modular stack, and get one number for "
            "both.",
            "",
            "usage: pilotnet COMMAND [options]",
            "",
            *lines,
            "",
            "pilotnet COMMAND --help shows a command's options; pilotnet --version prints the "
            "version.",
        ]
    )
