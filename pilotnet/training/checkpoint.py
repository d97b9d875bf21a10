"""A trained network on disk: the weights, and in the same file the view, camera and training
settings that rebuild what it saw.

One safetensors file; the settings are JSON in its header. Nothing is unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from pilotnet.common.digests import value_digest
from pilotnet.common.folders import write_bytes
from pilotnet.common.reading import DamagedFileError, load_json, readable, structured
from pilotnet.common.schemas import PilotNetHeader
from pilotnet.training.model import PilotNet
from pilotnet.training.viewpoint import ViewCamera
from sim.geometry.camera import Camera
from sim.scenario import WORLD_VERSION
from sim.types import quoted

NETWORK_FORMAT = "pilotnet-1"
FILE_NAME = "model.safetensors"
DIGEST_KEY = "sha256"  # key in the header

Header = TypeVar("Header")


@dataclass(frozen=True)
class Checkpoint:
    """A network with the view it drives by, the camera that view is cut from, and the settings and
    data it was trained with.
    """

    model: PilotNet
    view: ViewCamera
    camera: Camera
    training: dict[str, Any]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write `model.safetensors` into an existing folder, atomically; the file's path."""
    settings = {
        "view": asdict(checkpoint.view),
        "camera": asdict(checkpoint.camera),
        "training": checkpoint.training,
    }
    return save_network(folder, checkpoint.model, NETWORK_FORMAT, settings)


def save_network(folder: Path, model: nn.Module, form: str, settings: dict[str, Any]) -> Path:
    """Write a network's weights as `model.safetensors`, in one step, with form and settings in the
    header; return its path.

    The header also holds the world version and a digest of header and weights. The file has the
    mode of a new file, not the private one of safetensors. Raises ValueError naming the first
    weights that are not finite, and OSError for a full disk.
    """
    path = folder / FILE_NAME
    tensors = {
        name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()
    }
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(
                f"the weights {name} are not finite; {path} is not written, since no driver "
                f"could use it"
            )
    header = {"format": form} | {
        key: json.dumps(value) for key, value in (settings | {"world": WORLD_VERSION}).items()
    }
    header[DIGEST_KEY] = network_digest(tensors, header)
    write_bytes(path, safetensors.torch.save(tensors, header))
    return path


def network_digest(tensors: Mapping[str, Tensor], header: Mapping[str, str]) -> str:
    """Return the SHA-256, in hexadecimal, of a checkpoint's header without its digest, and of its
    weights.
    """
    digest = hashlib.sha256()
    digest.update(
        value_digest({key: value for key, value in header.items() if key != DIGEST_KEY}).encode()
    )
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint from its folder or its file.

    Raises ValueError when there is none or it may not be read, and DamagedFileError when it is
    damaged or of another version.
    """
    tensors, settings = load_network(path, NETWORK_FORMAT, "train", PilotNetHeader)
    # Networks without a speed output, and those from before there was one, have no scale for it.
    model = PilotNet(speed_scale=1.0 if "speed_scale" in tensors else None)
    fill_network(model, tensors, path)
    view = settings.view
    return Checkpoint(
        model.eval(),
        ViewCamera(view.width, view.height, view.focal, view.horizon),
        settings.camera.camera(),
        settings.training,
    )


def load_network(
    path: Path, form: str, stage: str, kind: type[Header]
) -> tuple[dict[str, Tensor], Header]:
    """Return the weights by name, and the settings, of a network that `pilotnet STAGE` wrote; path:
    its folder or file.

    Raises ValueError when there is none or it may not be read, and DamagedFileError when it is
    damaged or has another form.
    """
    file = path / FILE_NAME if path.is_dir() else path
    tensors, header = _contents(file, path, stage)
    if header.get("format") != form:
        raise DamagedFileError(
            f"checkpoint {file} has format {quoted(header.get('format'))}; this version reads "
            f"{form!r}"
        )
    name = f"checkpoint {file}"
    values = {
        key: load_json(text, f"{name}, its {key},")
        for key, text in header.items()
        if key not in ("format", DIGEST_KEY)
    }
    settings = structured(values, kind, name)
    # Earlier checkpoints have no digest.
    if DIGEST_KEY in header and header[DIGEST_KEY] != network_digest(tensors, header):
        raise DamagedFileError(
            f"{name} was changed after it was written: its {DIGEST_KEY} does not fit; it is damaged"
        )
    for key, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise DamagedFileError(f"{name} has weights {key} that are not finite; train it again")
    return tensors, settings


def _contents(file: Path, path: Path, stage: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the weights and the header of a safetensors file, named by `path`."""
    try:
        with readable(file, "safetensors file"), file.open("rb"):
            pass
    except DamagedFileError:
        lacking = f"has no {FILE_NAME}" if path.is_dir() else "does not exist"
        raise ValueError(
            f"checkpoint {path} {lacking}; give the folder that `pilotnet {stage}` wrote, or its "
            f"{FILE_NAME}"
        ) from None
    try:
        with safetensors.safe_open(file, framework="pt") as stored:
            names = stored.keys()
            return {name: stored.get_tensor(name) for name in names}, stored.metadata() or {}
    except (
        safetensors.SafetensorError,
        OSError,
        ValueError,
        RuntimeError,
        TypeError,
        MemoryError,
    ) as error:
        why = " ".join(str(error).split())[:200]
        raise DamagedFileError(
            f"checkpoint {file} is not a readable safetensors file: {why}"
        ) from None


def fill_network(model: nn.Module, tensors: dict[str, Tensor], path: Path) -> None:
    """Load weights into a network; raises DamagedFileError naming `path` when they belong to other
    layers.
    """
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        name = type(model).__name__
        why = " ".join(str(error).split())[:200]
        raise DamagedFileError(f"checkpoint {path} holds other layers than {name}: {why}") from None
