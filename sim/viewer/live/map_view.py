"""The map from above with the car's heading upwards: road, path, road users, and the driver's
estimate of them.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.drawables import Explanation
from sim.geometry.frenet import SPACING
from sim.roads.plan import RoadPlan
from sim.types import Actor, Pose, rectangle_corners
from sim.viewer.canvas import Canvas
from sim.viewer.live.camera_view import line_style
from sim.viewer.live.live_drive import DrawnScene, Drive
from sim.viewer.theme import (
    ASPHALT,
    FAINT,
    INK,
    PAINT,
    PERSON_COLOUR,
    QUIET,
    SKY_BLUE,
    Colour,
    mixed,
)

RANGE = 150.0  # [m] from the lower to the upper edge
PLACE = 0.78  # of the height, from above: where the car is
EVERY = 4  # samples of the centreline from one point of the map to the next
CAR_COLOUR: Colour = (205, 209, 213)


class MapFrame:
    """From the world to the pixels of a map around a car."""

    def __init__(self, canvas: Canvas, ego: Pose, top: int) -> None:
        height, width = canvas.array.shape[:2]
        self.scale = (height - top) / RANGE  # [px/m]
        self._centre = (width / 2, top + PLACE * (height - top))
        self._ego = ego
        self._cos = math.cos(ego.heading)
        self._sin = math.sin(ego.heading)
        self.reach = max(RANGE, width / self.scale)

    def from_world(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """World coordinates (N, 2) [m] as pixels (N, 2)."""
        dx = points[:, 0] - self._ego.x
        dy = points[:, 1] - self._ego.y
        return self.from_car(dx * self._cos + dy * self._sin, dy * self._cos - dx * self._sin)

    def from_car(
        self, forward: NDArray[np.float64], right: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Car coordinates [m] as pixels (N, 2)."""
        x, y = self._centre
        return np.stack([x + self.scale * right, y - self.scale * forward], axis=1)


def draw_map(canvas: Canvas, drive: Drive, scene: DrawnScene, thoughts: Explanation) -> None:
    """The map's whole panel."""
    frame = MapFrame(canvas, scene.ego, canvas.px(24))
    colour = drive.driver_spec.colour
    plan = drive.env.world.plan
    draw_road(canvas, frame, plan, drive.step.ego.station, colour)
    for line in thoughts.lines:
        shade, width = line_style(line.role, colour)
        canvas.line(frame.from_car(line.points[:, 0], line.points[:, 1]), shade, min(width, 2.0))
    for actor in scene.actors:
        draw_actor(canvas, frame, actor)
    for seen in thoughts.footprints:
        pose = Pose(seen.forward, seen.right, seen.heading)
        corners = rectangle_corners(pose, max(seen.length, 1.0) + 1.0, max(seen.width, 1.0) + 1.0)
        outline = frame.from_car(corners[:, 0], corners[:, 1])
        canvas.line(
            np.concatenate([outline, outline[:1]]), PERSON_COLOUR if seen.person else SKY_BLUE, 1.5
        )
    ego = rectangle_corners(
        Pose(0.0, 0.0, 0.0), max(CAR_LENGTH, 9 / frame.scale), max(CAR_WIDTH, 5 / frame.scale)
    )
    canvas.shape(frame.from_car(ego[:, 0], ego[:, 1]), colour)
    driven = drive.step.ego.station - plan.start
    whole = plan.finish - plan.start
    canvas.title("map", f"{min(max(driven, 0.0), whole):.0f} of {whole:.0f} m")
    draw_progress(canvas, min(max(driven / whole, 0.0), 1.0), colour)


def draw_road(
    canvas: Canvas, frame: MapFrame, plan: RoadPlan, station: float, colour: Colour
) -> None:
    """Surface, lines, zebras and the way ahead of the car."""
    near = stations(plan, station - frame.reach * 0.6, station + frame.reach)
    outline = np.concatenate(
        [across(plan, near, plan.drivable[0]), across(plan, near, plan.drivable[1])[::-1]]
    )
    canvas.shape(frame.from_world(outline), mixed(ASPHALT, (0, 0, 0), 0.35))
    outline = np.concatenate(
        [across(plan, near, plan.carriageway[0]), across(plan, near, plan.carriageway[1])[::-1]]
    )
    canvas.shape(frame.from_world(outline), ASPHALT)
    for marking in plan.markings:
        if marking.endless:
            canvas.line(
                frame.from_world(across(plan, near, marking.offset)),
                PAINT if not marking.gap else FAINT,
                1,
            )
    for zebra in plan.zebras:
        if near.size and near[0] < zebra.station < near[-1]:
            both = np.array([zebra.station + zebra.length / 2])
            ends = np.concatenate([across(plan, both, edge) for edge in plan.carriageway])
            canvas.line(frame.from_world(ends), INK, 3)
    ahead = near[near >= station]
    canvas.line(
        frame.from_world(across(plan, ahead[ahead <= plan.finish], plan.path_offset)),
        mixed(colour, (0, 0, 0), 0.15),
        2,
    )


def stations(plan: RoadPlan, start: float, finish: float) -> NDArray[np.float64]:
    """Stations [m] on the road's line from start to finish, a few metres apart."""
    last = plan.centreline.x.size - 1
    first, end = (min(max(int(s / SPACING), 0), last) for s in (start, finish))
    return np.arange(first, end + 1, EVERY, dtype=np.float64) * SPACING


def across(plan: RoadPlan, stations: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    """World points (N, 2) at `offset` metres to the right of the road's line."""
    line = plan.centreline
    i = np.minimum((stations / SPACING).astype(int), plan.centreline.x.size - 1)
    return np.stack(
        [
            line.x[i] - offset * np.sin(line.heading[i]),
            line.y[i] + offset * np.cos(line.heading[i]),
        ],
        axis=1,
    )


def draw_actor(canvas: Canvas, frame: MapFrame, actor: Actor) -> None:
    """A car as a rectangle, the parked ones darker; a person as a dot."""
    if actor.is_person:
        x, y = frame.from_world(np.array([[actor.pose.x, actor.pose.y]]))[0]
        canvas.circle(float(x), float(y), canvas.px(2.5), PERSON_COLOUR)
    else:
        shade = mixed(CAR_COLOUR, (0, 0, 0), 0.45) if actor.parked else CAR_COLOUR
        canvas.shape(frame.from_world(actor.corners()), shade)


def draw_progress(canvas: Canvas, share: float, colour: Colour) -> None:
    """How much of the road is driven, along the lower edge."""
    left = canvas.px(10)
    right = canvas.whole.right - canvas.px(10)
    row = canvas.whole.bottom - canvas.px(8)
    canvas.line([(left, row), (right, row)], FAINT, 2)
    canvas.line([(left, row), (left + share * (right - left), row)], colour, 2)
    canvas.circle(left + share * (right - left), row, canvas.px(3), QUIET)
