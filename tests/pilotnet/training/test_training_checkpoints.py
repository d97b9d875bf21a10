"""Checkpoints of unfinished trainings: damaged ones are detected, and other data or settings are
refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch

from pilotnet.common.provenance import write_provenance
from pilotnet.training.samples import Augmentation
from pilotnet.training.training_checkpoints import (
    ChecksummedFiles,
    checkpoints,
    has_checkpoint,
    is_finished,
    newest_checkpoint,
    training_stage,
)

STAGE = training_stage("train")


@dataclass(frozen=True)
class Settings:
    """Settings of a made-up training."""

    batch_size: int = 64
    augmentation: Augmentation = field(default_factory=Augmentation)


@dataclass(frozen=True)
class Run:
    """The inputs of a made-up training in its provenance."""

    data: str = "drives"
    fingerprint: str = "one"
    config: Settings = field(default_factory=Settings)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A model folder whose training ended two epochs."""
    write_provenance(tmp_path, STAGE.name, Run(), 0)
    for epoch in (9, 10):
        path = tmp_path / "unfinished" / f"epoch-{epoch:06d}.ckpt"
        ChecksummedFiles().save_checkpoint({"epoch": epoch, "weights": torch.arange(4.0)}, path)
    return tmp_path


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_newest_epoch_is_resumed_from(out: Path) -> None:
    newest = newest_checkpoint(out)
    assert newest is not None
    assert newest.name.startswith("epoch-000010-")
    assert ChecksummedFiles().load_checkpoint(newest, weights_only=True)["epoch"] == 10


@pytest.mark.parametrize("damage", [cut_off, emptied, flipped, Path.unlink])
def test_when_the_newest_is_damaged_the_one_before_is_resumed_from(
    out: Path, damage: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    older, newest = checkpoints(out)
    damage(newest)
    assert newest_checkpoint(out) == older
    notice = f"pilotnet: {newest} is damaged; the training goes on from {older.name}\n"
    assert capsys.readouterr().err == ("" if damage is Path.unlink else notice)
    assert checkpoints(out) == [older]


def test_when_all_are_damaged_a_line_says_what_to_do(out: Path) -> None:
    for path in checkpoints(out):
        cut_off(path)
    with pytest.raises(
        ValueError,
        match=rf"{out}/unfinished holds damaged checkpoints only; delete {out} and train again",
    ):
        newest_checkpoint(out)
    assert len(checkpoints(out)) == 2


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(tmp_path: Path) -> None:
    assert not has_checkpoint(tmp_path)
    assert newest_checkpoint(tmp_path) is None
    assert not is_finished(STAGE, Run(), tmp_path)


def test_with_its_network_a_training_is_finished_whatever_a_kill_left(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not is_finished(STAGE, Run(), out)
    (out / "model.safetensors").write_bytes(b"weights")
    assert is_finished(STAGE, Run(), out)
    assert (
        capsys.readouterr().err
        == f"pilotnet: {out} holds this training and it is finished; there is nothing to resume\n"
    )
    with pytest.raises(ValueError, match="batch_size is 32"):
        is_finished(STAGE, Run(config=Settings(batch_size=32)), out)


def test_the_same_data_may_lie_elsewhere(out: Path) -> None:
    assert not is_finished(STAGE, Run(data="/elsewhere/drives"), out)


def test_other_data_at_the_same_place_are_refused(out: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"drives holds another dataset than drives did, which .* was begun with, or has other marks",
    ):
        is_finished(STAGE, Run(fingerprint="two"), out)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            Settings(batch_size=32),
            r"^batch_size is 32, but .* was begun with 64; it can only be resumed with its own settings$",
        ),
        (
            Settings(augmentation=Augmentation(shift=0.1)),
            r"^augmentation\.shift is 0\.1, but .* was begun with 0\.5;",
        ),
    ],
)
def test_the_one_setting_that_differs_is_named(out: Path, settings: Settings, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        is_finished(STAGE, replace(Run(), config=settings), out)
