"""The parser of all commands: errors in one line, `--config`, and shared arguments.

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
from pilotnet.cli.spelling import option_name, parser_words
from pilotnet.common.backend_names import LOCAL
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
TYPE_TEXTS = {
    "<class 'str'>": "text",
    "<class 'int'>": "a whole number",
    "<class 'float'>": "a number",
    "<class 'bool'>": "true or false",
}
QUOTE = "'"  # around the values of a Literal
UNRECOGNIZED = "unrecognized arguments:"  # begins argparse's message about unknown words
LITERAL = re.compile(r"typing\.Literal\[(?P<values>.*)\]")


class Parser(ArgumentParser):
    """jsonargparse's parser of one command.

    Errors have one line, options have hyphens, and `~` in paths is replaced by the home folder.

    summary, example: one line each, for the help.
    first_options: the settings at the top of the help.
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
        self.first_options: tuple[str, ...] = ()

    def format_help(self, formatter: Any = None) -> str:  # noqa: ARG002 - argparse passes one
        """Return the help of the command."""
        return help_page(self)

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise ValueError with the message in one line; suggest an option for an unknown one."""
        line = " ".join(message.split())
        text = plain_message(line) + self._suggestion(line)
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
            elif isinstance(value, list) and all(isinstance(item, Path) for item in value):
                options[name] = [user_path(item) for item in value]
        return options

    def _suggestion(self, line: str) -> str:
        """Return a suggestion for the unknown option in argparse's message, if any."""
        if not line.startswith(UNRECOGNIZED):
            return ""
        unknown = next(
            (word.partition("=")[0] for word in line.split() if word.startswith("--")), ""
        )
        return did_you_mean(
            unknown, [option_name(option) for option in self._option_string_actions]
        )


class ConfigFile(ActionConfigFile):
    """The option `--config`.

    Its value is a YAML file of settings, the name of a shipped one, or the `<stage>.yaml` of an
    earlier run.
    """

    def __call__(self, *call: Any) -> None:
        """Read the settings; argparse passes parser, values so far, argument and option."""
        parser, so_far, name, *option = call
        path = config_path(name)
        arguments = {action.dest for action in parser._actions if action is not self}
        repeated = repeated_settings(path, parser.command, arguments)
        if repeated is None:
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
            yaml.safe_dump({key: repeated[key] for key in repeated if key not in named}),
            *option,
        )


def plain_message(line: str) -> str:
    """Return jsonargparse's message about a wrong value as name, value and allowed values."""
    match = WRONG_VALUE.fullmatch(line)
    if not match:
        return " ".join(map(shortened, line.split())) if line.startswith(UNRECOGNIZED) else line
    literal = LITERAL.fullmatch(match["kind"])
    if literal:
        allowed = f"one of {literal['values'].replace(QUOTE, '')}"
    elif match["kind"] in TYPE_TEXTS:
        allowed = TYPE_TEXTS[match["kind"]]
    else:
        return line.replace(match["value"], shortened(match["value"]))
    return f"{match['name']} is {quoted(match['value'])}; it must be {allowed}"


def shortened(text: str) -> str:
    """Return the text, shortened to 80 characters."""
    return text if len(text) <= MAX_QUOTED else f"{text[: MAX_QUOTED - 3]}..."


def did_you_mean(wrong: str, known: list[str]) -> str:
    """Return a suggestion to append to a message, empty when nothing in `known` is similar."""
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
    """Return a parser of a stage's settings, with `--config`, `--out` and perhaps `--resume`.

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
        parser.add_argument("--resume", action="store_true", help="continue an interrupted run")
    parser.add_class_arguments(config, None, skip=skip or set())
    return parser


def add_config(parser: Parser) -> None:
    """Add `--config`."""
    parser.add_argument(
        "--config",
        action=ConfigFile,
        help="a YAML file of settings, the name of a shipped one, or the one of an earlier run",
    )


def add_backend(parser: Parser) -> None:
    """Add `--backend`."""
    parser.add_argument(
        "--backend",
        default=LOCAL,
        help="where drives run: local processes, ray, dask, or ray:ADDRESS or dask:ADDRESS of a "
        "running cluster",
    )


def add_detector_arguments(parser: Parser, use: str) -> None:
    """Add the arguments `target` and `data` of a detector."""
    parser.add_argument("target", help="cars or pedestrians")
    parser.add_argument("data", type=Path, help=f"the dataset folder to {use}")


def add_detectors(parser: Parser) -> None:
    """Add the options of the driver modular."""
    for part in ("cars", "pedestrians"):
        parser.add_argument(
            f"--{part}",
            type=Path,
            help=f"the folder that `pilotnet train-detector {part}` wrote, for modular",
        )


def chosen_detectors(options: Namespace) -> Detectors:
    """Return the folders that the options of `add_detectors` name."""
    return Detectors(options.cars, options.pedestrians)


def add_json(parser: Parser) -> None:
    """Add `--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print the scores as JSON instead of a table"
    )


def settings(parser: Parser, config: type, words: list[str]) -> tuple[Any, Namespace]:
    """Return the checked settings, of type `config`, and all options."""
    options = parser.instantiate(parser.parse_args(words))
    chosen = {field.name: options[field.name] for field in fields(config) if field.name in options}
    return config(**chosen), options
