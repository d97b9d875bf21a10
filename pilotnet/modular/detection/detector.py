"""A detector: from the centre frame to the boxes of vehicles, or of pedestrians. The same network
is trained once for each class.
"""

import copy
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from pilotnet.common.schemas import DetectorHeader
from pilotnet.modular.detection.detector_config import is_person
from pilotnet.modular.detection.network import DetectorNetwork, DetectorOutput, strip_rows
from pilotnet.modular.detection.roi_head import Proposals, Refined
from pilotnet.modular.detection.targets import Cells, peaks, proposals
from pilotnet.modular.records import CONFIRM_SCORE, Detection
from pilotnet.training.checkpoint import fill_network, load_network, save_network
from sim.geometry.camera import Camera
from sim.types import Image, require_image

FORMAT = "pilotnet-detector-3"
MIN_PROPOSAL_SCORE = 0.01  # from which a box is looked at again
MAX_DETECTIONS = 64  # such boxes of one frame
NMS_IOU = 0.55  # two boxes that overlap more are one


@dataclass(frozen=True)
class DetectorCheckpoint:
    """A network with its target class, the camera of its training frames, and the settings and data
    of its training.
    """

    network: DetectorNetwork
    target: str
    camera: Camera
    training: dict[str, Any]


def save_detector(folder: Path, checkpoint: DetectorCheckpoint) -> Path:
    """Write a detector's `model.safetensors` into an existing folder, atomically; the file's
    path.
    """
    settings = {
        "target": checkpoint.target,
        "camera": asdict(checkpoint.camera),
        "training": checkpoint.training,
    }
    return save_network(folder, checkpoint.network, FORMAT, settings)


def load_detector(path: Path) -> DetectorCheckpoint:
    """Read a detector from its folder or file.

    Raises ValueError when there is none or it may not be read, and DamagedFileError when it is
    damaged or of another kind.
    """
    tensors, settings = load_network(path, FORMAT, "train-detector", DetectorHeader)
    network = DetectorNetwork()
    fill_network(network, tensors, path)
    return DetectorCheckpoint(
        network.eval(), settings.target, settings.camera.camera(), settings.training
    )


class Detector:
    """Detects vehicles, or pedestrians, in the frames of the camera it was trained with; `score`:
    least score in [0, 1].

    It runs on the CPU, and has no memory between frames.
    """

    def __init__(self, checkpoint: DetectorCheckpoint, score: float = CONFIRM_SCORE) -> None:
        if not 0 <= score <= 1:
            raise ValueError(f"score is {score}; it must lie between 0 and 1")
        self.person = is_person(checkpoint.target)
        self.camera = checkpoint.camera
        self._score = score
        self._rows = strip_rows(checkpoint.camera)
        self._network = copy.deepcopy(checkpoint.network).fused()  # fusing changes the layers

    @classmethod
    def load(cls, path: Path, target: str, score: float = CONFIRM_SCORE) -> Self:
        """Return the detector in a folder; ValueError when it has another target, or there is
        none.
        """
        checkpoint = load_detector(path)
        if is_person(target) != is_person(checkpoint.target):
            raise ValueError(
                f"checkpoint {path} is a detector of {checkpoint.target}; it must be one of "
                f"{target}"
            )
        return cls(checkpoint, score)

    @torch.inference_mode()
    def detect(self, frame: Image) -> list[Detection]:
        """Return the detections in a frame of the centre camera, highest score first, 64 at most.

        Raises ValueError for a frame of another size than the camera's.
        """
        require_image("frame", frame)
        if frame.shape[:2] != (self.camera.height, self.camera.width):
            raise ValueError(
                f"frame has shape {frame.shape}; this detector learned from {self.camera.height} "
                f"x {self.camera.width}"
            )
        strip = torch.from_numpy(np.ascontiguousarray(frame[slice(*self._rows)])).unsqueeze(0)
        maps = self._network(strip.permute(0, 3, 1, 2).float() / 255)
        top = self._rows[0]
        height = self.camera.height
        width = self.camera.width
        found = []
        for left, upper, right, lower, score, visible, distance in postprocess(
            maps, self._network.roi_head, self._score
        ).tolist():
            left, right = max(left, 0.0), min(right, float(width))
            upper, lower = max(upper + top, 0.0), min(lower + top, float(height))
            if left < right and upper < lower:
                found.append(
                    Detection(self.person, left, upper, right, lower, score, visible, distance)
                )
        return found


def postprocess(
    maps: DetectorOutput, head: Callable[[Tensor, Proposals], Refined], score: float = CONFIRM_SCORE
) -> NDArray[np.float64]:
    """Return the boxes of one strip after the second stage and non-maximum suppression, (N, 7),
    highest score first, MAX_DETECTIONS at most.

    Columns: left, top, right, bottom in the strip [px], score and visibility in [0, 1], distance
    [m]. The score is the sigmoid of the mean of both stages' logits (compare Zhou et al., arXiv
    2103.07461).
    """
    lowest = torch.logit(torch.tensor(MIN_PROPOSAL_SCORE)).item()
    cells = Cells(*torch.nonzero(peaks(maps.centre_logits) >= lowest, as_tuple=True))
    surest = maps.centre_logits[cells].topk(min(MAX_DETECTIONS, len(cells.strip))).indices
    cells = Cells(*(places[surest] for places in cells))
    proposed = proposals(maps, cells)
    refined = head(maps.features, proposed)
    columns = torch.stack(
        [
            ((refined.fit + proposed.centre_logits) / 2).sigmoid(),
            maps.visible[cells].sigmoid(),
            proposed.distance.exp(),
        ],
        1,
    )
    found = torch.cat([refined.edges, columns], 1).double().numpy()
    found = found[np.isfinite(found).all(1) & (found[:, 4] >= score)]
    found = found[np.argsort(-found[:, 4], kind="stable")]
    return found[nms(found[:, :4])]


def nms(boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Non-maximum suppression: return which boxes (N, 4), highest score first, overlap no better
    one by more than NMS_IOU.
    """
    low = boxes[:, None, :2]
    high = boxes[:, None, 2:]
    common = np.clip(np.minimum(high, boxes[:, 2:]) - np.maximum(low, boxes[:, :2]), 0, None).prod(
        2
    )
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    same = common > NMS_IOU * (area[:, None] + area - common)
    kept: list[int] = []
    for i in range(len(boxes)):
        if not same[i, kept].any():
            kept.append(i)
    return np.array(kept, np.int64)
