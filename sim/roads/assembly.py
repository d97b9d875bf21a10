"""The last step of every road kind: geometry and furniture -> a RoadPlan."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.geometry.frenet import Centreline, Floats
from sim.roads.curves import LEAD_IN, comfortable_speed, path_curvature
from sim.roads.plan import Band, Lane, Marking, RoadPlan
from sim.scenario import RoadKind
from sim.types import Pose


def assemble(
    kind: RoadKind,
    curvature: Floats,
    length: float,
    lanes: Sequence[Lane],
    bands: Sequence[Band],
    markings: Sequence[Marking],
    path: int,
    drivable: tuple[float, float],
    speed_limit: float,
    **furniture: Any,
) -> RoadPlan:
    """Return the plan of a road with these parts.

    kind: the road kind.
    curvature: of the reference line at each sample [1/m].
    length: of the drive [m].
    path: index of the lane that the ego follows.
    drivable: (left, right) limits of the surface that wheels may touch [m].
    furniture: fields of RoadPlan that not every road has.
    """
    # Between the reference line and the path, the larger of the two curvatures sets the speed.
    at_path = path_curvature(curvature, lanes[path].offset)
    largest = np.maximum(np.abs(curvature), np.abs(at_path))
    furniture.setdefault("carriageway", drivable)
    return RoadPlan(
        kind=kind,
        centreline=Centreline.from_curvature(curvature, Pose(0.0, 0.0, 0.0)),
        lanes=tuple(lanes),
        bands=tuple(bands),
        markings=tuple(markings),
        path=path,
        drivable=drivable,
        start=LEAD_IN,
        finish=LEAD_IN + length,
        speed_limit=speed_limit,
        speed=comfortable_speed(largest, speed_limit),
        **furniture,
    )
