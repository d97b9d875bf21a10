"""A hand-made road for tests: straight, one lane each way, nothing along it unless asked for."""

from dataclasses import replace
from typing import Any

import numpy as np

from sim.geometry.frenet import SPACING, Centreline
from sim.roads.plan import Lane, RoadPlan
from sim.scenario import RoadKind
from sim.types import Pose

WIDTH = 3.4  # [m]


def straight_road(
    length: float = 600.0, curvature: float = 0.0, speed: float = 15.0, **changes: Any
) -> RoadPlan:
    """A road along the x axis, from 60 m behind the start to 100 m behind the finish, or an arc."""
    samples = int(length / SPACING) + 1
    plan = RoadPlan(
        kind=RoadKind.RURAL,
        centreline=Centreline.from_curvature(np.full(samples, curvature), Pose(0.0, 0.0, 0.0)),
        lanes=(Lane(WIDTH / 2, WIDTH), Lane(-WIDTH / 2, WIDTH, -1)),
        bands=(),
        markings=(),
        path=0,
        drivable=(-WIDTH - 0.5, WIDTH + 0.5),
        start=60.0,
        finish=length - 100.0,
        speed_limit=speed,
        speed=np.full(samples, speed),
        carriageway=(-WIDTH, WIDTH),
    )
    return replace(plan, **changes)
