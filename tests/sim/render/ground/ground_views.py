"""Roads, surfaces and images for the tests of the ground."""

import math
from dataclasses import replace

import numpy as np

from sim.geometry.camera import Camera
from sim.render.frame_buffer import Eye, blank_frame_buffer
from sim.render.ground.paving import Ground, ground_of
from sim.render.ground.rasterise import draw_ground
from sim.render.ground.row_buffer import (
    ACROSS,
    ALONG,
    BLUE,
    GREEN,
    HARD,
    OFFSET,
    RED,
    ROUGH,
    SPAN,
    STATION,
    TONE,
    TRACK,
    WANDER,
    blank_row_buffer,
)
from sim.render.ground.row_buffer import (
    GRAIN as NOISE,
)
from sim.render.ground.surface import lay_road, tone_at
from sim.render.lighting.atmosphere import Atmosphere
from sim.render.lighting.palette import PALETTE
from sim.roads.kinds import plan_road
from sim.roads.plan import Marking, Material, RoadPlan
from sim.scenario import RoadKind, Scenario
from sim.types import Image, Pose

PAINT = PALETTE[Material.PAINT]


def ground_image(ground: Ground, pose: Pose, camera: Camera) -> Image:
    canvas = blank_frame_buffer(camera.height, camera.width)
    eye = Eye(
        pose.x,
        pose.y,
        camera.elevation,
        math.cos(pose.heading),
        math.sin(pose.heading),
        camera.focal,
        camera.horizon,
        0.0,
    )
    light = Atmosphere.of(Scenario(RoadKind.RURAL, 0)).light
    draw_ground(canvas, ground, light, light, eye)
    return canvas.image


def road_surface(
    ground: Ground, s: float, d: float, along: float, across: float, grain: float
) -> tuple[float, ...]:
    """Mean red, green, blue and grain of the ground around (s, d) over `along` x `across` metres,
    its hard share and tracks.
    """
    buffer = blank_row_buffer()
    pixels = buffer.values
    tone, wander = tone_at(ground, s, along)
    for channel, value in (
        (STATION, s),
        (OFFSET, d),
        (ALONG, along),
        (ACROSS, across),
        (NOISE, grain),
        (TONE, tone),
        (WANDER, wander),
    ):
        pixels[channel : channel + SPAN] = value
    lay_road(buffer, ground, 0, SPAN)
    return tuple(float(pixels[channel]) for channel in (RED, GREEN, BLUE, ROUGH, HARD, TRACK))


def painted_share(ground: Ground, plan: RoadPlan, marking: Marking, length: float) -> float:
    """The mean share of paint over `length` metres of a marking, from brightness with and without
    it.
    """
    with_paint, without = (
        np.mean(
            [
                road_surface(at, s, marking.offset, 0.5, 0.04, 0.0)[:3]
                for s in np.arange(100.0, 100.0 + length, 0.5) + 0.25
            ]
        )
        for at in (ground, ground_of(replace(plan, markings=()), 3))
    )
    return float((with_paint - without) / (np.mean(PAINT) - without))


def marking_on_road(**marking: float) -> tuple[RoadPlan, Marking]:
    """A rural road with a single marking."""
    line = Marking(1.0, 0.2, **marking)
    return replace(plan_road(Scenario(RoadKind.RURAL, 3, length=400.0)), markings=(line,)), line


def residential() -> tuple[RoadPlan, Ground]:
    plan = plan_road(Scenario(RoadKind.RESIDENTIAL, 3, length=800.0))
    return plan, ground_of(plan, 3)
