"""The road ahead, large, with the way that is steered and what the driver thinks drawn on it."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH, arc
from sim.control.path_tracking import recovery_length
from sim.drawables import Explanation, GroundLine, PictureBox, RoadUserFootprint, Role
from sim.geometry.camera import Camera
from sim.render.renderer import Renderer
from sim.types import Actor, Image, Kind, Pose, rectangle_corners
from sim.viewer.canvas import Canvas, Rect
from sim.viewer.live.live_drive import DrawnScene, Drive
from sim.viewer.theme import INK, PERSON_COLOUR, REFERENCE, SKY_BLUE, Colour, mixed

MOST_PIXELS = 1280 * 720  # a larger picture is rendered at this size and enlarged
MIN_PATH_DISTANCE = 1.5  # [m] before the camera: what lies nearer is below the picture
EGO = 10**9  # the watched car's number among the actors, when it is seen from outside
# shown from the least heat on, at its strongest from the most
HEAT_OPACITY = 0.85
HEAT_LEAST = 0.08
HEAT_MOST = 0.7
HEAT_BLUR = 1.2  # [px of the view] hides the chequers that strided convolutions leave in a mask
RECORDED = Camera()


@dataclass(frozen=True)
class CameraView:
    """From where the road is watched: behind the car's middle and above the ground [m], and the
    horizon's share of the height.
    """

    name: str
    behind: float
    elevation: float
    horizon: float


FRONT = CameraView("from the windscreen", 0.0, RECORDED.elevation, 0.4)
OUTLOOKS = (
    FRONT,
    CameraView("from behind", 12.0, 3.4, 0.3),
    CameraView("from above", 26.0, 11.0, 0.14),
)


class Overlay(StrEnum):
    """What is drawn over the road."""

    THOUGHTS = "thoughts"
    COMMAND = "command only"
    NOTHING = "nothing"


class RoadPicture:
    """Pictures of one drive, of any size and outlook; renderers are made again only when those or
    the sky change.
    """

    def __init__(self, drive: Drive) -> None:
        self._drive = drive
        self._made_for: object = None

    def draw(
        self, canvas: Canvas, scene: DrawnScene, camera_view: CameraView, overlay: Overlay
    ) -> None:
        """Fill the sheet with what is seen at `scene`."""
        height, width = canvas.array.shape[:2]
        shrink = min(1.0, math.sqrt(MOST_PIXELS / (width * height)))
        camera = camera_for(round(width * shrink), round(height * shrink), camera_view)
        canvas.picture(self._render(camera, scene, camera_view), canvas.whole)
        if overlay is not Overlay.NOTHING:
            full = camera_for(width, height, camera_view)
            draw_command(canvas, full, camera_view, self._drive)
            if overlay is Overlay.THOUGHTS:
                draw_explanation(
                    canvas,
                    full,
                    camera_view,
                    self._drive.explanation(),
                    self._drive.driver_spec.colour,
                )

    def _render(self, camera: Camera, scene: DrawnScene, camera_view: CameraView) -> Image:
        drive = self._drive
        wanted = (camera, drive.scenario)
        if self._made_for != wanted:
            self._renderer = Renderer(drive.env.world.plan, drive.scenario, [camera])
            self._made_for = wanted
        pose = scene.ego
        actors = list(scene.actors)
        if camera_view.behind:
            actors.append(ego_actor(pose, drive.driver_spec.colour))
            back = camera_view.behind
            pose = Pose(
                pose.x - back * math.cos(pose.heading),
                pose.y - back * math.sin(pose.heading),
                pose.heading,
            )
        return self._renderer.render(pose, actors, scene.time)[0]


def camera_for(width: int, height: int, camera_view: CameraView) -> Camera:
    """The camera of a picture of this size: as wide as the recorded one's on a wide picture, less
    wide on a tall one.
    """
    focal = max(RECORDED.focal * width / RECORDED.width, 0.8 * height)
    return Camera(
        width, height, focal, round(camera_view.horizon * height), elevation=camera_view.elevation
    )


def ego_actor(pose: Pose, colour: Colour) -> Actor:
    """The watched car as others see it."""
    return Actor(
        EGO, Kind.SALOON, pose, 0.0, CAR_LENGTH, CAR_WIDTH, 1.5, mixed(colour, (0, 0, 0), 0.25)
    )


def draw_command(canvas: Canvas, camera: Camera, camera_view: CameraView, drive: Drive) -> None:
    """The car's track for the driver's command, and the middle of the expert's."""
    step = drive.step
    curvature = drive.command.curvature
    apart = drive.reference.curvature != curvature
    draw_lane_of_command(
        canvas, camera, camera_view, curvature, step.ego.speed, drive.command_colour(apart)
    )
    if apart:
        draw_middle_of_command(
            canvas, camera, camera_view, drive.reference.curvature, step.ego.speed, REFERENCE
        )


def draw_lane_of_command(
    canvas: Canvas,
    camera: Camera,
    camera_view: CameraView,
    curvature: float,
    speed: float,
    colour: Colour,
) -> None:
    """The track of a commanded curvature [1/m] at a speed [m/s], as wide as the car."""
    length = float(recovery_length(speed))
    sides = [
        track(camera, camera_view, curvature, length, side * CAR_WIDTH / 2) for side in (-1, 1)
    ]
    canvas.glaze(np.concatenate([sides[0], sides[1][::-1]]), colour, 0.22)
    for side in sides:
        canvas.line(side, colour, 2)


def draw_middle_of_command(
    canvas: Canvas,
    camera: Camera,
    camera_view: CameraView,
    curvature: float,
    speed: float,
    colour: Colour,
) -> None:
    """The middle of such a track, dashed."""
    middle = track(camera, camera_view, curvature, float(recovery_length(speed)))
    for i in range(0, len(middle) - 3, 6):
        canvas.line(middle[i : i + 4], colour, 3)


def track(
    camera: Camera, camera_view: CameraView, curvature: float, length: float, across: float = 0.0
) -> NDArray[np.float64]:
    """The pixels (N, 2) of what a held curvature drives; from outside the car, only what lies
    before it.
    """
    forward, right = arc(curvature, length, across)
    before = forward >= (CAR_LENGTH / 2 if camera_view.behind else 0.0)
    return ground_points(camera, camera_view, forward[before], right[before])


def draw_explanation(
    canvas: Canvas, camera: Camera, camera_view: CameraView, thoughts: Explanation, colour: Colour
) -> None:
    """What the driver shows: heat first, then lines on the ground, then boxes; from outside the
    car, footprints for boxes.
    """
    if camera_view is FRONT:
        lay_heat(canvas, camera, thoughts)
    for line in thoughts.lines:
        draw_ground_line(canvas, camera, camera_view, line, colour)
    for box in thoughts.boxes if camera_view is FRONT else ():
        draw_box(canvas, camera, box)
    for footprint in () if camera_view is FRONT else thoughts.footprints:
        draw_footprint(canvas, camera, camera_view, footprint)


def lay_heat(canvas: Canvas, camera: Camera, thoughts: Explanation) -> None:
    """The heat over the part of the road that the network sees: from nothing over orange to bright
    yellow.
    """
    if thoughts.heat is None or thoughts.camera is None:
        return
    seen = thoughts.camera
    left, top = (round(edge) for edge in seen.transfer(camera, 0.0, 0.0))
    right, bottom = (
        round(edge) for edge in seen.transfer(camera, float(seen.width), float(seen.height))
    )
    frame = Rect(
        max(left, 0),
        max(top, 0),
        min(right, camera.width) - max(left, 0),
        min(bottom, camera.height) - max(top, 0),
    )
    if frame.width < 2 or frame.height < 2:
        return
    layer, weight = _heat_layer(
        HeldHeat(thoughts.heat), Rect(left, top, right - left, bottom - top), frame
    )
    under = canvas.part(frame)
    cv2.blendLinear(layer, np.ascontiguousarray(under), weight, 1 - weight, under)


class HeldHeat:
    """A heat map by which a layer can be looked up: the same map in every picture until the next
    tick.
    """

    def __init__(self, heat: NDArray[np.float32]) -> None:
        self.heat = heat

    def __hash__(self) -> int:
        return id(self.heat)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HeldHeat) and other.heat is self.heat


@lru_cache(maxsize=4)
def _heat_layer(held: HeldHeat, whole: Rect, frame: Rect) -> tuple[Image, NDArray[np.float32]]:
    """Colours and weights of a heat map that is stretched over `whole`, as far as the `frame` shows
    them.
    """
    heat = cv2.GaussianBlur(held.heat, (0, 0), HEAT_BLUR)
    weight = HEAT_OPACITY * np.clip((heat - HEAT_LEAST) / (HEAT_MOST - HEAT_LEAST), 0, 1)
    colours = _HEAT_COLOURS[np.clip(heat * 255, 0, 255).astype(np.uint8)]
    rows = slice(frame.y - whole.y, frame.bottom - whole.y)
    columns = slice(frame.x - whole.x, frame.right - whole.x)
    layer, weights = (
        cv2.resize(one, (whole.width, whole.height))[rows, columns] for one in (colours, weight)
    )
    return np.ascontiguousarray(layer, np.uint8), np.ascontiguousarray(weights, np.float32)


def _heat_colours() -> Image:
    """256 colours from deep orange to pale yellow."""
    stops = np.array([(196, 62, 0), (230, 120, 0), (255, 200, 40), (255, 250, 190)], float)
    return np.stack(
        [np.interp(np.linspace(0, 3, 256), range(4), stops[:, i]) for i in range(3)], axis=1
    ).astype(np.uint8)


_HEAT_COLOURS = _heat_colours()


def line_style(role: Role, colour: Colour) -> tuple[Colour, float]:
    """Colour and width of a line on the ground."""
    return {
        Role.LANE: (INK, 2.0),
        Role.EDGE: (mixed(INK, (0, 0, 0), 0.35), 1.5),
        Role.CANDIDATE: (mixed(colour, INK, 0.45), 1.0),
        Role.CHOSEN: (colour, 3.0),
        Role.COURSE: (PERSON_COLOUR, 1.5),
    }[role]


def draw_ground_line(
    canvas: Canvas, camera: Camera, camera_view: CameraView, line: GroundLine, colour: Colour
) -> None:
    """A line on the ground, the fainter the less sure it is."""
    points = ground_points(camera, camera_view, line.points[:, 0], line.points[:, 1])
    shade, width = line_style(line.role, colour)
    canvas.line(points, mixed(shade, (90, 90, 90), 1 - min(max(line.strength, 0.0), 1.0)), width)


def draw_box(canvas: Canvas, camera: Camera, box: PictureBox, recorded: Camera = RECORDED) -> None:
    """A box that was found in the frame of the camera `recorded`, with its words on a plate."""
    (left, top), (right, bottom) = (
        recorded.transfer(camera, box.left, box.top),
        recorded.transfer(camera, box.right, box.bottom),
    )
    colour = PERSON_COLOUR if box.person else SKY_BLUE
    canvas.line(
        [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], colour, 2
    )
    if box.text:
        wide = canvas.text_width(box.text, 11) + canvas.px(8)
        high = canvas.px(16)
        canvas.shape(
            [(left, top - high), (left + wide, top - high), (left + wide, top), (left, top)], colour
        )
        canvas.text(box.text, left + canvas.px(4), top - canvas.px(4), 11, (0, 0, 0))


def draw_footprint(
    canvas: Canvas, camera: Camera, camera_view: CameraView, footprint: RoadUserFootprint
) -> None:
    """Where the driver thinks that a road user stands."""
    colour = PERSON_COLOUR if footprint.person else SKY_BLUE
    pose = Pose(footprint.forward, footprint.right, footprint.heading)
    corners = rectangle_corners(pose, footprint.length, footprint.width)
    points = ground_points(camera, camera_view, corners[:, 0], corners[:, 1])
    if len(points) == 4:
        canvas.glaze(points, colour, 0.35)
        canvas.line(np.concatenate([points, points[:1]]), colour, 2)


def ground_points(
    camera: Camera,
    camera_view: CameraView,
    forward: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Ground points in the car's coordinates [m] as pixels (N, 2); those too near to be seen are
    left out.
    """
    away = np.asarray(forward, float) + camera_view.behind
    visible = away > MIN_PATH_DISTANCE
    return np.stack(
        camera.ground_to_pixel(away[visible], np.asarray(right, float)[visible]), axis=1
    )
