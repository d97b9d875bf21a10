"""The commands that measure: `evaluate`, `score-lanes`, `score-detector`, and `report` for the page."""

from dataclasses import replace
from pathlib import Path

from pilotnet.cli.parser import (
    Parser,
    add_detector_arguments,
    add_detectors,
    chosen_detectors,
    settings,
    stage_parser,
)
from pilotnet.common.progress import closing_line, console
from pilotnet.common.settings import require_exists
from pilotnet.drivers.driver_names import ablated, with_oracles
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.modular.detection.detector_config import DetectorScoreConfig, is_person
from pilotnet.modular.lanes.score_lanes_config import LaneScoreConfig


def evaluate_command(words: list[str]) -> None:
    """Score drivers in closed loop."""
    parser = stage_parser(
        "evaluate", EvaluateConfig, out="results/pilotnet", resume=True, skip={"drivers"}
    )
    parser.add_argument(
        "drivers", nargs="+", help="drivers to score: expert, pilotnet, modular, straight"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        help="the folder that `pilotnet train` wrote, for the driver pilotnet",
    )
    add_detectors(parser)
    parser.add_argument(
        "--oracle",
        help="parts of modular that the truth replaces: cars, pedestrians, lanes, or all; with commas",
    )
    parser.add_argument(
        "--ablate",
        action="store_true",
        help="drive modular with no part, each single part and all parts replaced by the truth",
    )
    config, options = settings(parser, EvaluateConfig, words)
    if options.ablate and options.oracle:
        raise ValueError("--ablate tries every oracle by itself; leave out --oracle")
    drivers = with_oracles(config.drivers, options.oracle) if options.oracle else config.drivers
    config = replace(config, drivers=ablated(drivers) if options.ablate else drivers)
    config.require_folders(options.checkpoint, chosen_detectors(options))

    from pilotnet.evaluation.evaluate import evaluate
    from pilotnet.evaluation.report import score_table, scores_by_suite

    results = evaluate(
        config, options.out, options.checkpoint, chosen_detectors(options), options.resume
    )
    caption = f"suite: {config.suite}, {config.split} roads, pedals: {config.pedals}"
    console.print(score_table(results.scores(), caption, scores_by_suite(results.episodes)))
    model = f" --model {options.checkpoint}" if options.checkpoint else ""
    closing_line(f"wrote {options.out}", f"pilotnet report {options.out}{model}")


def score_lanes_command(words: list[str]) -> None:
    """Score the lane finder."""
    parser = stage_parser("score-lanes", LaneScoreConfig, out="results/lanes")
    config, options = settings(parser, LaneScoreConfig, words)

    from pilotnet.modular.lanes.score_lanes import lane_table, score_lanes

    console.print(lane_table(score_lanes(config, options.out)))
    closing_line(f"wrote {options.out}", f"open {options.out / 'calibration.png'}")


def score_detector_command(words: list[str]) -> None:
    """Score a detector."""
    parser = stage_parser("score-detector", DetectorScoreConfig, out="results/TARGET")
    add_detector_arguments(parser, "score on")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        required=True,
        help="the folder that `pilotnet train-detector` wrote",
    )
    config, options = settings(parser, DetectorScoreConfig, words)
    is_person(options.target)
    require_exists("data", options.data, "record")
    require_exists("checkpoint", options.checkpoint, "train-detector")
    out = Path(str(options.out).replace("TARGET", options.target))

    from pilotnet.modular.detection.score_detector import TABLE_FILE, score_detector, scores_table

    scores = score_detector(config, options.target, options.data, options.checkpoint, out)
    console.print(scores_table(scores))
    closing_line(f"wrote {out / TABLE_FILE}", "pilotnet evaluate --help")


def report_command(words: list[str]) -> None:
    """Write the page of an evaluation."""
    parser = Parser("report")
    parser.add_argument("results", type=Path, help="the folder that `pilotnet evaluate` wrote")
    parser.add_argument(
        "--model", type=Path, help="the model folder, for the training curve and the film"
    )
    parser.add_argument(
        "--data", type=Path, help="the dataset folder, for sample frames and their moved views"
    )
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page to write")
    options = parser.parse_args(words)
    for name, writer in (("results", "evaluate"), ("model", "train"), ("data", "record")):
        if options[name] is not None:
            require_exists(name, options[name], writer)

    from pilotnet.evaluation.report import write_report

    path = write_report(options.results, options.out, model=options.model, data=options.data)
    closing_line(
        f"wrote {path}",
        "open it in a browser" if path.suffix == ".html" else "paste it where it is read",
    )
