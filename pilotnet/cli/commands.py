"""The table of commands: name, summary for the help, and the function that runs it."""

from collections.abc import Callable
from typing import NamedTuple

from pilotnet.cli.data_commands import check_command, record_command, scenes_command
from pilotnet.cli.demo_command import demo_command
from pilotnet.cli.evaluation_commands import (
    evaluate_command,
    report_command,
    score_detector_command,
    score_lanes_command,
)
from pilotnet.cli.live_commands import drive_command, watch_command
from pilotnet.cli.training_commands import train_command, train_detector_command


class Command(NamedTuple):
    """One command.

    summary: its line in the help; not a docstring, because `python -OO` removes those.
    run: the function that takes the command-line arguments after the command's name.
    """

    summary: str
    run: Callable[[list[str]], None]


COMMANDS: dict[str, Command] = {
    "demo": Command("Record, train, drive and score, both stacks, with one command.", demo_command),
    "record": Command("Record the expert's driving into a dataset.", record_command),
    "train": Command("Train PilotNet on a dataset.", train_command),
    "evaluate": Command("Drive held-out roads in closed loop and score.", evaluate_command),
    "watch": Command("Watch drivers live, or replay a dataset; or film either.", watch_command),
    "report": Command("Make one HTML page of an evaluation.", report_command),
    "drive": Command("Drive yourself, by keyboard or controller, and record it.", drive_command),
    "train-detector": Command(
        "Train the detector of cars, or of pedestrians.", train_detector_command
    ),
    "score-detector": Command(
        "Score a detector by average precision and position.", score_detector_command
    ),
    "score-lanes": Command(
        "Compare the lanes that the modular stack finds with the true ones.", score_lanes_command
    ),
    "check": Command("Check a dataset: every digest, row and frame.", check_command),
    "scenes": Command("Draw roads in every weather and light on one sheet.", scenes_command),
}
