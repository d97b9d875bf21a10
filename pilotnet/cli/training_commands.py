"""The commands that train a network: `train` and `train-detector`."""

from pathlib import Path

from pilotnet.cli.parser import add_detector_arguments, settings, stage_parser
from pilotnet.progress import closing_line


def train_command(words: list[str]) -> None:
    """Train PilotNet on a dataset."""
    from pilotnet.train import TrainConfig, train

    parser = stage_parser("train", TrainConfig, out="models/pilotnet", resume=True)
    parser.add_argument("data", type=Path, help="the dataset folder to learn from")
    config, options = settings(parser, TrainConfig, words)
    path = train(config, options.data, options.out, resume=options.resume)
    closing_line(f"wrote {path}", f"pilotnet evaluate expert pilotnet straight --checkpoint {options.out}")


def train_detector_command(words: list[str]) -> None:
    """Train the detector of cars, or of pedestrians."""
    from pilotnet.modular.detector_training import DetectorTrainConfig, train_detector

    parser = stage_parser("train-detector", DetectorTrainConfig, out="models/TARGET", resume=True)
    add_detector_arguments(parser, "learn from")
    config, options = settings(parser, DetectorTrainConfig, words)
    out = Path(str(options.out).replace("TARGET", options.target))
    path = train_detector(config, options.target, options.data, out, resume=options.resume)
    closing_line(
        f"wrote {path}", f"pilotnet score-detector {options.target} {options.data} --checkpoint {out} --split validation"
    )
