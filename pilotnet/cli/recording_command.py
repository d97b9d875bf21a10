"""The command `evaluate-recording`: PilotNet in closed loop over recorded video."""

from dataclasses import asdict
from pathlib import Path

from pilotnet.cli.parser import Parser, add_json, settings, stage_parser
from pilotnet.common.folders import plain
from pilotnet.common.progress import closing_line, console, print_json
from pilotnet.common.settings import require_exists
from pilotnet.evaluation.recording_config import RecordingEvaluationConfig


def recording_parser() -> Parser:
    """Return the parser of `evaluate-recording`."""
    parser = stage_parser("evaluate-recording", RecordingEvaluationConfig, out="results/recording")
    parser.add_argument("data", type=Path, help="the dataset folder to drive over")
    parser.add_argument(
        "--checkpoint", type=Path, required=True, help="the folder that `pilotnet train` wrote"
    )
    add_json(parser)
    return parser


def recording_command(parser: Parser, words: list[str]) -> None:
    """Drive over recorded video."""
    config, options = settings(parser, RecordingEvaluationConfig, words)
    require_exists("data", options.data, "record")
    require_exists("checkpoint", options.checkpoint, "train")

    from pilotnet.evaluation.evaluate_recording import RECORDING_PLOT, evaluate_recording, summary

    rows = evaluate_recording(config, options.data, options.checkpoint, options.out)
    if options.json:
        print_json([plain(asdict(row)) for row in rows])
        return
    for line in summary(rows):
        console.print(line, highlight=False)
    closing_line(f"wrote {options.out}", f"open {options.out / RECORDING_PLOT}")
