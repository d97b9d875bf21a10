"""The help of a command: purpose, usage, example, and its options by importance."""

import textwrap
from argparse import SUPPRESS
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pilotnet.cli.spelling import NO, is_boolean, option_name
from pilotnet.data.suites import suite_names
from sim.scenario import Daytime, RoadKind, Weather

PAGE_WIDTH = 100  # [characters] of a line
DESCRIPTION_COLUMN = 30  # [characters] where descriptions start
# Classes of jsonargparse's own arguments, which are not in the help.
HIDDEN_ACTIONS = ("_ActionConfigLoad", "_HelpAction", "ShtabAction")
METAVARS: dict[Any, str] = {Path: "PATH", int: "N", float: "X", str: "TEXT"}
LAST_OPTIONS = ("config", "print_config", "resume")  # at the end of the page
SHARED_DESCRIPTIONS = {  # of settings of several commands, with their values from the code
    "suite": lambda: (
        f"scenarios: {', '.join(suite_names())}; short form NAME-small; A+B alternates"
    ),
    "roads": lambda: f"only these kinds of road, with commas: {', '.join(RoadKind)}",
    "weather": lambda: f"only this weather, with commas: {', '.join(Weather)}",
    "light": lambda: f"only this light, with commas: {', '.join(Daytime)}",
    "print_config": lambda: "print all settings as YAML, for --config, and exit",
}
ALL_VALUES = [",".join(values) for values in (RoadKind, Weather, Daytime)]  # of list options
GLOBAL_OPTIONS = (  # of every command
    ("--debug", "show the traceback of an error"),
    ("-q, --quiet", "print neither progress nor notices"),
    ("-v, --verbose", "print versions and settings first"),
    ("-h, --help", "show this page"),
)


def help_page(parser: Any) -> str:
    """Return the help of a parser, as `pilotnet COMMAND --help` prints it."""
    defaults = parser.get_defaults(skip_validation=True)
    actions = [
        action
        for action in parser._actions
        if type(action).__name__ not in HIDDEN_ACTIONS and action.help != SUPPRESS
    ]
    positional = [action for action in actions if not action.option_strings]
    options = [action for action in actions if action.option_strings]
    main = [action for action in options if action.dest not in LAST_OPTIONS]
    main.sort(key=lambda action: rank(parser, action))
    last = [action for action in options if action.dest in LAST_OPTIONS]
    names = "".join(f" {action_name(action)}" for action in positional)
    head = [parser.summary, "", f"usage: {parser.prog}{names} [options]"]
    if parser.example:
        head.append(f"example: {parser.example}")
    blocks = [
        head,
        [line for action in positional for line in columns(action_name(action), action.help)],
        [line for action in main for line in option_lines(action, defaults)],
        [line for action in last for line in option_lines(action, defaults)]
        + [line for name, text in GLOBAL_OPTIONS for line in columns(name, text)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def rank(parser: Any, action: Any) -> int:
    """Return the position of an option: the parser's first options, then all others."""
    first = list(parser.first_options)
    return first.index(action.dest) if action.dest in first else len(first)


def action_name(action: Any) -> str:
    """Return a positional argument's name, such as `DATA` or `DRIVERS...`."""
    many = "..." if action.nargs == "+" else ""
    return f"{action.dest.upper()}{many}"


def option_lines(action: Any, defaults: Any) -> list[str]:
    """Return the lines of an option: its name, values, description and default."""
    option = option_name(action.option_strings[-1])
    if is_boolean(action):
        name = f"{option}, --{NO}{option[2:]}"
    else:
        name = f"{option} {metavar(action)}".rstrip()
    return columns(name, f"{description(action)}{default_text(action, defaults)}")


def description(action: Any) -> str:
    """Return the description of an option; options that select scenarios list their values."""
    name = action.dest.rpartition(".")[2]
    # A number of the same name, such as `augmentation.light`, has a description of its own.
    is_number = getattr(action, "_typehint", str) in (float, int)
    if name in SHARED_DESCRIPTIONS and not is_number:
        return SHARED_DESCRIPTIONS[name]()
    return str(action.help or "")


def metavar(action: Any) -> str:
    """Return the placeholder of an option's value: its choices, or its kind."""
    if action.nargs == 0 or type(action).__name__ == "_ActionPrintConfig":
        return ""
    if action.choices:
        return "|".join(map(str, action.choices))
    hint = getattr(action, "_typehint", None)
    if get_origin(hint) is Literal:
        return "|".join(map(str, get_args(hint)))
    return METAVARS.get(hint, "FILE" if action.dest == "config" else "TEXT")


def default_text(action: Any, defaults: Any) -> str:
    """Return the default in parentheses, empty for an empty value or a flag that is off."""
    value = defaults.get(action.dest, None) if action.dest in defaults else None
    if value is None or value == "" or value is False or action.dest in LAST_OPTIONS:
        return ""
    if value is True:
        return " (default: on)"
    if value in ALL_VALUES:
        return " (default: all)"
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    return f" (default: {value})"


def columns(name: str, text: str | None) -> list[str]:
    """Return a name and its description in two columns, wrapped to lines."""
    wrapped = textwrap.wrap(
        text or "", PAGE_WIDTH - DESCRIPTION_COLUMN, break_on_hyphens=False
    ) or [""]
    indent = " " * DESCRIPTION_COLUMN
    if len(name) + 4 > DESCRIPTION_COLUMN:
        return [f"  {name}", *(indent + line for line in wrapped)]
    first = f"  {name:<{DESCRIPTION_COLUMN - 2}}{wrapped[0]}"
    return [first, *(indent + line for line in wrapped[1:])]
