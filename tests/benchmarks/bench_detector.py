"""Time of a detector for one frame: `pytest tests/benchmarks/bench_detector.py`.

Everything runs on one core. A bilinear warp in the same run is the unit to compare with.
"""

import cv2
import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from pilotnet.modular.detection.detector import Detector, DetectorCheckpoint
from pilotnet.modular.detection.network import DetectorNetwork
from sim.geometry.camera import Camera

FRAME = np.random.default_rng(0).integers(0, 255, (160, 320, 3), dtype=np.uint8)


def test_a_bilinear_warp_of_the_same_size(benchmark: BenchmarkFixture) -> None:
    """The unit to compare with."""
    cv2.setNumThreads(1)
    homography = np.array([[1.0, 0.12, 3.0], [0.01, 1.0, -2.0], [1e-4, 2e-4, 1.0]])
    benchmark(cv2.warpPerspective, FRAME, homography, (320, 160), flags=cv2.INTER_LINEAR)


@pytest.mark.parametrize("score", [0.5, 0.0], ids=["nothing_found", "as_much_as_possible"])
def test_a_frame(benchmark: BenchmarkFixture, score: float) -> None:
    """From the frame to the boxes of an untrained network.

    Its scores are below 0.5; with a minimum score of 0 every peak becomes a box.
    """
    torch.set_num_threads(1)
    torch.manual_seed(0)
    detector = Detector(DetectorCheckpoint(DetectorNetwork(), "cars", Camera(), {}), score)
    benchmark(detector.detect, FRAME)
