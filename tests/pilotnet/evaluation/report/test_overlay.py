"""Drawings on images are where the geometry puts them."""

import numpy as np
import pytest

from pilotnet.evaluation.report.overlay import draw_line, draw_path, enlarged
from sim.control.bicycle import arc
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Control


def test_zero_curvature_is_a_straight_path() -> None:
    forward, right = arc(0.0, 30.0, 1.0)
    assert (forward[0], forward[-1]) == (0.0, 30.0)
    np.testing.assert_allclose(right, 1.0)


def test_the_simulated_car_ends_at_the_end_of_its_arc() -> None:
    """The car drives two seconds at a constant curvature."""
    env = DrivingEnv(EnvConfig(cameras=(), rate=100))
    env.start(Scenario("highway", seed=2, traffic=0.0))
    for _ in range(5):
        env.world.step(Control(0.01), 0.1)  # until the wheels have turned
    start = env.world.ego_state()
    distance = 0.0
    for _ in range(100):
        distance += env.world.ego_state().speed * 0.02
        env.world.step(Control(0.01), 0.02)
    end = env.world.ego_state().pose
    forward, right = arc(0.01, distance)
    cos = np.cos(start.pose.heading)
    sin = np.sin(start.pose.heading)
    x = start.pose.x + cos * forward[-1] - sin * right[-1]
    y = start.pose.y + sin * forward[-1] + cos * right[-1]
    assert np.hypot(x - end.x, y - end.y) < 0.005 * distance


@pytest.mark.parametrize("curvature", [0.0, 0.02])
def test_mirrored_curvature_draws_the_mirrored_path(curvature: float) -> None:
    camera = enlarged(Camera(), 2)
    pictures = [np.zeros((camera.height, camera.width, 3), np.uint8) for _ in range(2)]
    draw_path(pictures[0], camera, curvature, 30.0, (255, 255, 255))
    draw_path(pictures[1], camera, -curvature, 30.0, (255, 255, 255))
    assert pictures[0].any()
    different = pictures[0] != pictures[1][:, ::-1]
    assert different.mean() < 0.02  # only edges may be rounded differently


@pytest.mark.parametrize("length", [-1.0, 0.5])
def test_a_path_that_ends_below_the_picture_draws_nothing(length: float) -> None:
    camera = enlarged(Camera(), 2)
    picture = np.zeros((camera.height, camera.width, 3), np.uint8)
    draw_path(picture, camera, 0.01, length, (255, 255, 255))
    draw_line(picture, camera, 0.01, length, (255, 255, 255))
    assert not picture.any()
