"""RENDER: a plan, a pose and the actors around it -> what the cameras see. The only door to the picture.

Sky, then ground, then shadows, then everything that stands, from far to near. A picture depends on nothing but the scenario,
the camera, the pose, the actors and the time: not on the path that led there.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.appearance.atmosphere import Atmosphere
from sim.appearance.light import Light
from sim.camera import Camera
from sim.ground.paving import Ground, ground_of
from sim.ground.picture import draw_ground
from sim.ground.surface import road_coordinates
from sim.ground.weathering import tunnel_at
from sim.kernels import Canvas, Eye, blank_canvas, kernel
from sim.lens import through_lens
from sim.noise import Noise, noise
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.scenery.cars import Cars, cars_of, draw_car
from sim.scenery.ceiling import draw_ceiling
from sim.scenery.facets import draw_facet
from sim.scenery.panels import draw_panel
from sim.scenery.placement import scenery_of
from sim.scenery.plants import Plants, draw_plant, plants
from sim.scenery.posts import draw_upright
from sim.scenery.shadows import shade_under_car, shade_under_plant
from sim.scenery.tables import BOTTOM, FACET, HALF, OPEN, PANEL, PLANT, SHELTERED, TOP, Scenery
from sim.sky import draw_sky, mirrored, panorama
from sim.types import Actor, Image, Pose

NEAREST = 0.6  # [m] in front of the camera: nothing static nearer than this is drawn
MOUTH = 30.0  # [m] along which the eye gets used to a tunnel's light
SHADOWED = 110.0  # [m] up to which plants throw shadows


class Renderer:
    """Renders one world's frames: made once per scenario, then asked for every pose."""

    def __init__(self, plan: RoadPlan, scenario: Scenario, cameras: Sequence[Camera]) -> None:
        self.cameras = tuple(cameras)
        self._plan, self._seed = plan, scenario.seed
        self._atmosphere = Atmosphere.of(scenario)
        self._ground = ground_of(plan, scenario.seed)
        self._scenery = scenery_of(plan, self._ground, scenario.seed)
        self._plants, self._noise = plants(), noise()
        optics = {(camera.focal, camera.horizon) for camera in self.cameras}
        self._skies = {each: panorama(self._atmosphere, scenario.seed, *each) for each in optics}

    def render(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[Image]:
        """One RGB uint8 image (H, W, 3) for each camera of a car at `ego`, with the actors where they are now."""
        cars = cars_of(list(actors))
        return [self._view(camera, ego, cars, time).image for camera in self.cameras]

    def truth(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[Canvas]:
        """The same images with depth, label and instance of every pixel beside them."""
        cars = cars_of(list(actors))
        return [self._view(camera, ego, cars, time) for camera in self.cameras]

    def _view(self, camera: Camera, ego: Pose, cars: Cars, time: float) -> Canvas:
        canvas = blank_canvas(camera.height, camera.width, truth=True)  # depth decides what hides what
        cos, sin = math.cos(ego.heading), math.sin(ego.heading)
        x, y = ego.x - camera.lateral * sin, ego.y + camera.lateral * cos
        eye = Eye(x, y, float(camera.elevation), cos, sin, float(camera.focal), float(camera.horizon), float(camera.lateral))
        inside = self._sheltered(x, y)
        light, tunnel = self._atmosphere.lights(inside)
        sky = self._skies[camera.focal, camera.horizon]
        gain = light.haze_green / self._atmosphere.light.haze_green
        draw_sky(canvas, sky, eye.focal, eye.horizon, ego.heading, gain)
        mirror = mirrored(sky, camera.height - int(camera.horizon), ego.heading)
        draw_ground(canvas, self._ground, light, tunnel, mirror, eye)
        self._draw_ceilings(canvas, tunnel, eye)
        count = self._scenery.x.size + len(cars.pose)
        things, keys = np.empty(count, np.int64), np.empty(count)
        spread = camera.width / 2 / camera.focal
        found = _in_view(things, keys, self._scenery, cars.pose, spread, eye)
        order = things[np.argsort(-keys[:found], kind="stable")]
        _draw_things(canvas, self._scenery, self._plants, self._noise, self._ground, cars, light, tunnel, order, eye)
        through_lens(canvas.image, self._atmosphere, eye, self._seed, time, sheltered=inside > 0.5)
        return canvas

    def _draw_ceilings(self, canvas: Canvas, light: Light, eye: Eye) -> None:
        for tunnel in self._plan.tunnels:
            draw_ceiling(
                canvas, self._ground, self._noise, tunnel.left, tunnel.right, tunnel.start, tunnel.finish, tunnel.height,
                tunnel.lamps, light, eye,
            )  # fmt: skip

    def _sheltered(self, x: float, y: float) -> float:
        """How far a camera at (x, y) is inside a tunnel: 1 inside, 0 outside, in between at its mouth."""
        if not self._plan.tunnels:
            return 0.0
        s, _ = self._plan.centreline.project(x, y)
        depth = max(min(s - tunnel.start, tunnel.finish - s) for tunnel in self._plan.tunnels)
        return min(max(depth / MOUTH + 0.5, 0.0), 1.0)


@kernel
def _in_view(
    things: NDArray[np.int64], keys: NDArray[np.float64], scenery: Scenery, cars: NDArray[np.float64], spread: float, eye: Eye
) -> int:
    """Write what may show: its index (cars follow the scenery) and how far it counts in the order of drawing; return how many."""
    found = 0
    for i in range(things.size):
        car = i - scenery.x.size
        dx = (cars[car, 0] if car >= 0 else scenery.x[i]) - eye.x
        dy = (cars[car, 1] if car >= 0 else scenery.y[i]) - eye.y
        reach, margin, lead = (400.0, 9.0, 0.0) if car >= 0 else (scenery.reach[i], scenery.radius[i], scenery.lead[i])
        forward, right = dx * eye.cos + dy * eye.sin, dy * eye.cos - dx * eye.sin
        # The view's sides are slanted: what is as near to them as its radius still reaches into it.
        aside = margin * math.sqrt(1 + spread * spread)
        if -margin < forward < reach + margin and abs(right) < max(forward, 0.0) * spread + aside:
            things[found], keys[found] = i, forward + lead
            found += 1
    return found


@kernel
def _draw_things(
    canvas: Canvas, scenery: Scenery, plants: Plants, grain: Noise, ground: Ground, cars: Cars, light: Light, tunnel: Light,
    things: NDArray[np.int64], eye: Eye,
) -> None:  # fmt: skip
    """Shadows first, then the things themselves; both in the order given, far to near.

    What walls hide is marked before anything is drawn, and everything spares the pixels of what is nearer.
    """
    still = scenery.x.size
    for n in range(things.size):
        i = things[n]
        if i >= still:
            car = i - still
            shade_under_car(canvas, cars.pose[car], cars.size[car], light, eye)
        elif scenery.family[i] == PLANT and light.shadow > 0.02 and scenery.height[i] > 0.8:
            forward = (scenery.x[i] - eye.x) * eye.cos + (scenery.y[i] - eye.y) * eye.sin
            if forward < SHADOWED:
                strength = min(3 - 3 * forward / SHADOWED, 1.0)
                shade_under_plant(canvas, light, eye, scenery.x[i], scenery.y[i], scenery.height[i], strength)
    for n in range(things.size):
        i = things[n]
        if i < still and scenery.family[i] == PANEL and scenery.lead[i] > 0.0:
            _draw_still(canvas, scenery, i, plants, grain, light, tunnel, eye, False)
    for n in range(things.size):
        i = things[n]
        if i >= still:
            car = i - still
            near, s, _, _, _ = road_coordinates(ground, cars.pose[car, 0], cars.pose[car, 1])
            here = tunnel if near and tunnel_at(ground.tunnels, s) >= 0 else light
            draw_car(
                canvas, cars.pose[car], cars.size[car], cars.colour[car], cars.braking[car], cars.ident[car], cars.planes[car],
                cars.room[car], here, eye,
            )  # fmt: skip
        else:
            _draw_still(canvas, scenery, i, plants, grain, light, tunnel, eye, True)


@kernel
def _draw_still(
    canvas: Canvas, scenery: Scenery, i: int, plants: Plants, grain: Noise, light: Light, tunnel: Light, eye: Eye,
    painted: bool,
) -> None:  # fmt: skip
    """Draw one thing of the scenery, or of a panel that is not to be painted yet mark what it hides."""
    family, kind, shape, reach = scenery.family[i], scenery.kind[i], scenery.shape[i], scenery.reach[i]
    red, green, blue = scenery.colour[i, 0], scenery.colour[i, 1], scenery.colour[i, 2]
    if family == PANEL:
        front, back = tunnel if scenery.place[i] == SHELTERED else light, light if scenery.place[i] == OPEN else tunnel
        draw_panel(canvas, grain, shape, kind, red, green, blue, reach, front, back, eye, painted)
        return
    if family == FACET:
        draw_facet(canvas, grain, shape, kind, red, green, blue, reach, light, eye)
        return
    dx, dy = scenery.x[i] - eye.x, scenery.y[i] - eye.y
    forward, right = dx * eye.cos + dy * eye.sin, dy * eye.cos - dx * eye.sin
    if not NEAREST < forward < reach:
        return
    opacity = min(4 - 4 * forward / reach, 1.0)
    sun_towards, sun_right = -(light.sun_x * eye.cos + light.sun_y * eye.sin), light.sun_y * eye.cos - light.sun_x * eye.sin
    if family == PLANT:
        draw_plant(
            canvas, plants.texels, plants.starts, light, eye, forward, right, sun_right, sun_towards, scenery.height[i], kind,
            red, green, blue, opacity,
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
