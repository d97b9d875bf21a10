"""Bird's-eye view: the frame resampled along the expected course of the lane (inverse perspective
mapping).

The image has a row for each station and a column for each lateral offset from the lane's centre. A
lane that runs as expected appears as vertical lines, also in a hairpin; what remains to be measured
is how far they lean and bend.
"""

import math

import numpy as np
from numpy.typing import NDArray

from pilotnet.modular.records import Floats
from sim.geometry.camera import Camera
from sim.jit import kernel
from sim.types import Image

Floats32 = NDArray[np.float32]

STEP = 0.05  # [m] between columns
HALF_WIDTH = 10.0  # [m] of ground on either side of the lane's centre
VIEW_COLUMNS = 2 * round(HALF_WIDTH / STEP) + 1
OFFSETS = np.linspace(-HALF_WIDTH, HALF_WIDTH, VIEW_COLUMNS)
# [m] along the lane
FIRST_ROW = 3.0
LAST_ROW = 50.0


def stations(camera: Camera) -> Floats:
    """Return the distances along the lane [m] of the image's rows: 0.4 m apart nearby, two thirds
    of a frame row farther away.
    """
    found = [FIRST_ROW]
    while found[-1] < LAST_ROW:
        row = found[-1] ** 2 / (camera.focal * camera.elevation)
        found.append(found[-1] + max(0.4, 0.67 * row))
    return np.array(found)


def birds_eye_view(image: Image, camera: Camera, course: Floats, birds_eye_image: Floats32) -> None:
    """Write the ground's colours in lane coordinates into `birds_eye_image` (rows, columns, 3); -1
    outside the frame.

    course: forward, right [m], cosine and sine of the heading of the lane's centre for every row,
    (rows, 4), in car coordinates.
    """
    optics = np.array(
        [camera.focal, camera.horizon, camera.centre_column, camera.lateral, camera.elevation]
    )
    _sample_frame(image, optics, course, HALF_WIDTH, STEP, birds_eye_image)


@kernel
def _sample_frame(
    image: Image,
    optics: Floats,
    course: Floats,
    half: float,
    step: float,
    birds_eye_image: Floats32,
) -> None:
    """Sample the frame bilinearly at the ground point of every pixel."""
    height = image.shape[0]
    width = image.shape[1]
    focal = optics[0]
    horizon = optics[1]
    middle = optics[2]
    lateral = optics[3]
    elevation = optics[4]
    for i in range(birds_eye_image.shape[0]):
        forward = course[i, 0]
        right = course[i, 1]
        cos = course[i, 2]
        sin = course[i, 3]
        for j in range(birds_eye_image.shape[1]):
            offset = j * step - half
            x = forward - offset * sin
            y = right + offset * cos
            birds_eye_image[i, j, 0] = birds_eye_image[i, j, 1] = birds_eye_image[i, j, 2] = -1.0
            if x < 1.0:
                continue
            column = middle + focal * (y - lateral) / x - 0.5
            row = horizon + focal * elevation / x - 0.5
            if column < 0.0 or row < 0.0 or column >= width - 1 or row >= height - 1:
                continue
            c = int(math.floor(column))
            r = int(math.floor(row))
            u = column - c
            v = row - r
            for k in range(3):
                upper = image[r, c, k] * (1 - u) + image[r, c + 1, k] * u
                lower = image[r + 1, c, k] * (1 - u) + image[r + 1, c + 1, k] * u
                birds_eye_image[i, j, k] = upper * (1 - v) + lower * v


def occlusion_mask(course: Floats, shadows: Floats, hidden: NDArray[np.bool_]) -> None:
    """Write into `hidden` (rows, columns) which ground is occluded by road users; course: as in
    `birds_eye_view`.

    shadows: (N, 3): least distance ahead [m], and two bounding directions as right over forward.
    """
    _mark_occluded(course, shadows, HALF_WIDTH, STEP, hidden)


@kernel
def _mark_occluded(
    course: Floats, shadows: Floats, half: float, step: float, hidden: NDArray[np.bool_]
) -> None:
    for i in range(hidden.shape[0]):
        forward = course[i, 0]
        right = course[i, 1]
        cos = course[i, 2]
        sin = course[i, 3]
        for j in range(hidden.shape[1]):
            offset = j * step - half
            x = forward - offset * sin
            y = right + offset * cos
            hidden[i, j] = False
            for k in range(shadows.shape[0]):
                if x > shadows[k, 0] and shadows[k, 1] * x < y < shadows[k, 2] * x:
                    hidden[i, j] = True
