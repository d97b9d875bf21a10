"""RENDER: a plan, a pose and the actors around it -> what the cameras see. The only door to the
picture.

Sky, then ground, then shadows, then everything that stands, from far to near. A picture depends on
nothing but the scenario, the camera, the pose, the actors and the time: not on the path that led
there.
"""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, blank_frame_buffer
from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.rasterise import draw_ground
from sim.render.ground.surface import road_coordinates
from sim.render.ground.weathering import tunnel_at
from sim.render.lens import apply_lens_effects
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.light import Light, seen_through_air
from sim.render.noise import Grain, grain
from sim.render.objects.draw_order import put_in_order
from sim.render.objects.facets import draw_facet
from sim.render.objects.object_tables import (
    BOTTOM,
    FACET,
    HALF,
    OPEN,
    PANEL,
    PLANT,
    SHELTERED,
    TOP,
    Scenery,
)
from sim.render.objects.plants import PlantPictures, draw_plant, plants, shield_plant
from sim.render.objects.posts import draw_upright
from sim.render.objects.road_users import (
    RoadUsersToDraw,
    draw_road_user,
    road_users_of,
    shade_under_road_user,
)
from sim.render.objects.roadside.scenery import scenery_of
from sim.render.objects.shadows import shade_under_plant
from sim.render.objects.tunnel_ceiling import draw_ceiling
from sim.render.objects.upright_panels import draw_panel
from sim.render.sky import draw_sky, pack_panorama, panorama
from sim.render.threads import draw_row_bands, is_large, row_band_count, run_in_threads
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.types import Actor, Image, Pose

NEAREST_OBJECT = 0.6  # [m] in front of the camera: nothing static nearer than this is drawn
ADAPTATION_LENGTH = 30.0  # [m] along which the eye gets used to a tunnel's light
MAX_SHADOW_DISTANCE = 110.0  # [m] up to which plants throw shadows
MIN_OCCLUDER_HEIGHT = 10.0  # [px] plants lower than that hide nothing worth looking for


class Renderer:
    """Renders one world's frames: made once per scenario, then asked for every pose."""

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
        """One RGB uint8 image (H, W, 3) for each camera of a car at `ego`, with the actors where
        they are now.
        """
        return [canvas.image for canvas in self.truth(ego, actors, time)]

    def truth(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[FrameBuffer]:
        """The same images with depth, label and instance of every pixel beside them."""
        figures = road_users_of(actors)
        views = [partial(self._view, camera, ego, figures.apart(), time) for camera in self.cameras]
        # Large pictures are drawn by all threads one after the other, small ones side by side.
        large = any(is_large(camera.width, camera.height) for camera in self.cameras)
        return [view() for view in views] if large else run_in_threads(views)

    def _view(
        self, camera: Camera, ego: Pose, figures: RoadUsersToDraw, time: float
    ) -> FrameBuffer:
        canvas = blank_frame_buffer(
            camera.height, camera.width, truth=True
        )  # depth decides what hides what
        eye = eye_of(camera, ego)
        station = self._plan.centreline.project(eye.x, eye.y)[0] if self._plan.tunnels else 0.0
        inside = self._share_inside_tunnel(station)
        light, tunnel = self._atmosphere.lights(inside)
        ground = self._ground._replace(tunnels=self._tunnels_through_air(station, light.haze_reach))
        sky = self._skies[camera.focal, camera.horizon]
        gain = light.haze_green / self._atmosphere.light.haze_green
        bands = row_band_count(canvas)
        horizon = math.ceil(eye.horizon)
        draw_row_bands(
            lambda band: draw_sky(band, sky, eye.focal, eye.horizon, ego.heading, gain),
            canvas,
            bands,
            0,
            horizon,
        )
        # Wet ground mirrors the whole sky, and nothing that stands before it.
        draw_row_bands(
            lambda band: draw_ground(band, ground, light, tunnel, eye),
            canvas,
            bands,
            horizon,
            camera.height,
        )
        things = self._drawing_order(camera, figures, eye)

        def draw_standing(band: FrameBuffer) -> None:
            self._draw_ceilings(band, ground, light, tunnel, eye)
            if things.size:  # where nothing stands its kernel is not needed, nor compiled
                self._draw_objects(band, ground, figures.apart(), light, tunnel, things, eye)

        draw_row_bands(draw_standing, canvas, bands, 0, camera.height)
        apply_lens_effects(canvas, self._atmosphere, eye, self._seed, time, sheltered=inside > 0.5)
        return canvas

    def _draw_objects(
        self,
        canvas: FrameBuffer,
        ground: Ground,
        figures: RoadUsersToDraw,
        light: Light,
        tunnel: Light,
        things: NDArray[np.int64],
        eye: Eye,
    ) -> None:
        draw_objects(
            canvas,
            self._scenery,
            self._plants,
            self._grain,
            ground,
            figures,
            light,
            tunnel,
            things,
            eye,
        )

    def compile_standing(self) -> None:
        """Compile what draws everything that stands, more than half of all kernels, and draw
        nothing.
        """
        canvas = blank_frame_buffer(16, 16, truth=True)
        eye = eye_of(self.cameras[0], Pose(0.0, 0.0, 0.0))
        light, tunnel = self._atmosphere.lights(0.0)
        self._draw_objects(
            canvas, self._ground, road_users_of(()), light, tunnel, np.empty(0, np.int64), eye
        )

    def _drawing_order(
        self, camera: Camera, figures: RoadUsersToDraw, eye: Eye
    ) -> NDArray[np.int64]:
        """The numbers of the things that a camera may see, actors after the scenery, from far to
        near.
        """
        count = self._scenery.x.size + len(figures.pose)
        things = np.empty(count, np.int64)
        keys = np.empty(count)
        rights = np.empty(count)
        spread = camera.width / 2 / camera.focal
        found = _find_visible(things, keys, rights, self._scenery, figures.pose, spread, eye)
        order = np.argsort(-keys[:found], kind="stable")
        things, keys, rights = things[order], keys[order], rights[order]
        put_in_order(things, keys, rights, self._scenery.x.size, figures.pose, figures.size, eye)
        return things

    def _draw_ceilings(
        self, canvas: FrameBuffer, ground: Ground, light: Light, inside: Light, eye: Eye
    ) -> None:
        for i, tunnel in enumerate(self._plan.tunnels):
            draw_ceiling(
                canvas, ground, self._grain, tunnel.left, tunnel.right, tunnel.start, tunnel.finish, tunnel.height,
                tunnel.lamps, inside, light, float(ground.tunnels[i, 5]), eye,
            )  # fmt: skip

    def _share_inside_tunnel(self, station: float) -> float:
        """How far a camera at a station [m] is inside a tunnel: 1 inside, 0 outside, in between at
        its mouth.
        """
        depth = max(
            (min(station - tunnel.start, tunnel.finish - station) for tunnel in self._plan.tunnels),
            default=-ADAPTATION_LENGTH,
        )
        return min(max(depth / ADAPTATION_LENGTH + 0.5, 0.0), 1.0)

    def _tunnels_through_air(self, station: float, haze_reach: float) -> NDArray[np.float64]:
        """The ground's table of tunnels, with what the open air between a camera at a station [m]
        and each lets through.
        """
        table = self._ground.tunnels.copy()
        starts = table[:, 0]
        finishes = table[:, 1]
        for i in range(len(table)):
            # the nearer mouth is the other end of the way
            low = min(station, finishes[i])
            high = max(station, starts[i])
            covered = np.clip(np.minimum(finishes, high) - np.maximum(starts, low), 0.0, None).sum()
            table[i, 5] = math.exp(-max(high - low - covered, 0.0) / haze_reach)
        return table


def eye_of(camera: Camera, ego: Pose) -> Eye:
    """Where a camera of a car at `ego` is; ValueError for a pose that is not finite."""
    if not math.isfinite(ego.x + ego.y + ego.heading):
        raise ValueError(f"ego is at {ego}; all its numbers must be finite")
    cos = math.cos(ego.heading)
    sin = math.sin(ego.heading)
    x = ego.x - camera.lateral * sin
    y = ego.y + camera.lateral * cos
    return Eye(
        x,
        y,
        float(camera.elevation),
        cos,
        sin,
        float(camera.focal),
        float(camera.horizon),
        float(camera.lateral),
    )


@kernel
def _find_visible(
    things: NDArray[np.int64], keys: NDArray[np.float64], rights: NDArray[np.float64], scenery: Scenery,
    actors: NDArray[np.float64], spread: float, eye: Eye,
) -> int:  # fmt: skip
    """Write what may show: its index (actors follow the scenery), how far it counts in the order of
    drawing and how far right of the camera it is [m]; return how many.
    """
    found = 0
    for i in range(things.size):
        actor = i - scenery.x.size
        dx = (actors[actor, 0] if actor >= 0 else scenery.x[i]) - eye.x
        dy = (actors[actor, 1] if actor >= 0 else scenery.y[i]) - eye.y
        reach, margin, lead = (
            (400.0, 9.0, 0.0)
            if actor >= 0
            else (scenery.reach[i], scenery.radius[i], scenery.lead[i])
        )
        forward = dx * eye.cos + dy * eye.sin
        right = dy * eye.cos - dx * eye.sin
        # The view's sides are slanted: what is as near to them as its radius still reaches into it.
        aside = margin * math.sqrt(1 + spread * spread)
        if -margin < forward < reach + margin and abs(right) < max(forward, 0.0) * spread + aside:
            things[found] = i
            keys[found] = forward + lead
            rights[found] = right
            found += 1
    return found


@kernel
def draw_objects(
    canvas: FrameBuffer, scenery: Scenery, plants: PlantPictures, grain: Grain, ground: Ground, figures: RoadUsersToDraw, light: Light,
    tunnel: Light, things: NDArray[np.int64], eye: Eye,
) -> None:  # fmt: skip
    """Shadows first, then the things themselves; both in the order given, far to near.

    What walls and plants hide is marked before anything is drawn, from near to far, and everything
    spares the pixels of what is nearer.
    """
    still = scenery.x.size
    for n in range(things.size - 1, -1, -1):
        i = things[n]
        if i < still and (
            scenery.family[i] == PLANT or (scenery.family[i] == PANEL and scenery.lead[i] > 0.0)
        ):
            _mark_occluder(canvas, scenery, i, plants, grain, light, eye)
    for n in range(things.size):
        i = things[n]
        if i >= still:
            shade_under_road_user(canvas, figures, i - still, light, eye)
        elif scenery.family[i] == PLANT and light.shadow > 0.02 and scenery.height[i] > 0.8:
            forward = (scenery.x[i] - eye.x) * eye.cos + (scenery.y[i] - eye.y) * eye.sin
            if forward < MAX_SHADOW_DISTANCE:
                strength = min(3 - 3 * forward / MAX_SHADOW_DISTANCE, 1.0)
                shade_under_plant(
                    canvas, light, eye, scenery.x[i], scenery.y[i], scenery.height[i], strength
                )
    for n in range(things.size):
        i = things[n]
        if i >= still:
            near, s, _, _, _ = road_coordinates(
                ground, figures.pose[i - still, 0], figures.pose[i - still, 1]
            )
            covered = tunnel_at(ground.tunnels, s) if near else -1
            away = math.hypot(
                figures.pose[i - still, 0] - eye.x, figures.pose[i - still, 1] - eye.y
            )
            here = (
                seen_through_air(tunnel, light, ground.tunnels[covered, 5], away)
                if covered >= 0
                else light
            )
            draw_road_user(canvas, figures, i - still, here, eye)
        else:
            within = tunnel
            if scenery.place[i] != OPEN:
                covered = tunnel_at(ground.tunnels, scenery.station[i])
                away = math.hypot(scenery.x[i] - eye.x, scenery.y[i] - eye.y)
                within = (
                    seen_through_air(tunnel, light, ground.tunnels[covered, 5], away)
                    if covered >= 0
                    else tunnel
                )
            _draw_scenery(canvas, scenery, i, plants, grain, light, within, eye)


@kernel
def _mark_occluder(
    canvas: FrameBuffer,
    scenery: Scenery,
    i: int,
    plants: PlantPictures,
    grain: Grain,
    light: Light,
    eye: Eye,
) -> None:
    """Mark what a wall or a plant wholly hides."""
    reach = scenery.reach[i]
    if scenery.family[i] == PANEL:
        draw_panel(
            canvas,
            grain,
            scenery.shape[i],
            scenery.kind[i],
            0.0,
            0.0,
            0.0,
            reach,
            light,
            light,
            eye,
            False,
        )
        return
    dx = scenery.x[i] - eye.x
    dy = scenery.y[i] - eye.y
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    # Beyond that distance they fade, and what covers few pixels is drawn as fast as it is looked
    # up.
    if (
        NEAREST_OBJECT < forward < 0.75 * reach
        and scenery.height[i] * eye.focal > MIN_OCCLUDER_HEIGHT * forward
    ):
        shield_plant(
            canvas,
            plants.solid,
            plants.starts,
            plants.spans,
            eye,
            forward,
            right,
            scenery.height[i],
            scenery.kind[i],
        )


@kernel
def _draw_scenery(
    canvas: FrameBuffer,
    scenery: Scenery,
    i: int,
    plants: PlantPictures,
    grain: Grain,
    light: Light,
    tunnel: Light,
    eye: Eye,
) -> None:
    """Draw one thing of the scenery."""
    family = scenery.family[i]
    kind = scenery.kind[i]
    shape = scenery.shape[i]
    reach = scenery.reach[i]
    red = scenery.colour[i, 0]
    green = scenery.colour[i, 1]
    blue = scenery.colour[i, 2]
    if family == PANEL:
        front = tunnel if scenery.place[i] == SHELTERED else light
        back = light if scenery.place[i] == OPEN else tunnel
        draw_panel(canvas, grain, shape, kind, red, green, blue, reach, front, back, eye, True)
        return
    if family == FACET:
        draw_facet(canvas, grain, shape, kind, red, green, blue, reach, light, eye)
        return
    dx = scenery.x[i] - eye.x
    dy = scenery.y[i] - eye.y
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    if not NEAREST_OBJECT < forward < reach:
        return
    opacity = min(4 - 4 * forward / reach, 1.0)
    sun_towards = -(light.sun_x * eye.cos + light.sun_y * eye.sin)
    sun_right = light.sun_y * eye.cos - light.sun_x * eye.sin
    if family == PLANT:
        draw_plant(
            canvas, plants.texels, plants.starts, plants.spans, light, eye, forward, right, sun_right, sun_towards,
            scenery.height[i], kind, red, green, blue, opacity,
        )  # fmt: skip
    else:
        draw_upright(
            canvas,
            light,
            eye,
            forward,
            right,
            sun_towards,
            kind,
            shape[HALF],
            shape[BOTTOM],
            shape[TOP],
            red,
            green,
            blue,
            opacity,
        )
