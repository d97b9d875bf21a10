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
    kind: RoadKind, curvature: Floats, length: float, lanes: Sequence[Lane], bands: Sequence[Band], markings: Sequence[Marking],
    path: int, drivable: tuple[float, float], speed_limit: float, **furniture: Any,
) -> RoadPlan:  # fmt: skip
    """The plan of a road with these parts; `furniture` are the fields of a RoadPlan that not every
    road has.
    """
    # Between the reference line and the path, the tighter of the two bends sets the speed.
    beside = path_curvature(curvature, lanes[path].offset)
    tighter = np.maximum(np.abs(curvature), np.abs(beside))
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
        speed=comfortable_speed(tighter, speed_limit),
        **furniture,
    )
