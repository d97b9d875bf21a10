"""Training: what it writes, that it can be resumed, and what it refuses."""

import csv
import gc
import math
import random
import shutil
from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from pilotnet.common.provenance import read_provenance
from pilotnet.data.store import Dataset
from pilotnet.drivers.factory import make_driver
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.model import PilotNet
from pilotnet.training.photometric import photometric_augment
from pilotnet.training.samples import Batch, Samples, TrainingFrames, load_training_frames
from pilotnet.training.train import SPEED_WEIGHT, BehaviourCloningModule, TrainConfig, train
from pilotnet.training.training_checkpoints import METRICS_FILE, has_checkpoint
from pilotnet.training.viewpoint import ViewCamera, Viewpoint
from sim import DrivingEnv, EnvConfig, Scenario, rollout
from sim.control.speed import MAX_BRAKING, PULL_AWAY_ACCELERATION
from sim.scenario import Split
from tests.conftest import TINY_TRAINING, assert_equal_weights

pytestmark = pytest.mark.usefixtures("one_thread")  # sums do not depend on the number of idle cores


def test_a_training_leaves_a_checkpoint_its_losses_and_its_settings_and_nothing_else(
    tiny_model: Path,
) -> None:
    assert {path.name for path in tiny_model.iterdir()} == {
        "model.safetensors",
        METRICS_FILE,
        "train.yaml",
    }
    checkpoint = load_checkpoint(tiny_model)
    assert checkpoint.training["config"]["epochs"] == 1
    assert (checkpoint.camera.width, checkpoint.camera.height) == (320, 160)
    with (tiny_model / METRICS_FILE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["0"]
    assert all(float(rows[0][name]) > 0 for name in ("train_loss", "val_loss", "val_offset"))
    assert read_provenance(tiny_model, "train")["seed"] == 0


@pytest.fixture(scope="module")
def speedy_model(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of a network that was trained for eight steps to choose its speed, too."""
    size = sum(episode.length for episode in Dataset.open(tiny_data).split("train"))
    config = replace(TINY_TRAINING, speed=True, batch_size=-(-size // 8))
    return train(config, tiny_data, tmp_path_factory.mktemp("trained") / "speedy").parent


def test_a_training_with_speed_logs_its_error_and_leaves_a_network_with_both_outputs(
    speedy_model: Path,
) -> None:
    with (speedy_model / METRICS_FILE).open(newline="") as file:
        row = next(csv.DictReader(file))
    assert float(row["val_speed"]) > 0
    checkpoint = load_checkpoint(speedy_model)
    assert checkpoint.training["config"]["speed"] is True
    assert 5.0 < float(checkpoint.model.speed_scale) < 30.0


def test_after_eight_steps_it_drives_with_its_own_pedals(speedy_model: Path) -> None:
    env = DrivingEnv(EnvConfig(pedals="driver"))
    drive = rollout(
        env, make_driver("pilotnet", env, speedy_model), Scenario("rural", 2, length=100.0)
    )
    steps = list(islice(drive, 5))
    assert len({step.control.acceleration for step in steps}) > 1
    for before, after in pairwise(steps):
        asked = min(max(before.control.acceleration, -MAX_BRAKING), PULL_AWAY_ACCELERATION)
        assert after.ego.speed == pytest.approx(max(before.ego.speed + 0.1 * asked, 0.0), abs=1e-6)


def test_the_weight_of_the_speed_counts_in_the_loss_and_nowhere_else(tiny_data: Path) -> None:
    drives = load_training_frames(
        Dataset.open(tiny_data), Split.TRAIN, ViewCamera(), TINY_TRAINING.augmentation
    )
    samples = Samples(drives, TINY_TRAINING.augmentation, 0)
    viewpoint = Viewpoint(ViewCamera(), drives.cameras["centre"])
    batch = samples.__getitems__([0, 1, 2, 3])
    torch.manual_seed(0)
    both = PilotNet(0.01, speed_scale=samples.speed_size())
    steering = PilotNet(0.01)
    kept = {
        name: tensor[:1] if "dense.7" in name else tensor
        for name, tensor in both.state_dict().items()
    }
    steering.load_state_dict(
        {name: tensor for name, tensor in kept.items() if name != "speed_scale"}
    )
    exact = replace(TINY_TRAINING, precision="float32")
    (alone, _), (together, errors) = (
        BehaviourCloningModule(model, viewpoint, samples, samples, exact).loss(batch)
        for model in (steering, both)
    )
    views, _ = viewpoint(batch.frames, batch.shift, batch.rotation)
    speed = both.commands(photometric_augment(views, batch.light))[1]
    expected = SPEED_WEIGHT * ((speed - batch.speed) / samples.speed_size()).square().mean()
    torch.testing.assert_close(together - alone, expected)
    torch.testing.assert_close(errors["val_speed"], (speed - batch.speed).abs().mean())


def global_random_states() -> tuple[object, ...]:
    """Return the states of the global random generators."""
    return random.getstate(), repr(np.random.get_state()), torch.get_rng_state().tolist()  # noqa: NPY002


def test_the_same_seed_trains_the_same_network_and_no_shared_generator_is_touched(
    tiny_data: Path,
    tmp_path: Path,
) -> None:
    before = global_random_states()
    first = train(TINY_TRAINING, tiny_data, tmp_path / "first")
    assert global_random_states() == before
    torch.rand(3)
    second = train(TINY_TRAINING, tiny_data, tmp_path / "second")
    assert_equal_weights(load_checkpoint(first), load_checkpoint(second))


def test_in_bfloat16_it_learns_about_the_same_and_keeps_its_weights_in_float32(
    tiny_data: Path, tmp_path: Path
) -> None:
    rough, fine = (
        load_checkpoint(
            train(
                replace(TINY_TRAINING, precision=precision), tiny_data, tmp_path / precision
            ).parent
        ).model
        for precision in ("bfloat16", "float32")
    )
    assert {weights.dtype for weights in rough.parameters()} == {torch.float32}
    views = torch.rand(16, 3, 66, 200, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        apart = (rough(views) - fine(views)).abs().mean() / fine.curvature_scale
    assert 0 < apart < 0.3  # of the labels' spread, after one epoch on three short drives


def test_a_finished_training_gives_its_frames_back(tiny_data: Path, tmp_path: Path) -> None:
    train(TINY_TRAINING, tiny_data, tmp_path / "model")
    assert not [thing for thing in gc.get_objects() if type(thing) is TrainingFrames]


def test_any_other_exit_is_not_taken_for_ctrl_c(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(self: BehaviourCloningModule) -> None:  # noqa: ARG001
        raise SystemExit(3)

    monkeypatch.setattr(BehaviourCloningModule, "on_train_epoch_start", leave)
    with pytest.raises(SystemExit, match="3"):
        train(TINY_TRAINING, tiny_data, tmp_path / "model")


def test_a_loss_that_is_no_number_stops_the_training_and_keeps_the_epochs_before(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain_step = BehaviourCloningModule.training_step

    def step_into_nothing(self: BehaviourCloningModule, batch: Batch, index: int) -> torch.Tensor:
        loss = plain_step(self, batch, index)
        return loss * torch.nan if (self.current_epoch, index) == (1, 2) else loss

    monkeypatch.setattr(BehaviourCloningModule, "training_step", step_into_nothing)
    folder = tmp_path / "model"
    says = rf"^the loss is nan in epoch 1, step 2; lower learning_rate, which is 0\.001, and train again .*; {folder} keeps"
    with pytest.raises(ValueError, match=says):
        train(replace(TINY_TRAINING, epochs=2), tiny_data, folder)
    assert has_checkpoint(folder)
    assert not (folder / "model.safetensors").exists()
    with (folder / METRICS_FILE).open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0"]


@pytest.mark.parametrize("batch_size", [16, 10_000], ids=["in a step", "after the only step"])
def test_a_training_that_diverges_writes_no_network(
    tiny_data: Path, tmp_path: Path, batch_size: int
) -> None:
    config = replace(TINY_TRAINING, learning_rate=1e30, batch_size=batch_size)
    with pytest.raises(
        ValueError,
        match=r"(is (nan|inf)|are not finite) (in|after) epoch 0.*; lower learning_rate, which is 1e",
    ):
        train(config, tiny_data, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_folder_that_holds_something_is_not_overwritten(
    tiny_data: Path, tiny_model: Path
) -> None:
    before = (tiny_model / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match="already holds something"):
        train(TINY_TRAINING, tiny_data, tiny_model)
    assert (tiny_model / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs is 0; it must be 1 or more"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; it must be above 0 and finite"),
        ({"learning_rate": math.inf}, "learning_rate is inf; it must be above 0 and finite"),
        ({"weight_decay": math.nan}, "weight_decay is nan; it must be 0 or more and finite"),
        ({"device": "tpu"}, "device is 'tpu'; it must be auto, cpu or cuda"),
        ({"precision": "int8"}, "precision is 'int8'; it must be auto, float32 or bfloat16"),
    ],
)
def test_senseless_settings_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrainConfig(**settings)


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        train(TINY_TRAINING, tmp_path / "nowhere", tmp_path / "model")


def test_damaged_data_are_refused_before_training_writes_anything(
    tiny_data: Path, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(tiny_data, tmp_path / "data"))
    video = next(data.glob("videos/*left/*/file-000.mp4"))
    content = bytearray(video.read_bytes())
    content[len(content) // 2] ^= 1
    video.write_bytes(content)
    with pytest.raises(ValueError, match=r"file-000\.mp4 was changed after it was written"):
        train(TINY_TRAINING, data, tmp_path / "model")
    assert not (tmp_path / "model").exists()
