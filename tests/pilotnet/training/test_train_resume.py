"""Resuming a training: after an interruption, without disk space, and when it is finished."""

import errno
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import lightning
import pytest

from pilotnet.cli import main
from pilotnet.common.folders import MARKER
from pilotnet.data.store import Marks, write_marks
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.train import BehaviourCloningModule, train
from pilotnet.training.training_checkpoints import METRICS_FILE, checkpoints, has_checkpoint
from tests.conftest import TINY_TRAINING, assert_equal_weights

pytestmark = pytest.mark.usefixtures("one_thread")  # sums do not depend on the number of idle cores
THREE_EPOCHS = replace(TINY_TRAINING, epochs=3)


class PowerCutError(Exception):
    """Ends a training without any handling."""


@pytest.fixture
def stopped(tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder whose training of three epochs was cut off in its last one."""

    def pull_the_plug(self: BehaviourCloningModule) -> None:
        if self.current_epoch == 2:
            raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(BehaviourCloningModule, "on_train_epoch_start", pull_the_plug)
        with pytest.raises(PowerCutError):
            train(THREE_EPOCHS, tiny_data, tmp_path / "parts")
    return tmp_path / "parts"


def test_a_resumed_training_equals_an_uninterrupted_one_even_moved_and_from_an_older_epoch(
    tiny_data: Path,
    tmp_path: Path,
    stopped: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    whole = tmp_path / "whole"
    train(THREE_EPOCHS, tiny_data, whole)
    moved = tmp_path / "elsewhere" / "model"
    data = tmp_path / "drives"
    shutil.copytree(stopped, moved)
    shutil.copytree(tiny_data, data)
    damaged = checkpoints(stopped)[-1]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    capfd.readouterr()
    for folder, source, notices in ((moved, data, 0), (stopped, tiny_data, 1)):
        train(THREE_EPOCHS, source, folder, resume=True)
        said = capfd.readouterr()
        assert (
            len((said.out + said.err).splitlines()) == 1 + notices
        )  # the device that it trains on; nothing by Lightning
        assert (folder / METRICS_FILE).read_text() == (whole / METRICS_FILE).read_text()
        assert_equal_weights(load_checkpoint(folder), load_checkpoint(whole))
        assert not (folder / "unfinished").exists()


def test_a_training_without_space_for_its_network_keeps_its_epochs_and_writes_it_when_resumed(
    tiny_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "model"
    plain_write = Path.write_bytes

    def write_to_a_full_disk(self: Path, content: bytes) -> int:
        if "model.safetensors" in self.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return plain_write(self, content)

    words = [
        "train",
        str(tiny_data),
        "--out",
        str(folder),
        "--epochs",
        "1",
        "--batch-size",
        "16",
        "--device",
        "cpu",
    ]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_to_a_full_disk)
        assert main(words) == 2
    needs = rf"{folder}/model\.safetensors needs 1\.0 MB; {folder} has \S+ MB free \(No space left on device\)"
    kept = "what was finished is kept, the same command with --resume goes on from there"
    assert re.fullmatch(
        rf"pilotnet: error: {needs}; while writing {folder}; {kept}\n", capsys.readouterr().err
    )
    train(TINY_TRAINING, tiny_data, folder, resume=True)
    whole = train(TINY_TRAINING, tiny_data, tmp_path / "whole")
    assert_equal_weights(load_checkpoint(folder), load_checkpoint(whole))


def test_a_training_is_resumed_with_its_own_data_alone(
    tiny_data: Path, tmp_path: Path, stopped: Path
) -> None:
    data = Path(shutil.copytree(tiny_data, tmp_path / "drives"))
    write_marks(data, Marks({0: ((2, 5),)}))
    with pytest.raises(ValueError, match="another dataset"):
        train(THREE_EPOCHS, data, stopped, resume=True)
    with pytest.raises(ValueError, match=r"batch_size is 8, but .* was begun with 16"):
        train(replace(THREE_EPOCHS, batch_size=8), tiny_data, stopped, resume=True)


def test_ctrl_c_stays_ctrl_c_and_keeps_what_was_finished(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press_ctrl_c(self: BehaviourCloningModule) -> None:
        if self.current_epoch == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(BehaviourCloningModule, "on_train_epoch_start", press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        train(replace(TINY_TRAINING, epochs=2), tiny_data, tmp_path / "model")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert has_checkpoint(tmp_path / "model")


LIMITED = """
import resource, sys
from pilotnet.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_without_space_for_a_checkpoint_one_line_says_how_much_is_needed(
    tiny_data: Path, tmp_path: Path
) -> None:
    words = ["train", str(tiny_data), "--out", "model", "--epochs", "1", "--device", "cpu"]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2
    said = (
        r"pilotnet: error: model/unfinished/\S+\.ckpt needs 3\.\d MB; model/unfinished has \d+\.\d MB free \(File too large\); "
        r"while writing model\n"
    )
    assert re.fullmatch(said, done.stderr)
    assert not (tmp_path / "model").exists()


def test_a_training_that_fails_in_its_first_epoch_leaves_nothing(
    tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull_the_plug(self: lightning.LightningModule) -> None:  # noqa: ARG001
        raise PowerCutError

    monkeypatch.setattr(BehaviourCloningModule, "on_train_epoch_start", pull_the_plug)
    with pytest.raises(PowerCutError):
        train(TINY_TRAINING, tiny_data, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_finished_training_stays_as_it_is_when_resumed(tiny_data: Path, tiny_model: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in tiny_model.iterdir()}
    assert (
        train(TINY_TRAINING, tiny_data, tiny_model, resume=True) == tiny_model / "model.safetensors"
    )
    assert {path.name: path.stat().st_mtime_ns for path in tiny_model.iterdir()} == before
    with pytest.raises(ValueError, match=r"epochs is 3, but .* was begun with 1"):
        train(THREE_EPOCHS, tiny_data, tiny_model, resume=True)


@pytest.mark.parametrize("resume", [False, True])
def test_after_a_kill_in_its_first_epoch_a_training_starts_again(
    tiny_data: Path, tmp_path: Path, resume: bool
) -> None:
    folder = tmp_path / "model"
    (folder / "unfinished").mkdir(parents=True)
    (folder / MARKER).write_text("train")
    (folder / "train.yaml").write_text("of other settings")
    (folder / "unfinished" / ".epoch-000000-0123456789abcdef.ckpt.4711.tmp").write_bytes(b"half")
    train(TINY_TRAINING, tiny_data, folder, resume)
    assert {path.name for path in folder.iterdir()} == {
        "model.safetensors",
        METRICS_FILE,
        "train.yaml",
    }
