"""Ground truth of an image: depth, labels and instances of pixels, bounding boxes, lane geometry.

`ground_truth` returns all of it for every camera. Ego coordinates are forward and right of the
car's centre [m], whatever the camera.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.geometry.camera import Camera
from sim.geometry.frenet import wrap_angle
from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, eye_of
from sim.render.lane_geometry import Floats, LaneGeometry, lane_geometry, to_ego
from sim.render.objects.pedestrians.pedestrian_drawing import (
    LIMB_BLUR,
    pedestrian_covers,
    project_limbs,
)
from sim.render.objects.road_users import RoadUsersToDraw, in_drawing_order, road_users_of
from sim.render.objects.vehicles.vehicle_drawing import vehicle_covers
from sim.render.objects.vehicles.vehicle_rays import eye_in_frame, measure_room, screen_box
from sim.render.renderer import Renderer
from sim.roads.plan import RoadPlan
from sim.types import Actor, Box, Image, Pose

MAX_SILHOUETTE_SAMPLES = 20000  # silhouettes of more pixels than this are counted on a coarser grid
SILHOUETTE_MARGIN = (
    2.0  # how many pictures' widths and heights beyond its edges a silhouette is followed
)


@dataclass(frozen=True)
class GroundTruth:
    """The image of one camera and its ground truth.

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
    """Return the image and ground truth of every camera of the renderer."""
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
    """Return the bounding box of every actor visible in the image, from near to far.

    canvas: as returned by `Renderer.truth`. Visibility is the share of the silhouette's pixels that
    nothing else hides. Raises ValueError when the canvas has no ground truth.
    """
    if canvas.instance.shape != canvas.image.shape[:2]:
        raise ValueError(
            f"the canvas has truth of shape {canvas.instance.shape}; it must be that of its image"
        )
    road_users = road_users_of(actors)
    eye = eye_of(camera, ego)
    visible_boxes = []
    measured = np.empty(6)
    for k, actor in enumerate(in_drawing_order(actors)):
        _measure_silhouette(road_users, k, eye, camera.height, camera.width, measured)
        area, left, top, right, bottom, in_image = measured.tolist()
        if not in_image:
            continue
        window = canvas.instance[int(top) : math.ceil(bottom), int(left) : math.ceil(right)]
        visible_pixels = np.count_nonzero(window == actor.ident)
        visible_boxes.append(
            _box(actor, ego, (left, top, right, bottom), min(visible_pixels / area, 1.0))
        )
    return sorted(visible_boxes, key=lambda box: box.distance)


def _box(actor: Actor, ego: Pose, edges: tuple[float, float, float, float], visible: float) -> Box:
    forward, right = to_ego(ego, actor.pose.x, actor.pose.y)
    heading = wrap_angle(actor.pose.heading - ego.heading)
    size = (actor.length, actor.width, actor.height)
    ground = float(forward), float(right)
    return Box(actor.ident, actor.kind, *edges, visible, ground, heading, math.hypot(*ground), size)


@kernel
def _covers_pixel(
    road_users: RoadUsersToDraw,
    k: int,
    own: Eye,
    stretch: float,
    columns: int,
    row: int,
    column: int,
) -> bool:
    """Whether the silhouette of actor k covers a pixel, inside the image or beyond it."""
    vehicles = road_users.cars.pose.shape[0]
    if k < vehicles:
        return vehicle_covers(road_users.cars, k, own, columns, row, column)
    return pedestrian_covers(
        road_users.people.spots, (column + 0.5 - columns / 2) / stretch, row + 0.5
    )


@kernel
def _is_in_window(
    road_users: RoadUsersToDraw,
    k: int,
    own: Eye,
    stretch: float,
    columns: int,
    first: int,
    last: int,
    low: int,
    high: int,
) -> bool:
    """Whether the silhouette of actor k covers any pixel of rows [first, last), columns [low,
    high).
    """
    for row in range(first, last):
        for column in range(low, high):
            if _covers_pixel(road_users, k, own, stretch, columns, row, column):
                return True
    return False


@kernel
def _measure_silhouette(
    road_users: RoadUsersToDraw, k: int, eye: Eye, rows: int, columns: int, measured: Floats
) -> None:
    """Measure the silhouette of actor k as if nothing hid it.

    Writes to `measured`: its area [px], its left, top, right and bottom edges in the image [px],
    and 1 if it is in the image, else 0. The edges of a vehicle are those of whole pixels.
    """
    measured[5] = 0.0
    vehicles = road_users.cars.pose.shape[0]
    own = eye
    stretch = 1.0
    if k < vehicles:
        own = eye_in_frame(road_users.pose[k], eye)
        left, right, top, bottom = screen_box(road_users.size[k], own, columns)
        measure_room(road_users.cars.planes[k], road_users.cars.room[k], own)
    else:
        left, right, top, bottom, stretch = project_limbs(
            road_users.people, k - vehicles, eye, columns
        )
    if left > right or right < 0 or left > columns or bottom < 0 or top > rows:
        return
    low = int(math.floor(max(left, -SILHOUETTE_MARGIN * columns)))
    high = int(math.ceil(min(right, (1 + SILHOUETTE_MARGIN) * columns)))
    first = int(math.floor(max(top, -SILHOUETTE_MARGIN * rows)))
    last = int(math.ceil(min(bottom, (1 + SILHOUETTE_MARGIN) * rows)))
    step = max(int(math.sqrt((high - low) * (last - first) / MAX_SILHOUETTE_SAMPLES)), 1)
    area = 0
    for row in range(first, last, step):
        for column in range(low, high, step):
            area += _covers_pixel(road_users, k, own, stretch, columns, row, column)
    low, high, first, last = max(low, 0), min(high, columns), max(first, 0), min(last, rows)
    if area == 0 or not _is_in_window(road_users, k, own, stretch, columns, first, last, low, high):
        return
    low, first, high, last = _tight_window(
        road_users, k, own, stretch, columns, first, last, low, high
    )
    measured[0] = area * step * step
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
    road_users: RoadUsersToDraw,
    k: int,
    own: Eye,
    stretch: float,
    columns: int,
    first: int,
    last: int,
    low: int,
    high: int,
) -> tuple[int, int, int, int]:
    """Return the smallest window (left, top, right, bottom) around the silhouette of actor k.

    The given window must contain at least one of its pixels.
    """
    while not _is_in_window(road_users, k, own, stretch, columns, first, first + 1, low, high):
        first += 1
    while not _is_in_window(road_users, k, own, stretch, columns, last - 1, last, low, high):
        last -= 1
    while not _is_in_window(road_users, k, own, stretch, columns, first, last, low, low + 1):
        low += 1
    while not _is_in_window(road_users, k, own, stretch, columns, first, last, high - 1, high):
        high -= 1
    return low, first, high, last
