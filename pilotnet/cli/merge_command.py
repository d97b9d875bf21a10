"""The command `merge`: join results folders."""

from pathlib import Path

from pilotnet.cli.parser import Parser, add_json
from pilotnet.common.progress import closing_line, console, print_json
from pilotnet.common.reading import load_json
from pilotnet.common.settings import require_exists


def merge_parser() -> Parser:
    """Return the parser of `merge`."""
    parser = Parser("merge")
    parser.add_argument(
        "results", type=Path, nargs="+", help="folders that `pilotnet evaluate` wrote"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("results/merged"),
        help="the folder to write; it must be empty or not exist",
    )
    add_json(parser)
    return parser


def merge_command(parser: Parser, words: list[str]) -> None:
    """Join results folders."""
    options = parser.parse_args(words)
    for folder in options.results:
        require_exists("results", folder, "evaluate")

    from pilotnet.evaluation.merge import merge
    from pilotnet.evaluation.report import score_table, scores_by_suite
    from pilotnet.evaluation.scores import SCORES_FILE

    merged = merge(options.results, options.out)
    if options.json:
        print_json(load_json(options.out / SCORES_FILE))
        return
    console.print(score_table(merged.scores(), "", scores_by_suite(merged.episodes)))
    closing_line(f"wrote {options.out}", f"pilotnet report {options.out}")
