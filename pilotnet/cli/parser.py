"""The parser of all commands: errors in one line, `--config`, and the arguments that several
commands take.

Neither this module nor the top of a command module imports PyTorch, Numba or the simulator, so help
and wrong settings are quick. A command imports its stage after its settings have been checked.
"""

import re
from collections.abc import Sequence
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml
from jsonargparse import ActionConfigFile, ArgumentParser, Namespace

from pilotnet.cli.help_page import help_page
from pilotnet.cli.spelling import parser_words, shown
from pilotnet.common.repeat import repeated_settings
from pilotnet.common.settings import config_path, user_path
from pilotnet.common.yaml_values import limit_yaml
from pilotnet.drivers.driver_table import Detectors
from sim.types import MAX_QUOTED, quoted

# [characters] length to which jsonargparse's messages, which may repeat a whole file, are cut
LONGEST_MESSAGE = 500
WRONG_VALUE = re.compile(
    r'Parser key "(?P<name>[^"]+)": Expected an? (?P<kind>.+?)\. Got value: (?P<value>.*)'
)
KINDS = {
    "<class 'str'>": "text",
    "<class 'int'>": "a whole number",
    "<class 'float'>": "a number",
    "<class 'bool'>": "true or false",
}
UNRECOGNIZED = "unrecognized arguments:"  # begins argparse's message about unknown words
LITERAL = re.compile(r"typing\.Literal\[(?P<values>.*)\]")


class Parser(ArgumentParser):
    """jsonargparse's parser of one command: errors in one line, hyphens in options, `~` in paths
    replaced.

    summary, example: one line each, for the help.
    wanted: settings that stand first in the help.
    """

    def __init__(self, command: str, defaults: Path | None = None) -> None:
        limit_yaml()
        super().__init__(
            prog=f"pilotnet {command}",
            allow_abbrev=False,
            default_config_files=[str(defaults)] if defaults else [],
        )
        self.command = command
        self.summary = ""
        self.example = ""
        self.wanted: tuple[str, ...] = ()

    def format_help(self, formatter: Any = None) -> str:  # noqa: ARG002 - argparse passes one
        """Return the help of the command."""
        return help_page(self)

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise ValueError with the message in one line, and a similar option where one is unknown."""
        line = " ".join(message.split())
        text = reworded(line) + self._suggestion(line)
        raise ValueError(
            text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}..."
        ) from ex

    def parse_args(self, words: Sequence[str], **settings: Any) -> Namespace:  # type: ignore[override]
        """Return the options, with `~` in paths replaced by the home folder.

        Raises ValueError for wrong values, and for options in the spelling of an earlier version.
        """
        options = super().parse_args(parser_words(words, self._option_string_actions), **settings)
        for name, value in vars(options).items():
            if isinstance(value, Path):
                options[name] = user_path(value)
        return options

    def _suggestion(self, line: str) -> str:
        if not line.startswith(UNRECOGNIZED):
            return ""
        unknown = next(
            (word.partition("=")[0] for word in line.split() if word.startswith("--")), ""
        )
        return did_you_mean(unknown, [shown(option) for option in self._option_string_actions])


class ConfigFile(ActionConfigFile):
    """`--config`: a YAML file of settings, the name of a shipped one, or the `<stage>.yaml` of an
    earlier run.
    """

    def __call__(self, *call: Any) -> None:
        """Read the settings: argparse passes the parser, the values so far, the argument and its
        option.
        """
        parser, so_far, name, *option = call
        path = config_path(name)
        arguments = {action.dest for action in parser._actions if action is not self}
        left = repeated_settings(path, parser.command, arguments)
        if left is None:
            super().__call__(parser, so_far, str(path), *option)
            return
        # Positional arguments override the file, before or after `--config`.
        named = {
            action.dest
            for action in parser._actions
            if not action.option_strings and so_far.get(action.dest) is not None
        }
        super().__call__(
            parser,
            so_far,
            yaml.safe_dump({key: left[key] for key in left if key not in named}),
            *option,
        )


def reworded(line: str) -> str:
    """Return jsonargparse's message about a wrong value in the form of this package: name, value
    and what is allowed.
    """
    found = WRONG_VALUE.fullmatch(line)
    if not found:
        return " ".join(map(cut, line.split())) if line.startswith(UNRECOGNIZED) else line
    literal = LITERAL.fullmatch(found["kind"])
    allowed = (
        f"one of {literal['values'].replace(chr(39), '')}" if literal else KINDS.get(found["kind"])
    )
    return (
        f"{found['name']} is {quoted(found['value'])}; it must be {allowed}"
        if allowed
        else line.replace(found["value"], cut(found["value"]))
    )


def cut(text: str) -> str:
    """Return the text, cut after 80 characters."""
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 3]}..."


def did_you_mean(wrong: str, known: list[str]) -> str:
    """Return a suggestion to append to a message, empty when nothing known is similar."""
    similar = get_close_matches(wrong, known, n=1)
    return f"; did you mean {similar[0]}?" if similar else ""


def stage_parser(
    command: str,
    config: type,
    out: str,
    resume: bool = False,
    skip: set[str] | None = None,
    defaults: Path | None = None,
) -> Parser:
    """Return a parser of a stage's settings with `--config`, `--out` and, if `resume`, `--resume`.

    skip: names of settings that the command adds itself.
    defaults: a YAML file of default settings.
    """
    parser = Parser(command, defaults)
    add_config(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(out),
        help="the folder to write; it must be empty or not exist",
    )
    if resume:
        parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_class_arguments(config, None, skip=skip or set())
    return parser


def add_config(parser: Parser) -> None:
    """Add `--config`."""
    parser.add_argument(
        "--config",
        action=ConfigFile,
        help="a YAML file of settings, the name of a shipped one, or the file that a stage left",
    )


def add_detector_arguments(parser: Parser, use: str) -> None:
    """Add the arguments `target` and `data` of a detector."""
    parser.add_argument("target", help="what it finds: cars or pedestrians")
    parser.add_argument("data", type=Path, help=f"the dataset folder to {use}")


def add_detectors(parser: Parser) -> None:
    """Add the options of the driver modular."""
    for part in ("cars", "pedestrians"):
        parser.add_argument(
            f"--{part}",
            type=Path,
            help=f"the folder of `pilotnet train-detector {part}`, for modular",
        )


def chosen_detectors(options: Namespace) -> Detectors:
    """Return the folders in the options that `add_detectors` adds."""
    return Detectors(options.cars, options.pedestrians)


def add_json(parser: Parser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print the scores as JSON, no table")


def settings(parser: Parser, config: type, words: list[str]) -> tuple[Any, Namespace]:
    """Return the checked settings, of type `config`, and all options."""
    options = parser.instantiate(parser.parse_args(words))
    return config(**{field.name: options[field.name] for field in fields(config)}), options
