"""A checkpoint gives back the network and everything it was trained to see."""

from pathlib import Path

import pytest
import safetensors.torch
import torch

from pilotnet.checkpoint import FILE_NAME, Checkpoint, load_checkpoint, save_checkpoint
from pilotnet.model import PilotNet
from pilotnet.viewpoint import View
from sim.camera import Camera


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Checkpoint]:
    checkpoint = Checkpoint(PilotNet(0.02), View(focal=150.0), Camera(focal=160.0), {"config": {"epochs": 3}})
    save_checkpoint(tmp_path, checkpoint)
    return tmp_path, checkpoint


def test_weights_and_settings_survive(saved: tuple[Path, Checkpoint]) -> None:
    folder, before = saved
    after = load_checkpoint(folder)
    assert (after.view, after.camera, after.training) == (before.view, before.camera, before.training)
    view = torch.rand(1, 3, 66, 200)
    torch.testing.assert_close(after.model(view), before.model.eval()(view))


def test_a_speed_output_survives_and_a_network_without_one_still_has_none(tmp_path: Path, saved: tuple[Path, Checkpoint]) -> None:
    before = Checkpoint(PilotNet(0.02, speed_scale=14.0), View(), Camera(), {})
    (tmp_path / "speed").mkdir()
    save_checkpoint(tmp_path / "speed", before)
    after, view = load_checkpoint(tmp_path / "speed"), torch.rand(1, 3, 66, 200)
    torch.testing.assert_close(after.model.commands(view), before.model.eval().commands(view))
    assert load_checkpoint(saved[0]).model.commands(view)[1] is None


def test_it_can_be_named_by_folder_or_file(saved: tuple[Path, Checkpoint]) -> None:
    assert load_checkpoint(saved[0] / FILE_NAME).view == load_checkpoint(saved[0]).view


def test_no_checkpoint_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist; give the folder"):
        load_checkpoint(tmp_path / "nothing")


def test_a_truncated_file_is_refused(saved: tuple[Path, Checkpoint]) -> None:
    file = saved[0] / FILE_NAME
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ValueError, match="not a readable safetensors file"):
        load_checkpoint(saved[0])


def test_another_version_is_refused_by_name(tmp_path: Path) -> None:
    safetensors.torch.save_file(PilotNet().state_dict(), tmp_path / FILE_NAME, metadata={"format": "pilotnet-99"})
    with pytest.raises(ValueError, match="has format 'pilotnet-99'; this version reads 'pilotnet-1'"):
        load_checkpoint(tmp_path)


def test_other_layers_are_refused(tmp_path: Path) -> None:
    header = {"format": "pilotnet-1"}
    safetensors.torch.save_file({"weight": torch.zeros(2)}, tmp_path / FILE_NAME, metadata=header)
    with pytest.raises(ValueError, match="holds other layers than PilotNet"):
        load_checkpoint(tmp_path)


def test_saving_leaves_nothing_unfinished_behind(saved: tuple[Path, Checkpoint]) -> None:
    assert [path.name for path in saved[0].iterdir()] == [FILE_NAME]


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_never_written(tmp_path: Path, value: float) -> None:
    model = PilotNet(0.02)
    with torch.no_grad():
        model.dense[1].weight[3, 4] = value
    with pytest.raises(
        ValueError, match=rf"the weights dense\.1\.weight are not finite; {tmp_path}/model\.safetensors is not written"
    ):
        save_checkpoint(tmp_path, Checkpoint(model, View(), Camera(), {}))
    assert not list(tmp_path.iterdir())
