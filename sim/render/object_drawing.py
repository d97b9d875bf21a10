"""The kernels that select and draw everything that stands: scenery and road users.

Occluders are marked first, from near to far; then shadows and objects are drawn from far to near.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.ground.paving import Ground
from sim.render.ground.surface import road_coordinates
from sim.render.ground.weathering import tunnel_at
from sim.render.lighting.light import Light, seen_through_air
from sim.render.noise import Grain
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
from sim.render.objects.plants import PlantPictures, draw_plant, shield_plant
from sim.render.objects.posts import draw_upright
from sim.render.objects.road_users import (
    RoadUsersToDraw,
    draw_road_user,
    shade_under_road_user,
)
from sim.render.objects.shadows import shade_under_plant
from sim.render.objects.upright_panels import draw_panel

NEAREST_OBJECT = 0.6  # [m] scenery nearer to the camera is not drawn; chosen
MAX_SHADOW_DISTANCE = 110.0  # [m] farther plants cast no shadow; chosen
MIN_OCCLUDER_HEIGHT = 10.0  # [px] lower plants are no occluders; chosen
ROAD_USER_REACH = 400.0  # [m] farther road users are not drawn; chosen
ROAD_USER_RADIUS = 9.0  # [m] around the centre of a road user, larger than half a lorry; chosen


@kernel
def find_visible(
    objects: NDArray[np.int64],
    keys: NDArray[np.float64],
    lateral: NDArray[np.float64],
    scenery: Scenery,
    actors: NDArray[np.float64],
    spread: float,
    eye: Eye,
) -> int:
    """Write the objects that may be in view; return their number.

    objects: indices, road users after the scenery.
    keys: distance that counts in the drawing order [m].
    lateral: position right of the camera [m].
    actors: (N, 3) poses.
    spread: tangent of half the field of view.
    """
    count = 0
    for i in range(objects.size):
        actor = i - scenery.x.size
        dx = (actors[actor, 0] if actor >= 0 else scenery.x[i]) - eye.x
        dy = (actors[actor, 1] if actor >= 0 else scenery.y[i]) - eye.y
        reach, margin, lead = (
            (ROAD_USER_REACH, ROAD_USER_RADIUS, 0.0)
            if actor >= 0
            else (scenery.reach[i], scenery.radius[i], scenery.lead[i])
        )
        forward = dx * eye.cos + dy * eye.sin
        right = dy * eye.cos - dx * eye.sin
        # An object reaches into the view if it is tunnel_light its radius of the slanted sides.
        side_margin = margin * math.sqrt(1 + spread * spread)
        if (
            -margin < forward < reach + margin
            and abs(right) < max(forward, 0.0) * spread + side_margin
        ):
            objects[count] = i
            keys[count] = forward + lead
            lateral[count] = right
            count += 1
    return count


@kernel
def draw_objects(
    canvas: FrameBuffer,
    scenery: Scenery,
    plants: PlantPictures,
    grain: Grain,
    ground: Ground,
    road_users: RoadUsersToDraw,
    light: Light,
    tunnel: Light,
    objects: NDArray[np.int64],
    eye: Eye,
) -> None:
    """Draw the shadows of the objects, then the objects, in the given order from far to near.

    First the pixels that walls and plants hide completely are marked, from near to far. Everything
    that is drawn later leaves out pixels marked by something nearer.
    """
    scenery_count = scenery.x.size
    for n in range(objects.size - 1, -1, -1):
        i = objects[n]
        if i < scenery_count and (
            scenery.family[i] == PLANT or (scenery.family[i] == PANEL and scenery.lead[i] > 0.0)
        ):
            _mark_occluder(canvas, scenery, i, plants, grain, light, eye)
    for n in range(objects.size):
        i = objects[n]
        if i >= scenery_count:
            shade_under_road_user(canvas, road_users, i - scenery_count, light, eye)
        elif scenery.family[i] == PLANT and light.shadow > 0.02 and scenery.height[i] > 0.8:
            forward = (scenery.x[i] - eye.x) * eye.cos + (scenery.y[i] - eye.y) * eye.sin
            if forward < MAX_SHADOW_DISTANCE:
                strength = min(3 - 3 * forward / MAX_SHADOW_DISTANCE, 1.0)
                shade_under_plant(
                    canvas, light, eye, scenery.x[i], scenery.y[i], scenery.height[i], strength
                )
    for n in range(objects.size):
        i = objects[n]
        if i >= scenery_count:
            near, s, _, _, _ = road_coordinates(
                ground, road_users.pose[i - scenery_count, 0], road_users.pose[i - scenery_count, 1]
            )
            tunnel_index = tunnel_at(ground.tunnels, s) if near else -1
            distance = math.hypot(
                road_users.pose[i - scenery_count, 0] - eye.x,
                road_users.pose[i - scenery_count, 1] - eye.y,
            )
            road_user_light = (
                seen_through_air(tunnel, light, ground.tunnels[tunnel_index, 5], distance)
                if tunnel_index >= 0
                else light
            )
            draw_road_user(canvas, road_users, i - scenery_count, road_user_light, eye)
        else:
            tunnel_light = tunnel
            if scenery.place[i] != OPEN:
                tunnel_index = tunnel_at(ground.tunnels, scenery.station[i])
                distance = math.hypot(scenery.x[i] - eye.x, scenery.y[i] - eye.y)
                tunnel_light = (
                    seen_through_air(tunnel, light, ground.tunnels[tunnel_index, 5], distance)
                    if tunnel_index >= 0
                    else tunnel
                )
            _draw_scenery(canvas, scenery, i, plants, grain, light, tunnel_light, eye)


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
    """Mark the pixels that a wall or a plant hides completely."""
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
    """Draw object i of the scenery."""
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
            canvas,
            plants.texels,
            plants.starts,
            plants.spans,
            light,
            eye,
            forward,
            right,
            sun_right,
            sun_towards,
            scenery.height[i],
            kind,
            red,
            green,
            blue,
            opacity,
        )
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
