"""What drivers show fits together."""

import numpy as np
import pytest

from sim.drawables import Explanation, GroundLine, Role
from sim.geometry.camera import Camera


def test_heat_must_be_as_large_as_its_camera_s_picture() -> None:
    Explanation(heat=np.zeros((66, 200), np.float32), camera=Camera(200, 66))
    with pytest.raises(ValueError, match=r"Explanation\.heat has shape \(60, 200\)"):
        Explanation(heat=np.zeros((60, 200), np.float32), camera=Camera(200, 66))


def test_heat_needs_a_camera_to_lie_somewhere() -> None:
    with pytest.raises(ValueError, match="its camera is None"):
        Explanation(heat=np.zeros((66, 200), np.float32))


def test_a_view_is_a_picture() -> None:
    with pytest.raises(ValueError, match=r"Explanation\.view has dtype float64"):
        Explanation(view=np.zeros((66, 200, 3)), camera=Camera(200, 66))  # type: ignore[arg-type]


def test_a_line_has_points_forward_and_right() -> None:
    with pytest.raises(ValueError, match=r"GroundLine.points has shape \(3,\)"):
        GroundLine(np.zeros(3), Role.LANE)
