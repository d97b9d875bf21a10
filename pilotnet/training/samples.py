"""From a dataset to training batches: decoded frames, and for each sample a random shift and
rotation with its label.

Frames are decoded once into one uint8 array, in memory or in a file. It keeps only the rows that a
view can need, as YUV 4:2:0, which takes half the memory. Splits share no episode, and discarded
frames are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, cast

import cv2
import joblib
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset

from pilotnet.common.progress import track
from pilotnet.data.store import Dataset, Episode
from pilotnet.training.frame_memory import frame_array
from pilotnet.training.photometric import draw_photometric_parameters
from pilotnet.training.train_config import LIMIT, Augmentation
from pilotnet.training.viewpoint import ViewCamera, Viewpoint
from sim.control.path_tracking import recovery_curvature, recovery_length
from sim.control.speed import PEDAL_TIME
from sim.geometry.camera import Camera
from sim.random import Stream, stream_generator
from sim.scenario import Split
from sim.types import Image

MIN_PACE_SPEED = 0.5  # [m/s] lower speeds count as this one


class Batch(NamedTuple):
    """A batch of B shifted and rotated views.

    frames: recorded frames, (B, H, W, 3) uint8.
    shift, rotation: displacement [m] and rotation [rad] of the view against the recording camera,
    (B,).
    curvature: label [1/m], (B,).
    recovery: distance [m] back to the path, (B,).
    speed: label of the speed output [m/s], (B,).
    light: parameters of `photometric_augment`, (B, NUMBERS).
    """

    frames: Tensor
    shift: Tensor
    rotation: Tensor
    curvature: Tensor
    recovery: Tensor
    speed: Tensor
    light: Tensor


@dataclass(frozen=True)
class TrainingFrames:
    """All frames of one split, `packed`: (cameras, N, H * 3 / 2, W) uint8, with the curvature label
    [1/m] and the speed [m/s], (N,).

    cameras: the recording cameras, cropped to the kept rows, in the order of the first axis.
    target_speed: label of the speed output [m/s], (N,).
    """

    frames: NDArray[np.uint8]
    curvature: NDArray[np.float64]
    speed: NDArray[np.float64]
    target_speed: NDArray[np.float64]
    cameras: dict[str, Camera]

    @property
    def size(self) -> int:
        """Number of moments, each seen by every camera."""
        return len(self.curvature)


def load_training_frames(
    dataset: Dataset, split: Split, view: ViewCamera, augmentation: Augmentation
) -> TrainingFrames:
    """Decode what is kept of one split of a dataset, the cameras side by side.

    Each kept stretch counts as a drive of its own, so no label depends on discarded frames. Raises
    ValueError when there is nothing to decode and for cameras that no view can be cut from.
    """
    stretches = [
        (episode, first, end)
        for episode in dataset.kept_of(split)
        for first, end in dataset.kept(episode)
    ]
    names = training_cameras(dataset, augmentation)
    curvature, speeds = kept_signals(dataset, stretches)
    top, bottom = Viewpoint(view, dataset.camera("centre")).rows_needed(
        augmentation.largest_rotation
    )
    rows = top // 2 * 2, -(-bottom // 2) * 2  # two rows share their colours
    cameras = {name: dataset.cameras[name].crop(*rows) for name in names}
    ends = np.cumsum([end - first for _, first, end in stretches])
    camera = cameras["centre"]
    frames = frame_array((len(names), int(ends[-1]), camera.height * 3 // 2, camera.width))

    def decode(number: int, camera: int) -> None:
        episode, first, end = stretches[number]
        stream = dataset.stream(episode, names[camera], slice(first, end))
        for moment, frame in enumerate(stream, ends[number] - (end - first)):
            frames[camera, moment] = packed(frame[slice(*rows)])

    jobs = [
        joblib.delayed(decode)(number, camera)
        for number in range(len(stretches))
        for camera in range(len(names))
    ]
    decoded = joblib.Parallel(n_jobs=-1, prefer="threads", return_as="generator_unordered")(jobs)
    for _ in track(decoded, f"reading {split} frames", len(jobs)):
        pass
    targets = np.concatenate([target_speed(speed, dataset.fps) for speed in speeds])
    return TrainingFrames(
        frames, np.concatenate(curvature), np.concatenate(speeds), targets, cameras
    )


def training_cameras(dataset: Dataset, augmentation: Augmentation) -> list[str]:
    """Return the names of the cameras that views are cut from, in the order of the dataset.

    Raises ValueError when there is no centre camera, or when another camera differs from it in more
    than its lateral position: views are cut with the centre camera's parameters.
    """
    centre = dataset.camera("centre")
    for name, camera in dataset.cameras.items() if augmentation.side_cameras else ():
        if replace(camera, lateral=centre.lateral) != centre:
            raise ValueError(
                f"{dataset.root} has the camera {name} with {camera}; it may differ from the "
                f"camera centre, {centre}, in lateral "
                "alone (or train with --augmentation.side_cameras false)"
            )
    return list(dataset.cameras) if augmentation.side_cameras else ["centre"]


def kept_signals(
    dataset: Dataset, stretches: Sequence[tuple[Episode, int, int]]
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Return the curvature commands [1/m] and the speeds [m/s], (N,) each, of every stretch
    (episode, first frame, end).
    """
    signals = {episode.index: dataset.signals(episode) for episode, *_ in stretches}
    curvature = [signals[episode.index].curvature[first:end] for episode, first, end in stretches]
    return curvature, [signals[episode.index].speed[first:end] for episode, first, end in stretches]


def target_speed(speed: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the speed label [m/s] of each frame of one drive, (N,), at `rate` [Hz]: the driver's
    own speed PEDAL_TIME later.

    The car closes the difference to a target v* within the pedal time T: it accelerates by (v* - v)
    / T. With v*(t) = v(t + T) that is the driver's own acceleration to first order, so a driver
    that follows the label brakes where the recorded one did. The present speed would lag behind by
    T, and a mean over that time by half as much.
    """
    frame_numbers = np.arange(len(speed)) + round(PEDAL_TIME * rate)
    return speed[np.minimum(frame_numbers, len(speed) - 1)]


def packed(frame: Image) -> NDArray[np.uint8]:
    """A frame (H, W, 3) as the planes of a video, YUV 4:2:0, (H * 3 / 2, W); H and W must be even."""
    return cast(
        NDArray[np.uint8], cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2YUV_I420)
    )


def unpacked(planes: NDArray[np.uint8]) -> Image:
    """The RGB frame (H, W, 3) of such planes."""
    return cast(Image, cv2.cvtColor(planes, cv2.COLOR_YUV2RGB_I420))


class Samples(TorchDataset[Batch]):
    """Shifted and rotated views of `drives`, drawn anew each epoch; sample i of epoch n is always
    the same.
    """

    def __init__(self, drives: TrainingFrames, augmentation: Augmentation, seed: int) -> None:
        self.drives = drives
        self._augmentation = augmentation
        self._seed = seed
        self._lateral = np.array([camera.lateral for camera in drives.cameras.values()])
        self._probability = sampling_probability(
            drives.curvature, drives.speed, augmentation.balance
        )
        self.start_epoch(0)

    def start_epoch(self, epoch: int) -> None:
        """Draw the moments, shifts and rotations of an epoch."""
        draws = stream_generator(self._seed, Stream.TRAINING_SAMPLES, epoch)
        size = self.drives.size
        self._moments = draws.choice(size, size, p=self._probability)
        shift, rotation = np.clip(draws.standard_normal((2, size)), -LIMIT, LIMIT)
        self._shift = shift * self._augmentation.shift
        self._rotation = self._augmentation.rotations(rotation, self.drives.speed[self._moments])
        self._light = draw_photometric_parameters(draws, size, self._augmentation.light, LIMIT)

    def label_spread(self) -> tuple[float, float]:
        """Standard deviation of the present epoch's labels, as curvature [1/m] and as offset [m]:
        curvature * L² / 6.
        """
        labels = self._labels(np.arange(len(self)))
        recovery = recovery_length(self.drives.speed[self._moments])
        return float(labels.std()) or 1.0, float((labels * recovery**2 / 6).std()) or 1.0

    def speed_size(self) -> float:
        """Root mean square of the speed labels [m/s]."""
        return float(np.sqrt(np.mean(self.drives.target_speed**2))) or 1.0

    def __len__(self) -> int:
        """Samples in an epoch: as many as there are moments."""
        return self.drives.size

    def __getitems__(self, indices: list[int]) -> Batch:
        """The batch of these samples of the present epoch."""
        frame_numbers = self._moments[indices]
        shift = self._shift[indices]
        rotation = self._rotation[indices]
        nearest = np.abs(self._lateral[:, None] - shift).argmin(axis=0)
        recovery = recovery_length(self.drives.speed[frame_numbers])
        labels = self._labels(np.asarray(indices))
        # Wherever in its lane a car is, it should drive as fast as it did: a moved view keeps the
        # speed of the moment.
        signals = (
            shift - self._lateral[nearest],
            rotation,
            labels,
            recovery,
            self.drives.target_speed[frame_numbers],
            self._light[indices],
        )
        planes = self.drives.frames
        frames = np.stack(
            [
                unpacked(planes[camera, moment])
                for camera, moment in zip(nearest, frame_numbers, strict=True)
            ]
        )
        return Batch(
            torch.from_numpy(frames),
            *(torch.from_numpy(signal.astype(np.float32)) for signal in signals),
        )

    def _labels(self, indices: NDArray[np.int64]) -> NDArray[np.float64]:
        """The two-second label [1/m] of samples: the recorded command, corrected for where the view
        was moved to.
        """
        frame_numbers = self._moments[indices]
        correction = recovery_curvature(
            self._shift[indices], self._rotation[indices], self.drives.speed[frame_numbers]
        )
        return self.drives.curvature[frame_numbers] + correction


def sampling_probability(
    curvature: NDArray[np.float64], speed: NDArray[np.float64], balance: float, bins: int = 12
) -> NDArray[np.float64]:
    """Return how often each frame is drawn, (N,), summing to 1: a class of bends by its share of
    the drive to the power 1 - balance.

    Bends are classified in two ways, and the rarer class counts: by lateral acceleration, curvature
    x speed², and by the angle turned within a recovery length, which is large in hairpins only. A
    frame counts by the square root of its speed: by time, highways would have few frames; by
    distance, hairpins would.
    """
    pace = np.sqrt(np.maximum(speed, MIN_PACE_SPEED))
    weight = np.zeros(len(curvature))
    for sharpness in (curvature * speed**2, curvature * recovery_length(speed)):
        edges = np.linspace(sharpness.min(), sharpness.max() + 1e-9, bins + 1)
        kind = np.digitize(sharpness, edges[1:-1])
        share = np.bincount(kind, pace, minlength=bins) / pace.sum()
        weight = np.maximum(weight, share[kind] ** -balance)
    return weight * pace / (weight * pace).sum()
