"""A trained network on disk: the weights, and in the same file the view, camera and training settings that rebuild what it saw.

One safetensors file; the settings are JSON in its header. Nothing is unpickled.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from pilotnet.folders import write_bytes
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
    settings = {"view": asdict(checkpoint.view), "camera": asdict(checkpoint.camera), "training": checkpoint.training}
    return save_network(folder, checkpoint.model, FORMAT, settings)


def save_network(folder: Path, model: nn.Module, form: str, settings: dict[str, Any]) -> Path:
    """Write a network's weights as `model.safetensors`, in one step, with form and settings in the header; return its path.

    Raises ValueError naming the first weights that are not finite, and OSError naming the space needed when there is too little.
    """
    header = {"format": form} | {key: json.dumps(value) for key, value in settings.items()}
    path = folder / FILE_NAME
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"the weights {name} are not finite; {path} is not written, since no driver could use it")
    write_bytes(path, safetensors.torch.save(tensors, header))
    return path


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its folder or its file.

    Raises ValueError when there is none, when it is damaged, or when another version wrote it.
    """
    tensors, settings = load_network(path, FORMAT, "train")
    # Networks without a speed output, and those from before there was one, have no scale for it.
    model = PilotNet(speed_scale=1.0 if "speed_scale" in tensors else None)
    fill_network(model, tensors, path)
    return Checkpoint(model.eval(), View(**settings["view"]), Camera(**settings["camera"]), settings["training"])


def load_network(path: Path, form: str, stage: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The weights by name and the settings of a network that `pilotnet STAGE` wrote, from its folder or its file.

    Raises ValueError when there is none, when it is damaged, or when it has another form.
    """
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise ValueError(f"checkpoint {path} does not exist; give the folder that `pilotnet {stage}` wrote, or its {FILE_NAME}")
    try:
        with safetensors.safe_open(file, framework="pt") as stored:
            header = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 - not a dict
    except safetensors.SafetensorError as error:
        raise ValueError(f"checkpoint {file} is not a readable safetensors file: {error}") from error
    if header.get("format") != form:
        raise ValueError(f"checkpoint {file} has format {header.get('format')!r}; this version reads {form!r}")
    return tensors, {key: json.loads(value) for key, value in header.items() if key != "format"}


def fill_network(model: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Give a network its weights; ValueError naming `path` when they belong to another one."""
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        name, why = type(model).__name__, " ".join(str(error).split())[:200]
        raise ValueError(f"checkpoint {path} holds other layers than {name}: {why}") from error
