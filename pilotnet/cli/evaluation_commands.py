"""The commands that score: `evaluate`, `score-lanes`, `score-detector`; and their pages."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from pilotnet.cli.parser import (
    Parser,
    add_backend,
    add_detector_arguments,
    add_detectors,
    add_json,
    chosen_detectors,
    settings,
    stage_parser,
)
from pilotnet.common.backend_names import split_backend
from pilotnet.common.folders import plain
from pilotnet.common.progress import closing_line, console, print_json
from pilotnet.common.reading import load_json
from pilotnet.common.settings import require_exists
from pilotnet.drivers.driver_names import ablated, with_oracles
from pilotnet.drivers.driver_table import DRIVER_NAMES, driver_info
from pilotnet.evaluation.evaluate_config import EvaluateConfig
from pilotnet.modular.detection.detector_config import DetectorScoreConfig, is_person
from pilotnet.modular.lanes.score_lanes_config import LaneScoreConfig


def evaluate_parser() -> Parser:
    """Return the parser of `evaluate`."""
    parser = stage_parser(
        "evaluate", EvaluateConfig, out="results/pilotnet", resume=True, skip={"drivers"}
    )
    add_networks(parser)
    add_backend(parser)
    parser.add_argument(
        "--oracle",
        help="parts of modular to replace by the ground truth, with commas: "
        "cars, pedestrians, lanes, or all",
    )
    parser.add_argument(
        "--ablate",
        action="store_true",
        help="drive modular without oracle, with the oracle of each part, and with all oracles",
    )
    add_json(parser)
    return parser


def add_networks(parser: Parser) -> None:
    """Add the argument `drivers`, and the options that name their networks."""
    parser.add_argument(
        "drivers",
        nargs="+",
        help=f"drivers to score: {', '.join(DRIVER_NAMES)}, or module:Class of your own",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        nargs="+",
        help="the folder that `pilotnet train` wrote, for the driver pilotnet; the scores of "
        "several training seeds count as one driver's",
    )
    add_detectors(parser)


def drivers_first(words: Sequence[str]) -> list[str]:
    """Return the words with the drivers that follow the folders of `--checkpoint` in front.

    The option takes several folders, and would take those drivers for folders, too. Its first word
    is a folder in any case.
    """
    drivers: list[str] = []
    others: list[str] = []
    within = False
    for before, word in zip(["", *words], words, strict=False):
        if word.startswith("-"):
            within = word == "--checkpoint"
        moves = within and before != "--checkpoint" and driver_info(word) is not None
        (drivers if moves else others).append(word)
    return [*drivers, *others]


def evaluate_command(parser: Parser, words: list[str]) -> None:
    """Score drivers in closed loop."""
    config, options = settings(parser, EvaluateConfig, drivers_first(words))
    if options.ablate and options.oracle:
        raise ValueError("--ablate includes every oracle; leave out --oracle")
    drivers = with_oracles(config.drivers, options.oracle) if options.oracle else config.drivers
    config = replace(config, drivers=ablated(drivers) if options.ablate else drivers)
    checkpoints = options.checkpoint or []
    config.require_folders(checkpoints, chosen_detectors(options))
    split_backend(options.backend)

    from pilotnet.common.clusters import on_backend
    from pilotnet.evaluation.evaluate import evaluate
    from pilotnet.evaluation.report import score_table, scores_by_suite
    from pilotnet.evaluation.scores import SCORES_FILE

    with on_backend(options.backend, config.workers):
        results = evaluate(
            config, options.out, checkpoints, chosen_detectors(options), options.resume
        )
    if options.json:
        print_json(load_json(options.out / SCORES_FILE))
        return
    caption = f"suite: {config.suite}, {config.split} roads, speed control: {config.pedals}"
    console.print(score_table(results.scores(), caption, scores_by_suite(results.episodes)))
    model = f" --model {checkpoints[0]}" if checkpoints else ""
    closing_line(f"wrote {options.out}", f"pilotnet report {options.out}{model}")


def score_lanes_parser() -> Parser:
    """Return the parser of `score-lanes`."""
    parser = stage_parser("score-lanes", LaneScoreConfig, out="results/lanes")
    add_json(parser)
    return parser


def score_lanes_command(parser: Parser, words: list[str]) -> None:
    """Score the lane finder."""
    config, options = settings(parser, LaneScoreConfig, words)

    from pilotnet.modular.lanes.score_lanes import lane_table, score_lanes

    scores = score_lanes(config, options.out)
    if options.json:
        print_json([plain(asdict(score)) for score in scores])
        return
    console.print(lane_table(scores))
    closing_line(f"wrote {options.out}", f"open {options.out / 'calibration.png'}")


def score_detector_parser() -> Parser:
    """Return the parser of `score-detector`."""
    parser = stage_parser("score-detector", DetectorScoreConfig, out="results/TARGET")
    add_detector_arguments(parser, "score on")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        required=True,
        help="the folder that `pilotnet train-detector` wrote",
    )
    add_json(parser)
    return parser


def score_detector_command(parser: Parser, words: list[str]) -> None:
    """Score a detector."""
    config, options = settings(parser, DetectorScoreConfig, words)
    is_person(options.target)
    require_exists("data", options.data, "record")
    require_exists("checkpoint", options.checkpoint, "train-detector")
    out = Path(str(options.out).replace("TARGET", options.target))

    from pilotnet.modular.detection.score_detector import TABLE_FILE, score_detector, scores_table

    scores = score_detector(config, options.target, options.data, options.checkpoint, out)
    if options.json:
        print_json([plain(asdict(score)) for score in scores])
        return
    console.print(scores_table(scores))
    closing_line(f"wrote {out / TABLE_FILE}", "pilotnet evaluate --help")


def report_parser() -> Parser:
    """Return the parser of `report`."""
    parser = Parser("report")
    parser.add_argument("results", type=Path, help="the folder that `pilotnet evaluate` wrote")
    parser.add_argument(
        "--model", type=Path, help="the model folder, for the training curve and the film"
    )
    parser.add_argument(
        "--data", type=Path, help="the dataset folder, for sample frames and shifted views"
    )
    parser.add_argument("--out", type=Path, default=Path("report.html"), help="the page to write")
    return parser


def report_command(parser: Parser, words: list[str]) -> None:
    """Write the page of an evaluation."""
    options = parser.parse_args(words)
    for name, writer in (("results", "evaluate"), ("model", "train"), ("data", "record")):
        if options[name] is not None:
            require_exists(name, options[name], writer)

    from pilotnet.evaluation.report import write_report

    path = write_report(options.results, options.out, model=options.model, data=options.data)
    closing_line(
        f"wrote {path}",
        "open it in a browser" if path.suffix == ".html" else "paste it into a Markdown page",
    )


def results_parser() -> Parser:
    """Return the parser of `results`."""
    parser = Parser("results")
    parser.add_argument(
        "--root", type=Path, default=Path(), help="the repository with docs/results and README.md"
    )
    return parser


def results_command(parser: Parser, words: list[str]) -> None:
    """Render the results page and the README's rows."""
    options = parser.parse_args(words)
    if not (options.root / "docs" / "results").is_dir():
        raise ValueError(f"root is {options.root}; it must be a repository with docs/results")

    from pilotnet.evaluation.result_pages import write_result_pages

    changed = write_result_pages(options.root)
    files = ", ".join(map(str, changed)) or "nothing: all pages are up to date"
    closing_line(f"wrote {files}", "git diff")
