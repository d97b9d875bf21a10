"""First-person images for any HighwayEnv environment.

Use it as `env = FrontCamera(gymnasium.make("roundabout-v0"))`. This module converts HighwayEnv's
lanes, vehicles and objects to plain records; `front_view` draws them.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, SupportsFloat

import cv2
import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from highway_env.envs.common.abstract import AbstractEnv
from highway_env.road.lane import AbstractLane, LineType, StraightLane
from highway_env.road.road import RoadNetwork
from highway_env.vehicle.kinematics import Vehicle
from highway_env.vehicle.objects import Landmark, RoadObject

from sim.actors.vehicle_kinds import PAINTS
from sim.geometry.camera import Camera
from sim.highway_env.front_view import FrontView
from sim.highway_env.lane_coordinates import LaneGround
from sim.highway_env.lane_network import LaneLine, LaneStrip, lane_ground
from sim.render.objects.vehicles.vehicle_blocks import Block
from sim.scenario import RoadKind, Scenario
from sim.types import Actor, Image, Kind, Pose, require_finite, require_whole

LINE_TYPES = {
    LineType.NONE: LaneLine.NONE,
    LineType.STRIPED: LaneLine.DASHED,
    LineType.CONTINUOUS: LaneLine.SOLID,
    LineType.CONTINUOUS_LINE: LaneLine.SOLID,
}
CURVE_SAMPLE_SPACING = 1.0  # [m] between the points that describe a curved lane; chosen
CAR_HEIGHT = 1.5  # [m] HighwayEnv has no heights; that of a saloon car
BARRIER_HEIGHT = 0.9  # [m] chosen
MARK_HEIGHT = 0.02  # [m] of a landmark, which lies flat on the ground; chosen
# RGB in [0, 1]
BARRIER = (0.62, 0.60, 0.56)
LANDMARK = (0.16, 0.62, 0.30)
BRAKE_LAMP_ACCELERATION = -1.0  # [m/s²] acceleration below which brake lamps shine; chosen
MAX_BAY_LENGTH = 12.0  # [m] longer lanes are no parking bays; chosen
MIN_LANE_GAP = 1.0  # [m] lanes whose ends are closer are connected; chosen
YARD_MARGIN = 3.0  # [m] of paved yard around parking bays; chosen
IDLE_ACTION = 1  # index of HighwayEnv's action "IDLE" in each of its discrete action spaces
PREVIEW_STEPS = 3  # steps before the image of the sheet is taken; chosen
CAPTION_HEIGHT = 22  # [px] height of the name below an image; chosen


class FrontCamera(gymnasium.ObservationWrapper, RecordConstructorArgs):
    """A camera in the windscreen of a HighwayEnv environment.

    Actions, rewards, info and `render` are those of the environment.
    observation: "replace" makes the image, uint8 (H, W, 3), the observation; "add" makes it a
    dictionary of `observation` and `image`.
    camera: a record or a mapping of its fields.
    agent: index of the controlled vehicle that carries the camera in its centre.
    weather, light, strength, seed: as in Scenario. Raises ValueError for invalid settings and for
    an environment without a road.
    """

    def __init__(
        self,
        env: gymnasium.Env,
        camera: Camera | Mapping[str, Any] | None = None,
        *,
        weather: str = "clear",
        light: str = "day",
        strength: float = 0.6,
        seed: int = 0,
        observation: str = "replace",
        agent: int = 0,
    ) -> None:
        settings: dict[str, Any] = {
            "weather": weather,
            "light": light,
            "strength": strength,
            "seed": seed,
        }
        RecordConstructorArgs.__init__(
            self, camera=camera, observation=observation, agent=agent, **settings
        )
        if not isinstance(env.unwrapped, AbstractEnv):
            raise ValueError(
                f"environment is {env.unwrapped}; it must be one of HighwayEnv's, with a road "
                f"and vehicles"
            )
        if observation not in ("replace", "add"):
            raise ValueError(f"observation is {observation!r}; it must be 'replace' or 'add'")
        super().__init__(env)
        self.camera = Camera.of({} if camera is None else camera)
        self.agent = agent
        scenario = Scenario(road=RoadKind.RURAL, **settings)
        self._vehicle()
        self._view = FrontView(self.camera, scenario)
        self._network: RoadNetwork | None = None
        self._add = observation == "add"
        self._has_been_reset = False
        image = spaces.Box(0, 255, (self.camera.height, self.camera.width, 3), np.uint8)
        self.observation_space = (
            spaces.Dict({"observation": env.observation_space, "image": image})
            if self._add
            else image
        )

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Reset the environment; return its observation with the image, and its info."""
        observation, info = self.env.reset(seed=seed, options=options)
        self._has_been_reset = True
        self._time = 0.0
        return self.observation(observation), info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        """Step the environment; return its result with the image in the observation.

        Raises ValueError before the first reset and for actions that are not finite.
        """
        if not self._has_been_reset:
            raise ValueError("the environment has not been reset; call reset before step")
        for number in np.ravel(np.asarray(action, float)):
            require_finite("action", float(number))
        result = self.env.step(action)
        self._time += 1 / self.env.unwrapped.config["policy_frequency"]  # type: ignore[attr-defined]
        return self.observation(result[0]), *result[1:]

    def observation(self, observation: Any) -> Any:
        """Return the image, or the environment's observation together with the image."""
        image = self.front_view()
        return {"observation": observation, "image": image} if self._add else image

    def front_view(self) -> Image:
        """Return the current image, RGB uint8 (H, W, 3); ValueError before the first reset."""
        if not self._has_been_reset:
            raise ValueError("the environment has not been reset; call reset before front_view")
        road, ego = self.env.unwrapped.road, self._vehicle()  # type: ignore[attr-defined]
        ground = self._ground_of(road.network)
        actors = [self._actor(vehicle) for vehicle in road.vehicles if vehicle is not ego]
        return self._view.draw(
            ground, _pose(ego), actors, [_block(obstacle) for obstacle in road.objects], self._time
        )

    def _ground_of(self, network: RoadNetwork) -> LaneGround:
        """Return the ground of a network; it is built only when the network is a new one."""
        if network is not self._network:
            self._network = network
            self._ground = lane_ground(strips_of(network))
            self._numbers: dict[Vehicle, int] = {}
        return self._ground

    def _vehicle(self) -> Vehicle:
        """Return the vehicle that carries the camera."""
        if self.env.unwrapped.road is None:  # type: ignore[attr-defined]
            raise ValueError(
                f"environment {self.env.unwrapped} has no road; it must have one, with a vehicle "
                f"that carries the camera"
            )
        vehicles = self.env.unwrapped.controlled_vehicles  # type: ignore[attr-defined]
        require_whole("agent", self.agent, 0, len(vehicles) - 1)
        return vehicles[self.agent]

    def _actor(self, vehicle: Vehicle) -> Actor:
        """Return a vehicle as an Actor of the renderer.

        Its number, and so its colour, stays the same as long as the road does.
        """
        number = self._numbers.setdefault(vehicle, len(self._numbers) + 1)
        braking = bool(vehicle.crashed or vehicle.action["acceleration"] < BRAKE_LAMP_ACCELERATION)
        size = float(vehicle.LENGTH), float(vehicle.WIDTH), CAR_HEIGHT
        return Actor(
            number,
            Kind.SALOON,
            _pose(vehicle),
            float(vehicle.speed),
            *size,
            PAINTS[number % len(PAINTS)],
            braking,
        )


def _pose(obstacle: RoadObject) -> Pose:
    return Pose(float(obstacle.position[0]), float(obstacle.position[1]), float(obstacle.heading))


def _block(obstacle: RoadObject) -> Block:
    """Return an obstacle as a barrier, and a landmark as a flat mark on the ground."""
    flat = isinstance(obstacle, Landmark)
    height, colour = (MARK_HEIGHT, LANDMARK) if flat else (BARRIER_HEIGHT, BARRIER)
    return Block(_pose(obstacle), float(obstacle.LENGTH), float(obstacle.WIDTH), height, colour)


def strips_of(network: RoadNetwork) -> list[LaneStrip]:
    """Return the lanes of HighwayEnv's network as strips, with the paved yard around parking
    bays.
    """
    lanes = [lane for ends in network.graph.values() for side in ends.values() for lane in side]
    strips = [_strip(lane) for lane in lanes]
    yard = _parking_yard(strips)
    return [*strips, yard] if yard else strips


def _strip(lane: AbstractLane) -> LaneStrip:
    count = (
        2
        if type(lane) is StraightLane
        else max(math.ceil(lane.length / CURVE_SAMPLE_SPACING), 1) + 1
    )
    stations = np.linspace(0.0, lane.length, count)
    left, right = lane.line_types or (LineType.NONE, LineType.NONE)
    return LaneStrip(
        points=np.array([lane.position(s, 0.0) for s in stations], float),
        headings=np.array([lane.heading_at(s) for s in stations], float),
        widths=np.array([lane.width_at(s) for s in stations], float),
        left=LINE_TYPES[left],
        right=LINE_TYPES[right],
    )


def _parking_yard(strips: list[LaneStrip]) -> LaneStrip | None:
    """Return the paved rectangle around parking bays, or None if these lanes are no parking bays.

    Parking bays are lanes that are all short and not connected; the aisles between them are no
    lanes.
    """
    starts, ends = (np.array([strip.points[k] for strip in strips]) for k in (0, -1))
    lengths = np.linalg.norm(ends - starts, axis=1)
    gaps = np.linalg.norm(ends[:, None] - starts[None], axis=2)
    if lengths.max() > MAX_BAY_LENGTH or gaps.min() < MIN_LANE_GAP:
        return None
    corners = np.concatenate([starts, ends])
    (left, top), (right, bottom) = corners.min(0) - YARD_MARGIN, corners.max(0) + YARD_MARGIN
    middle = (top + bottom) / 2
    return LaneStrip(
        np.array([(left, middle), (right, middle)]),
        np.zeros(2),
        np.full(2, bottom - top),
        open=True,
    )


def highway_environments() -> list[str]:
    """Return the ids of the newest version of every environment that HighwayEnv registers."""
    newest: dict[str, gymnasium.envs.registration.EnvSpec] = {}
    for spec in gymnasium.registry.values():
        older = newest.get(spec.name, spec)
        if str(spec.entry_point).startswith("highway_env.") and (spec.version or 0) >= (
            older.version or 0
        ):
            newest[spec.name] = spec
    return sorted(spec.id for spec in newest.values())


def front_camera_sheet(
    camera: Camera | None = None,
    columns: int = 3,
    seed: int = 0,
    names: Sequence[str] | None = None,
) -> Image:
    """Return images of environments in a grid, with their names below, RGB uint8.

    names: ids of environments; None for all. Raises ValueError when columns is below 1.
    """
    if columns < 1:
        raise ValueError(f"columns is {columns}; it must be 1 or more")
    camera = camera or Camera()
    cells = [
        _with_caption(_preview(name, camera, seed), name)
        for name in names or highway_environments()
    ]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    return np.concatenate(
        [np.concatenate(cells[i : i + columns], axis=1) for i in range(0, len(cells), columns)]
    )


def _preview(name: str, camera: Camera, seed: int) -> Image:
    env = FrontCamera(gymnasium.make(name), camera)
    image, _ = env.reset(seed=seed)
    for _ in range(PREVIEW_STEPS):
        image, *_ = env.step(_idle_action(env.action_space))
    env.close()
    return image


def _idle_action(actions: spaces.Space) -> Any:
    """Return the action that changes nothing: HighwayEnv's IDLE, or zeros."""
    if isinstance(actions, spaces.Tuple):
        return tuple(_idle_action(each) for each in actions.spaces)
    return np.zeros(actions.shape, np.float32) if isinstance(actions, spaces.Box) else IDLE_ACTION


def _with_caption(image: Image, name: str) -> Image:
    strip: Image = np.full((CAPTION_HEIGHT, image.shape[1], 3), 255, np.uint8)
    cv2.putText(
        strip,
        name,
        (6, CAPTION_HEIGHT - 7),
        cv2.FONT_HERSHEY_SIMPLEX,
        0.45,
        (30, 30, 30),
        1,
        cv2.LINE_AA,
    )
    return np.concatenate([image, strip])
