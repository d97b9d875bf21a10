"""Plain boxes that stand on the ground: barriers, walls, and flat marks; rays are cut against them
as against cars.

Block frame: as a car's; x along its length, y right, z up [m], origin on the ground below its
centre.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of, write_truth
from sim.render.lighting.light import Light, beam, beam_share
from sim.render.lighting.palette import UnitColour
from sim.render.objects.vehicles.vehicle_drawing import RAYS
from sim.render.objects.vehicles.vehicle_rays import convex, screen_box
from sim.render.objects.vehicles.vehicle_shapes import Floats
from sim.types import Pose

# [m] a longer block is drawn in pieces, so that what is nearer than a part of it hides that part
MAX_PIECE = 3.0
PIECE_OVERLAP = 0.03  # [m] by which pieces reach into their neighbours
STRUCTURE = int(Label.STRUCTURE)
NORMALS = np.array(
    [(1.0, 0, 0), (-1.0, 0, 0), (0, 1.0, 0), (0, -1.0, 0), (0, 0, 1.0), (0, 0, -1.0)]
)


@dataclass(frozen=True)
class Block:
    """A box on the ground: pose of its centre, size [m], colour (RGB in [0, 1])."""

    pose: Pose
    length: float
    width: float
    height: float
    colour: UnitColour

    def pieces(self) -> list["Block"]:
        """The block cut across its length into pieces of MAX_PIECE metres or less."""
        count = math.ceil(self.length / MAX_PIECE)
        cos = math.cos(self.pose.heading)
        sin = math.sin(self.pose.heading)
        step = self.length / count
        seam = PIECE_OVERLAP if count > 1 else 0.0
        return [
            Block(
                Pose(self.pose.x + cos * along, self.pose.y + sin * along, self.pose.heading),
                step + 2 * seam, self.width, self.height, self.colour,
            )
            for along in (np.arange(count) + 0.5) * step - self.length / 2
        ]  # fmt: skip


class Blocks(NamedTuple):
    """Blocks as arrays: pose (K, 4) x, y, cos, sin; size (K, 3) [m]; colour (K, 3); planes (K, 6,
    4), room (K, 6) as for cars.
    """

    pose: Floats
    size: Floats
    colour: Floats
    planes: Floats
    room: Floats


def blocks_of(blocks: Sequence[Block]) -> Blocks:
    """Blocks as arrays."""
    size = np.array([(b.length, b.width, b.height) for b in blocks], dtype=np.float64).reshape(
        -1, 3
    )
    out = np.stack(
        [
            size[:, 0] / 2,
            size[:, 0] / 2,
            size[:, 1] / 2,
            size[:, 1] / 2,
            size[:, 2],
            0 * size[:, 2],
        ],
        axis=1,
    )
    return Blocks(
        pose=np.array(
            [
                (b.pose.x, b.pose.y, math.cos(b.pose.heading), math.sin(b.pose.heading))
                for b in blocks
            ],
            dtype=np.float64,
        ).reshape(-1, 4),
        size=size,
        colour=np.array([b.colour for b in blocks], dtype=np.float64).reshape(-1, 3),
        planes=np.concatenate(
            [np.broadcast_to(NORMALS, (len(blocks), 6, 3)), out[..., None]], axis=2
        ),
        room=np.empty((len(blocks), 6)),
    )


@kernel
def draw_block(canvas: FrameBuffer, blocks: Blocks, k: int, light: Light, eye: Eye) -> None:
    """Blend block k over the picture."""
    image = canvas.image
    columns = image.shape[1]
    x = blocks.pose[k, 0]
    y = blocks.pose[k, 1]
    along = blocks.pose[k, 2]
    aside = blocks.pose[k, 3]
    eye_x = (eye.x - x) * along + (eye.y - y) * aside
    eye_y = (eye.y - y) * along - (eye.x - x) * aside
    cos = eye.cos * along + eye.sin * aside
    sin = eye.sin * along - eye.cos * aside
    here = Eye(eye_x, eye_y, eye.elevation, cos, sin, eye.focal, eye.horizon, 0.0)
    left, right, top, bottom = screen_box(blocks.size[k], here, columns)
    if left > right or right < 0 or left > columns:
        return
    planes = blocks.planes[k]
    room = blocks.room[k]
    for i in range(6):
        room[i] = (
            planes[i, 3]
            - planes[i, 0] * eye_x
            - planes[i, 1] * eye_y
            - planes[i, 2] * eye.elevation
        )
    clear = math.exp(-math.sqrt(eye_x * eye_x + eye_y * eye_y) / light.haze_reach)
    forward = -eye_x * cos - eye_y * sin
    lamps = beam(light, eye, forward, eye_x * sin - eye_y * cos)
    lamps *= beam_share(forward, 0.5 * blocks.size[k, 2])
    for row in range(max(int(top), canvas.first), min(int(math.ceil(bottom)), canvas.last)):
        for column in range(max(int(left), 0), min(int(math.ceil(right)), columns)):
            hits = 0
            sum_red = 0.0
            sum_green = 0.0
            sum_blue = 0.0
            nearest = np.inf
            for ray in range(4):
                slope = (column + RAYS[ray][0] - columns / 2) / eye.focal
                rise = (eye.horizon - row - RAYS[ray][1]) / eye.focal
                distance, face = convex(
                    planes, 0, 6, room, cos - slope * sin, sin + slope * cos, rise
                )
                if face >= 0:
                    red, green, blue = _lit(light, planes, face, along, aside, lamps)
                    hits, nearest = hits + 1, min(nearest, distance)
                    sum_red, sum_green, sum_blue = sum_red + red, sum_green + green, sum_blue + blue
            if hits:
                keep = (1 - hits / 4) / 255
                share = clear / 4
                haze = (1 - clear) * hits / 4
                red = blocks.colour[k, 0] * sum_red
                green = blocks.colour[k, 1] * sum_green
                blue = blocks.colour[k, 2] * sum_blue
                image[row, column, 0] = level_of(
                    image[row, column, 0] * keep + red * share + light.haze_red * haze
                )
                image[row, column, 1] = level_of(
                    image[row, column, 1] * keep + green * share + light.haze_green * haze
                )
                image[row, column, 2] = level_of(
                    image[row, column, 2] * keep + blue * share + light.haze_blue * haze
                )
                if hits >= 2:
                    write_truth(canvas, row, column, nearest, STRUCTURE, 0)


@kernel
def _lit(
    light: Light, planes: Floats, face: int, cos: float, sin: float, lamps: float
) -> tuple[float, float, float]:
    """Red, green and blue of the light on a face of a block that is turned by (cos, sin)."""
    sun_x = light.sun_x * cos + light.sun_y * sin
    sun_y = light.sun_y * cos - light.sun_x * sin
    up = planes[face, 2]
    sun = 0.85 * max(planes[face, 0] * sun_x + planes[face, 1] * sun_y + up * light.sun_up, 0.0)
    sky = 0.80 + 0.25 * up
    return (
        light.sky_red * sky + light.sun_red * sun + lamps,
        light.sky_green * sky + light.sun_green * sun + lamps,
        light.sky_blue * sky + light.sun_blue * sun + lamps,
    )
