"""Drawing on camera images: the path of a commanded curvature, and the instruments of the film."""

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pilotnet.drivers.driver_table import Rgb
from sim.control.bicycle import CAR_WIDTH, STEERING_RATIO, arc, steering_angle
from sim.geometry.camera import Camera
from sim.types import Image

WHITE: Rgb = (255, 255, 255)
NEAREST_GROUND = 1.0  # [m] ahead of the car's centre; nearer ground lies far below the image
SUBPIXEL_BITS = 4  # OpenCV takes coordinates in sixteenths of a pixel

# The panel of instruments, at the upper left, where no player puts its controls.
PANEL_ROWS = slice(10, 50)  # [px]
PANEL_COLUMNS = slice(10, 170)  # [px]
PANEL_BRIGHTNESS = 0.45  # share of the image's brightness that remains behind the panel
WHEEL_CENTRE = (32, 30)  # [px] column, row
WHEEL_RADIUS = 13  # [px]
SPEED_POSITION = (58, 26)  # [px] column, row of the start of the base line
OFFSET_POSITION = (58, 43)  # [px]
BANNER_LEFT = 180  # [px]
BANNER_PADDING = 10  # [px] to the left and the right of the text
BANNER_BASE_LINE = 34  # [px]
FONT = cv2.FONT_HERSHEY_SIMPLEX
FONT_SCALE = 0.42


def rgb(colour: str) -> Rgb:
    """Return a colour written as #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def enlarged(camera: Camera, factor: int) -> Camera:
    """Return the same camera with an image `factor` times as large."""
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
    colour: Rgb,
    opacity: float = 0.3,
) -> None:
    """Draw the area that the car covers at a constant curvature [1/m] over the next `length` [m].

    The area is as wide as the car and is drawn half transparent on the ground. Nothing is drawn of
    an area that ends before the nearest visible ground.
    """
    left = _pixels(camera, *arc(curvature, length, -CAR_WIDTH / 2))
    right = _pixels(camera, *arc(curvature, length, CAR_WIDTH / 2))
    if not (left.size and right.size):
        return
    layer = image.copy()
    outline = np.concatenate([left, right[::-1]])
    cv2.fillPoly(layer, [outline], colour, cv2.LINE_AA, SUBPIXEL_BITS)
    cv2.addWeighted(layer, opacity, image, 1 - opacity, 0, dst=image)
    for side in (left, right):
        cv2.polylines(image, [side], False, colour, 1, cv2.LINE_AA, SUBPIXEL_BITS)


def draw_line(
    image: Image,
    camera: Camera,
    curvature: float,
    length: float,
    colour: Rgb,
    thickness: int = 2,
) -> None:
    """Draw the path of the car's centre at a constant curvature [1/m], `length` [m] long."""
    line = _pixels(camera, *arc(curvature, length))
    if not line.size:
        return
    cv2.polylines(image, [line], False, colour, thickness, cv2.LINE_AA, SUBPIXEL_BITS)


def _pixels(
    camera: Camera, forward: NDArray[np.float64], right: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return ground points [m] as OpenCV's polygon (N, 2), without points that are too near."""
    visible = forward > NEAREST_GROUND
    column, row = camera.ground_to_pixel(forward[visible], right[visible])
    return np.round(np.stack([column, row], axis=1) * 2**SUBPIXEL_BITS).astype(np.int32)


def draw_instruments(
    image: Image, speed: float, offset: float, curvature: float, colour: Rgb
) -> None:
    """Draw a panel: the speed [m/s] in km/h, the cross-track error [m] and a steering wheel.

    The wheel is turned as the car's wheel would be for the curvature [1/m].
    """
    panel = image[PANEL_ROWS, PANEL_COLUMNS]
    panel[:] = (panel * PANEL_BRIGHTNESS).astype(np.uint8)
    cv2.circle(image, WHEEL_CENTRE, WHEEL_RADIUS, WHITE, 2, cv2.LINE_AA)
    angle = STEERING_RATIO * steering_angle(curvature)
    _draw_spoke(image, angle, WHITE)
    _draw_spoke(image, angle + math.pi / 2, colour)
    _draw_spoke(image, angle + math.pi, WHITE)
    draw_text(image, f"{3.6 * speed:.0f} km/h", SPEED_POSITION)
    draw_text(image, f"offset {offset:+.2f} m", OFFSET_POSITION)


def _draw_spoke(image: Image, angle: float, colour: Rgb) -> None:
    """Draw a spoke of the steering wheel at an angle [rad] from the right, clockwise."""
    column, row = WHEEL_CENTRE
    end = (
        round(column + WHEEL_RADIUS * math.cos(angle)),
        round(row + WHEEL_RADIUS * math.sin(angle)),
    )
    cv2.line(image, WHEEL_CENTRE, end, colour, 2, cv2.LINE_AA)


def draw_banner(image: Image, text: str, colour: Rgb) -> None:
    """Draw a line of text on a coloured rectangle to the right of the instruments."""
    (width, _), _ = cv2.getTextSize(text, FONT, FONT_SCALE, 1)
    upper_left = (BANNER_LEFT, PANEL_ROWS.start)
    lower_right = (BANNER_LEFT + width + 2 * BANNER_PADDING, PANEL_ROWS.stop)
    cv2.rectangle(image, upper_left, lower_right, colour, cv2.FILLED)
    draw_text(image, text, (BANNER_LEFT + BANNER_PADDING, BANNER_BASE_LINE))


def draw_text(image: Image, text: str, position: tuple[int, int]) -> None:
    """Draw white text; `position` is the start of its base line, (column, row)."""
    cv2.putText(image, text, position, FONT, FONT_SCALE, WHITE, 1, cv2.LINE_AA)
