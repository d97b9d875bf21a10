"""The renderer: a road plan, the ego's pose and the road users -> an image for each camera.

An image is drawn in this order: sky, ground, shadows, then objects from far to near. It depends
only on scenario, camera, pose, road users and time, not on earlier images.
"""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.render.frame_buffer import Eye, FrameBuffer, blank_frame_buffer, eye_of
from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.rasterise import draw_ground
from sim.render.lens import apply_lens_effects
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.light import Light
from sim.render.noise import grain
from sim.render.object_drawing import draw_objects, find_visible
from sim.render.objects.draw_order import put_in_order
from sim.render.objects.plants import plants
from sim.render.objects.road_users import (
    RoadUsersToDraw,
    road_users_of,
)
from sim.render.objects.roadside.scenery import scenery_of
from sim.render.objects.tunnel_ceiling import draw_ceiling
from sim.render.sky import draw_sky, pack_panorama
from sim.render.sky_panorama import panorama
from sim.render.threads import draw_row_bands, is_large, row_band_count, run_in_threads
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.types import Actor, Image, Pose

ADAPTATION_LENGTH = 30.0  # [m] around a portal, along which the exposure adapts; chosen


class Renderer:
    """The renderer of one world: made once per scenario, called for every frame."""

    def __init__(self, plan: RoadPlan, scenario: Scenario, cameras: Sequence[Camera]) -> None:
        self.cameras = tuple(cameras)
        self._plan = plan
        self._seed = scenario.seed
        self._atmosphere = Atmosphere.of(scenario)
        self._ground = ground_of(plan, scenario.seed)
        self._scenery = scenery_of(plan, self._ground, scenario.seed)
        self._plants = plants()
        self._grain = grain()
        optics = {(camera.focal, camera.horizon) for camera in self.cameras}
        self._skies = {
            each: pack_panorama(panorama(self._atmosphere, scenario.seed, *each)) for each in optics
        }

    def render(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[Image]:
        """Return one RGB uint8 image (H, W, 3) for each camera of a car at `ego`, at a time [s]."""
        return [canvas.image for canvas in self.truth(ego, actors, time)]

    def truth(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[FrameBuffer]:
        """Return the images with depth, label and instance of every pixel."""
        road_users = road_users_of(actors)
        views = [
            partial(self._view, camera, ego, road_users.apart(), time) for camera in self.cameras
        ]
        # Large pictures are drawn by all threads one after the other, small ones side by side.
        large = any(is_large(camera.width, camera.height) for camera in self.cameras)
        return [view() for view in views] if large else run_in_threads(views)

    def _view(
        self, camera: Camera, ego: Pose, road_users: RoadUsersToDraw, time: float
    ) -> FrameBuffer:
        """Draw the image of one camera."""
        canvas = blank_frame_buffer(
            camera.height, camera.width, truth=True
        )  # depth decides which object hides another
        eye = eye_of(camera, ego)
        station = self._plan.centreline.project(eye.x, eye.y)[0] if self._plan.tunnels else 0.0
        inside = self._share_inside_tunnel(station)
        light, tunnel = self._atmosphere.lights(inside)
        ground = self._ground._replace(tunnels=self._tunnels_through_air(station, light.haze_reach))
        sky = self._skies[camera.focal, camera.horizon]
        gain = light.haze_green / self._atmosphere.light.haze_green
        band_count = row_band_count(canvas)
        horizon = math.ceil(eye.horizon)
        draw_row_bands(
            lambda band: draw_sky(band, sky, eye.focal, eye.horizon, ego.heading, gain),
            canvas,
            band_count,
            0,
            horizon,
        )
        # Wet ground mirrors the whole sky, and nothing that stands before it.
        draw_row_bands(
            lambda band: draw_ground(band, ground, light, tunnel, eye),
            canvas,
            band_count,
            horizon,
            camera.height,
        )
        objects = self._drawing_order(camera, road_users, eye)

        def draw_standing(band: FrameBuffer) -> None:
            self._draw_ceilings(band, ground, light, tunnel, eye)
            if objects.size:  # without objects the kernel is not compiled
                self._draw_objects(band, ground, road_users.apart(), light, tunnel, objects, eye)

        draw_row_bands(draw_standing, canvas, band_count, 0, camera.height)
        apply_lens_effects(canvas, self._atmosphere, eye, self._seed, time, sheltered=inside > 0.5)
        return canvas

    def _draw_objects(
        self,
        canvas: FrameBuffer,
        ground: Ground,
        road_users: RoadUsersToDraw,
        light: Light,
        tunnel: Light,
        objects: NDArray[np.int64],
        eye: Eye,
    ) -> None:
        """Call the kernel that draws scenery and road users."""
        draw_objects(
            canvas,
            self._scenery,
            self._plants,
            self._grain,
            ground,
            road_users,
            light,
            tunnel,
            objects,
            eye,
        )

    def compile_standing(self) -> None:
        """Compile the kernels that draw objects, more than half of all, without drawing
        anything.
        """
        canvas = blank_frame_buffer(16, 16, truth=True)
        eye = eye_of(self.cameras[0], Pose(0.0, 0.0, 0.0))
        light, tunnel = self._atmosphere.lights(0.0)
        self._draw_objects(
            canvas, self._ground, road_users_of(()), light, tunnel, np.empty(0, np.int64), eye
        )

    def _drawing_order(
        self, camera: Camera, road_users: RoadUsersToDraw, eye: Eye
    ) -> NDArray[np.int64]:
        """Return the indices of the objects in view, from far to near.

        Indices of road users follow those of the scenery.
        """
        count = self._scenery.x.size + len(road_users.pose)
        objects = np.empty(count, np.int64)
        keys = np.empty(count)
        lateral = np.empty(count)
        spread = camera.width / 2 / camera.focal
        count_in_view = find_visible(
            objects, keys, lateral, self._scenery, road_users.pose, spread, eye
        )
        order = np.argsort(-keys[:count_in_view], kind="stable")
        objects, keys, lateral = objects[order], keys[order], lateral[order]
        put_in_order(
            objects, keys, lateral, self._scenery.x.size, road_users.pose, road_users.size, eye
        )
        return objects

    def _draw_ceilings(
        self, canvas: FrameBuffer, ground: Ground, light: Light, inside: Light, eye: Eye
    ) -> None:
        """Draw the ceilings of all tunnels."""
        for i, tunnel in enumerate(self._plan.tunnels):
            draw_ceiling(
                canvas,
                ground,
                self._grain,
                tunnel.left,
                tunnel.right,
                tunnel.start,
                tunnel.finish,
                tunnel.height,
                tunnel.lamps,
                inside,
                light,
                float(ground.tunnels[i, 5]),
                eye,
            )

    def _share_inside_tunnel(self, station: float) -> float:
        """Return 1 for a station [m] inside a tunnel, 0 outside, and a value between near its
        portal.

        The exposure follows it.
        """
        depth = max(
            (min(station - tunnel.start, tunnel.finish - station) for tunnel in self._plan.tunnels),
            default=-ADAPTATION_LENGTH,
        )
        return min(max(depth / ADAPTATION_LENGTH + 0.5, 0.0), 1.0)

    def _tunnels_through_air(self, station: float, haze_reach: float) -> NDArray[np.float64]:
        """Return the ground's table of tunnels with the transmission of the air in front of each.

        station: of the camera [m].
        haze_reach: distance at which haze hides all but 1/e [m].
        """
        table = self._ground.tunnels.copy()
        starts = table[:, 0]
        finishes = table[:, 1]
        for i in range(len(table)):
            # The open air ends at the nearer portal.
            low = min(station, finishes[i])
            high = max(station, starts[i])
            covered = np.clip(np.minimum(finishes, high) - np.maximum(starts, low), 0.0, None).sum()
            table[i, 5] = math.exp(-max(high - low - covered, 0.0) / haze_reach)
        return table
