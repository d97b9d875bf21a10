"""EXPORT: PilotNet as an ONNX file, for other programs and for the driver `FILE.onnx`.

Input `views`: (1, 3, height, width) float32, YUV in [-1, 1], as `pilotnet.training.viewpoint` makes
them. Output `curvature` [1/m, right positive] (1,) and, of a network that learned it, `speed` [m/s]
(1,). The file's metadata hold view and camera as JSON under the key `pilotnet`.
"""

import json
import logging
import warnings
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from pilotnet.common.folders import atomic_path
from pilotnet.training.checkpoint import load_checkpoint
from pilotnet.training.model import PilotNet
from sim.types import quoted

SUFFIX = ".onnx"
METADATA_KEY = "pilotnet"
INPUT = "views"
ONNX_OUTPUTS = ("curvature", "speed")
OPSET = 18  # version of the ONNX operators


class Commands(nn.Module):
    """PilotNet in physical units, as one function of its views."""

    def __init__(self, model: PilotNet) -> None:
        super().__init__()
        self.model = model

    def forward(self, views: Tensor) -> tuple[Tensor, ...]:
        """Return the curvature [1/m] and, if it was learned, the speed [m/s], (B,) each."""
        curvature, speed = self.model.commands(views)
        return (curvature,) if speed is None else (curvature, speed)


def export_onnx(checkpoint: Path, out: Path) -> Path:
    """Write the network of a checkpoint folder as an ONNX file and return its path.

    Raises ValueError when `out` exists or has another suffix, and when a package is missing.
    """
    if out.suffix != SUFFIX:
        raise ValueError(f"out is {quoted(str(out))}; it must end in {SUFFIX}")
    if out.exists():
        raise ValueError(f"{out} already exists; choose another file, or delete it")
    loaded = load_checkpoint(checkpoint)
    model = Commands(loaded.model.float().eval())
    view = loaded.view
    example = torch.zeros(1, 3, view.height, view.width)
    count = 1 if loaded.model.speed_scale is None else len(ONNX_OUTPUTS)
    try:
        import onnx
        import onnxscript  # noqa: F401 - torch.onnx needs it
    except ModuleNotFoundError as error:
        raise ValueError(
            f"package {error.name} is not installed; install it with: pip install 'pilotnet[onnx]'"
        ) from None
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it names packages that are not needed
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the exporter's own code
        program = torch.onnx.export(
            model,
            (example,),
            input_names=[INPUT],
            output_names=list(ONNX_OUTPUTS[:count]),
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None, "torch returns the program when it is given no file"
    described = program.model_proto
    settings = {"view": asdict(view), "camera": asdict(loaded.camera)}
    onnx.helper.set_model_props(described, {METADATA_KEY: json.dumps(settings)})
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(out) as unfinished:
        onnx.save_model(described, str(unfinished))
    return out
