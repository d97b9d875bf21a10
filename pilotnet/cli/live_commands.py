"""The commands that open a window: `watch` and `drive`."""

from pathlib import Path

from jsonargparse import Namespace

from pilotnet.cli.parser import ConfigFile, Parser, add_detectors, chosen_detectors, settings
from pilotnet.progress import closing_line, console


def watch_command(words: list[str]) -> None:
    """Watch drivers live, or replay a dataset; or film either."""
    from pilotnet.replay import replay
    from pilotnet.report import score_table
    from pilotnet.watch import WatchConfig, watch

    parser = Parser("pilotnet watch")
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument(
        "drivers", nargs="+", help="who drives: one or two of expert, pilotnet, modular, straight; or a dataset folder"
    )
    parser.add_argument("--checkpoint", type=Path, help="the folder that `pilotnet train` wrote, for the driver pilotnet")
    add_detectors(parser)
    parser.add_argument("--film", type=Path, help="the mp4 to film it to")
    parser.add_argument("--headless", action="store_true", help="without a window, for the film alone")
    parser.add_argument("--record", type=Path, help="the dataset for what you drive when you take the wheel (steering keys)")
    parser.add_class_arguments(WatchConfig, None)
    config, options = settings(parser, WatchConfig, words)
    if folder := replayed(options):
        dataset = replay(folder, config, options.checkpoint, options.film, options.headless)
        closing_line(f"{folder}: {dataset.summary()}", f"pilotnet train {folder}")
        return
    detectors = chosen_detectors(options)
    scores = watch(options.drivers, config, options.checkpoint, options.film, options.headless, detectors, options.record)
    console.print(score_table(scores))
    if options.film:
        closing_line(f"wrote {options.film}", "open it in a player")


def replayed(options: Namespace) -> Path | None:
    """The dataset folder that stands in place of drivers, or None; ValueError where drivers or their options stand beside it."""
    from pilotnet.drivers import DRIVER_NAMES

    folders = [Path(word) for word in options.drivers if word.partition("+")[0] not in DRIVER_NAMES and Path(word).is_dir()]
    if not folders:
        return None
    if len(options.drivers) > 1:
        raise ValueError(
            f"{folders[0]} is a folder and is replayed by itself; leave out the rest of {', '.join(options.drivers)}"
        )
    for part in ("cars", "pedestrians"):
        if options[part]:
            raise ValueError(f"{part} is {options[part]}; nothing drives in a replay, leave out --{part}")
    return folders[0]


def drive_command(words: list[str]) -> None:
    """Drive yourself, by keyboard or controller, and record it."""
    from pilotnet.drive import DriveConfig, drive, driven_in_words
    from pilotnet.report import score_table

    parser = Parser("pilotnet drive")
    parser.add_argument("--config", action=ConfigFile, help="a YAML file of settings, or the name of a shipped one")
    parser.add_argument("--out", type=Path, default=Path("data/human"), help="the dataset to begin, or to go on with")
    parser.add_argument("--map", action="store_true", help="first set up a gamepad or steering wheel, which takes a minute")
    parser.add_class_arguments(DriveConfig, None)
    config, options = settings(parser, DriveConfig, words)
    driven = drive(config, options.out, options["map"])
    console.print(score_table(driven.scores))
    closing_line(*driven_in_words(driven, options.out))
