"""What the network learns from: recorded moments, their moved views, and the label that belongs to
each.
"""

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

FACTOR = 3  # views are enlarged by this before anything is drawn on them
MOVES = ((0.0, 0.0), (0.8, 0.0), (0.0, 3.0), (-0.8, -3.0))  # shift [m] and rotation [degrees]


@dataclass(frozen=True)
class SampleFrame:
    """A recorded moment: where it stands in the dataset, what was commanded [1/m] and how fast the
    car was [m/s].
    """

    title: str
    episode: Episode
    row: int
    curvature: float
    speed: float


@dataclass(frozen=True)
class CaptionedPicture:
    """A picture for the page, as a data URL, and the line beneath it."""

    source: str
    caption: str


@dataclass(frozen=True)
class SampleStrip:
    """One moment's pictures: the recorded frame first, then its views."""

    title: str
    pictures: tuple[CaptionedPicture, ...]


def sample_strips(dataset: Dataset, view: ViewCamera) -> list[SampleStrip]:
    """A left bend, a straight and a right bend of the dataset, each with its moved views."""
    return [_strip(dataset, view, moment) for moment in choose_moments(dataset)]


def choose_moments(dataset: Dataset) -> list[SampleFrame]:
    """A left bend, a straight and a right bend: 4th percentile, least and 96th percentile of the
    lateral acceleration.

    What is marked as discarded is not shown; ValueError when that is everything.
    """
    frame_numbers = [
        (episode, dataset.kept_frame_numbers(episode), dataset.signals(episode))
        for episode in dataset.episodes
    ]
    episodes = [episode for episode, kept, _ in frame_numbers for _ in kept]
    if not episodes:
        raise ValueError(
            f"every frame of {dataset.root} is marked as discarded; restore some with `pilotnet "
            f"watch`"
        )
    rows = np.concatenate([np.array(kept, int) for _, kept, _ in frame_numbers])
    curvature = np.concatenate(
        [signals.curvature[kept] for _, kept, signals in frame_numbers]
    ).astype(float)
    speed = np.concatenate([signals.speed[kept] for _, kept, signals in frame_numbers]).astype(
        float
    )
    order = np.argsort(curvature * speed**2, kind="stable")
    straight = int(np.abs(curvature * speed**2).argmin())
    bends = [int(order[round(share * (len(order) - 1))]) for share in (0.04, 0.96)]
    chosen = {"Left bend": bends[0], "Straight": straight, "Right bend": bends[1]}
    return [
        SampleFrame(title, episodes[i], int(rows[i]), curvature[i], speed[i])
        for title, i in chosen.items()
    ]


def _strip(dataset: Dataset, view: ViewCamera, moment: SampleFrame) -> SampleStrip:
    camera = enlarged(dataset.camera("centre"), 2)
    frame = _enlarge(_frame(dataset, moment, "centre"), 2)
    draw_path(
        frame, camera, moment.curvature, _reach(moment.speed), rgb(colours(["expert"])["expert"])
    )
    caption = f"recorded: {per_kilometre(moment.curvature)} at {3.6 * moment.speed:.0f} km/h"
    pictures = [
        CaptionedPicture(jpeg_url(frame), caption),
        *(_moved(dataset, view, moment, *move) for move in MOVES),
    ]
    return SampleStrip(moment.title, tuple(pictures))


def _moved(
    dataset: Dataset, view: ViewCamera, moment: SampleFrame, shift: float, degrees: float
) -> CaptionedPicture:
    """The view from `shift` [m] and `degrees` to the right of the recorded path, cut from the
    nearest camera's frame.
    """
    nearest = min(dataset.cameras, key=lambda name: abs(dataset.cameras[name].lateral - shift))
    recorded = dataset.cameras[nearest]
    frame = torch.from_numpy(_frame(dataset, moment, nearest))[None]
    move = torch.tensor([shift - recorded.lateral]), torch.tensor([math.radians(degrees)])
    viewpoint = Viewpoint(view, recorded)
    views, _ = viewpoint(frame, *move)
    image = _enlarge(to_rgb(views[0]), FACTOR)
    label = moment.curvature + float(recovery_curvature(shift, math.radians(degrees), moment.speed))
    camera = enlarged(
        replace(viewpoint.virtual_camera, lateral=0.0), FACTOR
    )  # lines start where the view stands
    if shift or degrees:
        draw_line(image, camera, moment.curvature, _reach(moment.speed), WHITE)
    draw_line(
        image,
        camera,
        label,
        _reach(moment.speed),
        rgb(colours(["pilotnet"])["pilotnet"]),
        thickness=3,
    )
    return CaptionedPicture(
        jpeg_url(image), f"{_move_text(shift, degrees)}: {per_kilometre(label)}"
    )


def _move_text(shift: float, degrees: float) -> str:
    parts = [f"{abs(shift):g} m {_side(shift)}"] * bool(shift) + [
        f"{abs(degrees):g}° {_side(degrees)}"
    ] * bool(degrees)
    return ", ".join(parts) or "not moved"


def _side(value: float) -> str:
    return "right" if value > 0 else "left"


def per_kilometre(curvature: float) -> str:
    """A curvature [1/m] for people: `+6.2 /km`, right positive."""
    rounded = round(1000 * curvature, 1) + 0.0  # no minus sign before a zero
    return f"κ {rounded:+.1f} /km".replace("-", "\N{MINUS SIGN}")


def _reach(speed: float) -> float:
    """How much of a path is drawn [m]: the way back to the recorded path."""
    return float(recovery_length(speed))


def _frame(dataset: Dataset, moment: SampleFrame, camera: str) -> Image:
    return next(dataset.stream(moment.episode, camera, slice(moment.row, moment.row + 1)))


def _enlarge(image: Image, factor: int) -> Image:
    size = (image.shape[1] * factor, image.shape[0] * factor)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg_url(image: Image, quality: int = 85) -> str:
    """An RGB picture as a JPEG data URL."""
    _, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return "data:image/jpeg;base64," + base64.b64encode(encoded.tobytes()).decode()
