"""PilotNet as an ONNX file."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.export import METADATA_KEY, export_onnx


@pytest.fixture(scope="module")
def exported(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_onnx(tiny_model, tmp_path_factory.mktemp("exported") / "deep" / "network.onnx")


def test_the_file_computes_what_the_network_computes(exported: Path, tiny_model: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported))
    network = load_checkpoint(tiny_model)
    generator = np.random.default_rng(0)
    for _ in range(3):
        views = generator.uniform(-1, 1, (1, 3, 66, 200)).astype(np.float32)
        (curvature,) = session.run(None, {"views": views})
        with torch.inference_mode():
            expected, _ = network.model.commands(torch.from_numpy(views))
        assert curvature == pytest.approx(expected.numpy(), abs=1e-6)


def test_the_metadata_hold_view_and_camera(exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported))
    settings = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
    assert settings["view"] == {"width": 200, "height": 66, "focal": 130.0, "horizon": 22.0}
    assert settings["camera"]["focal"] == 175.0


def test_the_file_is_whole_by_itself(exported: Path) -> None:
    assert [path.name for path in exported.parent.iterdir()] == ["network.onnx"]
    assert exported.stat().st_size > 4 * 250_000


def test_a_file_that_exists_or_has_another_suffix_is_refused(
    exported: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="already exists"):
        export_onnx(tiny_model, exported)
    with pytest.raises(ValueError, match=r"out is '.*network.pt'; it must end in .onnx"):
        export_onnx(tiny_model, tmp_path / "network.pt")
