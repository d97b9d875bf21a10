"""The command `robustness`: drivers with faults of camera and actuators."""

from dataclasses import asdict

from pilotnet.cli.evaluation_commands import add_networks, drivers_first
from pilotnet.cli.parser import Parser, add_json, chosen_detectors, settings, stage_parser
from pilotnet.common.folders import plain
from pilotnet.common.progress import closing_line, console, print_json
from pilotnet.evaluation.robustness_config import RobustnessConfig

NOT_ASKED = {"drivers", "fault", "until_decided"}  # settings that the command has no option for


def robustness_parser() -> Parser:
    """Return the parser of `robustness`."""
    parser = stage_parser(
        "robustness", RobustnessConfig, out="results/robustness", resume=True, skip=NOT_ASKED
    )
    add_networks(parser)
    add_json(parser)
    return parser


def robustness_command(parser: Parser, words: list[str]) -> None:
    """Evaluate drivers with every fault."""
    config, options = settings(parser, RobustnessConfig, drivers_first(words))
    checkpoints = options.checkpoint or []
    config.require_folders(checkpoints, chosen_detectors(options))

    from pilotnet.evaluation.report import robustness_table
    from pilotnet.evaluation.robustness import CARD_PLOT, robustness

    detectors = chosen_detectors(options)
    rows = robustness(config, options.out, checkpoints, detectors, options.resume)
    if options.json:
        print_json([plain(asdict(row)) for row in rows])
        return
    console.print(robustness_table(rows))
    closing_line(f"wrote {options.out}", f"open {options.out / CARD_PLOT}")
