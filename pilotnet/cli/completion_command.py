"""The command `completion`: a script that completes commands and options in a shell."""

import argparse
import sys
from typing import get_args, get_origin

from pilotnet.cli.help_page import meaning
from pilotnet.cli.parser import Parser
from pilotnet.cli.spelling import NO, is_boolean, shown
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

    sys.stdout.write(shtab.complete(whole_parser(), shell) + "\n")


def whole_parser() -> argparse.ArgumentParser:
    """Return a plain parser of all commands and options, as shtab needs it."""
    from pilotnet.cli.commands import COMMANDS

    whole = argparse.ArgumentParser("pilotnet")
    commands = whole.add_subparsers()
    for name, command in COMMANDS.items():
        single = commands.add_parser(name, help=command.summary)
        for action in command.parser()._actions:
            for option in action.option_strings:
                if option.startswith("--") and option not in ("--help", "--augmentation"):
                    add_option(single, action, option)
    return whole


def add_option(parser: argparse.ArgumentParser, action: argparse.Action, option: str) -> None:
    """Add an option under the name and with the choices that the command line shows."""
    hint = getattr(action, "_typehint", None)
    text = meaning(action).replace("%", "%%")
    if is_boolean(action):
        negation = f"--{NO}{shown(option)[2:]}"
        parser.add_argument(shown(option), negation, action="store_true", help=text)
    elif action.nargs == 0:
        parser.add_argument(shown(option), action="store_true", help=text)
    else:
        choices = get_args(hint) if get_origin(hint) else None
        parser.add_argument(shown(option), choices=choices, help=text)
