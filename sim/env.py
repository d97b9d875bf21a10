"""The world and its cameras as a Gymnasium environment.

`rollout` drives it by records (`command`, `observation`); Gymnasium's `reset` and `step` wrap the same two for everybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import gymnasium
import numpy as np
from gymnasium import spaces

from sim.camera import CAMERA_NAMES, Camera, rig
from sim.kernels import Canvas
from sim.pedals import Pedals
from sim.referee import Referee
from sim.render import Renderer
from sim.scenario import Daytime, RoadKind, Scenario, Split, Weather, choice, require_between, road_seed
from sim.steering import MAX_CURVATURE
from sim.truth import boxes
from sim.types import Actor, Box, Cause, Control, Observation, Pose
from sim.world import MAX_ACCELERATION, MAX_BRAKING, World

SLOWEST = 1.0  # [m/s] a drive slower than this on average is cut off
MAX_SPEED = 60.0  # [m/s]


@dataclass(frozen=True)
class EnvConfig:
    """cameras: which of left, centre, right are rendered; camera: the centre one's optics; rate: ticks per second [Hz]."""

    cameras: tuple[str, ...] = ("centre",)
    camera: Camera = field(default_factory=Camera)
    camera_spacing: float = 0.6
    rate: int = 10
    pedals: Pedals = Pedals.SHARED

    def __post_init__(self) -> None:
        unknown = set(self.cameras) - set(CAMERA_NAMES)
        if unknown:
            raise ValueError(f"cameras is {self.cameras}; each must be one of {', '.join(CAMERA_NAMES)}")
        require_between("camera_spacing", self.camera_spacing, 0, 5, "m")
        if not 1 <= self.rate <= 100:
            raise ValueError(f"rate is {self.rate} Hz; it must lie between 1 and 100 Hz")
        object.__setattr__(self, "pedals", choice("pedals", self.pedals, Pedals))


class Seen(NamedTuple):
    """A moment as the cameras saw it: what each drew, from where, and who was about."""

    canvases: dict[str, Canvas]
    pose: Pose
    actors: list[Actor]


class DrivingEnv(gymnasium.Env[dict[str, np.ndarray], np.ndarray]):
    """Drive a scenario: `reset(options={"scenario": ...})`, or none for a random road of the training split.

    Action: (curvature [1/m], acceleration [m/s²]); the latter counts with `pedals: driver` only. Observation: `speed` [m/s]
    (1,) and a frame (H, W, 3) for each camera. Reward: metres gained along the path, minus 10 for each intervention, after
    which the car is put back and drives on. The episode terminates at the end of the road and is truncated when it takes too
    long.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(self, config: EnvConfig | None = None, render_mode: str | None = None) -> None:
        self.config = config or EnvConfig()
        self.render_mode = render_mode
        every = rig(self.config.camera, self.config.camera_spacing)
        self.cameras: dict[str, Camera] = {name: every[name] for name in CAMERA_NAMES if name in self.config.cameras}
        shape = (self.config.camera.height, self.config.camera.width, 3)
        frames = {name: spaces.Box(0, 255, shape, np.uint8) for name in self.cameras}
        self.observation_space = spaces.Dict(  # type: ignore[assignment]
            {"speed": spaces.Box(0.0, MAX_SPEED, (1,), np.float32), **frames}
        )
        limits = np.array([MAX_CURVATURE, MAX_ACCELERATION], np.float32)
        self.action_space = spaces.Box(np.array([-MAX_CURVATURE, -MAX_BRAKING], np.float32), limits)
        self._world: World | None = None
        self._over = True

    @property
    def rate(self) -> int:
        """Ticks per second [Hz]."""
        return self.config.rate

    @property
    def world(self) -> World:
        """The world of the present scenario; ValueError before the first reset."""
        if self._world is None:
            raise ValueError("the environment has no world yet; call reset first")
        return self._world

    def start(self, scenario: Scenario) -> Observation:
        """Begin a scenario."""
        self._world = World(scenario)
        self._referee = Referee(self._world)
        self._renderer = Renderer(self._world.plan, scenario, list(self.cameras.values())) if self.cameras else None
        self._ticks, self._over = 0, False
        return self.observe()

    def change_sky(self, weather: Weather, light: Daytime) -> None:
        """Go on in another weather and light; who is where does not change. Needs a drive that has begun."""
        world = self.world
        world.scenario = replace(world.scenario, weather=weather, light=light)
        if self._renderer:
            self._renderer = Renderer(world.plan, world.scenario, list(self.cameras.values()))

    def observe(self) -> Observation:
        """What a driver sees now."""
        ego, actors = self.world.ego_state(), self.world.actors()
        canvases = self._renderer.truth(ego.pose, actors, self._ticks / self.rate) if self._renderer else []
        self._seen = Seen(dict(zip(self.cameras, canvases, strict=True)), ego.pose, actors)
        return Observation(ego.speed, **{name: canvas.image for name, canvas in self._seen.canvases.items()})

    def boxes(self) -> tuple[Box, ...]:
        """The cars and people in the centre camera's last picture, from near to far: the truth, for whoever labels or judges.

        Raises ValueError when the centre camera is not rendered.
        """
        if "centre" not in self.cameras:
            raise ValueError(f"cameras is {self.config.cameras}; boxes need the centre one")
        seen = self._seen
        return tuple(boxes(seen.canvases["centre"], self.cameras["centre"], seen.pose, seen.actors))

    def advance(self, control: Control) -> tuple[Cause | None, bool]:
        """Hold a command for one tick; the cause of an intervention, if one happened, and whether the drive is over."""
        if self._over:
            raise ValueError("the drive is over, or has not begun; call reset before step")
        world, duration = self.world, 1 / self.rate
        if self.config.pedals is Pedals.SHARED:
            control = Control(control.curvature, world.shared_pedals())
        world.step(control, duration)
        cause = self._referee.judge(duration)
        if cause is not None:
            self._referee.intervene(cause)
        self._ticks += 1
        self._over = world.finished or self._out_of_time
        return cause, self._over

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Gymnasium's reset; `options["scenario"]` chooses the scenario."""
        super().reset(seed=seed)
        unknown = set(options or {}) - {"scenario"}
        if unknown:
            raise ValueError(f"options has {sorted(unknown)}; it may hold 'scenario' only")
        scenario = (options or {}).get("scenario") or self._random_scenario()
        if not isinstance(scenario, Scenario):
            raise ValueError(f"options['scenario'] is {scenario!r}; it must be a sim.Scenario")
        return self._space_observation(self.start(scenario)), {"scenario": scenario}

    def step(self, action: np.ndarray) -> tuple[dict[str, np.ndarray], float, bool, bool, dict[str, Any]]:
        """Gymnasium's step; ValueError for actions that are not two finite numbers, and for a step outside a drive."""
        if np.shape(action) != (2,):
            raise ValueError(f"action is {action!r}; it must be two numbers, curvature [1/m] and acceleration [m/s²]")
        control = Control(float(action[0]), float(action[1]))
        before = self.world.ego_state().station
        cause, _ = self.advance(control)
        ego = self.world.ego_state()
        reward = ego.station - before - (10.0 if cause else 0.0)
        info = {"ego": ego, "intervention": cause}
        return self._space_observation(self.observe()), reward, self.world.finished, self._out_of_time, info

    def render(self) -> np.ndarray | None:
        """The first camera's picture, with `render_mode="rgb_array"`."""
        if self.render_mode != "rgb_array" or self._renderer is None:
            return None
        return self._renderer.render(self.world.ego_state().pose, self.world.actors(), self._ticks / self.rate)[0]

    @property
    def _out_of_time(self) -> bool:
        return self._ticks / self.rate > self.world.scenario.length / SLOWEST

    def _random_scenario(self) -> Scenario:
        kinds = list(RoadKind)
        seed = road_seed(Split.TRAIN, int(self.np_random.integers(1_000_000)))
        return Scenario(road=kinds[self.np_random.integers(len(kinds))], seed=seed)

    def _space_observation(self, observation: Observation) -> dict[str, np.ndarray]:
        frames = {name: getattr(observation, name) for name in self.cameras}
        return {"speed": np.array([np.clip(observation.speed, 0, MAX_SPEED)], np.float32), **frames}
