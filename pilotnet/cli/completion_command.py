"""The command `completion`: print a script that completes commands and options in a shell."""

import argparse
import sys
from typing import get_args, get_origin

from pilotnet.cli.help_page import description
from pilotnet.cli.parser import Parser
from pilotnet.cli.spelling import NO, is_boolean, option_name
from sim.types import quoted

SHELLS = ("bash", "zsh", "tcsh")


def completion_parser() -> Parser:
    """Return the parser of `completion`."""
    parser = Parser("completion")
    parser.add_argument("shell", help=f"one of {', '.join(SHELLS)}")
    return parser


def completion_command(parser: Parser, words: list[str]) -> None:
    """Print the script."""
    shell = parser.parse_args(words).shell
    if shell not in SHELLS:
        raise ValueError(f"shell is {quoted(shell)}; it must be one of {', '.join(SHELLS)}")

    import shtab

    sys.stdout.write(shtab.complete(complete_parser(), shell) + "\n")


def complete_parser() -> argparse.ArgumentParser:
    """Return an argparse parser of all commands and options, as shtab needs it."""
    from pilotnet.cli.commands import COMMANDS

    complete = argparse.ArgumentParser("pilotnet")
    commands = complete.add_subparsers()
    for name, command in COMMANDS.items():
        single = commands.add_parser(name, help=command.summary)
        for action in command.parser()._actions:
            for option in action.option_strings:
                if option.startswith("--") and option not in ("--help", "--augmentation"):
                    add_option(single, action, option)
    return complete


def add_option(parser: argparse.ArgumentParser, action: argparse.Action, option: str) -> None:
    """Add an option with its name on the command line and its choices."""
    hint = getattr(action, "_typehint", None)
    text = description(action).replace("%", "%%")
    if is_boolean(action):
        negation = f"--{NO}{option_name(option)[2:]}"
        parser.add_argument(option_name(option), negation, action="store_true", help=text)
    elif action.nargs == 0:
        parser.add_argument(option_name(option), action="store_true", help=text)
    else:
        choices = get_args(hint) if get_origin(hint) else None
        parser.add_argument(option_name(option), choices=choices, help=text)
