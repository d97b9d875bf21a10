"""Pictures of ideal roads, painted straight from the pinhole geometry: what the lane finder's answers have a closed form for."""

import numpy as np

from sim.camera import Camera
from sim.types import Image

CAMERA = Camera()
GRASS, ASPHALT, PAINT = (94, 112, 51), (100, 100, 102), (230, 230, 225)
LINE, SHOULDER = 0.15, 0.5  # [m]


def painted_road(offset: float = 0.0, heading_error: float = 0.0, curvature: float = 0.0, width: float = 3.5) -> Image:
    """A two-lane road with three lines, seen from its right lane; the arc is exact.

    offset: of the car, right of its lane's centre [m]; heading_error: the car's minus the lane's [rad]; curvature [1/m].
    """
    over = 3  # samples per pixel and direction
    rows, columns = np.mgrid[0 : CAMERA.height * over, 0 : CAMERA.width * over]
    row, column = (rows + 0.5) / over, (columns + 0.5) / over
    below = np.maximum(row - CAMERA.horizon, 1e-3)
    forward = CAMERA.focal * CAMERA.elevation / below
    right = forward * (column - CAMERA.centre_column) / CAMERA.focal
    cos, sin = np.cos(heading_error), np.sin(heading_error)
    x, y = forward * cos - right * sin, forward * sin + right * cos + offset
    # Distance from an arc that starts at the origin along x: from its centre, less the radius.
    across = y if curvature == 0 else (1 - np.hypot(x * curvature, 1 - y * curvature)) / curvature
    picture = np.where((np.abs(across + width / 2) < width + SHOULDER)[..., None], ASPHALT, GRASS).astype(float)
    for line in (-1.5 * width, -0.5 * width, 0.5 * width):
        picture[np.abs(across - line) < LINE / 2] = PAINT
    picture[row < CAMERA.horizon] = (150, 180, 220)
    picture = picture.reshape(CAMERA.height, over, CAMERA.width, over, 3).mean(axis=(1, 3))
    return np.clip(picture + np.random.default_rng(0).normal(0, 1.0, picture.shape), 0, 255).astype(np.uint8)
