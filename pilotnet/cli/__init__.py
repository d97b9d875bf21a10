"""The command line: each command reads its settings, runs one stage, and says what was written and what to type next.

A mistake of the user's is one line on stderr and exit code 2; `--debug` shows the traceback. `entry` runs a command, `commands`
lists them, and each `*_commands` module holds one group.
"""

from pilotnet.cli.commands import COMMANDS
from pilotnet.cli.entry import main

__all__ = ["COMMANDS", "main"]
