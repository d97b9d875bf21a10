"""The command line: each command reads its settings, runs one stage, and prints what was written
and the command to type next.

A user error is one line on stderr and exit code 2; `--debug` shows the traceback. `entry` runs a
command, `commands` lists them, and each `*_commands` module holds one group.
"""

from pilotnet.cli.commands import COMMANDS
from pilotnet.cli.entry import main

__all__ = ["COMMANDS", "main"]
