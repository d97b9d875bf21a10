"""What is drawn on pictures lies where the geometry says."""

import numpy as np
import pytest

from pilotnet.evaluation.report.overlay import draw_path, enlarged
from sim.control.bicycle import arc
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Control


def test_straight_ahead_leads_straight_ahead() -> None:
    forward, right = arc(0.0, 30.0, across=1.0)
    assert (forward[0], forward[-1]) == (0.0, 30.0)
    np.testing.assert_allclose(right, 1.0)


def test_the_arc_is_where_the_car_goes() -> None:
    """A car that holds a curvature for two seconds ends at the end of its arc."""
    env = DrivingEnv(EnvConfig(cameras=(), rate=100))
    env.start(Scenario("highway", seed=2, traffic=0.0))
    for _ in range(5):
        env.world.step(Control(0.01), 0.1)  # the wheels turn into place
    start = env.world.ego_state()
    way = 0.0
    for _ in range(100):
        way += env.world.ego_state().speed * 0.02
        env.world.step(Control(0.01), 0.02)
    end, (forward, right) = env.world.ego_state().pose, arc(0.01, way)
    cos = np.cos(start.pose.heading)
    sin = np.sin(start.pose.heading)
    x = start.pose.x + cos * forward[-1] - sin * right[-1]
    y = start.pose.y + sin * forward[-1] + cos * right[-1]
    assert np.hypot(x - end.x, y - end.y) < 0.005 * way


@pytest.mark.parametrize("curvature", [0.0, 0.02])
def test_mirrored_curvature_draws_the_mirrored_path(curvature: float) -> None:
    camera = enlarged(Camera(), 2)
    pictures = [np.zeros((camera.height, camera.width, 3), np.uint8) for _ in range(2)]
    draw_path(pictures[0], camera, curvature, 30.0, (255, 255, 255))
    draw_path(pictures[1], camera, -curvature, 30.0, (255, 255, 255))
    assert pictures[0].any()
    assert (
        pictures[0] != pictures[1][:, ::-1]
    ).mean() < 0.02  # only the rims may be rounded otherwise
