"""ONNX files drive like the networks that they were exported from; other files are refused."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from pilotnet.drivers.driver_names import base_name, driver_title, needs_camera, recipe_of
from pilotnet.drivers.factory import make_driver
from pilotnet.drivers.onnx_driver import make_onnx_driver
from pilotnet.training.export import METADATA_KEY, export_onnx
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import Camera
from sim.types import Observation


@pytest.fixture(scope="module")
def exported(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_onnx(tiny_model, tmp_path_factory.mktemp("exported") / "night+rain@1.onnx")


def changed(exported: Path, out: Path, metadata: dict[str, str]) -> Path:
    """Write the file with other metadata."""
    model = onnx.load(exported)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, metadata)
    onnx.save_model(model, str(out))
    return out


def test_it_commands_what_the_network_commands(exported: Path, tiny_model: Path) -> None:
    env = DrivingEnv()
    by_file = make_driver(str(exported), env)
    by_folder = make_driver("pilotnet", env, tiny_model)
    generator = np.random.default_rng(0)
    for _ in range(3):
        frame = generator.integers(0, 256, (160, 320, 3), dtype=np.uint8)
        observation = Observation(10.0, centre=frame)
        expected = by_folder.act(observation)
        assert by_file.act(observation).curvature == pytest.approx(expected.curvature, abs=1e-6)
        assert by_file.act(observation).acceleration == expected.acceleration


def test_its_title_is_the_name_of_its_file(exported: Path) -> None:
    name = str(exported)
    assert driver_title(name) == "night+rain@1"
    assert base_name(name) == recipe_of(name) == name
    assert needs_camera(name)


def test_an_observation_without_frame_is_refused(exported: Path) -> None:
    with pytest.raises(ValueError, match="has no centre frame"):
        make_driver(str(exported), DrivingEnv()).act(Observation(10.0))


def test_another_camera_is_refused(exported: Path) -> None:
    env = DrivingEnv(EnvConfig(camera=Camera(focal=100.0)))
    with pytest.raises(ValueError, match=r"was trained for Camera\(.*focal=175.0"):
        make_driver(str(exported), env)


def test_a_network_that_only_steers_cannot_control_the_speed(exported: Path) -> None:
    with pytest.raises(ValueError, match="only steers"):
        make_driver(str(exported), DrivingEnv(EnvConfig(cameras=("centre",), pedals="driver")))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(ValueError, match=r"nowhere.onnx does not exist; export a network"):
        make_driver("nowhere.onnx", DrivingEnv())


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a network")
    with pytest.raises(ValueError, match="is not an ONNX file that can be read"):
        make_driver(str(path), DrivingEnv())


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({}, f"has no metadata '{METADATA_KEY}'"),
        ({METADATA_KEY: "{"}, "its metadata"),
        ({METADATA_KEY: '{"view": 3}'}, "is damaged"),
    ],
)
def test_metadata_that_describe_no_view_are_refused(
    metadata: dict[str, str], message: str, exported: Path, tmp_path: Path
) -> None:
    path = changed(exported, tmp_path / "changed.onnx", metadata)
    with pytest.raises(ValueError, match=message):
        make_driver(str(path), DrivingEnv())


def test_the_factory_is_that_of_the_table(exported: Path) -> None:
    from pilotnet.drivers.driver_table import driver_info

    info = driver_info(str(exported))
    assert info is not None
    assert info.load() is make_onnx_driver
