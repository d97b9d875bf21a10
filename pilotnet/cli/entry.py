"""The program `pilotnet`: run one command, and turn what stops it into a line and an exit code."""

import contextlib
import sys
from collections.abc import Sequence

from pilotnet.cli.commands import COMMANDS
from pilotnet.interrupts import Interrupted, signals_as_interrupts
from pilotnet.progress import console
from pilotnet.streams import lasting_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; output that cannot be written costs the command nothing."""
    with lasting_streams():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if not words or words[0] in ("-h", "--help"):
        console.print(usage(), markup=False, highlight=False)
        return 0
    try:
        if words[0] not in COMMANDS:
            raise ValueError(f"command is {words[0]!r}; it must be one of {', '.join(COMMANDS)}")
        with signals_as_interrupts():
            COMMANDS[words[0]].run(words[1:])
    except (ValueError, OSError) as error:
        if debug:
            raise
        message = "; ".join([str(error), *getattr(error, "__notes__", ())])
        sys.stderr.write(f"pilotnet: error: {' '.join(message.split())}\n")
        return 2
    except KeyboardInterrupt as error:
        if debug:
            raise
        interrupted = error if isinstance(error, Interrupted) else Interrupted()
        with contextlib.suppress(OSError):  # after SIGHUP the terminal may be gone
            sys.stderr.write(f"pilotnet: {interrupted}\n")
        return interrupted.exit_code
    return 0


def usage() -> str:
    """What `pilotnet --help` prints."""
    lines = [f"  {name:<14} {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: pilotnet COMMAND [options] [--debug]", "", *lines, "", "pilotnet COMMAND --help shows a command's options."]
    )
