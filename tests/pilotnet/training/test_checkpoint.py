"""A checkpoint gives back the network and everything it was trained to see."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest
import safetensors.torch
import torch

from pilotnet.common.reading import DamagedFileError
from pilotnet.training.checkpoint import (
    FILE_NAME,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
    save_network,
)
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.geometry.camera import Camera


@pytest.fixture
def saved(tmp_path: Path) -> tuple[Path, Checkpoint]:
    checkpoint = Checkpoint(
        PilotNet(0.02), ViewCamera(focal=150.0), Camera(focal=160.0), {"config": {"epochs": 3}}
    )
    save_checkpoint(tmp_path, checkpoint)
    return tmp_path, checkpoint


def test_weights_and_settings_survive(saved: tuple[Path, Checkpoint]) -> None:
    folder, before = saved
    after = load_checkpoint(folder)
    assert (after.view, after.camera, after.training) == (
        before.view,
        before.camera,
        before.training,
    )
    view = torch.rand(1, 3, 66, 200)
    torch.testing.assert_close(after.model(view), before.model.eval()(view))


def test_a_speed_output_survives_and_a_network_without_one_still_has_none(
    tmp_path: Path, saved: tuple[Path, Checkpoint]
) -> None:
    before = Checkpoint(PilotNet(0.02, speed_scale=14.0), ViewCamera(), Camera(), {})
    (tmp_path / "speed").mkdir()
    save_checkpoint(tmp_path / "speed", before)
    after = load_checkpoint(tmp_path / "speed")
    view = torch.rand(1, 3, 66, 200)
    torch.testing.assert_close(after.model.commands(view), before.model.eval().commands(view))
    assert load_checkpoint(saved[0]).model.commands(view)[1] is None


def test_it_can_be_named_by_folder_or_file(saved: tuple[Path, Checkpoint]) -> None:
    assert load_checkpoint(saved[0] / FILE_NAME).view == load_checkpoint(saved[0]).view


def test_no_checkpoint_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not exist; give the folder"):
        load_checkpoint(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"has no model\.safetensors; give the folder"):
        load_checkpoint(tmp_path)


def test_a_truncated_file_is_refused(saved: tuple[Path, Checkpoint]) -> None:
    file = saved[0] / FILE_NAME
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ValueError, match="not a readable safetensors file"):
        load_checkpoint(saved[0])


def test_another_version_is_refused_by_name(tmp_path: Path) -> None:
    safetensors.torch.save_file(
        PilotNet().state_dict(), tmp_path / FILE_NAME, metadata={"format": "pilotnet-99"}
    )
    with pytest.raises(
        ValueError, match="has format 'pilotnet-99'; this version reads 'pilotnet-1'"
    ):
        load_checkpoint(tmp_path)


def test_other_layers_are_refused(tmp_path: Path) -> None:
    settings = {"view": asdict(ViewCamera()), "camera": asdict(Camera()), "training": {}}
    save_network(tmp_path, torch.nn.Linear(2, 2), "pilotnet-1", settings)
    with pytest.raises(ValueError, match="holds other layers than PilotNet"):
        load_checkpoint(tmp_path)


def test_saving_leaves_nothing_unfinished_behind(saved: tuple[Path, Checkpoint]) -> None:
    assert [path.name for path in saved[0].iterdir()] == [FILE_NAME]


def test_a_changed_weight_or_setting_is_found(saved: tuple[Path, Checkpoint]) -> None:
    file = saved[0] / FILE_NAME
    content = file.read_bytes()
    for damaged in (
        content[:-3] + bytes([content[-3] ^ 1]) + content[-2:],
        content.replace(b"160.0", b"161.0"),
    ):
        assert damaged != content
        file.write_bytes(damaged)
        with pytest.raises(
            DamagedFileError, match=r"model\.safetensors was changed after it was written"
        ):
            load_checkpoint(saved[0])


def earlier_file(folder: Path, model: torch.nn.Module, **settings: object) -> None:
    """A checkpoint as earlier versions wrote it, without a digest."""
    values = {"view": asdict(ViewCamera()), "camera": asdict(Camera()), "training": {}} | settings
    header = {"format": "pilotnet-1"} | {
        key: json.dumps(value) for key, value in values.items() if value is not None
    }
    safetensors.torch.save_file(model.state_dict(), folder / FILE_NAME, metadata=header)


def test_an_earlier_checkpoint_is_read(tmp_path: Path) -> None:
    model = PilotNet(0.02)
    earlier_file(tmp_path, model, training={"epochs": 2})
    assert load_checkpoint(tmp_path).training == {"epochs": 2}
    torch.testing.assert_close(load_checkpoint(tmp_path).model.state_dict(), model.state_dict())


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"view": None}, "it lacks the key view"),
        ({"view": {"width": 200}}, "view: it lacks the key height"),
        ({"view": asdict(ViewCamera()) | {"width": 10**9}}, "view.width: expected int <= 16384"),
        ({"camera": asdict(Camera()) | {"focal": -1.0}}, "camera.focal: expected float > 0"),
        ({"camera": 3}, "camera: expected object, got int"),
        ({"more": 3}, "it has the unknown key more"),
    ],
)
def test_a_header_of_another_structure_is_refused(
    tmp_path: Path, settings: dict[str, object], says: str
) -> None:
    earlier_file(tmp_path, PilotNet(), **settings)
    with pytest.raises(DamagedFileError, match=rf"model\.safetensors is damaged: {says}"):
        load_checkpoint(tmp_path)


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    model = PilotNet()
    model.dense[1].bias.data[3] = float("nan")
    earlier_file(tmp_path, model)
    with pytest.raises(DamagedFileError, match=r"has weights dense\.1\.bias that are not finite"):
        load_checkpoint(tmp_path)


def test_others_may_read_a_checkpoint_where_the_system_lets_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        save_checkpoint(tmp_path, Checkpoint(PilotNet(), ViewCamera(), Camera(), {}))
    finally:
        os.umask(before)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o644


def test_a_checkpoint_of_another_user_is_not_called_missing(private_file: Path) -> None:
    for path in (private_file, private_file.parent / "locked"):
        with pytest.raises(ValueError, match="may not be read by this user"):
            load_checkpoint(path)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_never_written(tmp_path: Path, value: float) -> None:
    model = PilotNet(0.02)
    with torch.no_grad():
        model.dense[1].weight[3, 4] = value
    with pytest.raises(
        ValueError,
        match=rf"the weights dense\.1\.weight are not finite; {tmp_path}/model\.safetensors is not written",
    ):
        save_checkpoint(tmp_path, Checkpoint(model, ViewCamera(), Camera(), {}))
    assert not list(tmp_path.iterdir())
