"""Any lane network, cars and blocks -> a picture: what FrontCamera draws with, which knows nothing
of HighwayEnv.

The same sky, light, cars and shadows as `render`; the ground is a lane network's.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.highway_env.lane_network import LaneGround
from sim.highway_env.lane_network_picture import draw_lane_ground
from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, blank_frame_buffer
from sim.render.lens import apply_lens_effects
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.light import Light
from sim.render.objects.road_users import (
    RoadUsersToDraw,
    draw_road_user,
    road_users_of,
    shade_under_road_user,
)
from sim.render.objects.shadows import shade_under_car
from sim.render.objects.vehicles.vehicle_blocks import Block, Blocks, blocks_of, draw_block
from sim.render.sky import draw_sky, pack_panorama, panorama
from sim.scenario import Scenario
from sim.types import Actor, Image, Pose

MIN_SHADOW_HEIGHT = 0.1  # [m] lower blocks throw no shadow
MAX_DRAW_DISTANCE = 400.0  # [m]


class FrontView:
    """Pictures of one camera under one sky; of a scenario only seed, weather and light count."""

    def __init__(self, camera: Camera, scenario: Scenario) -> None:
        self.camera = camera
        self._atmosphere = Atmosphere.of(scenario)
        self._seed = scenario.seed
        self._light = self._atmosphere.light
        self._sky = pack_panorama(
            panorama(self._atmosphere, scenario.seed, camera.focal, camera.horizon)
        )
        self._cover = np.zeros((camera.width, 4))

    def draw(
        self,
        ground: LaneGround,
        ego: Pose,
        actors: Sequence[Actor],
        blocks: Sequence[Block] = (),
        time: float = 0.0,
    ) -> Image:
        """A fresh RGB uint8 image (H, W, 3) from a car at `ego` at a time [s]."""
        camera = self.camera
        canvas = blank_frame_buffer(camera.height, camera.width)
        cos = math.cos(ego.heading)
        sin = math.sin(ego.heading)
        x = ego.x - camera.lateral * sin
        y = ego.y + camera.lateral * cos
        eye = Eye(
            x,
            y,
            float(camera.elevation),
            cos,
            sin,
            float(camera.focal),
            float(camera.horizon),
            float(camera.lateral),
        )
        draw_sky(canvas, self._sky, eye.focal, eye.horizon, ego.heading, 1.0)
        draw_lane_ground(canvas, ground, self._light, eye, self._cover)
        figures = road_users_of(actors)
        whole = blocks_of(blocks)
        _draw_shadows(canvas, figures, whole, self._light, eye)
        pieces = blocks_of([piece for block in blocks for piece in block.pieces()])
        poses = np.concatenate([figures.pose, pieces.pose])
        away = np.hypot(poses[:, 0] - x, poses[:, 1] - y)
        order = np.argsort(-away, kind="stable")
        _draw_things(
            canvas, figures, pieces, self._light, order[away[order] < MAX_DRAW_DISTANCE], eye
        )
        apply_lens_effects(canvas, self._atmosphere, eye, self._seed, time, sheltered=False)
        return canvas.image


@kernel
def _draw_shadows(
    canvas: FrameBuffer, figures: RoadUsersToDraw, blocks: Blocks, light: Light, eye: Eye
) -> None:
    for i in range(figures.pose.shape[0]):
        shade_under_road_user(canvas, figures, i, light, eye)
    for i in range(blocks.pose.shape[0]):
        if blocks.size[i, 2] > MIN_SHADOW_HEIGHT:
            shade_under_car(canvas, blocks.pose[i], blocks.size[i], light, eye)


@kernel
def _draw_things(
    canvas: FrameBuffer,
    figures: RoadUsersToDraw,
    blocks: Blocks,
    light: Light,
    things: NDArray[np.int64],
    eye: Eye,
) -> None:
    """Actors, then blocks by number, in the order given: far to near."""
    count = figures.pose.shape[0]
    for i in things:
        if i < count:
            draw_road_user(canvas, figures, i, light, eye)
        else:
            draw_block(canvas, blocks, i - count, light, eye)
