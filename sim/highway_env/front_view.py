"""A lane network, vehicles and blocks -> an image; FrontCamera's renderer, independent of
HighwayEnv.

Sky, lighting, vehicles and shadows are those of `sim.render`; the ground is that of a lane network.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.highway_env.lane_coordinates import LaneGround
from sim.highway_env.lane_network_picture import draw_lane_ground
from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, blank_frame_buffer, eye_of
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
from sim.render.sky import draw_sky, pack_panorama
from sim.render.sky_panorama import panorama
from sim.scenario import Scenario
from sim.types import Actor, Image, Pose

MIN_SHADOW_HEIGHT = 0.1  # [m] lower blocks cast no shadow; chosen
MAX_DRAW_DISTANCE = 400.0  # [m] farther road users and blocks are not drawn; chosen


class FrontView:
    """A renderer for one camera and one sky; only seed, weather and light of the scenario count."""

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
        """Return a new RGB uint8 image (H, W, 3) from a car at `ego` at a time [s]."""
        camera = self.camera
        canvas = blank_frame_buffer(camera.height, camera.width)
        eye = eye_of(camera, ego)
        draw_sky(canvas, self._sky, eye.focal, eye.horizon, ego.heading, 1.0)
        draw_lane_ground(canvas, ground, self._light, eye, self._cover)
        road_users = road_users_of(actors)
        block_table = blocks_of(blocks)
        _draw_shadows(canvas, road_users, block_table, self._light, eye)
        pieces = blocks_of([piece for block in blocks for piece in block.pieces()])
        poses = np.concatenate([road_users.pose, pieces.pose])
        distances = np.hypot(poses[:, 0] - eye.x, poses[:, 1] - eye.y)
        order = np.argsort(-distances, kind="stable")
        _draw_objects(
            canvas,
            road_users,
            pieces,
            self._light,
            order[distances[order] < MAX_DRAW_DISTANCE],
            eye,
        )
        apply_lens_effects(canvas, self._atmosphere, eye, self._seed, time, sheltered=False)
        return canvas.image


@kernel
def _draw_shadows(
    canvas: FrameBuffer, road_users: RoadUsersToDraw, blocks: Blocks, light: Light, eye: Eye
) -> None:
    for i in range(road_users.pose.shape[0]):
        shade_under_road_user(canvas, road_users, i, light, eye)
    for i in range(blocks.pose.shape[0]):
        if blocks.size[i, 2] > MIN_SHADOW_HEIGHT:
            shade_under_car(canvas, blocks.pose[i], blocks.size[i], light, eye)


@kernel
def _draw_objects(
    canvas: FrameBuffer,
    road_users: RoadUsersToDraw,
    blocks: Blocks,
    light: Light,
    order: NDArray[np.int64],
    eye: Eye,
) -> None:
    """Actors, then blocks by number, in the order given: far to near."""
    count = road_users.pose.shape[0]
    for i in order:
        if i < count:
            draw_road_user(canvas, road_users, i, light, eye)
        else:
            draw_block(canvas, blocks, i - count, light, eye)
