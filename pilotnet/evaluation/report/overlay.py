"""Drawing on pictures: the path of a commanded curvature on the ground, and the instruments of the
film.
"""

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.control.bicycle import CAR_WIDTH, STEERING_RATIO, arc, steering_angle
from sim.geometry.camera import Camera
from sim.types import Image

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
NEAREST = 1.0  # [m] ahead of the car's centre: what lies nearer is far below the pictures
SUBPIXEL = 4  # OpenCV takes coordinates in sixteenths of a pixel


def rgb(colour: str) -> Colour:
    """A colour written as #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def enlarged(camera: Camera, factor: int) -> Camera:
    """The same camera with a picture `factor` times as large."""
    return replace(
        camera,
        width=camera.width * factor,
        height=camera.height * factor,
        focal=camera.focal * factor,
        horizon=camera.horizon * factor,
    )


def draw_path(
    image: Image,
    camera: Camera,
    curvature: float,
    length: float,
    colour: Colour,
    opacity: float = 0.3,
) -> None:
    """Lay the car's track for a held curvature [1/m], `length` [m] ahead and as wide as the car,
    over the ground of a picture.
    """
    sides = [
        _pixels(camera, *arc(curvature, length, across))
        for across in (-CAR_WIDTH / 2, CAR_WIDTH / 2)
    ]
    layer = image.copy()
    cv2.fillPoly(layer, [np.concatenate([sides[0], sides[1][::-1]])], colour, cv2.LINE_AA, SUBPIXEL)
    cv2.addWeighted(layer, opacity, image, 1 - opacity, 0, dst=image)
    for side in sides:
        cv2.polylines(image, [side], False, colour, 1, cv2.LINE_AA, SUBPIXEL)


def draw_line(
    image: Image,
    camera: Camera,
    curvature: float,
    length: float,
    colour: Colour,
    thickness: int = 2,
) -> None:
    """Draw the middle of the track for a held curvature [1/m], `length` [m] ahead."""
    cv2.polylines(
        image,
        [_pixels(camera, *arc(curvature, length))],
        False,
        colour,
        thickness,
        cv2.LINE_AA,
        SUBPIXEL,
    )


def _pixels(
    camera: Camera, forward: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Ground points [m] as OpenCV's (N, 2) polygon, those too near to be seen left out."""
    visible = forward > NEAREST
    column, row = camera.ground_to_pixel(forward[visible], right[visible])
    return np.round(np.stack([column, row], axis=1) * 2**SUBPIXEL).astype(np.int32)


def draw_instruments(
    image: Image, speed: float, offset: float, curvature: float, colour: Colour
) -> None:
    """A small panel: speed [m/s] in km/h, offset [m], and a steering wheel turned as the car's
    would be.

    At the upper left, where no player puts its controls.
    """
    corner = image[10:50, 10:170]
    corner[:] = (corner * 0.45).astype(np.uint8)
    centre = (32, 30)
    radius = 13
    cv2.circle(image, centre, radius, WHITE, 2, cv2.LINE_AA)
    angle = STEERING_RATIO * steering_angle(curvature)
    for spoke in (angle, angle + math.pi / 2, angle + math.pi):
        end = (
            round(centre[0] + radius * math.cos(spoke)),
            round(centre[1] + radius * math.sin(spoke)),
        )
        cv2.line(
            image, centre, end, colour if spoke == angle + math.pi / 2 else WHITE, 2, cv2.LINE_AA
        )
    draw_text(image, f"{3.6 * speed:.0f} km/h", (58, 26))
    draw_text(image, f"offset {offset:+.2f} m", (58, 43))


def draw_banner(image: Image, text: str, colour: Colour) -> None:
    """A line of text beside the instruments on a ground of `colour`."""
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.42, 1)
    cv2.rectangle(image, (180, 10), (200 + width, 50), colour, cv2.FILLED)
    draw_text(image, text, (190, 34))


def draw_text(image: Image, text: str, place: tuple[int, int]) -> None:
    """White text; `place` is where its base line begins, (column, row)."""
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1, cv2.LINE_AA)
