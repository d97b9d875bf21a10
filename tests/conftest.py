"""What many tests share: one tiny recording and one network trained on it, made by the real stages, once."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pilotnet.record import RecordConfig, record
from pilotnet.train import TrainConfig, train

NOBODY = 65534  # the user without rights, on every Unix
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


@pytest.fixture
def private_file() -> Iterator[Path]:
    """A file of another user, seen without the rights of an administrator; beside it a folder `locked` with a model in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "file"
        path.write_text("a: 1\n")
        path.chmod(0o000)
        locked = folder / "locked"
        locked.mkdir()
        (locked / "model.safetensors").touch()
        locked.chmod(0o000)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
            try:
                yield path
            finally:
                os.seteuid(0)
        else:
            yield path
        locked.chmod(0o700)
