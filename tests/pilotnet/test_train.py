"""Training: what it writes, that it can be resumed, and what it refuses."""

import csv
import gc
import signal
from dataclasses import replace
from pathlib import Path

import lightning
import pytest
import torch

from pilotnet.checkpoint import load_checkpoint
from pilotnet.folders import read_provenance
from pilotnet.samples import Drives
from pilotnet.train import METRICS_FILE, Cloning, TrainConfig, learning_rate_share, train
from tests.conftest import TINY_TRAINING


def test_a_training_leaves_a_checkpoint_its_losses_and_its_settings_and_nothing_else(tiny_model: Path) -> None:
    assert {path.name for path in tiny_model.iterdir()} == {"model.safetensors", METRICS_FILE, "train.yaml"}
    checkpoint = load_checkpoint(tiny_model)
    assert checkpoint.training["config"]["epochs"] == 1
    assert (checkpoint.camera.width, checkpoint.camera.height) == (320, 160)
    with (tiny_model / METRICS_FILE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0"]
    assert all(float(rows[0][name]) > 0 for name in ("train_loss", "val_loss", "val_offset"))
    assert read_provenance(tiny_model, "train")["seed"] == 0


def test_the_same_seed_trains_the_same_network(tiny_data: Path, tiny_model: Path, tmp_path: Path) -> None:
    again = load_checkpoint(train(TINY_TRAINING, tiny_data, tmp_path / "again"))
    for name, tensor in load_checkpoint(tiny_model).model.state_dict().items():
        torch.testing.assert_close(again.model.state_dict()[name], tensor)


def test_a_finished_training_gives_its_frames_back(tiny_data: Path, tmp_path: Path) -> None:
    train(TINY_TRAINING, tiny_data, tmp_path / "model")
    assert not [thing for thing in gc.get_objects() if type(thing) is Drives]


class Interrupted(Exception):  # noqa: N818
    """Stands for a power cut."""


def test_an_interrupted_training_goes_on_from_its_last_epoch_and_ends_like_one_in_one_go(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(TINY_TRAINING, epochs=3)
    whole = load_checkpoint(train(config, tiny_data, tmp_path / "whole"))

    def pull_the_plug(self: Cloning) -> None:
        if self.current_epoch == 2:
            raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(Cloning, "on_train_epoch_start", pull_the_plug)
        with pytest.raises(Interrupted):
            train(config, tiny_data, tmp_path / "parts")
    parts = load_checkpoint(train(config, tiny_data, tmp_path / "parts", resume=True))
    assert (tmp_path / "parts" / METRICS_FILE).read_text() == (tmp_path / "whole" / METRICS_FILE).read_text()
    for name, tensor in whole.model.state_dict().items():
        torch.testing.assert_close(parts.model.state_dict()[name], tensor)


def test_ctrl_c_stays_ctrl_c_and_keeps_what_was_finished(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press_ctrl_c(self: Cloning) -> None:
        if self.current_epoch == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Cloning, "on_train_epoch_start", press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        train(replace(TINY_TRAINING, epochs=2), tiny_data, tmp_path / "model")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert (tmp_path / "model" / "unfinished" / "last.ckpt").is_file()


def test_a_training_that_fails_in_its_first_epoch_leaves_nothing(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull_the_plug(self: lightning.LightningModule) -> None:  # noqa: ARG001
        raise Interrupted

    monkeypatch.setattr(Cloning, "on_train_epoch_start", pull_the_plug)
    with pytest.raises(Interrupted):
        train(TINY_TRAINING, tiny_data, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_there_must_be_something_to_resume_with_the_same_settings(tiny_data: Path, tiny_model: Path, tmp_path: Path) -> None:
    for folder in (tmp_path / "nothing", tiny_model):
        with pytest.raises(ValueError, match="holds no unfinished training to resume"):
            train(TINY_TRAINING, tiny_data, folder, resume=True)


def test_a_folder_that_holds_something_is_not_overwritten(tiny_data: Path, tiny_model: Path) -> None:
    before = (tiny_model / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match="already holds something"):
        train(TINY_TRAINING, tiny_data, tiny_model)
    assert (tiny_model / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize("steps", [2, 10, 1000])
def test_the_learning_rate_rises_to_its_highest_and_falls_to_nothing(steps: int) -> None:
    shares = [learning_rate_share(step, steps) for step in range(steps + 1)]
    assert max(shares) == 1.0
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 0.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs is 0; it must be 1 or more"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"seed": -1}, "seed is -1; it must be 0 or more"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; it must be above 0"),
        ({"device": "tpu"}, "device is 'tpu'; it must be auto, cpu or cuda"),
    ],
)
def test_senseless_settings_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainConfig(**settings)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        train(TINY_TRAINING, tmp_path / "nowhere", tmp_path / "model")
