"""Checkpoints of an unfinished training: one after every epoch, of which the newest two are kept.

A checkpoint is written in one step. Its name holds the number of its epoch and a checksum of its
bytes, so that damage is detected before PyTorch reads the file.
"""

import hashlib
import io
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightning
import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import Callback

from pilotnet.common.folders import StageFiles, plain, write_bytes
from pilotnet.common.progress import notice
from pilotnet.common.provenance import read_provenance, require_present_world, require_same_settings
from pilotnet.training.checkpoint import FILE_NAME

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

UNFINISHED_FOLDER = "unfinished"
METRICS_FILE = "metrics.csv"
KEPT_CHECKPOINTS = 2  # when the newest is damaged, the training resumes from the one before
# [hexadecimal digits] of the SHA-256 in a name: 64 bits detect any accidental damage
DIGEST_LENGTH = 16


def training_stage(name: str) -> StageFiles:
    """Return the stage of the command `name`, a training: it resumes from checkpoints and is
    finished with its network.
    """
    return StageFiles(
        name,
        (FILE_NAME, METRICS_FILE, UNFINISHED_FOLDER),
        lambda folder: has_checkpoint(folder) or (folder / FILE_NAME).is_file(),
    )


class ChecksummedFiles(TorchCheckpointIO):
    """Makes Lightning's Trainer write checkpoints in one step, with their checksum in the name."""

    def save_checkpoint(
        self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None
    ) -> None:
        """Write a checkpoint as `STEM-CHECKSUM.ckpt`; OSError naming the space needed when there is
        too little.
        """
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        content = buffer.getvalue()
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path.with_name(f"{path.stem}-{_digest(content)}{path.suffix}"), content)


class EpochCheckpoints(Callback):
    """Writes a checkpoint after every epoch and removes the oldest. Must be the last callback: it
    saves the others' state.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Save the epoch that ended."""
        trainer.save_checkpoint(
            self._folder / UNFINISHED_FOLDER / f"epoch-{trainer.current_epoch:06d}.ckpt"
        )
        for path in checkpoints(self._folder)[:-KEPT_CHECKPOINTS]:
            path.unlink()


def checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in a model folder, the oldest epoch first."""
    return sorted((folder / UNFINISHED_FOLDER).glob("epoch-*.ckpt"))


def has_checkpoint(folder: Path) -> bool:
    """Return whether a model folder holds a checkpoint of an unfinished training."""
    return bool(checkpoints(folder))


def is_finished(stage: StageFiles, run: "DataclassInstance", folder: Path) -> bool:
    """Return whether a model folder holds a finished training, so that nothing is left to resume.

    run: the inputs of the present training: its settings, the path `data` and the `fingerprint` of
    its dataset. Raises ValueError when the folder holds a training of another dataset, with other
    settings or of another world version.
    """
    if not stage.has_work(folder):
        return False
    provenance = read_provenance(folder, stage.name)
    require_present_world(folder, provenance["world"])
    before = provenance["config"]
    now = plain(asdict(run))
    if before.get("fingerprint") != now["fingerprint"]:
        raise ValueError(
            f"{now['data']} holds another dataset than {before.get('data')} did, which {folder} "
            f"was begun with, or has other "
            "marks; a training can only be resumed with its own data"
        )
    require_same_settings(folder, before, now, ignored=("data",))
    finished = (
        folder / FILE_NAME
    ).is_file()  # written last; checkpoints beside it are what a kill left
    if finished:
        notice(f"{folder} holds this training and it is finished; there is nothing to resume")
    return finished


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the newest undamaged checkpoint in a model folder, None without any; newer ones are
    removed with a notice.

    Raises ValueError when all are damaged.
    """
    found = checkpoints(folder)
    whole = [path for path in found if _is_whole(path)]
    if found and not whole:
        raise ValueError(
            f"{folder / UNFINISHED_FOLDER} holds damaged checkpoints only; "
            f"delete {folder} and train again"
        )
    for path in found[found.index(whole[-1]) + 1 :] if whole else ():
        notice(f"{path} is damaged; the training goes on from {whole[-1].name}")
        path.unlink()
    return whole[-1] if whole else None


def remove_checkpoints(folder: Path) -> None:
    """Remove the checkpoints of a training that is finished."""
    shutil.rmtree(folder / UNFINISHED_FOLDER, ignore_errors=True)


def _is_whole(path: Path) -> bool:
    return path.stem.rpartition("-")[2] == _digest(path.read_bytes())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
