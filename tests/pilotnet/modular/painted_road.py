"""Pictures of ideal roads, painted straight from the pinhole geometry: what the lane finder's
answers have a closed form for.
"""

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.types import Image

CAMERA = Camera()
GRASS = (94, 112, 51)
ASPHALT = (100, 100, 102)
PAINT = (230, 230, 225)
KERBSTONE = (160, 158, 153)
PAVING = (140, 135, 128)
# [m]
LINE = 0.15
SHOULDER = 0.5
# [m]
KERB = 0.15
PAVEMENT = 2.0
# [m] of a zebra crossing
BAR = 0.5
ZEBRA_LENGTH = 4.0
# colour of snow, [m] between the middles of two ruts, and of their width
SNOW = (228, 230, 235)
GAUGE = 1.6
WHEEL = 0.3
OVER = 3  # samples per pixel and direction

Floats = NDArray[np.float64]


def painted_road(
    offset: float = 0.0,
    heading_error: float = 0.0,
    curvature: float = 0.0,
    width: float = 3.5,
    wear: float = 0.0,
) -> Image:
    """A two-lane road with three lines, seen from its right lane; the arc is exact.

    offset: of the car, right of its lane's centre [m]; heading_error: the car's minus the lane's
    [rad]; curvature [1/m];
    wear: by which share the asphalt is darker where wheels run.
    """
    across = _across(offset, heading_error, curvature)
    picture = np.where(
        (np.abs(across + width / 2) < width + SHOULDER)[..., None], ASPHALT, GRASS
    ).astype(float)
    picture[_under_wheels(across, width)] *= 1 - wear
    for line in (-1.5 * width, -0.5 * width, 0.5 * width):
        picture[np.abs(across - line) < LINE / 2] = PAINT
    return _photograph(picture)


def snowed_road(
    offset: float = 0.0, heading_error: float = 0.0, curvature: float = 0.0, width: float = 3.5
) -> Image:
    """The same under snow, in which nothing shows but the ruts of both lanes."""
    across = _across(offset, heading_error, curvature)
    picture = np.full((*across.shape, 3), SNOW, float)
    picture[_under_wheels(across, width)] = ASPHALT
    return _photograph(picture)


def _across(offset: float, heading_error: float, curvature: float) -> Floats:
    """Right of an arc [m] that starts at the lane's centre, along it: from the arc's centre, less
    the radius.
    """
    x, y = _ground(offset, heading_error)
    return y if curvature == 0 else (1 - np.hypot(x * curvature, 1 - y * curvature)) / curvature


def _under_wheels(across: Floats, width: float) -> NDArray[np.bool_]:
    beside = np.minimum(np.abs(across), np.abs(across + width))
    return np.abs(beside - GAUGE / 2) < WHEEL / 2


def painted_street(
    offset: float = 0.0,
    heading_error: float = 0.0,
    width: float = 2.8,
    zebra: float | None = None,
    line: bool = False,
    wet: float = 0.0,
) -> Image:
    """A straight two-lane street between kerbs and pavements, seen from its right lane.

    offset, heading_error: as for a road; width: of a lane [m]; zebra: how far ahead a crossing
    begins [m], None for none;
    line: whether one is painted along its middle; wet: by which share kerb and pavement look like
    the street, as in rain.
    """
    along, y = _ground(offset, heading_error)
    across = y + width / 2  # from the street's middle
    picture = np.full((*across.shape, 3), GRASS, float)
    for half, colour in (
        (width + KERB + PAVEMENT, PAVING),
        (width + KERB, KERBSTONE),
        (width, ASPHALT),
    ):
        picture[np.abs(across) < half] = (1 - wet) * np.array(colour) + wet * np.array(ASPHALT)
    if line:
        picture[np.abs(across) < LINE / 2] = PAINT
    if zebra is not None:
        barred = np.floor((across + width) / BAR) % 2 == 0
        picture[
            (np.abs(across) < width) & (along > zebra) & (along < zebra + ZEBRA_LENGTH) & barred
        ] = PAINT
    return _photograph(picture)


def _ground(offset: float, heading_error: float) -> tuple[Floats, Floats]:
    """Along and right of the lane's centre [m], for every sample of the picture, as if the horizon
    were very far down.
    """
    row, column = _samples()
    forward = CAMERA.focal * CAMERA.elevation / np.maximum(row - CAMERA.horizon, 1e-3)
    right = forward * (column - CAMERA.centre_column) / CAMERA.focal
    cos = np.cos(heading_error)
    sin = np.sin(heading_error)
    return forward * cos - right * sin, forward * sin + right * cos + offset


def _samples() -> tuple[Floats, Floats]:
    rows, columns = np.mgrid[0 : CAMERA.height * OVER, 0 : CAMERA.width * OVER]
    return (rows + 0.5) / OVER, (columns + 0.5) / OVER


def _photograph(picture: Floats) -> Image:
    """The samples (rows, columns, 3) as a picture under a sky, with a sensor's noise."""
    picture[_samples()[0] < CAMERA.horizon] = (150, 180, 220)
    picture = picture.reshape(CAMERA.height, OVER, CAMERA.width, OVER, 3).mean(axis=(1, 3))
    return np.clip(picture + np.random.default_rng(0).normal(0, 1.0, picture.shape), 0, 255).astype(
        np.uint8
    )
