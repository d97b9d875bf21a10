"""Small lane networks and their images, for tests."""

import numpy as np

from sim.geometry.camera import Camera
from sim.highway_env.front_view import FrontView
from sim.highway_env.lane_network import LaneLine, LaneStrip, lane_ground
from sim.scenario import RoadKind, Scenario
from sim.types import Pose

CAMERA = Camera()
VIEW = FrontView(CAMERA, Scenario(road=RoadKind.RURAL, seed=5))
EGO = Pose(0.0, 0.0, 0.0)


def straight(
    start: tuple[float, float],
    end: tuple[float, float],
    left: LaneLine = LaneLine.NONE,
    right: LaneLine = LaneLine.NONE,
    width: float = 4.0,
) -> LaneStrip:
    """Return a straight lane between two points [m], `width` metres wide."""
    (x, y), (u, v) = start, end
    heading = float(np.arctan2(v - y, u - x))
    return LaneStrip(np.array([start, end]), np.full(2, heading), np.full(2, width), left, right)


def arc(
    radius: float, left: LaneLine = LaneLine.NONE, right: LaneLine = LaneLine.NONE
) -> LaneStrip:
    """Return a quarter of a circle to the right that begins at the origin along x."""
    turn = np.linspace(0, np.pi / 2, 60)
    points = radius * np.stack([np.sin(turn), 1 - np.cos(turn)], axis=1)
    return LaneStrip(points, turn, np.full(turn.size, 4.0), left, right)


def picture(*strips: LaneStrip, ego: Pose = EGO) -> np.ndarray:
    """Return the image of lanes as floats; its noise is the same for every call."""
    return VIEW.draw(lane_ground(strips), ego, []).astype(float)


def pixel(forward: float, right: float) -> tuple[int, int]:
    """Return row and column of a ground point [m]."""
    column, row = CAMERA.ground_to_pixel(np.array([forward]), np.array([right]))
    return int(row[0]), int(column[0])


def ahead(left: LaneLine = LaneLine.NONE, right: LaneLine = LaneLine.NONE) -> LaneStrip:
    """Return a straight lane that leads 300 m ahead of the origin."""
    return straight((-20.0, 0.0), (300.0, 0.0), left, right)
