"""What many tests share: one tiny recording and one network trained on it, made by the real stages,
once.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from pilotnet.data.record import RecordConfig, record
from pilotnet.training.checkpoint import Checkpoint
from pilotnet.training.train import TrainConfig, train

UNPRIVILEGED_USER = 65534  # Unix user id that owns no files
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
    """A file without read permission, with root's rights dropped; beside it a folder `locked` that
    holds a model.
    """
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
            os.seteuid(UNPRIVILEGED_USER)
            try:
                yield path
            finally:
                os.seteuid(0)
        else:
            yield path
        locked.chmod(0o700)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Limit PyTorch to one thread, with which small networks learn faster and the order of sums is
    fixed.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def assert_equal_weights(one: Checkpoint, other: Checkpoint) -> None:
    """Require that two checkpoints have the same weights, bit for bit."""
    for name, tensor in one.model.state_dict().items():
        assert torch.equal(other.model.state_dict()[name], tensor), name


def contents(root: Path, without: str = "") -> dict[Path, bytes]:
    """Return every file below a folder by its path there; files named `without`, which differ
    between runs, are left out.
    """
    paths = [path for path in sorted(root.rglob("*")) if path.is_file() and path.name != without]
    return {path.relative_to(root): path.read_bytes() for path in paths}
