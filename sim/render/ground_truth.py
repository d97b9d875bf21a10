"""The truth beside the picture: depth, labels and instances of pixels, boxes around cars and
people, lanes in car coordinates.

`ground_truth` gives it all at once, per camera. Car coordinates: forward and right of the middle of
the car [m], whatever the camera.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.geometry.frenet import wrap_angle
from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer
from sim.render.objects.pedestrians.pedestrian_drawing import (
    LIMB_BLUR,
    pedestrian_covers,
    project_limbs,
)
from sim.render.objects.road_users import RoadUsersToDraw, in_drawing_order, road_users_of
from sim.render.objects.vehicles.vehicle_drawing import vehicle_covers
from sim.render.objects.vehicles.vehicle_rays import eye_in_frame, measure_room, screen_box
from sim.render.renderer import Renderer, eye_of
from sim.roads.plan import RoadPlan
from sim.types import Actor, Box, Image, Pose

Floats = NDArray[np.float64]
MAX_SILHOUETTE_SAMPLES = 20000  # silhouettes of more pixels than this are counted on a coarser grid
SILHOUETTE_MARGIN = (
    2.0  # how many pictures' widths and heights beyond its edges a silhouette is followed
)
# [m] of the lanes ahead, and between their points
LANE_REACH = 60.0
LANE_SPACING = 2.0


@dataclass(frozen=True)
class LaneLines:
    """A lane's centre, left and right edges as points (N, 2): (forward, right) in car coordinates
    [m], nearest first.

    index: in the plan's lanes; left and right are as the ego sees them.
    oncoming: whether its traffic comes towards the ego.
    """

    index: int
    oncoming: bool
    centre: Floats
    left: Floats
    right: Floats


@dataclass(frozen=True)
class LaneGeometry:
    """The lane the ego is in, and those beside it (None where there is none).

    curvature: of the ego's lane here [1/m], right positive.
    offset: of the ego, right of the lane's centre [m].
    heading_error: the ego's heading minus the lane's [rad].
    width: of the lane [m].
    """

    own: LaneLines
    left: LaneLines | None
    right: LaneLines | None
    curvature: float
    offset: float
    heading_error: float
    width: float


@dataclass(frozen=True)
class GroundTruth:
    """What one camera sees and what is true of it.

    image: RGB uint8 (H, W, 3).
    depth: float32 (H, W) along the optical axis [m], inf in the sky.
    label: uint8 (H, W), see `Label`.
    instance: int32 (H, W), an actor's ident or 0.
    boxes: from near to far.
    lanes: the same for every camera.
    """

    camera: Camera
    image: Image
    depth: NDArray[np.float32]
    label: NDArray[np.uint8]
    instance: NDArray[np.int32]
    boxes: tuple[Box, ...]
    lanes: LaneGeometry


def ground_truth(
    renderer: Renderer, plan: RoadPlan, ego: Pose, actors: Sequence[Actor], time: float = 0.0
) -> list[GroundTruth]:
    """The view of every camera of the renderer."""
    lanes = lane_geometry(plan, ego)
    return [
        GroundTruth(
            camera,
            canvas.image,
            canvas.depth,
            canvas.label,
            canvas.instance,
            tuple(boxes(canvas, camera, ego, actors)),
            lanes,
        )
        for camera, canvas in zip(renderer.cameras, renderer.truth(ego, actors, time), strict=True)
    ]


def boxes(canvas: FrameBuffer, camera: Camera, ego: Pose, actors: Sequence[Actor]) -> list[Box]:
    """A box for every actor whose silhouette lies in the picture, from near to far; the canvas is
    one of `Renderer.truth`.
    """
    if canvas.instance.shape != canvas.image.shape[:2]:
        raise ValueError(
            f"the canvas has truth of shape {canvas.instance.shape}; it must be that of its image"
        )
    figures = road_users_of(actors)
    eye = eye_of(camera, ego)
    found = []
    measured = np.empty(6)
    for k, actor in enumerate(in_drawing_order(actors)):
        _measure_silhouette(figures, k, eye, camera.height, camera.width, measured)
        alone, left, top, right, bottom, seen = measured.tolist()
        if not seen:
            continue
        window = canvas.instance[int(top) : math.ceil(bottom), int(left) : math.ceil(right)]
        shown = np.count_nonzero(window == actor.ident)
        found.append(_box(actor, ego, (left, top, right, bottom), min(shown / alone, 1.0)))
    return sorted(found, key=lambda box: box.distance)


def _box(actor: Actor, ego: Pose, edges: tuple[float, float, float, float], visible: float) -> Box:
    forward, right = _to_ego(ego, actor.pose.x, actor.pose.y)
    heading = wrap_angle(actor.pose.heading - ego.heading)
    size = (actor.length, actor.width, actor.height)
    ground = float(forward), float(right)
    return Box(actor.ident, actor.kind, *edges, visible, ground, heading, math.hypot(*ground), size)


def _to_ego(
    ego: Pose, x: Floats | float, y: Floats | float
) -> tuple[Floats | float, Floats | float]:
    """World points in car coordinates (forward, right) [m]."""
    cos = math.cos(ego.heading)
    sin = math.sin(ego.heading)
    dx = x - ego.x
    dy = y - ego.y
    return dx * cos + dy * sin, dy * cos - dx * sin


@kernel
def _covers_pixel(
    figures: RoadUsersToDraw, k: int, own: Eye, stretch: float, columns: int, row: int, column: int
) -> bool:
    """Whether a pixel, in the picture or beyond it, shows actor number `k` when it stands alone."""
    vehicles = figures.cars.pose.shape[0]
    if k < vehicles:
        return vehicle_covers(figures.cars, k, own, columns, row, column)
    return pedestrian_covers(
        figures.people.spots, (column + 0.5 - columns / 2) / stretch, row + 0.5
    )


@kernel
def _is_in_window(
    figures: RoadUsersToDraw,
    k: int,
    own: Eye,
    stretch: float,
    columns: int,
    first: int,
    last: int,
    low: int,
    high: int,
) -> bool:
    """Whether any pixel of the rows [first, last) and the columns [low, high) shows actor number
    `k`.
    """
    for row in range(first, last):
        for column in range(low, high):
            if _covers_pixel(figures, k, own, stretch, columns, row, column):
                return True
    return False


@kernel
def _measure_silhouette(
    figures: RoadUsersToDraw, k: int, eye: Eye, rows: int, columns: int, measured: Floats
) -> None:
    """Write the pixels of actor number `k` alone, its edges (left, top, right, bottom) in the
    picture, and 1 if it is in it.

    A car's edges are those of whole pixels.
    """
    measured[5] = 0.0
    vehicles = figures.cars.pose.shape[0]
    own = eye
    stretch = 1.0
    if k < vehicles:
        own = eye_in_frame(figures.pose[k], eye)
        left, right, top, bottom = screen_box(figures.size[k], own, columns)
        measure_room(figures.cars.planes[k], figures.cars.room[k], own)
    else:
        left, right, top, bottom, stretch = project_limbs(
            figures.people, k - vehicles, eye, columns
        )
    if left > right or right < 0 or left > columns or bottom < 0 or top > rows:
        return
    low = int(math.floor(max(left, -SILHOUETTE_MARGIN * columns)))
    high = int(math.ceil(min(right, (1 + SILHOUETTE_MARGIN) * columns)))
    first = int(math.floor(max(top, -SILHOUETTE_MARGIN * rows)))
    last = int(math.ceil(min(bottom, (1 + SILHOUETTE_MARGIN) * rows)))
    step = max(int(math.sqrt((high - low) * (last - first) / MAX_SILHOUETTE_SAMPLES)), 1)
    alone = 0
    for row in range(first, last, step):
        for column in range(low, high, step):
            alone += _covers_pixel(figures, k, own, stretch, columns, row, column)
    low, high, first, last = max(low, 0), min(high, columns), max(first, 0), min(last, rows)
    if alone == 0 or not _is_in_window(figures, k, own, stretch, columns, first, last, low, high):
        return
    low, first, high, last = _tight_window(
        figures, k, own, stretch, columns, first, last, low, high
    )
    measured[0] = alone * step * step
    measured[1] = low
    measured[2] = first
    measured[3] = high
    measured[4] = last
    if k >= vehicles:
        # Far away people are a pixel or two wide, and whole pixels would be wrong by half of them:
        # these are their limbs' edges.
        blur = LIMB_BLUR * stretch
        measured[1] = max(left + blur, 0.0)
        measured[3] = min(right - blur, float(columns))
        measured[2] = max(top + LIMB_BLUR, 0.0)
        measured[4] = min(bottom - LIMB_BLUR, float(rows))
    measured[5] = 1.0


@kernel
def _tight_window(
    figures: RoadUsersToDraw,
    k: int,
    own: Eye,
    stretch: float,
    columns: int,
    first: int,
    last: int,
    low: int,
    high: int,
) -> tuple[int, int, int, int]:
    """The window of pixels around actor number `k`, which is somewhere in the one given: left, top,
    right, bottom.
    """
    while not _is_in_window(figures, k, own, stretch, columns, first, first + 1, low, high):
        first += 1
    while not _is_in_window(figures, k, own, stretch, columns, last - 1, last, low, high):
        last -= 1
    while not _is_in_window(figures, k, own, stretch, columns, first, last, low, low + 1):
        low += 1
    while not _is_in_window(figures, k, own, stretch, columns, first, last, high - 1, high):
        high -= 1
    return low, first, high, last


def lane_geometry(
    plan: RoadPlan, ego: Pose, reach: float = LANE_REACH, spacing: float = LANE_SPACING
) -> LaneGeometry:
    """The ego's lane and its neighbours, as points `spacing` apart along the road's reference line
    for `reach` ahead [m].
    """
    if not 0 < spacing <= reach < math.inf:
        raise ValueError(
            f"reach is {reach} m and spacing {spacing} m; they must satisfy 0 < spacing <= reach "
            f"< inf"
        )
    station, across = plan.centreline.project(ego.x, ego.y)
    road_heading = plan.centreline.heading_at(station)
    way = 1 if math.cos(ego.heading - road_heading) >= 0 else -1
    ahead = station + way * np.arange(0.0, reach + spacing / 2, spacing)
    # From left to right, as the ego sees them.
    order = sorted(range(len(plan.lanes)), key=lambda i: way * plan.lanes[i].offset)
    place = min(range(len(order)), key=lambda n: abs(plan.lanes[order[n]].offset - across))
    lane = plan.lanes[order[place]]
    bend = plan.centreline.curvature_at(station)
    return LaneGeometry(
        own=_lines(plan, order[place], ego, ahead, way),
        left=_lines(plan, order[place - 1], ego, ahead, way) if place > 0 else None,
        right=_lines(plan, order[place + 1], ego, ahead, way) if place + 1 < len(order) else None,
        curvature=way * bend / (1 - bend * lane.offset),
        offset=way * (across - lane.offset),
        heading_error=wrap_angle(ego.heading - road_heading - (0.0 if way > 0 else math.pi)),
        width=lane.width,
    )


def _lines(plan: RoadPlan, index: int, ego: Pose, stations: Floats, way: int) -> LaneLines:
    lane = plan.lanes[index]
    half = way * lane.width / 2
    centre, left, right = (
        _line(plan, ego, stations, lane.offset + shift) for shift in (0.0, -half, half)
    )
    return LaneLines(index, lane.direction != way, centre, left, right)


def _line(plan: RoadPlan, ego: Pose, stations: Floats, offset: float) -> Floats:
    """Points (N, 2) in car coordinates [m] at a distance from the reference line."""
    poses = [plan.centreline.pose_at(float(s), offset) for s in stations]
    forward, right = _to_ego(
        ego, np.array([pose.x for pose in poses]), np.array([pose.y for pose in poses])
    )
    return np.stack([forward, right], axis=1)
