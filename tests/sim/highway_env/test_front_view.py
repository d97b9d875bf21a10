"""Blocks and vehicles in the image of a lane network."""

import numpy as np
import pytest

from sim.highway_env.lane_network import lane_ground
from sim.render.objects.vehicles.vehicle_blocks import Block
from sim.types import Actor, Image, Kind, Pose
from tests.sim.highway_env.lane_scenes import CAMERA, EGO, VIEW, ahead, pixel


def block(forward: float, right: float, length: float = 2.0, heading: float = 0.0) -> Block:
    return Block(Pose(forward, right, heading), length, 2.0, 1.0, (0.9, 0.1, 0.1))


def drawn(blocks: list[Block], actors: list[Actor] | None = None) -> Image:
    return VIEW.draw(lane_ground([ahead()]), EGO, actors or [], blocks)


def redness(image: Image) -> np.ndarray:
    return (image[..., 0].astype(int) - image[..., 1]) > 40


def test_a_block_stands_where_geometry_puts_it() -> None:
    rows, columns = np.nonzero(redness(drawn([block(16.0, 3.0)])))
    edges, ground = CAMERA.ground_to_pixel(np.array([15.0, 17.0, 15.0]), np.array([2.0, 2.0, 4.0]))
    assert columns.min() == pytest.approx(edges[:2].min(), abs=2)
    assert columns.max() == pytest.approx(edges[2], abs=2)
    assert rows.max() == pytest.approx(ground[0], abs=2)
    assert rows.min() == pytest.approx(CAMERA.horizon + CAMERA.focal * 0.4 / 17.0, abs=2)


def test_a_car_before_a_long_wall_hides_it_and_a_car_behind_is_hidden() -> None:
    wall = block(30.0, 10.0, length=60.0, heading=np.pi / 2)
    before, behind = (
        Actor(1, Kind.SALOON, Pose(x, 0.0, 0.0), 0.0, 4.4, 1.8, 1.5, (20, 40, 220))
        for x in (20.0, 45.0)
    )
    row, column = pixel(29.0, 0.0)
    assert redness(drawn([wall]))[row - 2, column]
    assert not redness(drawn([wall], [before]))[row - 2, column]
    assert redness(drawn([wall], [behind]))[row - 2, column]


def test_the_pieces_of_a_wall_leave_no_seams() -> None:
    rows = drawn([block(12.0, 0.0, length=30.0, heading=np.pi / 2)])[
        pixel(11.0, 0.0)[0] - 4, 60:260
    ].astype(int)
    assert np.abs(np.diff(rows, axis=0)).max() <= 4
