"""The commands that make data: `record`, and `scenes` to look at roads before that."""

from pathlib import Path

from pilotnet.cli.parser import Parser, settings, stage_parser
from pilotnet.progress import closing_line
from pilotnet.record_config import RecordConfig
from pilotnet.scenes_config import KINDS, ScenesConfig, require_sheet


def record_command(words: list[str]) -> None:
    """Record a dataset."""
    parser = stage_parser("record", RecordConfig, out="data/drives", resume=True)
    config, options = settings(parser, RecordConfig, words)

    from pilotnet.record import record

    dataset = record(config, options.out, resume=options.resume)
    closing_line(f"wrote {options.out}: {dataset.summary()}", f"pilotnet train {options.out}")


def scenes_command(words: list[str]) -> None:
    """Draw a contact sheet."""
    parser = Parser("scenes")
    parser.add_argument("out", type=Path, help="the PNG or JPEG to write")
    for name, kind in KINDS.items():
        parser.add_argument(f"--{name}", nargs="+", default=[str(each) for each in kind], help="some of these")
    parser.add_argument("--seed", type=int, default=0, help="which roads")
    options = parser.parse_args(words)
    config = ScenesConfig(tuple(options.roads), tuple(options.weather), tuple(options.light), options.seed)
    require_sheet(options.out)

    from pilotnet.scenes import scenes

    closing_line(f"wrote {scenes(config, options.out)}", "pilotnet record --suite lane_keeping")
