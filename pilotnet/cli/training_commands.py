"""The commands that train a network: `train` and `train-detector`."""

from pathlib import Path

from pilotnet.cli.parser import Parser, add_detector_arguments, settings, stage_parser
from pilotnet.common.progress import closing_line
from pilotnet.common.settings import require_exists
from pilotnet.modular.detection.detector_config import DetectorTrainConfig, is_person
from pilotnet.training.train_config import TrainConfig


def train_parser() -> Parser:
    """Return the parser of `train`."""
    parser = stage_parser("train", TrainConfig, out="models/pilotnet", resume=True)
    parser.add_argument("data", type=Path, help="the dataset folder to learn from")
    return parser


def train_command(parser: Parser, words: list[str]) -> None:
    """Train PilotNet."""
    config, options = settings(parser, TrainConfig, words)
    require_exists("data", options.data, "record")

    from pilotnet.training.train import train

    path = train(config, options.data, options.out, resume=options.resume)
    closing_line(
        f"wrote {path}", f"pilotnet evaluate expert pilotnet straight --checkpoint {options.out}"
    )


def train_detector_parser() -> Parser:
    """Return the parser of `train-detector`."""
    parser = stage_parser("train-detector", DetectorTrainConfig, out="models/TARGET", resume=True)
    add_detector_arguments(parser, "learn from")
    return parser


def train_detector_command(parser: Parser, words: list[str]) -> None:
    """Train a detector."""
    config, options = settings(parser, DetectorTrainConfig, words)
    is_person(options.target)
    require_exists("data", options.data, "record")
    out = Path(str(options.out).replace("TARGET", options.target))

    from pilotnet.modular.detection.train_detector import train_detector

    path = train_detector(config, options.target, options.data, out, resume=options.resume)
    closing_line(
        f"wrote {path}",
        f"pilotnet score-detector {options.target} {options.data} --checkpoint {out} --split "
        f"validation",
    )


def export_parser() -> Parser:
    """Return the parser of `export`."""
    parser = Parser("export")
    parser.add_argument("checkpoint", type=Path, help="the folder that `pilotnet train` wrote")
    parser.add_argument(
        "--out", type=Path, default=Path("pilotnet.onnx"), help="the ONNX file to write"
    )
    return parser


def export_command(parser: Parser, words: list[str]) -> None:
    """Write PilotNet as an ONNX file."""
    options = parser.parse_args(words)
    require_exists("checkpoint", options.checkpoint, "train")

    from pilotnet.training.export import export_onnx

    path = export_onnx(options.checkpoint, options.out)
    closing_line(f"wrote {path}", f"pilotnet evaluate {path}")
