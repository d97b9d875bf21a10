"""The commands that the kill test kills, and how it is told that one has ended as it would have without."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import safetensors.torch

Fingerprint = Callable[[Path], dict[str, str]]


def every_file(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder, hidden ones too.

    The revision in the provenance does not count: the working tree may change while the test runs.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(_content(path)).hexdigest() for path in paths}


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return re.sub(rb"^revision: .*$", b"", content, flags=re.MULTILINE) if path.suffix == ".yaml" else content


def products_of_a_demo(folder: Path) -> dict[str, str]:
    """Return every file name of a demo, and the SHA-256 of what does not name its folder: drives, losses, weights and scores."""
    digests = {name: "" if ".yaml" in name or "report" in name else digest for name, digest in every_file(folder).items()}
    for name in ("model", "cars", "pedestrians"):
        weights = safetensors.torch.load_file(folder / name / "model.safetensors")
        content = b"".join(weights[key].numpy().tobytes() for key in sorted(weights))
        digests[f"{name}/model.safetensors"] = hashlib.sha256(content).hexdigest()
    # The results name the checkpoints that drove by digests of files that name their data's folder.
    return {name: digest for name, digest in digests.items() if "inputs" not in name}


@dataclass(frozen=True)
class Command:
    """A command of `pilotnet` with the smallest settings that take several steps.

    arguments: of the first run; {out} stands for the folder that it writes, {data} for a dataset; resume_arguments: of the runs
    after a kill; fingerprint: what must equal that of an uninterrupted run; committed: a glob pattern of files that a kill must
    never cost, from when they appear until the command has ended; removed: whether it removes them then.
    """

    name: str
    arguments: tuple[str, ...]
    resume_arguments: tuple[str, ...]
    fingerprint: Fingerprint = every_file
    committed: str = ""
    removed: bool = False


_RECORD = (
    "record", "--out", "{out}", "--suite", "lane_keeping-small", "--episodes", "3", "--validation_episodes", "1",
    "--length", "60", "--noise", "0.2", "--workers", "2",
)  # fmt: skip
_EVALUATE = (
    "evaluate", "expert", "straight", "--out", "{out}", "--suite", "traffic-small", "--episodes", "4", "--length", "150",
    "--workers", "2",
)  # fmt: skip
_TRAIN = ("train", "{data}", "--out", "{out}", "--epochs", "4", "--batch_size", "16", "--device", "cpu")
_DETECT = (
    "train-detector", "cars", "{data}", "--out", "{out}", "--epochs", "3", "--batch_size", "4", "--every", "10",
    "--device", "cpu",
)  # fmt: skip
_DEMO = (
    "demo", "--out", "{out}",
    "--record.suite", "lane_keeping-small", "--record.episodes", "2", "--record.validation_episodes", "1",
    "--record.length", "60", "--record.workers", "2",
    "--train.epochs", "2", "--train.batch_size", "16", "--train.device", "cpu",
    "--detect.epochs", "2", "--detect.every", "8", "--detect.device", "cpu",
    "--evaluate.drivers", "[expert, straight, pilotnet]", "--evaluate.suite", "lane_keeping-small", "--evaluate.episodes", "2",
    "--evaluate.length", "60", "--evaluate.workers", "2",
)  # fmt: skip

COMMANDS = (
    Command("record", _RECORD, (*_RECORD, "--resume"), committed="meta/episodes/*/*.parquet"),
    Command("evaluate", _EVALUATE, (*_EVALUATE, "--resume"), committed="unfinished/drive-*.parquet", removed=True),
    Command("train", _TRAIN, (*_TRAIN, "--resume"), committed="model.safetensors"),
    Command("train-detector", _DETECT, (*_DETECT, "--resume"), committed="model.safetensors"),
    Command("demo", _DEMO, _DEMO, products_of_a_demo, committed="data/meta/episodes/*/*.parquet"),
)
