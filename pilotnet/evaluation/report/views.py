"""What the network learns from: recorded frames, shifted and rotated views, and their labels."""

import base64
import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch

from pilotnet.data.store import Dataset, Episode
from pilotnet.evaluation.report.overlay import WHITE, draw_line, draw_path, enlarged, rgb
from pilotnet.evaluation.report.plots import colours
from pilotnet.training.viewpoint import ViewCamera, Viewpoint, to_rgb
from sim.control.path_tracking import recovery_curvature, recovery_length
from sim.types import Image

FRAME_SCALE = 2  # recorded frames are enlarged by this factor before anything is drawn on them
VIEW_SCALE = 3  # the same for the network's views
VIEW_MOVES = (  # shift [m] and rotation [degrees] of the shown views, to the right positive
    (0.0, 0.0),
    (0.8, 0.0),
    (0.0, 3.0),
    (-0.8, -3.0),
)
LEFT_BEND_QUANTILE = 0.04  # of the lateral acceleration; the extremes are not typical
RIGHT_BEND_QUANTILE = 0.96
LABEL_THICKNESS = 3  # [px]


@dataclass(frozen=True)
class SampleFrame:
    """A recorded frame.

    title: for people, such as `Left bend`.
    episode, row: position in the dataset.
    curvature: the recorded command [1/m].
    speed: of the car [m/s].
    """

    title: str
    episode: Episode
    row: int
    curvature: float
    speed: float


@dataclass(frozen=True)
class CaptionedPicture:
    """A picture for the page, as a data URL, and the line below it."""

    source: str
    caption: str


@dataclass(frozen=True)
class SampleStrip:
    """The pictures of one sample: first the recorded frame, then its views."""

    title: str
    pictures: tuple[CaptionedPicture, ...]


def sample_strips(dataset: Dataset, view: ViewCamera) -> list[SampleStrip]:
    """Return a left bend, a straight and a right bend of the dataset, each with its views."""
    return [_strip(dataset, view, sample) for sample in choose_samples(dataset)]


def choose_samples(dataset: Dataset) -> list[SampleFrame]:
    """Return a frame in a left bend, on a straight and in a right bend.

    They have the 4th percentile, the smallest magnitude and the 96th percentile of the lateral
    acceleration. Frames that are marked as discarded do not count; raises ValueError when all are.
    """
    kept_rows = [(episode, dataset.kept_frame_numbers(episode)) for episode in dataset.episodes]
    signals = [dataset.signals(episode) for episode in dataset.episodes]
    episodes = [episode for episode, rows in kept_rows for _ in rows]
    if not episodes:
        raise ValueError(
            f"every frame of {dataset.root} is marked as discarded; "
            "restore some with `pilotnet watch`"
        )
    rows = np.concatenate([np.array(rows, int) for _, rows in kept_rows])
    kept_signals = [(one, rows) for one, (_, rows) in zip(signals, kept_rows, strict=True)]
    curvature = np.concatenate([one.curvature[rows] for one, rows in kept_signals]).astype(float)
    speed = np.concatenate([one.speed[rows] for one, rows in kept_signals]).astype(float)
    lateral = curvature * speed**2
    order = np.argsort(lateral, kind="stable")
    last = len(order) - 1
    chosen = {
        "Left bend": int(order[round(LEFT_BEND_QUANTILE * last)]),
        "Straight": int(np.abs(lateral).argmin()),
        "Right bend": int(order[round(RIGHT_BEND_QUANTILE * last)]),
    }
    return [
        SampleFrame(title, episodes[i], int(rows[i]), curvature[i], speed[i])
        for title, i in chosen.items()
    ]


def _strip(dataset: Dataset, view: ViewCamera, sample: SampleFrame) -> SampleStrip:
    """Return the recorded frame with the commanded path, and the views."""
    camera = enlarged(dataset.camera("centre"), FRAME_SCALE)
    frame = _resized(_read_frame(dataset, sample, "centre"), FRAME_SCALE)
    expert_colour = rgb(colours(["expert"])["expert"])
    draw_path(frame, camera, sample.curvature, _path_length(sample.speed), expert_colour)
    caption = f"recorded: {per_kilometre(sample.curvature)} at {3.6 * sample.speed:.0f} km/h"
    views = [_moved_view(dataset, view, sample, *move) for move in VIEW_MOVES]
    return SampleStrip(sample.title, (CaptionedPicture(jpeg_url(frame), caption), *views))


def _moved_view(
    dataset: Dataset, view: ViewCamera, sample: SampleFrame, shift: float, degrees: float
) -> CaptionedPicture:
    """Return the view from a position next to the recorded path, with its label.

    shift [m], degrees: to the right of the recorded path. The nearest camera's frame is used.
    """
    rotation = math.radians(degrees)
    nearest = min(dataset.cameras, key=lambda name: abs(dataset.cameras[name].lateral - shift))
    recorded = dataset.cameras[nearest]
    frame = torch.from_numpy(_read_frame(dataset, sample, nearest))[None]
    viewpoint = Viewpoint(view, recorded)
    shifts = torch.tensor([shift - recorded.lateral])
    views, _ = viewpoint(frame, shifts, torch.tensor([rotation]))
    image = _resized(to_rgb(views[0]), VIEW_SCALE)
    # Without a lateral offset, so that the drawn paths start at the view's own position.
    camera = enlarged(replace(viewpoint.virtual_camera, lateral=0.0), VIEW_SCALE)
    length = _path_length(sample.speed)
    if shift or degrees:
        draw_line(image, camera, sample.curvature, length, WHITE)
    label = sample.curvature + float(recovery_curvature(shift, rotation, sample.speed))
    colour = rgb(colours(["pilotnet"])["pilotnet"])
    draw_line(image, camera, label, length, colour, LABEL_THICKNESS)
    caption = f"{_move_text(shift, degrees)}: {per_kilometre(label)}"
    return CaptionedPicture(jpeg_url(image), caption)


def _move_text(shift: float, degrees: float) -> str:
    """Return a shift [m] and a rotation [degrees] for people, such as `0.8 m right, 3° right`."""
    parts = []
    if shift:
        parts.append(f"{abs(shift):g} m {_side(shift)}")
    if degrees:
        parts.append(f"{abs(degrees):g}° {_side(degrees)}")
    return ", ".join(parts) or "not moved"


def _side(value: float) -> str:
    """Return the side of a shift or rotation, right positive."""
    return "right" if value > 0 else "left"


def per_kilometre(curvature: float) -> str:
    """Return a curvature [1/m] for people, such as `κ +6.2 /km`; right is positive."""
    rounded = round(1000 * curvature, 1) + 0.0  # no minus sign before a zero
    return f"κ {rounded:+.1f} /km".replace("-", "\N{MINUS SIGN}")


def _path_length(speed: float) -> float:
    """Return the drawn length of a path [m]: where the car is back on the recorded path."""
    return float(recovery_length(speed))


def _read_frame(dataset: Dataset, sample: SampleFrame, camera: str) -> Image:
    """Return one camera's frame of a sample, RGB (H, W, 3)."""
    return next(dataset.stream(sample.episode, camera, slice(sample.row, sample.row + 1)))


def _resized(image: Image, factor: int) -> Image:
    """Return the image enlarged by a factor."""
    size = (image.shape[1] * factor, image.shape[0] * factor)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg_url(image: Image, quality: int = 85) -> str:
    """Return an RGB image (H, W, 3) as a JPEG data URL."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()
