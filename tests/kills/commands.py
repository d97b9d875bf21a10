"""Commands for the kill test, and fingerprints that compare resumed with uninterrupted runs."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch

Fingerprint = Callable[[Path], dict[str, str]]


def every_file(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, hidden ones too.

    The revision in the provenance is left out, because the working tree may change while the test
    runs.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(_content(path)).hexdigest() for path in paths
    }


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return (
        re.sub(rb"^revision: .*$", b"", content, flags=re.MULTILINE)
        if path.suffix == ".yaml"
        else content
    )


def files_and_weights(folder: Path) -> dict[str, str]:
    """Return `every_file`, with networks by the digests of their weights.

    The order of the header of a safetensors file is random.
    """
    return every_file(folder) | {
        str(path.relative_to(folder)): weights(path) for path in folder.rglob("model.safetensors")
    }


def weights(path: Path) -> str:
    """Return the SHA-256 of the weights in a file."""
    tensors = safetensors.torch.load_file(path)
    return hashlib.sha256(
        b"".join(tensors[name].numpy().tobytes() for name in sorted(tensors))
    ).hexdigest()


def products_of_a_demo(folder: Path) -> dict[str, str]:
    """Return every file of a demo with its SHA-256, "" for files that name the demo's folder."""
    naming = (".yaml", "report.html", "inputs.json")
    return {
        name: "" if name.endswith(naming) else digest
        for name, digest in files_and_weights(folder).items()
    }


@dataclass(frozen=True)
class Command:
    """A command of `pilotnet` with the smallest settings that take several steps.

    arguments: of the first run; {out} stands for the folder that it writes, {data} for a dataset.
    resume_arguments: of the runs after a kill.
    fingerprint: of the folder; must equal that of an uninterrupted run.
    committed: glob pattern of files that must survive every kill.
    removed: whether the command removes the committed files when it is finished.
    """

    name: str
    arguments: tuple[str, ...]
    resume_arguments: tuple[str, ...]
    fingerprint: Fingerprint = every_file
    committed: str = ""
    removed: bool = False


def _words(text: str) -> tuple[str, ...]:
    """Return the words of a command line."""
    return tuple(text.split())


_RECORD = _words(
    "record --out {out} --suite lane_keeping-small --episodes 3 --validation-episodes 1 "
    "--length 60 --noise 0.2 --workers 2"
)
_EVALUATE = _words(
    "evaluate expert straight --out {out} --suite traffic-small --episodes 4 --length 150 "
    "--workers 2"
)
_TRAIN = _words("train {data} --out {out} --epochs 4 --batch-size 16 --device cpu")
_DETECT = _words(
    "train-detector cars {data} --out {out} --epochs 3 --batch-size 4 --every 10 --device cpu"
)
_DEMO = _words(
    "demo --out {out} "
    "--record.suite lane_keeping-small --record.episodes 2 --record.validation-episodes 1 "
    "--record.length 60 --record.workers 2 "
    "--train.epochs 2 --train.batch-size 16 --train.device cpu "
    "--detect.epochs 2 --detect.every 8 --detect.device cpu "
    "--evaluate.drivers [expert,straight,pilotnet] --evaluate.suite lane_keeping-small "
    "--evaluate.episodes 2 --evaluate.length 60 --evaluate.workers 2"
)

COMMANDS = (
    Command("record", _RECORD, (*_RECORD, "--resume"), committed="meta/episodes/*/*.parquet"),
    Command(
        "evaluate",
        _EVALUATE,
        (*_EVALUATE, "--resume"),
        committed="unfinished/drive-*.parquet",
        removed=True,
    ),
    Command(
        "train", _TRAIN, (*_TRAIN, "--resume"), files_and_weights, committed="model.safetensors"
    ),
    Command(
        "train-detector",
        _DETECT,
        (*_DETECT, "--resume"),
        files_and_weights,
        committed="model.safetensors",
    ),
    Command("demo", _DEMO, _DEMO, products_of_a_demo, committed="data/meta/episodes/*/*.parquet"),
)
