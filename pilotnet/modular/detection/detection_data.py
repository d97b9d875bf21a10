"""From a dataset to the training data of a detector: image strips of the centre camera's frames,
and the boxes of one class on them.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset

from pilotnet.common.progress import track
from pilotnet.data.store import Boxes, Dataset
from pilotnet.modular.detection.network import strip_rows
from pilotnet.modular.detection.targets import Labels
from pilotnet.training.frame_memory import frame_array
from sim.random import Stream, stream_generator
from sim.scenario import Split

MAX_LABELS = 32  # boxes of one picture that are learned, the nearest ones
# [m] what is farther away need not be found; people there are a few pixels of noise
FARTHEST_CAR = 70.0
FARTHEST_PERSON = 55.0
# visible share from which something must be found, and from which it may be
REQUIRED_VISIBILITY = 0.25
HINTED = 0.02
LOWEST = 4.0  # [px] what is lower need not be found
EMPTY_SHARE = 0.25  # of the pictures without anything to find that an epoch shows


class LabelledStrips(NamedTuple):
    """Strips, uint8 (B, H, W, 3), and the boxes on them."""

    strips: Tensor
    labels: Labels


@dataclass(frozen=True)
class Pictures:
    """The strips of one split, uint8 (N, H, W, 3), and their boxes, arrays (N, MAX_LABELS, ...)."""

    strips: NDArray[np.uint8]
    labels: Labels

    @property
    def size(self) -> int:
        """Number of pictures."""
        return len(self.strips)


def load_pictures(dataset: Dataset, split: Split, person: bool, every: int) -> Pictures:
    """Return every n-th frame of a split with its pedestrians or its vehicles; `every`: n.

    Discarded frames are left out. Raises ValueError when the dataset has no boxes, no centre camera
    or no usable episode of the split, and for a box with a number that is not finite.
    """
    episodes = dataset.kept_of(split, every)
    if not dataset.has_boxes:
        raise ValueError(
            f"{dataset.root} was recorded without boxes of cars and people; record with --boxes"
        )
    camera = dataset.camera("centre")
    size = sum(len(dataset.kept_frame_numbers(episode, every)) for episode in episodes)
    rows = strip_rows(camera)
    strips = frame_array((size, rows[1] - rows[0], camera.width, 3))
    labels: list[Labels] = []
    farthest = FARTHEST_PERSON if person else FARTHEST_CAR
    for episode in track(episodes, f"reading {split} pictures"):
        boxes = dataset.boxes(episode)
        boxes = boxes.pick(boxes.person == person)
        for number, frame in dataset.kept_frames(episode, "centre", every):
            strips[len(labels)] = frame[slice(*rows)]
            labels.append(frame_labels(boxes.of_frame(number), rows[0], farthest))
    return Pictures(strips, Labels(*(torch.stack(column) for column in zip(*labels, strict=True))))


def frame_labels(boxes: Boxes, top: int, farthest: float) -> Labels:
    """Return the labels of one frame, MAX_LABELS rows, for a strip that begins at row `top`; boxes
    are ordered from near to far.

    Objects more than `farthest` metres away are ignored.
    """
    boxes = boxes.pick(slice(MAX_LABELS))
    edges = np.stack([boxes.left, boxes.top - top, boxes.right, boxes.bottom - top], 1)
    found = (
        (boxes.visible >= REQUIRED_VISIBILITY)
        & (boxes.distance <= farthest)
        & (boxes.bottom - boxes.top >= LOWEST)
    )
    ignored = ~found & (boxes.visible >= HINTED)
    columns = (edges, boxes.visible, np.maximum(boxes.distance, 0.1), found, ignored)
    return Labels(*(torch.from_numpy(_padded(column)) for column in columns))


def _padded(values: NDArray) -> NDArray:
    return np.concatenate(
        [
            values,
            np.ones((MAX_LABELS - len(values), *values.shape[1:]), values.dtype)
            * (values.dtype != bool),
        ]
    )


class DetectorSamples(TorchDataset[LabelledStrips]):
    """The frames of an epoch in random order; frames without objects are thinned out, and half of
    all are mirrored.

    In the first `windowed` epochs each frame is shown through a random window of half a strip's
    width around an object, which shows twice as many objects a second. In the last epochs whole
    strips are shown, as in driving: windows show more objects than the road has (compare Touvron et
    al., arXiv 1906.06423).
    """

    def __init__(self, pictures: Pictures, seed: int, varied: bool, windowed: int = 0) -> None:
        self._pictures = pictures
        self._seed = seed
        self._varied = varied
        self._windowed = windowed
        self._strips = torch.from_numpy(pictures.strips)
        filled = pictures.labels.counts.any(1).numpy()
        self._filled = np.flatnonzero(filled)
        self._empty = np.flatnonzero(~filled)
        self._length = (
            max(len(self._filled) + round(EMPTY_SHARE * len(self._empty)), 1)
            if varied
            else pictures.size
        )
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Draw the pictures of an epoch, which of them are mirrored, and where their windows
        lie.
        """
        draws = stream_generator(self._seed, Stream.DETECTOR_SAMPLES, epoch)
        order = np.arange(self._pictures.size)
        if self._varied:
            order = np.concatenate(
                [draws.permutation(self._filled), draws.permutation(self._empty)]
            )[: self._length]
            order = draws.permutation(order)
        self._order = torch.from_numpy(order)
        self._mirrored = torch.from_numpy(draws.random(len(order)) < 0.5) & self._varied
        self._starts: Tensor | None = None
        if self._varied and epoch < self._windowed:
            self._starts = torch.from_numpy(window_starts(self._pictures, order, draws))

    def __len__(self) -> int:
        return self._length

    def __getitems__(self, indices: list[int]) -> LabelledStrips:
        """The batch of these pictures of the present epoch."""
        numbers = self._order[indices]
        mirrored = self._mirrored[indices]
        strips = self._strips[numbers]
        labels = Labels(*(column[numbers] for column in self._pictures.labels))
        if self._starts is not None:
            starts = self._starts[indices]
            width = window_width(strips.shape[2])
            strips = torch.stack(
                [
                    strip[:, start : start + width]
                    for strip, start in zip(strips, starts.tolist(), strict=True)
                ]
            )
            labels = labels.windows(starts, width)
        flipped = torch.where(mirrored.view(-1, 1, 1, 1), strips.flip(2), strips)
        return LabelledStrips(
            flipped, labels.mirrored(strips.shape[2]).where(mirrored, labels).compact()
        )


def window_width(columns: int) -> int:
    """Half the columns of a strip, or a little less, as 16 has to divide them."""
    return max(columns // 32, 1) * 16


def window_starts(
    pictures: Pictures, order: NDArray[np.intp], generator: np.random.Generator
) -> NDArray[np.intp]:
    """Return the first column of each frame's window: random, with the centre of one object
    inside.
    """
    width = window_width(pictures.strips.shape[2])
    last = pictures.strips.shape[2] - width
    counts = pictures.labels.counts.numpy()[order]
    edges = pictures.labels.edges.numpy()[order]
    chosen = (counts * generator.random(counts.shape)).argmax(1)
    left, right = (edges[np.arange(len(order)), chosen, side] for side in (0, 2))
    middle = np.where(
        counts.any(1), (left + right) / 2, generator.uniform(0, last + width, len(order))
    )
    return np.clip(middle - width * generator.random(len(order)), 0, last).astype(np.intp)


def varied_light(strips: Tensor, generator: torch.Generator) -> Tensor:
    """Return strips, RGB in [0, 1], (B, 3, H, W), with random exposure, contrast and white balance,
    and with sensor noise.
    """

    def drawn(low: float, high: float, channels: int = 1) -> Tensor:
        share = torch.rand((len(strips), channels, 1, 1), generator=generator, device=strips.device)
        return low + (high - low) * share

    gain = drawn(0.7, 1.3) * drawn(0.94, 1.06, 3)
    contrast = drawn(0.75, 1.25)
    mean = strips.mean((1, 2, 3), keepdim=True)
    noise = torch.randn(strips.shape, generator=generator, device=strips.device) * drawn(0.0, 0.03)
    return (((strips - mean) * contrast + mean) * gain + noise).clamp(0, 1)
