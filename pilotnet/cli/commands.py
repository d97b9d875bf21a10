"""The table of commands: their help texts, parsers and functions."""

from collections.abc import Callable
from typing import NamedTuple

from pilotnet.cli.compare_command import compare_command, compare_parser
from pilotnet.cli.completion_command import completion_command, completion_parser
from pilotnet.cli.data_commands import (
    check_command,
    check_parser,
    record_command,
    record_parser,
    scenes_command,
    scenes_parser,
)
from pilotnet.cli.demo_command import demo_command, demo_parser
from pilotnet.cli.evaluation_commands import (
    evaluate_command,
    evaluate_parser,
    report_command,
    report_parser,
    results_command,
    results_parser,
    score_detector_command,
    score_detector_parser,
    score_lanes_command,
    score_lanes_parser,
)
from pilotnet.cli.live_commands import drive_command, drive_parser, watch_command, watch_parser
from pilotnet.cli.merge_command import merge_command, merge_parser
from pilotnet.cli.parser import Parser
from pilotnet.cli.recording_command import recording_command, recording_parser
from pilotnet.cli.robustness_command import robustness_command, robustness_parser
from pilotnet.cli.training_commands import (
    export_command,
    export_parser,
    train_command,
    train_detector_command,
    train_detector_parser,
    train_parser,
)


class Command(NamedTuple):
    """One command.

    summary: its line in the help; not a docstring, because `python -OO` removes those.
    example: a complete command line.
    first_options: the settings at the top of its help.
    make_parser: returns the parser of the arguments after the command's name.
    run: takes that parser and the arguments; returns an exit code other than 0, if any.
    """

    summary: str
    example: str
    first_options: tuple[str, ...]
    make_parser: Callable[[], Parser]
    run: Callable[[Parser, list[str]], int | None]

    def parser(self) -> Parser:
        """Return the parser, with the texts of its help."""
        parser = self.make_parser()
        parser.summary = self.summary
        parser.example = self.example
        parser.first_options = self.first_options
        return parser


SCENARIOS = ("suite", "roads", "weather", "light", "episodes", "length")
COMMANDS: dict[str, Command] = {
    "demo": Command(
        "Record, train, evaluate and report, for both stacks, with one command.",
        "pilotnet demo --out demo",
        ("out",),
        demo_parser,
        demo_command,
    ),
    "record": Command(
        "Record the expert's driving into a dataset.",
        "pilotnet record --out data/drives --suite lane_keeping --episodes 60 --length 600",
        ("out", *SCENARIOS, "validation_episodes"),
        record_parser,
        record_command,
    ),
    "train": Command(
        "Train PilotNet on a dataset.",
        "pilotnet train data/drives --out models/pilotnet",
        ("out", "epochs", "device", "seed", "speed"),
        train_parser,
        train_command,
    ),
    "export": Command(
        "Write PilotNet as an ONNX file.",
        "pilotnet export models/pilotnet --out models/pilotnet.onnx",
        ("out",),
        export_parser,
        export_command,
    ),
    "evaluate": Command(
        "Evaluate drivers in closed loop on roads that were not used in training.",
        "pilotnet evaluate expert pilotnet straight --checkpoint models/pilotnet",
        ("checkpoint", "cars", "pedestrians", "out", *SCENARIOS, "split"),
        evaluate_parser,
        evaluate_command,
    ),
    "compare": Command(
        "Compare two drivers on the same scenarios: the difference, its interval, the roads.",
        "pilotnet compare results/pilotnet --drivers modular pilotnet --fail-if-worse 1",
        ("drivers", "fail_if_worse"),
        compare_parser,
        compare_command,
    ),
    "merge": Command(
        "Join results folders of other drivers or other roads, such as those of several machines.",
        "pilotnet merge results/part0 results/part1 --out results/all",
        ("out",),
        merge_parser,
        merge_command,
    ),
    "evaluate-recording": Command(
        "Drive PilotNet over recorded video, as the paper did, and compare to rendered roads.",
        "pilotnet evaluate-recording data/drives --checkpoint models/pilotnet",
        ("checkpoint", "out", "split"),
        recording_parser,
        recording_command,
    ),
    "robustness": Command(
        "Evaluate drivers with faults of camera and actuators, and draw the robustness card.",
        "pilotnet robustness pilotnet --checkpoint models/pilotnet --faults yaw,late=0.2",
        ("checkpoint", "cars", "pedestrians", "out", "faults", *SCENARIOS, "split"),
        robustness_parser,
        robustness_command,
    ),
    "watch": Command(
        "Watch drivers live or replay a dataset, in a window or as a film.",
        "pilotnet watch pilotnet expert --checkpoint models/pilotnet --roads rural",
        ("checkpoint", "cars", "pedestrians", "film", "headless", *SCENARIOS),
        watch_parser,
        watch_command,
    ),
    "report": Command(
        "Make one HTML page of an evaluation.",
        "pilotnet report results/pilotnet --model models/pilotnet --data data/drives",
        ("out",),
        report_parser,
        report_command,
    ),
    "drive": Command(
        "Drive with a keyboard or controller, and record it.",
        "pilotnet drive --roads rural --out data/human",
        ("out", "map", *SCENARIOS),
        drive_parser,
        drive_command,
    ),
    "train-detector": Command(
        "Train the car detector or the pedestrian detector.",
        "pilotnet train-detector cars data/detection --out models/cars",
        ("out", "epochs", "device", "seed"),
        train_detector_parser,
        train_detector_command,
    ),
    "score-detector": Command(
        "Score a detector by average precision and position error.",
        "pilotnet score-detector cars data/detection --checkpoint models/cars",
        ("checkpoint", "out", "split"),
        score_detector_parser,
        score_detector_command,
    ),
    "score-lanes": Command(
        "Compare the lanes of the modular stack to the ground truth.",
        "pilotnet score-lanes --suite lane_keeping --episodes 16 --length 200",
        ("out", *SCENARIOS),
        score_lanes_parser,
        score_lanes_command,
    ),
    "check": Command(
        "Check every digest, row and frame of a dataset.",
        "pilotnet check data/drives",
        (),
        check_parser,
        check_command,
    ),
    "scenes": Command(
        "Draw roads in every weather and light on one sheet.",
        "pilotnet scenes sheet.png --roads rural,mountain --weather clear,fog",
        ("roads", "weather", "light"),
        scenes_parser,
        scenes_command,
    ),
    "results": Command(
        "Render docs/results.md and the README's rows from committed results.",
        "pilotnet results",
        (),
        results_parser,
        results_command,
    ),
    "completion": Command(
        "Print a completion script for bash, zsh or tcsh.",
        "pilotnet completion bash > ~/.local/share/bash-completion/completions/pilotnet",
        (),
        completion_parser,
        completion_command,
    ),
}
