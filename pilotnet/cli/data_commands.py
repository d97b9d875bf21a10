"""The commands that make data: `record`, and `scenes` to look at roads before that."""

from enum import StrEnum
from pathlib import Path

from pilotnet.cli.parser import Parser, settings, stage_parser
from pilotnet.progress import closing_line


def record_command(words: list[str]) -> None:
    """Record the expert's driving into a dataset."""
    from pilotnet.record import RecordConfig, record

    parser = stage_parser("record", RecordConfig, out="data/drives", resume=True)
    config, options = settings(parser, RecordConfig, words)
    dataset = record(config, options.out, resume=options.resume)
    closing_line(f"wrote {options.out}: {dataset.summary()}", f"pilotnet train {options.out}")


def scenes_command(words: list[str]) -> None:
    """Draw roads in every weather and light on one sheet."""
    from pilotnet.scenes import scenes
    from sim.scenario import Daytime, RoadKind, Weather

    parser = Parser("pilotnet scenes")
    parser.add_argument("out", type=Path, help="the PNG or JPEG to write")
    kinds: dict[str, type[StrEnum]] = {"roads": RoadKind, "weather": Weather, "light": Daytime}
    for name, kind in kinds.items():
        every = [str(each) for each in kind]
        parser.add_argument(f"--{name}", nargs="+", default=every, help="some of these")
    parser.add_argument("--seed", type=int, default=0, help="which roads")
    options = parser.parse_args(words)
    path = scenes(options.out, options.roads, options.weather, options.light, options.seed)
    closing_line(f"wrote {path}", "pilotnet record --suite lane_keeping")
