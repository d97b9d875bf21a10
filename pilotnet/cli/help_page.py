"""The help of a command: its purpose, an example, and its options, the most wanted ones first."""

import textwrap
from argparse import SUPPRESS
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pilotnet.cli.spelling import NO, is_boolean, shown
from pilotnet.data.suites import suite_names
from sim.scenario import Daytime, RoadKind, Weather

WIDTH = 100  # [characters] of a line
COLUMN = 30  # [characters] before the description of an option
HIDDEN = (
    "_ActionConfigLoad",
    "_HelpAction",
    "ShtabAction",
)  # classes of arguments that are not shown
METAVARS: dict[Any, str] = {Path: "PATH", int: "N", float: "X", str: "TEXT"}
COMMON = ("config", "print_config", "resume")  # settings that stand at the end
MEANINGS = {  # of settings that several commands share; values are listed from the code
    "suite": lambda: (
        f"scenarios: {', '.join(suite_names())}; short form NAME-small; A+B alternates"
    ),
    "roads": lambda: f"only these kinds of road, with commas: {', '.join(RoadKind)}",
    "weather": lambda: f"only this weather, with commas: {', '.join(Weather)}",
    "light": lambda: f"only this light, with commas: {', '.join(Daytime)}",
    "print_config": lambda: "print all settings as YAML, for --config, and exit",
}
GLOBAL = (
    ("--debug", "show the traceback of an error"),
    ("-q, --quiet", "print neither progress nor notices"),
    ("-v, --verbose", "print versions and settings first"),
    ("-h, --help", "show this page"),
)


def help_page(parser: Any) -> str:
    """Return the help of a parser, as `pilotnet COMMAND --help` prints it."""
    defaults = parser.get_defaults(skip_validation=True)
    actions = [action for action in parser._actions if type(action).__name__ not in HIDDEN]
    actions = [action for action in actions if action.help != SUPPRESS]
    positional = [action for action in actions if not action.option_strings]
    optional = sorted(
        (one for one in actions if one.option_strings), key=lambda one: rank(parser, one)
    )
    names = " ".join(action_name(action) for action in positional)
    lines = [
        parser.summary,
        "",
        f"usage: {parser.prog}{' ' + names if names else ''} [options]",
        *([f"example: {parser.example}"] if parser.example else []),
    ]
    if positional:
        lines += [
            "",
            *(line for action in positional for line in entry(action_name(action), action.help)),
        ]
    own = [action for action in optional if action.dest not in COMMON]
    common = [action for action in optional if action.dest in COMMON]
    lines += ["", *(line for action in own for line in described(action, defaults))]
    lines += ["", *(line for action in common for line in described(action, defaults))]
    lines += [line for name, text in GLOBAL for line in entry(name, text)]
    return "\n".join(lines) + "\n"


def rank(parser: Any, action: Any) -> tuple[int, int]:
    """Return the position of an option on the page: the parser's wanted ones first, others as
    declared.
    """
    wanted = list(parser.wanted)
    return (wanted.index(action.dest) if action.dest in wanted else len(wanted), 0)


def action_name(action: Any) -> str:
    """Return a positional argument's name, such as `DATA` or `DRIVERS...`."""
    many = "..." if action.nargs == "+" else ""
    return f"{action.dest.upper()}{many}"


def described(action: Any, defaults: Any) -> list[str]:
    """Return the lines of an option: its name, values, meaning and default."""
    option = shown(action.option_strings[-1])
    if is_boolean(action):
        name = f"{option}, --{NO}{option[2:]}"
    else:
        name = f"{option} {metavar(action)}".rstrip()
    return entry(name, f"{meaning(action)}{default_text(action, defaults)}")


def meaning(action: Any) -> str:
    """Return the description of an option; options that choose scenarios list their values."""
    last = action.dest.rpartition(".")[2]
    is_text = getattr(action, "_typehint", str) not in (
        float,
        int,
    )  # `augmentation.light` is a number
    return MEANINGS[last]() if last in MEANINGS and is_text else str(action.help or "")


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
    """Return the default in parentheses; nothing where it is empty or a flag that is off."""
    value = defaults.get(action.dest, None) if action.dest in defaults else None
    if value is None or value == "" or value is False or action.dest in COMMON:
        return ""
    if value is True:
        return " (default: on)"
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    return f" (default: {value})"


def entry(name: str, text: str | None) -> list[str]:
    """Return a name and its description, wrapped into two columns."""
    description = textwrap.wrap(text or "", WIDTH - COLUMN, break_on_hyphens=False) or [""]
    indent = " " * COLUMN
    if len(name) + 4 > COLUMN:
        return [f"  {name}", *(indent + line for line in description)]
    first = f"  {name:<{COLUMN - 2}}{description[0]}"
    return [first, *(indent + line for line in description[1:])]
