"""The command line: each command reads its settings, runs one stage, and says what was written and what to type next.

A mistake of the user's is one line on stderr and exit code 2; `--debug` shows the traceback.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jsonargparse import ActionConfigFile, ArgumentParser, Namespace

from pilotnet.progress import closing_line, console
from pilotnet.reading import load_yaml
from pilotnet.settings import config_path
from pilotnet.yaml_values import limit_yaml
from sim.types import quoted

if TYPE_CHECKING:
    from pilotnet.drivers import Detectors

CONTINUED = dict.fromkeys(
    ("record", "train", "train-detector"), "; what was finished is kept, the same command with --resume goes on from there"
)
LONGEST_MESSAGE = 500  # [characters] of jsonargparse's messages
INTERRUPTED = 130  # the shell's code for Ctrl-C


class Parser(ArgumentParser):
    """jsonargparse's parser with errors of one line and options by their full names."""

    def __init__(self, prog: str, defaults: Path | None = None) -> None:
        limit_yaml()
        super().__init__(prog=prog, allow_abbrev=False, default_config_files=[str(defaults)] if defaults else [])

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Raise ValueError with the message on one line, at most LONGEST_MESSAGE of it: it may repeat a whole file."""
        line = " ".join(message.split())
        raise ValueError(line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}...") from ex


class ConfigFile(ActionConfigFile):
    """`--config`: a YAML file, or the name of one that comes with the package."""

    def __call__(self, *call: Any) -> None:
        """Read the settings: argparse passes the parser, the values so far, the argument and its option."""
        parser, so_far, name, *option = call
        path = config_path(name)
        load_yaml(path)  # jsonargparse reads it with neither limits nor errors of one line
        super().__call__(parser, so_far, str(path), *option)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"]
    if not words or words[0] in ("-h", "--help"):
        console.print(usage(), markup=False, highlight=False)
        return 0
    try:
        if words[0] not in COMMANDS:
            raise ValueError(f"command is {quoted(words[0])}; it must be one of {', '.join(COMMANDS)}")
        COMMANDS[words[0]](words[1:])
    except (ValueError, OSError) as error:
        if debug:
            raise
        sys.stderr.write(f"pilotnet: error: {' '.join(str(error).split())}\n")
        return 2
    except KeyboardInterrupt:
        if debug:
            raise
        sys.stderr.write(f"pilotnet: interrupted{CONTINUED.get(words[0], '')}\n")
        return INTERRUPTED
    return 0


def usage() -> str:
    """What `pilotnet --help` prints."""
    lines = [f"  {name:<14} {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: pilotnet COMMAND [options] [--debug]", "", *lines, "", "pilotnet COMMAND --help shows a command's options."]
    )


def demo_command(words: list[str]) -> None:
    """Record, train, drive and score, both stacks, with one command."""
    from pilotnet.demo import REPORT, DemoConfig, demo
    from pilotnet.report import score_table, scores_by_suite

    parser = _parser("demo", DemoConfig, out="demo", defaults=config_path("demo"))
    config, options = _settings(parser, DemoConfig, words)
    results = demo(config, options.out)
    console.print(score_table(results.scores(), parts=scores_by_suite(results.episodes)))
    closing_line(f"wrote {options.out / REPORT}", "open it in a browser")


def record_command(words: list[str]) -> None:
    """Record the expert's driving into a dataset."""
    from pilotnet.record import RecordConfig, record

    parser = _parser("record", RecordConfig, out="data/drives", resume=True)
    config, options = _settings(parser, RecordConfig, words)
    dataset = record(config, options.out, resume=options.resume)
    closing_line(f"wrote {options.out}: {dataset.summary()}", f"pilotnet train {options.out}")


def train_command(words: list[str]) -> None:
    """Train PilotNet on a dataset."""
    from pilotnet.train import TrainConfig, train

    parser = _parser("train", TrainConfig, out="models/pilotnet", resume=True)
    parser.add_argument("data", type=Path, help="the dataset folder to learn from")
    config, options = _settings(parser, TrainConfig, words)
    path = train(config, options.data, options.out, resume=options.resume)
    closing_line(f"wrote {path}", f"pilotnet evaluate expert pilotnet straight --checkpoint {options.out}")


def evaluate_command(words: list[str]) -> None:
    """Drive held-out roads in closed loop and score."""
    from pilotnet.drivers import ablated, with_oracles
    from pilotnet.evaluate import EvaluateConfig, evaluate
    from pilotnet.report import score_table, scores_by_suite

    parser = _parser("evaluate", EvaluateConfig, out="results/pilotnet", skip={"drivers"})
    parser.add_argument("drivers", nargs="+", help="who drives: expert, pilotnet, modular, straight")
    parser.add_argument("--checkpoint", type=Path, help="the folder that `pilotnet train` wrote, for the driver pilotnet")
    _add_detectors(parser)
    parser.add_argument(
        "--oracle", help="parts of modular that the truth replaces: cars, pedestrians, lanes, or all; with commas"
    )
    parser.add_argument(
        "--ablate", action="store_true", help="drive modular with no part, each part and all replaced by the truth"
    )
    config, options = _settings(parser, EvaluateConfig, words)
    if options.ablate and options.oracle:
        raise ValueError("--ablate tries every oracle by itself; leave out --oracle")
    drivers = with_oracles(config.drivers, options.oracle) if options.oracle else config.drivers
    config = replace(config, drivers=ablated(drivers) if options.ablate else drivers)
    results = evaluate(config, options.out, options.checkpoint, _detectors(options))
    caption = f"suite: {config.suite}, {config.split} roads, pedals: {config.pedals}"
    console.print(score_table(results.scores(), caption, scores_by_suite(results.episodes)))
    model = f" --model {options.checkpoint}" if options.checkpoint else ""
    closing_line(f"wrote {options.out}", f"pilotnet report {options.out}{model}")


def score_lanes_command(words: list[str]) -> None:
    """Compare the lanes that the modular stack finds with the true ones."""
    from pilotnet.modular.lane_score import LaneScoreConfig, lane_table, score_lanes

    parser = _parser("score-lanes", LaneScoreConfig, out="results/lanes")
    config, options = _settings(parser, LaneScoreConfig, words)
    console.print(lane_table(score_lanes(config, options.out)))
    closing_line(f"wrote {options.out}", f"open {options.out / 'calibration.png'}")


def train_detector_command(words: list[str]) -> None:
    """Train the detector of cars, or of pedestrians."""
    from pilotnet.modular.detector_training import DetectorTrainConfig, train_detector

    parser = _parser("train-detector", DetectorTrainConfig, out="models/TARGET", resume=True)
    _add_detector_arguments(parser, "learn from")
    config, options = _settings(parser, DetectorTrainConfig, words)
    out = Path(str(options.out).replace("TARGET", options.target))
    path = train_detector(config, options.target, options.data, out, resume=options.resume)
    closing_line(
        f"wrote {path}", f"pilotnet score-detector {options.target} {options.data} --checkpoint {out} --split validation"
    )


def score_detector_command(words: list[str]) -> None:
    """Score a detector by average precision and position."""
    from pilotnet.modular.detector_scores import TABLE_FILE, DetectorScoreConfig, score_detector, scores_table

    parser = _parser("score-detector", DetectorScoreConfig, out="results/TARGET")
    _add_detector_arguments(parser, "score on")
    parser.add_argument("--checkpoint", type=Path, required=True, help="the folder that `pilotnet train-detector` wrote")
    config, options = _settings(parser, DetectorScoreConfig, words)
    out = Path(str(options.out).replace("TARGET", options.target))
    scores = score_detector(config, options.target, options.data, options.checkpoint, out)
    console.print(scores_table(scores))
    closing_line(f"wrote {out / TABLE_FILE}", "pilotnet evaluate --help")


def watch_command(words: list[str]) -> None:
    """Watch drivers live, or replay a dataset; or film either."""
    from pilotnet.replay import replay
    from pilotnet.report import score_table
    from pilotnet.watch import WatchConfig, watch

    parser = Parser("pilotnet watch")
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument(
        "drivers", nargs="+", help="who drives: one or two of expert, pilotnet, modular, straight; or a dataset folder"
    )
    parser.add_argument("--checkpoint", type=Path, help="the folder that `pilotnet train` wrote, for the driver pilotnet")
    _add_detectors(parser)
    parser.add_argument("--film", type=Path, help="the mp4 to film it to")
    parser.add_argument("--headless", action="store_true", help="without a window, for the film alone")
    parser.add_argument("--record", type=Path, help="the dataset for what you drive when you take the wheel (steering keys)")
    parser.add_class_arguments(WatchConfig, None)
    config, options = _settings(parser, WatchConfig, words)
    if folder := replayed(options):
        dataset = replay(folder, config, options.checkpoint, options.film, options.headless)
        closing_line(f"{folder}: {dataset.summary()}", f"pilotnet train {folder}")
        return
    detectors = _detectors(options)
    scores = watch(options.drivers, config, options.checkpoint, options.film, options.headless, detectors, options.record)
    console.print(score_table(scores))
    if options.film:
        closing_line(f"wrote {options.film}", "open it in a player")


def replayed(options: Namespace) -> Path | None:
    """The dataset folder that stands in place of drivers, or None; ValueError where drivers or their options stand beside it."""
    from pilotnet.drivers import DRIVER_NAMES

    folders = [Path(word) for word in options.drivers if word.partition("+")[0] not in DRIVER_NAMES and Path(word).is_dir()]
    if not folders:
        return None
    if len(options.drivers) > 1:
        raise ValueError(
            f"{folders[0]} is a folder and is replayed by itself; leave out the rest of {', '.join(options.drivers)}"
        )
    for part in ("cars", "pedestrians"):
        if options[part]:
            raise ValueError(f"{part} is {options[part]}; nothing drives in a replay, leave out --{part}")
    return folders[0]


def drive_command(words: list[str]) -> None:
    """Drive yourself, by keyboard or controller, and record it."""
    from pilotnet.drive import DriveConfig, drive, driven_in_words
    from pilotnet.report import score_table

    parser = Parser("pilotnet drive")
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument("--out", type=Path, default=Path("data/human"), help="the dataset to begin, or to go on with")
    parser.add_argument("--map", action="store_true", help="first set up a gamepad or steering wheel, which takes a minute")
    parser.add_class_arguments(DriveConfig, None)
    config, options = _settings(parser, DriveConfig, words)
    driven = drive(config, options.out, options["map"])
    console.print(score_table(driven.scores))
    closing_line(*driven_in_words(driven, options.out))


def report_command(words: list[str]) -> None:
    """Make one HTML page of an evaluation."""
    from pilotnet.report import write_report

    parser = Parser("pilotnet report")
    parser.add_argument("results", type=Path, help="the folder that `pilotnet evaluate` wrote")
    parser.add_argument("--model", type=Path, help="the model folder, for the training curve and the film")
    parser.add_argument("--data", type=Path, help="the dataset folder, for sample frames and their moved views")
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page to write")
    options = parser.parse_args(words)
    path = write_report(options.results, options.out, model=options.model, data=options.data)
    closing_line(f"wrote {path}", "open it in a browser" if path.suffix == ".html" else "paste it where it is read")


def check_command(words: list[str]) -> None:
    """Check a dataset: every digest, row and frame."""
    from pilotnet.dataset import Dataset, DatasetWriter

    parser = Parser("pilotnet check")
    parser.add_argument("data", type=Path, help="the dataset folder to check; without --mend nothing in it is changed")
    parser.add_argument(
        "--mend", action="store_true", help="first set damaged episodes at its end aside, into its folder `damaged`"
    )
    options = parser.parse_args(words)
    if options.mend:
        for folder in DatasetWriter.mend(options.data):
            console.print(f"a damaged episode lies in {folder} now", highlight=False)
    dataset = Dataset.open(options.data)
    dataset.check()
    closing_line(f"checked {dataset.summary()}: everything is as it was recorded", f"pilotnet train {options.data}")


def scenes_command(words: list[str]) -> None:
    """Draw roads in every weather and light on one sheet."""
    from pilotnet.scenes import scenes
    from sim.scenario import Daytime, RoadKind, Weather

    parser = Parser("pilotnet scenes")
    parser.add_argument("out", type=Path, help="the PNG or JPEG to write")
    kinds: dict[str, type[StrEnum]] = {"roads": RoadKind, "weather": Weather, "light": Daytime}
    for name, kind in kinds.items():
        every = [str(each) for each in kind]
        parser.add_argument(f"--{name}", nargs="+", default=every, help="some of these")
    parser.add_argument("--seed", type=int, default=0, help="which roads")
    options = parser.parse_args(words)
    path = scenes(options.out, options.roads, options.weather, options.light, options.seed)
    closing_line(f"wrote {path}", "pilotnet record --suite lane_keeping")


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "demo": demo_command,
    "record": record_command,
    "train": train_command,
    "evaluate": evaluate_command,
    "watch": watch_command,
    "report": report_command,
    "drive": drive_command,
    "train-detector": train_detector_command,
    "score-detector": score_detector_command,
    "score-lanes": score_lanes_command,
    "check": check_command,
    "scenes": scenes_command,
}


def _parser(
    command: str, config: type, out: str, resume: bool = False, skip: set[str] | None = None, defaults: Path | None = None
) -> Parser:
    """A parser of a stage's settings, flat, with `--config`, `--out` and, where a stage can be continued, `--resume`."""
    parser = Parser(f"pilotnet {command}", defaults)
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument("--out", type=Path, default=Path(out), help="the folder to write; it must be empty or not exist")
    if resume:
        parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_class_arguments(config, None, skip=skip or set())
    return parser


def _add_detector_arguments(parser: Parser, use: str) -> None:
    parser.add_argument("target", help="what it finds: cars or pedestrians")
    parser.add_argument("data", type=Path, help=f"the dataset folder to {use}")


def _add_detectors(parser: Parser) -> None:
    """The options of the driver modular."""
    for part in ("cars", "pedestrians"):
        parser.add_argument(f"--{part}", type=Path, help=f"the folder of `pilotnet train-detector {part}`, for modular")


def _detectors(options: Namespace) -> "Detectors":
    from pilotnet.drivers import Detectors

    return Detectors(options.cars, options.pedestrians)


def _settings(parser: Parser, config: type, words: list[str]) -> tuple[Any, Namespace]:
    """The stage's settings, checked, and the other options."""
    options = parser.instantiate(parser.parse_args(words))
    return config(**{field.name: options[field.name] for field in fields(config)}), options
