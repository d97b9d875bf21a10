"""The commands for datasets, `record` and `check`, and `scenes` for images of roads."""

from pathlib import Path

from pilotnet.cli.parser import Parser, add_backend, settings, stage_parser
from pilotnet.common.backend_names import split_backend
from pilotnet.common.progress import closing_line, console
from pilotnet.common.settings import require_exists
from pilotnet.data.record_config import RecordConfig
from pilotnet.live.scenes_config import SHEET_AXES, ScenesConfig, require_sheet


def record_parser() -> Parser:
    """Return the parser of `record`."""
    parser = stage_parser("record", RecordConfig, out="data/drives", resume=True)
    add_backend(parser)
    return parser


def record_command(parser: Parser, words: list[str]) -> None:
    """Record a dataset."""
    config, options = settings(parser, RecordConfig, words)
    split_backend(options.backend)

    from pilotnet.common.clusters import on_backend
    from pilotnet.data.record import record

    with on_backend(options.backend, config.workers):
        dataset = record(config, options.out, resume=options.resume)
    closing_line(f"wrote {options.out}: {dataset.summary()}", f"pilotnet train {options.out}")


def check_parser() -> Parser:
    """Return the parser of `check`."""
    parser = Parser("check")
    parser.add_argument(
        "data",
        type=Path,
        help="the dataset folder to check; only --mend changes it",
    )
    parser.add_argument(
        "--mend",
        action="store_true",
        help="first move damaged episodes at the end of the dataset into its folder `damaged`",
    )
    return parser


def check_command(parser: Parser, words: list[str]) -> None:
    """Check a dataset."""
    options = parser.parse_args(words)
    require_exists("data", options.data, "record")

    from pilotnet.data.store import Dataset, DatasetWriter

    if options.mend:
        for folder in DatasetWriter.mend(options.data):
            console.print(f"moved a damaged episode to {folder}", highlight=False)
    dataset = Dataset.open(options.data)
    dataset.check()
    if all(episode.files is not None for episode in dataset.episodes):
        result = "nothing has changed since the recording"
    else:
        result = "all files can be read; some episodes have no digests, so changes are not detected"
    closing_line(f"checked {dataset.summary()}: {result}", f"pilotnet train {options.data}")


def scenes_parser() -> Parser:
    """Return the parser of `scenes`."""
    parser = Parser("scenes")
    parser.add_argument("out", type=Path, help="the PNG or JPEG file to write")
    for name, kind in SHEET_AXES.items():
        names = ",".join(kind)
        parser.add_argument(
            f"--{name}", type=str, default=names, help="some of the names, with commas"
        )
    parser.add_argument("--seed", type=int, default=0, help="seed of the roads")
    return parser


def scenes_command(parser: Parser, words: list[str]) -> None:
    """Draw a contact sheet of roads."""
    options = parser.parse_args(words)
    kinds = {name: tuple(options[name].split(",")) for name in SHEET_AXES}
    config = ScenesConfig(**kinds, seed=options.seed)
    require_sheet(options.out)

    from pilotnet.live.scenes import scenes

    closing_line(f"wrote {scenes(config, options.out)}", "pilotnet record --suite lane_keeping")
