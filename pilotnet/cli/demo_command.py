"""The command `demo`, which runs all stages."""

from pilotnet.cli.parser import Parser, settings, stage_parser
from pilotnet.common.progress import closing_line, console
from pilotnet.common.settings import config_path
from pilotnet.demo_config import DemoConfig


def demo_parser() -> Parser:
    """Return the parser of `demo`."""
    return stage_parser("demo", DemoConfig, out="demo", resume=True, defaults=config_path("demo"))


def demo_command(parser: Parser, words: list[str]) -> None:
    """Run the demo and print its scores."""
    config, options = settings(parser, DemoConfig, words)

    from pilotnet.demo import REPORT, demo
    from pilotnet.evaluation.report import score_table, scores_by_suite

    results = demo(config, options.out)
    console.print(score_table(results.scores(), parts=scores_by_suite(results.episodes)))
    closing_line(f"wrote {options.out / REPORT}", "open it in a browser")
