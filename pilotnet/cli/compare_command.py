"""The command `compare`: two drivers on the same scenarios."""

from dataclasses import asdict
from pathlib import Path

from pilotnet.cli.parser import Parser, add_json
from pilotnet.common.folders import plain
from pilotnet.common.progress import console, print_json
from pilotnet.common.settings import require_exists

WORSE_CODE = 3  # exit code when --fail-if-worse finds the second driver worse
MAX_FOLDERS = 2


def compare_parser() -> Parser:
    """Return the parser of `compare`."""
    parser = Parser("compare")
    parser.add_argument(
        "results",
        type=Path,
        nargs="+",
        help="one folder with both drivers, or one folder for each; `pilotnet evaluate` wrote them",
    )
    parser.add_argument(
        "--drivers",
        nargs=2,
        metavar=("A", "B"),
        help="the first and the second driver; needed where the folders hold others too",
    )
    parser.add_argument(
        "--fail-if-worse",
        type=float,
        metavar="POINTS",
        help=f"exit with {WORSE_CODE} when the second driver is shown to be worse by more points",
    )
    add_json(parser)
    return parser


def compare_command(parser: Parser, words: list[str]) -> int:
    """Compare two drivers and return the exit code."""
    options = parser.parse_args(words)
    if len(options.results) > MAX_FOLDERS:
        raise ValueError(
            f"results has {len(options.results)} folders; it must have 1 or {MAX_FOLDERS}"
        )
    points = options.fail_if_worse
    if points is not None and not points >= 0:
        raise ValueError(f"fail_if_worse is {points:g}; it must be 0 or more points")
    for folder in options.results:
        require_exists("results", folder, "evaluate")

    from pilotnet.evaluation.compare import compare
    from pilotnet.evaluation.report import comparison_table

    folder, other = (*options.results, None)[:MAX_FOLDERS]
    found = compare(folder, other, options.drivers or ())
    if options.json:
        print_json(plain(asdict(found)) | {"decided": found.decided})
    else:
        console.print(found.sentence(), highlight=False)
        if found.roads:
            console.print(comparison_table(found))
    return WORSE_CODE if points is not None and found.shows_worse(points) else 0
