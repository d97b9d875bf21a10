"""The whole modular driver: with the truth for eyes it drives, and with bad eyes it stops without
ever losing its head.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.records import Detection, LaneEstimate
from sim.drawables import ExplainingDriver, Role
from sim.env import DrivingEnv, EnvConfig, SpeedControl
from sim.rollout import rollout
from sim.scenario import RoadKind, Scenario
from sim.types import Control, Image, Observation
from tests.pilotnet.modular.planner_scenes import box, lane

BLACK, WHITE = (np.full((160, 320, 3), level, np.uint8) for level in (0, 255))
NOISE = np.random.default_rng(0).integers(0, 255, (8, 160, 320, 3), dtype=np.uint8)


class Sees:
    """A detector that always finds the same."""

    def __init__(self, *found: Detection) -> None:
        self.found = list(found)

    def detect(self, frame: Image) -> list[Detection]:
        assert frame.shape == (160, 320, 3)
        return self.found


class Finds:
    """A lane finder that is always in the middle of its lane, and sure of it while `sure` says so."""

    def __init__(self, sure: Callable[[int], float] = lambda _: 1.0) -> None:
        self.sure = sure
        self.tick = 0
        self.shadows = np.zeros((0, 3))

    def reset(self) -> None:
        self.tick = 0

    def find(
        self,
        frame: Image,  # noqa: ARG002
        speed: float,  # noqa: ARG002
        curvature: float,  # noqa: ARG002
        duration: float,  # noqa: ARG002
        shadows: np.ndarray,
    ) -> LaneEstimate:
        self.tick += 1
        self.shadows = shadows
        return lane(confidence=self.sure(self.tick), reach=60.0 if self.sure(self.tick) else 0.0)


def drive(
    driver: ModularDriver, frames: Callable[[int], Image], ticks: int, speed: float = 10.0
) -> list[float]:
    """The speeds of a car on a straight road with its driver's foot on the pedals; every command is
    a finite number.
    """
    speeds = []
    for tick in range(ticks):
        control = driver.act(Observation(speed, centre=frames(tick)))
        assert math.isfinite(control.curvature)
        speed = max(speed + control.acceleration * 0.1, 0.0)
        speeds.append(speed)
    return speeds


def test_with_the_truth_for_eyes_it_drives_a_street_with_everybody_on_it() -> None:
    street = Scenario(
        RoadKind.RESIDENTIAL,
        1,
        length=250.0,
        traffic=4.0,
        parked=15.0,
        pedestrians=10.0,
        crossing=8.0,
    )
    env = DrivingEnv(EnvConfig(cameras=(), pedals=SpeedControl.DRIVER))
    steps = list(rollout(env, ModularDriver(Parts(), env), street))
    assert env.world.finished
    assert [step.intervention for step in steps if step.intervention] == []


class Mirrored:
    """A driver whose camera is mounted the wrong way round while `mirrored` says so."""

    def __init__(self, driver: ModularDriver) -> None:
        self._driver = driver
        self.mirrored = True

    def reset(self) -> None:
        self._driver.reset()

    def act(self, observation: Observation) -> Control:
        assert observation.centre is not None
        frame = (
            np.ascontiguousarray(observation.centre[:, ::-1])
            if self.mirrored
            else observation.centre
        )
        return self._driver.act(replace(observation, centre=frame))


@pytest.mark.parametrize(("road", "seed"), [(RoadKind.RURAL, 1), (RoadKind.RURAL, 4)])
def test_put_back_on_its_lane_it_finds_it_again_whatever_it_took_for_its_lane_before(
    road: RoadKind, seed: int
) -> None:
    env = DrivingEnv()
    driver = Mirrored(ModularDriver(Parts(None, None, LaneFinder(env.config.camera)), env))
    interventions = 0
    for step in rollout(env, driver, Scenario(road, seed, length=120.0, traffic=0.0)):
        if step.intervention is not None:
            driver.mirrored = False
            interventions += 1
    assert interventions == 1


def test_it_needs_the_centre_frame_unless_the_truth_replaces_all_its_eyes() -> None:
    driver = ModularDriver(Parts(Sees(), Sees(), Finds()), DrivingEnv())
    with pytest.raises(ValueError, match="no centre frame"):
        driver.act(Observation(10.0))


def test_without_a_lane_it_slows_down_to_a_stop_and_drives_on_when_it_sees_again() -> None:
    driver = ModularDriver(
        Parts(Sees(), Sees(), Finds(lambda tick: float(not 20 < tick < 120))), DrivingEnv()
    )
    speeds = drive(driver, lambda tick: NOISE[tick % 8], 200)
    assert speeds[110] < 0.1
    assert np.diff(speeds).min() >= -0.31
    assert speeds[-1] > 5.0


@pytest.mark.parametrize("frame", [BLACK, WHITE])
def test_boxes_on_a_frame_that_shows_nothing_are_not_believed(frame: Image) -> None:
    driver = ModularDriver(
        Parts(Sees(Detection(False, 140, 60, 180, 100, 0.9, 1.0, 8.0)), Sees(), Finds()),
        DrivingEnv(),
    )
    assert drive(driver, lambda _: frame, 20)[-1] > 9.9


def test_a_hundred_false_boxes_and_one_at_the_horizon_never_make_a_command_that_is_no_number() -> (
    None
):
    generator = np.random.default_rng(1)
    false = [
        Detection(bool(i % 2), x, y, x + 20, y + 15, 0.5, 1.0, generator.uniform(-10, 200))
        for i, (x, y) in enumerate(generator.uniform((0, 0), (300, 145), (100, 2)).tolist())
    ]
    false.append(Detection(False, 155, 50, 165, 64, 0.9, 1.0, math.inf))
    driver = ModularDriver(Parts(Sees(*false), Sees(), Finds()), DrivingEnv())
    assert len(drive(driver, lambda tick: NOISE[tick % 8], 40)) == 40


def test_it_stops_behind_a_car_that_its_detector_sees() -> None:
    eyes = Sees()
    away = 45.0
    speed = 9.0
    driver = ModularDriver(Parts(eyes, Sees(), Finds()), DrivingEnv())
    for tick in range(150):
        eyes.found = [box(away, 0.2)]
        speed = max(
            speed + 0.1 * driver.act(Observation(speed, centre=NOISE[tick % 8])).acceleration, 0.0
        )
        away -= 0.1 * speed
    assert speed < 0.2
    # A car's length between the middles, and a gap that is no longer than a queue's.
    assert 1.0 < away - 5.0 < 12.0


def test_the_lane_finder_is_told_what_ground_those_hide_whom_the_detectors_see() -> None:
    finder = Finds()
    driver = ModularDriver(
        Parts(Sees(box(30.0, -3.0)), Sees(box(20.0, 4.0, person=True)), finder), DrivingEnv()
    )
    driver.act(Observation(0.0, centre=NOISE[0]))
    assert len(finder.shadows) == 0  # a first detection may be false
    for tick in range(1, 6):
        driver.act(Observation(0.0, centre=NOISE[tick % 8]))
    assert sorted(round(float(near)) for near in finder.shadows[:, 0]) == [20, 28]


def test_it_can_say_what_it_thought() -> None:
    driver = ModularDriver(
        Parts(Sees(Detection(False, 185, 60, 215, 76, 0.9, 1.0, 22.0)), Sees(), Finds()),
        DrivingEnv(),
    )
    assert isinstance(driver, ExplainingDriver)
    assert driver.explain().behaviour == ""
    drive(driver, lambda tick: NOISE[tick % 8], 10)
    thought = driver.explain()
    assert {line.role for line in thought.lines} >= {
        Role.LANE,
        Role.EDGE,
        Role.CANDIDATE,
        Role.CHOSEN,
    }
    assert len(thought.boxes) == 1
    assert len(thought.footprints) == 1
    assert thought.behaviour in {"keep", "avoid", "follow", "stop"}
