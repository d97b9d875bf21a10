"""The modular driver: frame -> detections and lane -> tracks -> plan -> path tracker, any part of it replaced by the truth."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pilotnet.modular.odometry import Odometry
from pilotnet.modular.oracles import true_lane, true_tracks
from pilotnet.modular.path_tracker import limited, steer
from pilotnet.modular.planner import Planner, Situation
from pilotnet.modular.records import Detection, LaneEstimate, Plan, Track
from pilotnet.modular.show import explanation
from pilotnet.modular.sight import Sight, carried
from pilotnet.modular.tracks import Tracker
from sim.drawables import Explanation
from sim.env import DrivingEnv
from sim.types import Control, Image, Observation


class Part(StrEnum):
    """A part of the stack that the truth can replace."""

    CARS = "cars"
    PEDESTRIANS = "pedestrians"
    LANES = "lanes"


class Detects(Protocol):
    """A detector of one class."""

    def detect(self, frame: Image) -> list[Detection]:
        """What it sees on a centre frame."""
        ...


class FindsLanes(Protocol):
    """A lane finder, which follows the lane over time."""

    def reset(self) -> None:
        """Forget the last drive."""
        ...

    def find(self, frame: Image, speed: float, curvature: float, duration: float) -> LaneEstimate:
        """The lane on a centre frame `duration` [s] after the last one, with the speed [m/s] and the curvature driven [1/m]."""
        ...


@dataclass(frozen=True)
class Parts:
    """The parts that see; None for those that the truth replaces."""

    cars: Detects | None = None
    pedestrians: Detects | None = None
    lanes: FindsLanes | None = None

    @property
    def look(self) -> bool:
        """Whether any of them needs the camera."""
        return any(part is not None for part in (self.cars, self.pedestrians, self.lanes))


class ModularDriver:
    """Drives by what its parts see on the centre camera and by its own speed; the truth about the rest it asks of `env`."""

    def __init__(self, parts: Parts, env: DrivingEnv) -> None:
        self._parts, self._env = parts, env
        self._camera = env.config.camera
        self.reset()

    def reset(self) -> None:
        """Forget the last drive."""
        duration = 1 / self._env.rate
        self._odometry, self._sight = Odometry(duration), Sight(duration)
        self._tracker, self._planner = Tracker(self._camera, duration), Planner(duration)
        self._lane: LaneEstimate | None = None
        self._thought: tuple[list[Detection], list[Track], LaneEstimate, Plan] | None = None
        self._command = 0.0
        if self._parts.lanes is not None:
            self._parts.lanes.reset()

    def act(self, observation: Observation) -> Control:
        """The command for what is seen now; ValueError when a part needs the centre frame and there is none."""
        duration, speed = 1 / self._env.rate, observation.speed
        way = self._odometry.move(speed)
        frame = self._frame(observation)
        detections = self._detect(frame)
        lane = self._find_lane(frame, speed, way)
        tracks = self._tracker.update(detections, self._odometry.pose) + self._told()
        blind = self._sight.judge(lane.confidence)
        plan = self._planner.plan(Situation(lane, tracks, speed, way, self._odometry.curvature, blind))
        self._command = limited(steer(plan, lane, speed), self._odometry.curvature, duration)
        self._odometry.hold(self._command)
        self._thought = detections, tracks, lane, plan
        return Control(self._command, plan.acceleration)

    def explain(self) -> Explanation:
        """What the last command came from."""
        return Explanation() if self._thought is None else explanation(*self._thought)

    def _frame(self, observation: Observation) -> Image | None:
        """The centre frame, None when it shows nothing or nobody looks at it."""
        if not self._parts.look:
            return None
        if observation.centre is None:
            raise ValueError("the observation has no centre frame; modular needs an environment with the centre camera")
        return observation.centre if self._sight.shows_something(observation.centre, observation.speed) else None

    def _detect(self, frame: Image | None) -> list[Detection]:
        detectors = (self._parts.cars, self._parts.pedestrians)
        return [found for detector in detectors if detector and frame is not None for found in detector.detect(frame)]

    def _told(self) -> list[Track]:
        """The road users that the truth tells of."""
        classes = ((self._parts.cars, False), (self._parts.pedestrians, True))
        return [
            track for part, person in classes if part is None for track in true_tracks(self._env.world, self._camera, person)
        ]

    def _find_lane(self, frame: Image | None, speed: float, way: float) -> LaneEstimate:
        """The lane now; from memory when the frame shows nothing."""
        duration, held = 1 / self._env.rate, self._odometry.curvature
        if self._parts.lanes is None:
            self._lane = true_lane(self._env.world)
        elif frame is not None:
            self._lane = self._parts.lanes.find(frame, speed, held, duration)
        elif self._lane is not None:
            self._lane = carried(self._lane, way, held, duration)
        else:
            self._lane = UNSEEN
        return self._lane


# What is assumed of a lane before anything has been seen: nothing but that the car stands in it.
UNSEEN = LaneEstimate(
    offset=0.0,
    heading_error=0.0,
    curvature=0.0,
    curvature_rate=0.0,
    width=3.0,
    left_room=1.5,
    right_room=1.5,
    left_oncoming=True,
    confidence=0.0,
    reach=0.0,
)
