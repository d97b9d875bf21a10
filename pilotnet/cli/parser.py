"""What the commands' parsers share: errors of one line, `--config`, and the arguments that several commands take.

Nothing here, and nothing that the command modules import at their top, loads PyTorch, Numba or the simulator: help and wrong
settings are answered at once. A command loads its stage when its settings are known to be right.
"""

import re
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import yaml
from jsonargparse import ActionConfigFile, ArgumentParser, Namespace

from pilotnet.driver_names import Detectors
from pilotnet.repeat import repeated_settings
from pilotnet.settings import config_path, user_path
from pilotnet.yaml_values import limit_yaml
from sim.types import MAX_QUOTED, quoted

LONGEST_MESSAGE = 500  # [characters] of jsonargparse's messages
WRONG_VALUE = re.compile(r'Parser key "(?P<name>[^"]+)": Expected an? (?P<kind>.+?)\. Got value: (?P<value>.*)')
KINDS = {"<class 'int'>": "a whole number", "<class 'float'>": "a number", "<class 'bool'>": "true or false"}
UNRECOGNIZED = "unrecognized arguments:"  # how argparse begins its message about words that it has no use for
LITERAL = re.compile(r"typing\.Literal\[(?P<values>.*)\]")


class Parser(ArgumentParser):
    """jsonargparse's parser of one command, with errors of one line, options by their full names and `~` in paths."""

    def __init__(self, command: str, defaults: Path | None = None) -> None:
        limit_yaml()
        super().__init__(prog=f"pilotnet {command}", allow_abbrev=False, default_config_files=[str(defaults)] if defaults else [])
        self.command = command

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise ValueError with the message on one line, and the option that an unknown one may be meant for."""
        line = " ".join(message.split())
        said = worded(line) + self._meant(line)
        # jsonargparse may repeat a whole file.
        raise ValueError(said if len(said) <= LONGEST_MESSAGE else f"{said[:LONGEST_MESSAGE]}...") from ex

    def parse_args(self, *call: Any, **settings: Any) -> Namespace:  # type: ignore[override]
        """Return the options, with `~` in paths replaced by the home folder."""
        options = super().parse_args(*call, **settings)
        for name, value in vars(options).items():
            if isinstance(value, Path):
                options[name] = user_path(value)
        return options

    def _meant(self, line: str) -> str:
        if not line.startswith(UNRECOGNIZED):
            return ""
        wrong = next((word.partition("=")[0] for word in line.split() if word.startswith("--")), "")
        return did_you_mean(wrong, [*self._option_string_actions])


class ConfigFile(ActionConfigFile):
    """`--config`: a YAML file, the name of one that comes with the package, or the file that the same stage left."""

    def __call__(self, *call: Any) -> None:
        """Read the settings: argparse passes the parser, the values so far, the argument and its option."""
        parser, so_far, name, *option = call
        path = config_path(name)
        arguments = {action.dest for action in parser._actions if action is not self}
        left = repeated_settings(path, parser.command, arguments)
        if left is None:
            super().__call__(parser, so_far, str(path), *option)
            return
        # What is named on the command line, such as other data, counts wherever it stands.
        named = {action.dest for action in parser._actions if not action.option_strings and so_far.get(action.dest) is not None}
        super().__call__(parser, so_far, yaml.safe_dump({key: left[key] for key in left if key not in named}), *option)


def worded(line: str) -> str:
    """Return jsonargparse's message about a wrong value in our words: name, value and what is allowed."""
    found = WRONG_VALUE.fullmatch(line)
    if not found:
        return " ".join(map(cut, line.split())) if line.startswith(UNRECOGNIZED) else line
    literal = LITERAL.fullmatch(found["kind"])
    allowed = f"one of {literal['values'].replace(chr(39), '')}" if literal else KINDS.get(found["kind"])
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
    command: str, config: type, out: str, resume: bool = False, skip: set[str] | None = None, defaults: Path | None = None
) -> Parser:
    """Return a parser of a stage's settings, flat, with `--config`, `--out` and, where a stage can be continued, `--resume`."""
    parser = Parser(command, defaults)
    add_config(parser)
    parser.add_argument("--out", type=Path, default=Path(out), help="the folder to write; it must be empty or not exist")
    if resume:
        parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_class_arguments(config, None, skip=skip or set())
    return parser


def add_config(parser: Parser) -> None:
    """Add `--config`."""
    parser.add_argument(
        "--config", action=ConfigFile, help="a YAML file of settings, the name of a shipped one, or the file that a stage left"
    )


def add_detector_arguments(parser: Parser, use: str) -> None:
    """Add what names a detector and its dataset."""
    parser.add_argument("target", help="what it finds: cars or pedestrians")
    parser.add_argument("data", type=Path, help=f"the dataset folder to {use}")


def add_detectors(parser: Parser) -> None:
    """Add the options of the driver modular."""
    for part in ("cars", "pedestrians"):
        parser.add_argument(f"--{part}", type=Path, help=f"the folder of `pilotnet train-detector {part}`, for modular")


def chosen_detectors(options: Namespace) -> Detectors:
    """Return the folders that `add_detectors` read."""
    return Detectors(options.cars, options.pedestrians)


def settings(parser: Parser, config: type, words: list[str]) -> tuple[Any, Namespace]:
    """Return the stage's settings, checked, and the other options."""
    options = parser.instantiate(parser.parse_args(words))
    return config(**{field.name: options[field.name] for field in fields(config)}), options
