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
from sim.ground.paving import ground_of
from sim.ground.picture import draw_ground
from sim.kernels import Canvas, Eye, blank_canvas, kernel
from sim.lens import through_lens
from sim.roads.plan import RoadPlan
from sim.scenario import Scenario
from sim.scenery.cars import Cars, cars_of, draw_car
from sim.scenery.placement import PLANT, Scenery, scenery_of
from sim.scenery.plants import Plants, draw_plant, plants
from sim.scenery.posts import draw_post
from sim.scenery.shadows import shade_under_car, shade_under_plant
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
        self._plants = plants()
        optics = {(camera.focal, camera.horizon) for camera in self.cameras}
        self._skies = {each: panorama(self._atmosphere, scenario.seed, *each) for each in optics}

    def render(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[Image]:
        """One RGB uint8 image (H, W, 3) for each camera of a car at `ego`, with the actors where they are now."""
        cars = cars_of(list(actors))
        return [self._view(camera, ego, cars, time, truth=False).image for camera in self.cameras]

    def truth(self, ego: Pose, actors: Sequence[Actor], time: float = 0.0) -> list[Canvas]:
        """The same images with depth, label and instance of every pixel beside them."""
        cars = cars_of(list(actors))
        return [self._view(camera, ego, cars, time, truth=True) for camera in self.cameras]

    def _view(self, camera: Camera, ego: Pose, cars: Cars, time: float, truth: bool) -> Canvas:
        canvas = blank_canvas(camera.height, camera.width, truth)
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
        count = self._scenery.x.size + len(cars.pose)
        things, forward, right = np.empty(count, np.int64), np.empty(count), np.empty(count)
        spread = camera.width / 2 / camera.focal
        found = _in_view(things, forward, right, self._scenery, cars.pose, spread, eye)
        order = np.argsort(-forward[:found], kind="stable")
        _draw_things(canvas, self._scenery, self._plants, cars, light, things[order], forward[order], right[order], eye)
        through_lens(canvas.image, self._atmosphere, eye, self._seed, time, sheltered=inside > 0.5)
        return canvas

    def _sheltered(self, x: float, y: float) -> float:
        """How far a camera at (x, y) is inside a tunnel: 1 inside, 0 outside, in between at its mouth."""
        if not self._plan.tunnels:
            return 0.0
        s, _ = self._plan.centreline.project(x, y)
        depth = max(min(s - tunnel.start, tunnel.finish - s) for tunnel in self._plan.tunnels)
        return min(max(depth / MOUTH + 0.5, 0.0), 1.0)


@kernel
def _in_view(
    things: NDArray[np.int64], forwards: NDArray[np.float64], rights: NDArray[np.float64],
    scenery: Scenery, cars: NDArray[np.float64], spread: float, eye: Eye,
) -> int:  # fmt: skip
    """Write what may show: index (cars follow the scenery), forward and right of the camera [m]; return how many."""
    found = 0
    for i in range(things.size):
        car = i - scenery.x.size
        dx = (cars[car, 0] if car >= 0 else scenery.x[i]) - eye.x
        dy = (cars[car, 1] if car >= 0 else scenery.y[i]) - eye.y
        reach, margin = (400.0, 9.0) if car >= 0 else (scenery.reach[i], 1.5 * scenery.height[i])
        forward, right = dx * eye.cos + dy * eye.sin, dy * eye.cos - dx * eye.sin
        if -margin < forward < reach and abs(right) < max(forward, 0.0) * spread + margin:
            things[found], forwards[found], rights[found] = i, forward, right
            found += 1
    return found


@kernel
def _draw_things(
    canvas: Canvas, scenery: Scenery, plants: Plants, cars: Cars, light: Light,
    things: NDArray[np.int64], forward: NDArray[np.float64], right: NDArray[np.float64], eye: Eye,
) -> None:  # fmt: skip
    """Shadows first, then the things themselves; both in the order given, far to near."""
    still = scenery.x.size
    for n in range(things.size):
        i = things[n]
        if i >= still:
            car = i - still
            shade_under_car(canvas, cars.pose[car], cars.size[car], light, eye)
        elif scenery.family[i] == PLANT and light.shadow > 0.02 and forward[n] < SHADOWED and scenery.height[i] > 0.8:
            strength = min(3 - 3 * forward[n] / SHADOWED, 1.0)
            shade_under_plant(canvas, light, eye, scenery.x[i], scenery.y[i], scenery.height[i], strength)
    sun_towards, sun_right = -(light.sun_x * eye.cos + light.sun_y * eye.sin), light.sun_y * eye.cos - light.sun_x * eye.sin
    for n in range(things.size):
        i = things[n]
        if i >= still:
            car = i - still
            draw_car(
                canvas, cars.pose[car], cars.size[car], cars.colour[car], cars.braking[car], cars.ident[car], cars.planes[car],
                cars.room[car], light, eye,
            )  # fmt: skip
        elif forward[n] > NEAREST:
            if scenery.family[i] == PLANT:
                draw_plant(
                    canvas, plants.texels, plants.starts, light, eye, forward[n], right[n],
                    sun_right, sun_towards, scenery.height[i], scenery.kind[i],
                    scenery.colour[i, 0], scenery.colour[i, 1], scenery.colour[i, 2],
                    min(4 - 4 * forward[n] / scenery.reach[i], 1.0),
                )  # fmt: skip
            else:
                draw_post(canvas, light, eye, forward[n], right[n], sun_towards, scenery.kind[i])
