"""What the commands' parsers share: errors of one line, `--config`, and the arguments that several commands take."""

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jsonargparse import ActionConfigFile, ArgumentParser, Namespace

from pilotnet.settings import config_path

if TYPE_CHECKING:
    from pilotnet.drivers import Detectors


class Parser(ArgumentParser):
    """jsonargparse's parser with errors of one line and options by their full names."""

    def __init__(self, prog: str, defaults: Path | None = None) -> None:
        super().__init__(prog=prog, allow_abbrev=False, default_config_files=[str(defaults)] if defaults else [])

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise ValueError with the message on one line."""
        raise ValueError(" ".join(message.split())) from ex


class ConfigFile(ActionConfigFile):
    """`--config`: a YAML file, or the name of one that comes with the package."""

    def __call__(self, *call: Any) -> None:
        """Read the settings: argparse passes the parser, the values so far, the argument and its option."""
        parser, so_far, name, *option = call
        super().__call__(parser, so_far, str(config_path(name)), *option)


def stage_parser(
    command: str, config: type, out: str, resume: bool = False, skip: set[str] | None = None, defaults: Path | None = None
) -> Parser:
    """Return a parser of a stage's settings, flat, with `--config`, `--out` and, where a stage can be continued, `--resume`."""
    parser = Parser(f"pilotnet {command}", defaults)
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument("--out", type=Path, default=Path(out), help="the folder to write; it must be empty or not exist")
    if resume:
        parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_class_arguments(config, None, skip=skip or set())
    return parser


def add_detector_arguments(parser: Parser, use: str) -> None:
    """Add what names a detector and its dataset."""
    parser.add_argument("target", help="what it finds: cars or pedestrians")
    parser.add_argument("data", type=Path, help=f"the dataset folder to {use}")


def add_detectors(parser: Parser) -> None:
    """Add the options of the driver modular."""
    for part in ("cars", "pedestrians"):
        parser.add_argument(f"--{part}", type=Path, help=f"the folder of `pilotnet train-detector {part}`, for modular")


def chosen_detectors(options: Namespace) -> "Detectors":
    """Return the folders that `add_detectors` read."""
    from pilotnet.drivers import Detectors

    return Detectors(options.cars, options.pedestrians)


def settings(parser: Parser, config: type, words: list[str]) -> tuple[Any, Namespace]:
    """Return the stage's settings, checked, and the other options."""
    options = parser.instantiate(parser.parse_args(words))
    return config(**{field.name: options[field.name] for field in fields(config)}), options
