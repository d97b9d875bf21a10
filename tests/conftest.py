"""What many tests share: one tiny recording and one network trained on it, made by the real stages, once."""

from pathlib import Path

import pytest

from pilotnet.record import RecordConfig, record
from pilotnet.train import TrainConfig, train

TINY_RECORDING = RecordConfig(episodes=2, validation_episodes=1, length=60.0, workers=1)
TINY_TRAINING = TrainConfig(epochs=1, batch_size=16, device="cpu")


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of three drives of 60 m."""
    folder = tmp_path_factory.mktemp("recorded") / "data"
    record(TINY_RECORDING, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_model(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder, trained for one epoch on the tiny dataset."""
    folder = tmp_path_factory.mktemp("trained") / "model"
    train(TINY_TRAINING, tiny_data, folder)
    return folder
