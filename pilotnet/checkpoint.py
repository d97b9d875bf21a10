"""A trained network on disk: the weights, and in the same file the view, camera and training settings that rebuild what it saw.

One safetensors file; the settings are JSON in its header. Nothing is unpickled.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch

from pilotnet.model import PilotNet
from pilotnet.viewpoint import View
from sim.camera import Camera

FORMAT = "pilotnet-1"
FILE_NAME = "model.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A network with the view it drives by, the camera that view is cut from, and the settings and data it was trained with."""

    model: PilotNet
    view: View
    camera: Camera
    training: dict[str, Any]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write `model.safetensors` into an existing folder, atomically; the file's path."""
    header = {
        "format": FORMAT,
        "view": json.dumps(asdict(checkpoint.view)),
        "camera": json.dumps(asdict(checkpoint.camera)),
        "training": json.dumps(checkpoint.training),
    }
    path = folder / FILE_NAME
    unfinished = path.with_suffix(".unfinished")
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.model.state_dict().items()}
    safetensors.torch.save_file(tensors, unfinished, metadata=header)
    unfinished.replace(path)
    return path


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its folder or its file.

    Raises ValueError when there is none, when it is damaged, or when another version wrote it.
    """
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise ValueError(f"checkpoint {path} does not exist; give the folder that `pilotnet train` wrote, or its {FILE_NAME}")
    try:
        with safetensors.safe_open(file, framework="pt") as stored:
            header = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
    except safetensors.SafetensorError as error:
        raise ValueError(f"checkpoint {file} is not a readable safetensors file: {error}") from error
    if header.get("format") != FORMAT:
        raise ValueError(f"checkpoint {file} has format {header.get('format')!r}; this version reads {FORMAT!r}")
    # Networks without a speed output, and those from before there was one, have no scale for it.
    model = PilotNet(speed_scale=1.0 if "speed_scale" in tensors else None)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(f"checkpoint {file} holds other layers than PilotNet: {' '.join(str(error).split())[:200]}") from error
    return Checkpoint(
        model.eval(),
        View(**json.loads(header["view"])),
        Camera(**json.loads(header["camera"])),
        json.loads(header["training"]),
    )
