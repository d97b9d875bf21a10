"""Time of the modular stack for one tick: `pytest tests/benchmarks/bench_planner.py`.

Everything runs on one core. A bilinear warp in the same run is the unit to compare with.
"""

import sys
from itertools import count

import cv2
import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from pilotnet.modular.detection.detector import Detector, DetectorCheckpoint
from pilotnet.modular.detection.network import DetectorNetwork
from pilotnet.modular.driver import ModularDriver, Parts
from pilotnet.modular.lanes.finder import LaneFinder
from pilotnet.modular.odometry import Odometry
from pilotnet.modular.planning.planner import Planner, Situation
from pilotnet.modular.records import Detection
from pilotnet.modular.tracking.tracker import Tracker
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import Camera
from sim.rollout import rollout
from sim.scenario import RoadKind, Scenario
from sim.types import Image
from tests.pilotnet.modular.planner_scenes import CAMERA, DURATION, box, lane

SPEED = 8.0  # [m/s]
NEAREST = 7.0  # [m] ahead, of the nearest road user
STREET = 44.0  # [m] length on which road users are seen
CARS = [(14.0, 2.9), (22.0, -3.4), (30.0, 2.9), (38.0, 0.2), (47.0, 2.9)]  # forward, right [m]
PEDESTRIANS = [(10.0, 3.6), (16.0, -5.0), (18.0, 3.8), (27.0, -5.2), (33.0, 4.0), (41.0, 3.6)]


def crowd(moved: float) -> list[Detection]:
    """Return the detections on a full street after `moved` metres; objects left behind reappear
    far ahead.
    """
    return [
        box(NEAREST + (forward - moved - NEAREST) % STREET, right, person)
        for places, person in ((CARS, False), (PEDESTRIANS, True))
        for forward, right in places
    ]


class CrowdDetector:
    """A detector that runs its network, and returns the boxes of a crowd instead of its own."""

    def __init__(self, target: str) -> None:
        self._detector = Detector(DetectorCheckpoint(DetectorNetwork(), target, Camera(), {}))
        self._found = [one for one in crowd(0.0) if one.person == self._detector.person]

    def detect(self, frame: Image) -> list[Detection]:
        """Return the same crowd for every frame."""
        self._detector.detect(frame)
        return self._found


@pytest.fixture(autouse=True)
def _one_core() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)  # some random weights make a network twenty times as slow
    cv2.setNumThreads(1)


def test_a_bilinear_warp_of_a_frame(benchmark: BenchmarkFixture) -> None:
    """The unit to compare with."""
    frame = np.random.default_rng(0).integers(0, 255, (160, 320, 3), dtype=np.uint8)
    homography = np.array([[1.0, 0.12, 3.0], [0.01, 1.0, -2.0], [1e-4, 2e-4, 1.0]])
    benchmark.pedantic(
        cv2.warpPerspective,
        (frame, homography, (320, 160)),
        {"flags": cv2.INTER_LINEAR},
        rounds=100,
        warmup_rounds=10,
    )


def test_tracking_and_planning(benchmark: BenchmarkFixture) -> None:
    """One tick among five cars and six pedestrians, with new detections in every tick."""
    tracker = Tracker(CAMERA, DURATION)
    planner = Planner(DURATION)
    wheels = Odometry(DURATION)
    seen = [crowd(SPEED * DURATION * i) for i in range(110)]
    tick_numbers = count()

    def tick() -> None:
        found = seen[next(tick_numbers)]
        distance = wheels.move(SPEED)
        planner.plan(
            Situation(lane(), tracker.update(found, wheels.pose), SPEED, distance, wheels.curvature)
        )

    benchmark.pedantic(tick, rounds=100, warmup_rounds=10)


def test_the_whole_stack(benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """From the frame to the command, on frames of a drive along a street.

    The 99th percentile is printed.
    """
    env = DrivingEnv(EnvConfig(cameras=("centre",)))
    street = Scenario(RoadKind.RESIDENTIAL, 1, length=120.0, parked=15.0, pedestrians=20.0)
    observations = [step.observation for step in rollout(env, Expert(env), street)]
    driver = ModularDriver(
        Parts(CrowdDetector("cars"), CrowdDetector("pedestrians"), LaneFinder(Camera())), env
    )
    tick_numbers = count()
    benchmark.pedantic(
        lambda: driver.act(observations[next(tick_numbers) % len(observations)]),
        rounds=100,
        warmup_rounds=10,
    )
    with capsys.disabled():
        sys.stdout.write(
            f"\nthe whole stack: 99th percentile "
            f"{1000 * np.percentile(benchmark.stats.stats.data, 99):.1f} ms\n"
        )
