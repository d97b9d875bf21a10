"""The commands that open a window: `watch` and `drive`."""

from pathlib import Path

from jsonargparse import Namespace

from pilotnet.cli.parser import Parser, add_config, add_detectors, chosen_detectors, settings
from pilotnet.common.progress import closing_line, console
from pilotnet.common.settings import user_path
from pilotnet.drivers.driver_table import DRIVER_NAMES, driver_info
from pilotnet.live.watch_config import DriveConfig, WatchConfig, require_watchable


def watch_parser() -> Parser:
    """Return the parser of `watch`."""
    parser = Parser("watch")
    add_config(parser)
    parser.add_argument(
        "drivers",
        nargs="+",
        help=f"one or two of {', '.join(DRIVER_NAMES)}, or module:Class of your own; "
        "or a dataset folder to replay",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        help="the folder that `pilotnet train` wrote, for the driver pilotnet",
    )
    add_detectors(parser)
    parser.add_argument("--film", type=Path, help="the mp4 file to write")
    parser.add_argument("--headless", action="store_true", help="write the film without a window")
    parser.add_argument(
        "--record",
        type=Path,
        help="the dataset to record your own driving to, when you take over by steering",
    )
    parser.add_class_arguments(WatchConfig, None)
    return parser


def watch_command(parser: Parser, words: list[str]) -> None:
    """Show drivers or a dataset."""
    config, options = settings(parser, WatchConfig, words)
    if folder := replayed(options):
        replay_command(folder, config, options)
        return
    arguments = (options.drivers, config, options.checkpoint, options.film, options.headless)
    require_watchable(*arguments, chosen_detectors(options), options.record)

    from pilotnet.evaluation.report import score_table
    from pilotnet.live.watch import watch

    scores = watch(*arguments, chosen_detectors(options), options.record)
    console.print(score_table(scores))
    if options.film:
        closing_line(f"wrote {options.film}", "open it in a player")


def replay_command(folder: Path, config: WatchConfig, options: Namespace) -> None:
    """Show a dataset."""
    from pilotnet.live.replay import replay

    dataset = replay(folder, config, options.checkpoint, options.film, options.headless)
    closing_line(f"{folder}: {dataset.summary()}", f"pilotnet train {folder}")


def replayed(options: Namespace) -> Path | None:
    """Return the dataset folder that is given in place of drivers, or None.

    Raises ValueError when drivers or options of drivers are given with it.
    """
    paths = [user_path(Path(word)) for word in options.drivers if driver_info(word) is None]
    folders = [path for path in paths if path.is_dir()]
    if not folders:
        return None
    if len(options.drivers) > 1:
        raise ValueError(
            f"{folders[0]} is a folder and is replayed by itself; leave out the rest of "
            f"{', '.join(options.drivers)}"
        )
    for part in ("cars", "pedestrians"):
        if options[part]:
            raise ValueError(
                f"{part} is {options[part]}; a replay has no driver, leave out --{part}"
            )
    return folders[0]


def drive_parser() -> Parser:
    """Return the parser of `drive`."""
    parser = Parser("drive")
    add_config(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("data/human"), help="the dataset to create or to extend"
    )
    parser.add_argument(
        "--map",
        action="store_true",
        help="first set up a gamepad or steering wheel",
    )
    parser.add_class_arguments(DriveConfig, None)
    return parser


def drive_command(parser: Parser, words: list[str]) -> None:
    """Drive by hand and record it."""
    config, options = settings(parser, DriveConfig, words)

    from pilotnet.evaluation.report import score_table
    from pilotnet.live.drive import drive, driven_in_words

    driven = drive(config, options.out, options["map"])
    console.print(score_table(driven.scores))
    closing_line(*driven_in_words(driven, options.out))
