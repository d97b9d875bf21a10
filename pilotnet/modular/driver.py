"""The modular stack as a driver: detections and lane, tracks, plan, path tracker; any part can be
replaced by the ground truth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pilotnet.modular.explain import stack_explanation
from pilotnet.modular.frame_check import FrameCheck
from pilotnet.modular.odometry import Odometry
from pilotnet.modular.oracles import true_lane, true_tracks
from pilotnet.modular.planning.path_tracker import steer
from pilotnet.modular.planning.planner import Planner, Situation
from pilotnet.modular.records import Detection, Floats, LaneEstimate, Plan, Track
from pilotnet.modular.tracking.ground_position import occluded_ground
from pilotnet.modular.tracking.tracker import Tracker
from sim.drawables import Explanation
from sim.env import DrivingEnv
from sim.types import Control, Image, Observation


class ObjectDetector(Protocol):
    """A detector of vehicles, or of pedestrians."""

    def detect(self, frame: Image) -> list[Detection]:
        """Return the detections in a centre frame."""
        ...


class LaneEstimator(Protocol):
    """A lane finder, which tracks the lane over time and estimates its own confidence."""

    def reset(self) -> None:
        """Remove all memory of earlier frames."""
        ...

    def find(
        self, frame: Image, speed: float, curvature: float, duration: float, shadows: Floats
    ) -> LaneEstimate:
        """Return the lane in the next centre frame.

        curvature: held by the wheels since the last frame [1/m], `duration` [s] ago.
        shadows: the ground that road users hide, from `occluded_ground`.
        """
        ...


@dataclass(frozen=True)
class Parts:
    """The perception parts; None for those that the ground truth replaces."""

    cars: ObjectDetector | None = None
    pedestrians: ObjectDetector | None = None
    lanes: LaneEstimator | None = None

    @property
    def look(self) -> bool:
        """Whether any part needs the camera."""
        return any(part is not None for part in (self.cars, self.pedestrians, self.lanes))


class ModularDriver:
    """Drives by its parts' output on the centre frame and by its own speed; `env` gives the ground
    truth for replaced parts.
    """

    def __init__(self, parts: Parts, env: DrivingEnv) -> None:
        self._parts = parts
        self._env = env
        self._camera = env.config.camera
        self.reset()

    def reset(self) -> None:
        """Remove all memory: tracks, lane, path and odometry."""
        duration = 1 / self._env.rate
        self._odometry = Odometry(duration)
        self._sight = FrameCheck(duration)
        self._tracker = Tracker(self._camera, duration)
        self._planner = Planner(duration)
        self._thought: tuple[list[Detection], list[Track], LaneEstimate, Plan] | None = None
        if self._parts.lanes is not None:
            self._parts.lanes.reset()

    def act(self, observation: Observation) -> Control:
        """Return the command for an observation; ValueError when a part needs the centre frame and
        there is none.
        """
        speed = observation.speed
        wheels = self._odometry
        distance = wheels.move(speed)
        frame = self._frame(observation)
        detections = self._detect(frame, speed)
        tracks = self._tracker.update(detections, wheels.pose) + self._told()
        lane = self._lane(frame, speed, tracks)
        blind = self._sight.judge(lane.confidence)
        plan = self._planner.plan(Situation(lane, tracks, speed, distance, wheels.curvature, blind))
        wheels.hold(steer(plan, lane, speed))
        self._thought = detections, tracks, lane, plan
        return Control(wheels.curvature, plan.acceleration)

    def explain(self) -> Explanation:
        """Return what the last command was computed from."""
        return Explanation() if self._thought is None else stack_explanation(*self._thought)

    def _frame(self, observation: Observation) -> Image | None:
        """Return the centre frame; None when no part needs it."""
        if not self._parts.look:
            return None
        if observation.centre is None:
            raise ValueError(
                "the observation has no centre frame; modular needs an environment with the "
                "centre camera"
            )
        return observation.centre

    def _detect(self, frame: Image | None, speed: float) -> list[Detection]:
        """Return all detections; none on a blank frame."""
        if frame is None or not self._sight.shows_something(frame, speed):
            return []
        detectors = (self._parts.cars, self._parts.pedestrians)
        return [
            found
            for detector in detectors
            if detector is not None
            for found in detector.detect(frame)
        ]

    def _told(self) -> list[Track]:
        """Return the true road users, for replaced detectors."""
        classes = ((self._parts.cars, False), (self._parts.pedestrians, True))
        return [
            track
            for part, person in classes
            if part is None
            for track in true_tracks(self._env.world, self._camera, person)
        ]

    def _lane(self, frame: Image | None, speed: float, tracks: Sequence[Track]) -> LaneEstimate:
        """Return the lane estimate; the finder handles blank frames itself."""
        if self._parts.lanes is None or frame is None:
            return true_lane(self._env.world)
        return self._parts.lanes.find(
            frame, speed, self._odometry.curvature, 1 / self._env.rate, occluded_ground(tracks)
        )
