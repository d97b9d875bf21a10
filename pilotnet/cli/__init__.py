"""The command line: a command checks its settings, runs a stage and prints the next command.

A user error is one line on stderr and exit code 2; `--debug` shows the traceback. `entry` runs a
command, `commands` lists them, and each `*_commands` module holds one group.
"""

from pilotnet.cli.commands import COMMANDS
from pilotnet.cli.entry import main

__all__ = ["COMMANDS", "main"]
