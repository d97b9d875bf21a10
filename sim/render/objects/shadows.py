"""Shadows on the ground, drawn after the ground and before anything that stands on it."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.lighting.light import Light
from sim.render.objects.filters import hidden
from sim.types import Image


@kernel
def darken(image: Image, row: int, column: int, cover: float, light: Light, haze: float) -> None:
    """Take light away from the ground, but not from the haze before it, which hides the share
    `haze` of the ground.
    """
    # The sky still lights a shadow, and it is blue.
    red = 255 * haze * light.haze_red
    green = 255 * haze * light.haze_green
    blue = 255 * haze * light.haze_blue
    image[row, column, 0] -= np.uint8(max(image[row, column, 0] - red, 0.0) * cover)
    image[row, column, 1] -= np.uint8(max(image[row, column, 1] - green, 0.0) * cover * 0.94)
    image[row, column, 2] -= np.uint8(max(image[row, column, 2] - blue, 0.0) * cover * 0.88)


@kernel
def _outside(out_x: float, out_y: float) -> float:
    """Distance from a rectangle, negative inside, of a point that lies out_x and out_y beyond its
    edges.
    """
    x = max(out_x, 0.0)
    y = max(out_y, 0.0)
    return math.sqrt(x * x + y * y) + min(max(out_x, out_y), 0.0)


@kernel
def _off_trail(
    x: float, y: float, half_length: float, half_width: float, trail_x: float, trail_y: float
) -> float:
    """Distance [m] of a point from what a rectangle around the origin covers on its way along the
    trail, negative inside.
    """
    away = _outside(
        abs(x - trail_x / 2) - half_length - abs(trail_x) / 2,
        abs(y - trail_y / 2) - half_width - abs(trail_y) / 2,
    )
    long = math.hypot(trail_x, trail_y)
    if long < 1e-6:
        return away
    aside = abs(x * trail_y - y * trail_x) - half_length * abs(trail_y) - half_width * abs(trail_x)
    return max(away, aside / long)


@kernel
def _ground_box(
    canvas: FrameBuffer, eye: Eye, forward: float, right: float, radius: float
) -> tuple[int, int, int, int]:
    """Rows and columns (first row, last row, first column, last column) that hold a disc on the
    ground.
    """
    near = max(forward - radius, 0.5)
    away = forward + radius
    columns = canvas.image.shape[1]
    if away <= near:
        return 0, 0, 0, 0
    top = eye.horizon + eye.focal * eye.elevation / away
    bottom = eye.horizon + eye.focal * eye.elevation / near
    left = columns / 2 + eye.focal * min((right - radius) / near, (right - radius) / away)
    end = columns / 2 + eye.focal * max((right + radius) / near, (right + radius) / away)
    first_row = max(int(top), int(math.ceil(eye.horizon)), canvas.first)
    return (
        first_row,
        min(int(math.ceil(bottom)), canvas.last),
        max(int(left), 0),
        min(int(math.ceil(end)), columns),
    )


@kernel
def shade_under_car(
    canvas: FrameBuffer,
    pose: NDArray[np.float64],
    size: NDArray[np.float64],
    light: Light,
    eye: Eye,
) -> None:
    """A car's shadow: its outline drawn out away from the sun, and the dark under it."""
    image = canvas.image
    columns = image.shape[1]
    dx = pose[0] - eye.x
    dy = pose[1] - eye.y
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    throw = min(0.9 * size[2] / light.sun_up, 14.0) if light.shadow > 0.0 else 0.0
    throw_x = -(light.sun_x * pose[2] + light.sun_y * pose[3]) * throw
    throw_y = -(light.sun_y * pose[2] - light.sun_x * pose[3]) * throw
    radius = math.hypot(size[0], size[1]) / 2 + throw + 0.5
    if forward < -radius or forward > 250.0:
        return
    haze = 1 - math.exp(-max(forward, 0.0) / light.haze_reach)
    box = _ground_box(canvas, eye, forward, right, radius)
    half_length = size[0] / 2 - 0.12
    half_width = size[1] / 2 - 0.08
    for row in range(box[0], box[1]):
        below = row + 0.5 - eye.horizon
        ahead = eye.focal * eye.elevation / below
        soft = 0.12 + 0.5 * ahead / below
        for column in range(box[2], box[3]):
            slope = (column + 0.5 - columns / 2) / eye.focal
            gx = ahead * (eye.cos - slope * eye.sin) - dx
            gy = ahead * (eye.sin + slope * eye.cos) - dy
            px = gx * pose[2] + gy * pose[3]
            py = gy * pose[2] - gx * pose[3]
            if (
                max(abs(px) - abs(throw_x) - half_length, abs(py) - abs(throw_y) - half_width)
                > soft + 0.4
            ):
                continue
            if hidden(canvas, row, column, ahead):
                continue
            # From the shoulder up there is only the cabin, shorter and narrower than the body and
            # set back.
            half_x = throw_x / 2
            half_y = throw_y / 2
            body = _off_trail(px, py, half_length, half_width - 0.06, half_x, half_y)
            cabin = _off_trail(
                px - half_x + 0.3, py - half_y, 0.8 * half_length, half_width - 0.2, half_x, half_y
            )
            cast = min(max(0.5 - min(body, cabin) / (2 * soft), 0.0), 1.0)
            out_x = abs(px) - half_length
            out_y = abs(py) - half_width
            away = _outside(out_x, out_y)
            under = min(max(0.55 - away / (0.5 + 2 * soft), 0.0), 1.0)
            darken(
                image, row, column, 1 - (1 - light.shadow * cast) * (1 - 0.6 * under), light, haze
            )


@kernel
def shade_under_plant(
    canvas: FrameBuffer,
    light: Light,
    eye: Eye,
    plant_x: float,
    plant_y: float,
    height: float,
    strength: float,
) -> None:
    """A crown's shadow: an ellipse drawn out away from the sun, with a soft edge."""
    image = canvas.image
    columns = image.shape[1]
    level = math.hypot(light.sun_x, light.sun_y)
    away_x = -light.sun_x / level
    away_y = -light.sun_y / level
    stretch = min(level / light.sun_up, 3.5)
    across = 0.27 * height
    along = math.hypot(across, 0.42 * height * stretch)
    # The ellipse begins at the foot and ends where the top's shadow falls.
    centre = max(along - 0.12 * height, 0.0)
    dx = plant_x + away_x * centre - eye.x
    dy = plant_y + away_y * centre - eye.y
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    haze = 1 - math.exp(-max(forward, 0.0) / light.haze_reach)
    box = _ground_box(canvas, eye, forward, right, along)
    for row in range(box[0], box[1]):
        ahead = eye.focal * eye.elevation / (row + 0.5 - eye.horizon)
        for column in range(box[2], box[3]):
            slope = (column + 0.5 - columns / 2) / eye.focal
            gx = ahead * (eye.cos - slope * eye.sin) - dx
            gy = ahead * (eye.sin + slope * eye.cos) - dy
            u = (gx * away_x + gy * away_y) / along
            v = (gy * away_x - gx * away_y) / across
            inside = 1 - u * u - v * v
            if inside > 0.0 and not hidden(canvas, row, column, ahead):
                darken(
                    image,
                    row,
                    column,
                    strength * light.shadow * min(1.6 * inside, 1.0),
                    light,
                    haze,
                )
