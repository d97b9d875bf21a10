"""The world and its cameras as a Gymnasium environment.

`rollout` calls `start`, `observe` and `advance`, which take and return records in physical units.
Gymnasium's `reset` and `step` wrap these three with normalised actions, arrays and plain numbers.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, NamedTuple, Self

import gymnasium
import numpy as np
from gymnasium import spaces

from sim.control.bicycle import MAX_CURVATURE
from sim.control.speed import SpeedControl
from sim.geometry.camera import CAMERA_NAMES, Camera, rig
from sim.referee import Referee
from sim.render.frame_buffer import FrameBuffer
from sim.render.ground_truth import boxes
from sim.render.renderer import Renderer
from sim.sampling import FIELDS, Sampler, changed_scenario, random_scenario
from sim.scenario import Daytime, Scenario, Weather, choice, require_between
from sim.types import (
    Actor,
    Box,
    Cause,
    Control,
    Observation,
    Pose,
    quoted,
    require_finite,
    require_whole,
)
from sim.world import MAX_ACCELERATION, MAX_BRAKING, World

MIN_MEAN_SPEED = 1.0  # [m/s] a drive slower than this on average is cut off
MAX_SPEED = 60.0  # [m/s] upper limit of the observation space
MAX_CAMERA_SPACING = 5.0  # [m] more than half the width of any vehicle
MAX_RATE = 100  # [Hz] upper limit of the control rate
INTERVENTION_PENALTY = 10.0  # [m] subtracted from the reward of a tick with an intervention


@dataclass(frozen=True)
class EnvConfig:
    """Settings of an environment; ValueError for bad ones.

    cameras: which of left, centre, right are rendered.
    camera: the centre camera, or a mapping of its fields.
    camera_spacing: distance from the centre camera to each of the others [m].
    rate: control ticks per second, a whole number [Hz].
    pedals: `shared` for the simulator's speed controller, or `driver`.
    """

    cameras: tuple[str, ...] = ("centre",)
    camera: Camera = field(default_factory=Camera)
    camera_spacing: float = 0.6
    rate: int = 10
    pedals: SpeedControl = SpeedControl.SHARED

    def __post_init__(self) -> None:
        if not isinstance(self.cameras, list | tuple) or any(
            name not in CAMERA_NAMES for name in self.cameras
        ):
            raise ValueError(
                f"cameras is {quoted(self.cameras)}; it must be a list of any of "
                f"{', '.join(CAMERA_NAMES)}, which may be empty"
            )
        require_between("camera_spacing", self.camera_spacing, 0, MAX_CAMERA_SPACING, "m")
        require_whole("rate", self.rate, 1, MAX_RATE, "Hz")
        object.__setattr__(self, "cameras", tuple(self.cameras))
        object.__setattr__(self, "camera", Camera.of(self.camera))
        object.__setattr__(self, "rate", int(self.rate))
        object.__setattr__(self, "pedals", choice("pedals", self.pedals, SpeedControl))

    @classmethod
    def of(
        cls, described: "EnvConfig | Mapping[str, Any] | None", settings: Mapping[str, Any]
    ) -> Self:
        """Return the settings that a record or a mapping describes; `settings` replace some of them
        by name.

        Raises ValueError for unknown names and bad values.
        """
        names = [setting.name for setting in fields(cls)]
        if isinstance(described, EnvConfig):
            described = {name: getattr(described, name) for name in names}
        if not isinstance(described, Mapping | None):
            raise ValueError(
                f"config is {quoted(described)}; it must be a sim.EnvConfig or a mapping of its "
                f"fields"
            )
        chosen = {**(described or {}), **settings}
        for name in chosen:
            if name not in names:
                raise ValueError(f"setting is {quoted(name)}; it must be one of {', '.join(names)}")
        return cls(**chosen)


class RenderedTick(NamedTuple):
    """One rendered tick: the frame buffer of each camera, the ego's pose and the actors."""

    canvases: dict[str, FrameBuffer]
    pose: Pose
    actors: list[Actor]


class DrivingEnv(gymnasium.Env[dict[str, np.ndarray], np.ndarray]):
    """Drive scenarios: `gymnasium.make("sim:PilotNet/Drive-v0", cameras=["centre"], rate=10,
    pedals="shared")`.

    Settings are those of `EnvConfig`: one by one, as `config` (a record or a mapping), or both.
    `scenarios` draws a scenario for each reset from the environment's generator; without it, road,
    weather, light and all road users vary on training roads. `reset(options={"road": "rural",
    "weather": "rain"})` fixes fields of `Scenario`; `options={"scenario": ...}` a whole one.

    Action, each in [-1, 1]: steering, from -MAX_CURVATURE to MAX_CURVATURE [1/m, right positive];
    with `pedals="driver"` a second one, from -MAX_BRAKING to MAX_ACCELERATION [m/s²]. 0 is straight
    ahead at constant speed; larger values are clipped. Observation: `speed` [m/s] (1,) and a frame,
    RGB uint8 (H, W, 3), for each camera. Reward: metres gained along the road, minus 10 for each
    intervention, after which the car is put back and drives on. An episode terminates at the end of
    the road and is truncated when the car is slower than 1 m/s on average.

    Info has the same keys after reset and step: `scenario`, its fields as JSON; `intervention`, the
    cause in the last tick or "". `pose`: x, y [m], heading [rad] (3,). `acceleration` [m/s²].
    `wheel_curvature` and `path_curvature` [1/m]. `station` and `cross_track_error` [m].
    `heading_error` [rad]. `time_to_collision` [s], inf when nothing is near.

    Raises ValueError for bad settings. `gymnasium.wrappers.HumanRendering` shows the pictures of
    `render` in a window.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": EnvConfig.rate}  # noqa: RUF012

    def __init__(
        self,
        config: EnvConfig | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
        scenarios: Sampler = random_scenario,
        **settings: Any,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(
                f"render_mode is {quoted(render_mode)}; it must be None or "
                f"{self.metadata['render_modes'][0]!r}"
            )
        if not callable(scenarios):
            raise ValueError(
                f"scenarios is {quoted(scenarios)}; it must be a function from a NumPy generator "
                f"to a sim.Scenario"
            )
        self.config = EnvConfig.of(config, settings)
        self.render_mode = render_mode
        self.metadata = {**type(self).metadata, "render_fps": self.config.rate}
        self._scenarios = scenarios
        every = rig(self.config.camera, self.config.camera_spacing)
        self.cameras: dict[str, Camera] = {
            name: every[name] for name in CAMERA_NAMES if name in self.config.cameras
        }
        shape = (self.config.camera.height, self.config.camera.width, 3)
        frames = {name: spaces.Box(0, 255, shape, np.uint8) for name in self.cameras}
        self.observation_space = spaces.Dict(  # type: ignore[assignment]
            {"speed": spaces.Box(0.0, MAX_SPEED, (1,), np.float32), **frames}
        )
        count = 2 if self.config.pedals is SpeedControl.DRIVER else 1
        self.action_space = spaces.Box(-1.0, 1.0, (count,), np.float32)
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
        self._scenario_json = json.dumps(asdict(scenario))
        self._make_renderer()
        self._ticks = 0
        self._over = False
        return self.observe()

    def change_sky(self, weather: Weather, light: Daytime) -> None:
        """Continue in another weather and light; positions do not change. Raises ValueError before
        the first reset.
        """
        world = self.world
        world.scenario = replace(world.scenario, weather=weather, light=light)
        self._scenario_json = json.dumps(asdict(world.scenario))
        self._make_renderer()

    def _make_renderer(self) -> None:
        cameras = list(self.cameras.values())
        self._renderer = (
            Renderer(self.world.plan, self.world.scenario, cameras) if cameras else None
        )
        self._film_renderer: Renderer | None = None

    def observe(self) -> Observation:
        """Return the driver's observation of the present tick."""
        ego = self.world.ego_state()
        actors = self.world.actors()
        canvases = (
            self._renderer.truth(ego.pose, actors, self._ticks / self.rate)
            if self._renderer
            else []
        )
        self._seen = RenderedTick(dict(zip(self.cameras, canvases, strict=True)), ego.pose, actors)
        return Observation(
            ego.speed, **{name: canvas.image for name, canvas in self._seen.canvases.items()}
        )

    def boxes(self) -> tuple[Box, ...]:
        """Return the ground-truth boxes of vehicles and pedestrians in the centre camera's last
        frame, from near to far.

        Raises ValueError when the centre camera is not rendered, and before the first reset.
        """
        if "centre" not in self.cameras:
            raise ValueError(f"cameras is {self.config.cameras}; boxes need the centre one")
        _ = self.world  # ValueError before the first reset
        seen = self._seen
        return tuple(boxes(seen.canvases["centre"], self.cameras["centre"], seen.pose, seen.actors))

    def advance(self, control: Control) -> tuple[Cause | None, bool]:
        """Hold a command for one tick; return the cause of an intervention or None, and whether the
        drive is over.
        """
        if self._over:
            raise ValueError("the drive is over, or has not begun; call reset before step")
        world = self.world
        duration = 1 / self.rate
        if self.config.pedals is SpeedControl.SHARED:
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
        """Begin a scenario: a drawn one or `options["scenario"]`, with the fields of `Scenario`
        that `options` names changed.

        Returns the observation and the info. Raises ValueError for unknown options and bad values.
        """
        super().reset(seed=seed)
        unknown = set(options or {}) - {"scenario", *FIELDS}
        if unknown:
            raise ValueError(
                f"options has {quoted(sorted(map(str, unknown)))}; it may hold scenario, "
                f"{', '.join(FIELDS)}"
            )
        changes = dict(options or {})
        scenario = (
            changes.pop("scenario") if "scenario" in changes else self._scenarios(self.np_random)
        )
        if not isinstance(scenario, Scenario):
            raise ValueError(
                f"options['scenario'] is {quoted(scenario)}; it must be a sim.Scenario"
            )
        observation = self.start(changed_scenario(scenario, changes))
        return self._space_observation(observation), self._info(None)

    def step(
        self, action: np.ndarray
    ) -> tuple[dict[str, np.ndarray], float, bool, bool, dict[str, Any]]:
        """Hold an action for one tick: observation, reward [m], terminated, truncated, info.

        Raises ValueError for an action of another shape or with NaN or infinity, and outside an
        episode.
        """
        control = self._control(action)
        before = self.world.ego_state().station
        cause, _ = self.advance(control)
        reward = self.world.ego_state().station - before - (INTERVENTION_PENALTY if cause else 0.0)
        observation = self._space_observation(self.observe())
        return (
            observation,
            float(reward),
            bool(self.world.finished),
            self._out_of_time,
            self._info(cause),
        )

    def _control(self, action: np.ndarray) -> Control:
        """Return a normalised action as a command in physical units; ValueError for a bad one.

        Braking and accelerating are scaled by their own limits, so that 0 is neither.
        """
        if np.shape(action) != self.action_space.shape:
            driver = (
                "" if self.config.pedals is SpeedControl.DRIVER else ", or two with pedals='driver'"
            )
            raise ValueError(
                f"action is {quoted(action)}, of shape {np.shape(action)}; it must be of shape "
                f"{self.action_space.shape}{driver}"
            )
        values = np.asarray(action)
        if values.dtype.kind not in "fiu":
            raise ValueError(f"action is {quoted(action)}; it must hold real numbers")
        for value in values:
            require_finite("action", float(value))
        steering, *pedals = (min(max(float(value), -1.0), 1.0) for value in values)
        pedal = pedals[0] if pedals else 0.0
        return Control(
            MAX_CURVATURE * steering, pedal * (MAX_ACCELERATION if pedal > 0 else MAX_BRAKING)
        )

    def _info(self, cause: Cause | None) -> dict[str, Any]:
        """Return the info that the class describes; `cause`: why there was an intervention in the
        last tick, if there was one.
        """
        ego = self.world.ego_state()
        return {
            "scenario": self._scenario_json,
            "intervention": str(cause) if cause else "",
            "pose": np.array([ego.pose.x, ego.pose.y, ego.pose.heading]),
            "acceleration": float(ego.acceleration),
            "wheel_curvature": float(ego.curvature),
            "path_curvature": float(ego.path_curvature),
            "station": float(ego.station),
            "cross_track_error": float(ego.offset),
            "heading_error": float(ego.heading_error),
            "time_to_collision": float(self.world.time_to_collision()),
        }

    def render(self) -> np.ndarray | None:
        """Return the centre camera's present picture, RGB uint8 (H, W, 3); None without a render
        mode.

        Raises ValueError before the first reset.
        """
        if self.render_mode is None:
            return None
        world = self.world
        if self._film_renderer is None:
            same = list(self.cameras) == ["centre"]
            self._film_renderer = (
                self._renderer
                if same
                else Renderer(world.plan, world.scenario, [self.config.camera])
            )
        assert self._film_renderer is not None, "a centre camera has a renderer"
        return self._film_renderer.render(
            world.ego_state().pose, world.actors(), self._ticks / self.rate
        )[0]

    @property
    def _out_of_time(self) -> bool:
        return self._ticks / self.rate > self.world.scenario.length / MIN_MEAN_SPEED

    def _space_observation(self, observation: Observation) -> dict[str, np.ndarray]:
        frames = {name: getattr(observation, name) for name in self.cameras}
        return {"speed": np.array([np.clip(observation.speed, 0, MAX_SPEED)], np.float32), **frames}
