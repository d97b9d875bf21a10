"""Vehicles: convex solids on wheels; rays are cut against them in the car's own frame (see
`vehicle_rays`).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of, write_truth
from sim.render.lighting.light import Light, beam, beam_share
from sim.render.objects.filters import hidden
from sim.render.objects.vehicles.vehicle_lamps import glow_of, shine
from sim.render.objects.vehicles.vehicle_paint import (
    GLASS,
    HEADLAMP,
    LIT_WINDOW,
    MATT,
    painted,
    wheel,
)
from sim.render.objects.vehicles.vehicle_rays import (
    NOTHING,
    Hit,
    eye_in_frame,
    hit_of,
    measure_room,
    screen_box,
)
from sim.render.objects.vehicles.vehicle_shapes import (
    BONNET,
    BOOT,
    LAMPS,
    PARTS,
    PLANES,
    STYLES,
    TOP,
    WHEELS,
    Floats,
    VehicleShape,
    shape_of,
)
from sim.types import Actor, Kind

# Rays of a pixel (right, down), on a turned grid; large cars send the last two only where the first
# two differ.
RAYS = ((0.125, 0.375), (0.875, 0.625), (0.375, 0.875), (0.625, 0.125))
LARGE = 100.0  # [px] area on the screen
DIFFERENT = 0.08  # in brightness
CAR = int(Label.CAR)


class VehiclesToDraw(NamedTuple):
    """The vehicles of a frame.

    pose: (K, 4) x, y, cos, sin.
    size: (K, 3) length, width, height [m].
    colour: (K, 3) in [0, 1].
    braking, parked: (K,).
    ident: (K,) the actors' numbers.
    style: (K,) of the paint. planes, roles, starts, wheels, lamps,.
    glass: see `VehicleShape`, stacked.
    room: (K, PLANES) for the distance of the eye from each plane, written by the kernel.
    """

    pose: Floats
    size: Floats
    colour: Floats
    braking: NDArray[np.bool_]
    parked: NDArray[np.bool_]
    ident: NDArray[np.int32]
    style: NDArray[np.int64]
    planes: Floats
    roles: NDArray[np.int64]
    starts: NDArray[np.int64]
    wheels: Floats
    lamps: Floats
    glass: Floats
    room: Floats


def vehicles_to_draw(actors: Sequence[Actor]) -> VehiclesToDraw:
    """The vehicles of a frame as arrays."""
    count = len(actors)
    stacks = _stacked(
        tuple((actor.kind, actor.length, actor.width, actor.height) for actor in actors)
    )
    numbers = np.array(
        [
            (
                a.pose.x,
                a.pose.y,
                math.cos(a.pose.heading),
                math.sin(a.pose.heading),
                a.length,
                a.width,
                a.height,
                *a.colour,
            )
            for a in actors
        ],
        dtype=np.float64,
    ).reshape(count, 10)
    return VehiclesToDraw(
        np.ascontiguousarray(numbers[:, :4]),
        np.ascontiguousarray(numbers[:, 4:7]),
        numbers[:, 7:] / 255,
        np.array([a.braking for a in actors], dtype=np.bool_),
        np.array([a.parked for a in actors], dtype=np.bool_),
        np.array([a.ident for a in actors], dtype=np.int32),
        np.array([STYLES[a.kind] for a in actors], dtype=np.int64),
        stacks.planes,
        stacks.roles,
        stacks.starts,
        stacks.wheels,
        stacks.lamps,
        stacks.glass,
        np.empty((count, PLANES)),
    )


@lru_cache(maxsize=64)
def _stacked(vehicles: tuple[tuple[Kind, float, float, float], ...]) -> VehicleShape:
    """The shapes of vehicles (kind, length, width, height), stacked; from one frame to the next
    they are mostly the same.
    """
    shapes = [shape_of(*vehicle) for vehicle in vehicles]
    return (
        VehicleShape(*(np.array(each) for each in zip(*shapes, strict=True)))
        if shapes
        else _no_shapes()
    )


def _no_shapes() -> VehicleShape:
    """Empty stacks of the fields of `VehicleShape`."""
    return VehicleShape(
        np.empty((0, PLANES, 4)), np.empty((0, PLANES), np.int64), np.empty((0, PARTS + 1), np.int64),
        np.empty((0, WHEELS)), np.empty((0, LAMPS)), np.empty((0, 6)),
    )  # fmt: skip


@kernel
def _lit(
    nx: float, ny: float, up: float, dx: float, dy: float, dz: float, red: float, green: float, blue: float, finish: int,
    light: Light, sun_x: float, sun_y: float, headlight: float,
) -> tuple[float, float, float]:  # fmt: skip
    """The colour of a point with that normal under the light; headlight: what the ego's lamps add."""
    facing = nx * sun_x + ny * sun_y + up * light.sun_up
    sky = 0.80 + 0.25 * up
    sun = 0.85 * max(facing, 0.0)
    lit_red = light.sky_red * sky + light.sun_red * sun + headlight
    lit_green = light.sky_green * sky + light.sun_green * sun + headlight
    lit_blue = light.sky_blue * sky + light.sun_blue * sun + headlight
    if finish == MATT:
        return red * lit_red, green * lit_green, blue * lit_blue
    # What is mirrored: the horizon or the sky above, or the ground, by where the mirrored ray goes.
    shorten = 1.0 / math.sqrt(dx * dx + dy * dy + dz * dz)
    cosine = -(nx * dx + ny * dy + up * dz) * shorten
    aloft = dz * shorten + 2 * cosine * up
    shy = (1.0 - min(max(cosine, 0.0), 1.0)) ** 3
    mirror = 0.22 + 0.55 * shy if finish in (GLASS, LIT_WINDOW, HEADLAMP) else 0.05 + 0.30 * shy
    high = min(max(aloft + 0.10, 0.0) * 2.2, 1.0)
    ground = 0.28 * (1 - high) * (aloft <= 0.02)
    zenith = high
    edge = (1 - high) * (aloft > 0.02)
    back_red = ground * light.level_red + zenith * 1.05 * light.sky_red + edge * light.haze_red
    back_green = (
        ground * light.level_green + zenith * 1.25 * light.sky_green + edge * light.haze_green
    )
    back_blue = (
        ground * light.level_blue * 0.9 + zenith * 1.45 * light.sky_blue + edge * light.haze_blue
    )
    if finish in (GLASS, LIT_WINDOW):
        red = 0.045
        green = 0.05
        blue = 0.055
    return (
        red * lit_red + mirror * back_red,
        green * lit_green + mirror * back_green,
        blue * lit_blue + mirror * back_blue,
    )


@kernel
def _cover_with_snow(
    red: float, green: float, blue: float, cover: float
) -> tuple[float, float, float]:
    """The colour with `cover` of it white."""
    return red + (0.93 - red) * cover, green + (0.94 - green) * cover, blue + (0.96 - blue) * cover


@kernel
def _colour_at(
    hit: Hit, x: float, y: float, z: float, dx: float, dy: float, dz: float, style: int, braking: bool, parked: bool,
    size: Floats, colour: Floats, planes: Floats, roles: NDArray[np.int64], wheels: Floats, lamps: Floats, glass: Floats,
    light: Light, sun_x: float, sun_y: float, headlight: float,
) -> tuple[float, float, float]:  # fmt: skip
    """The colour of a vehicle where a ray meets it."""
    part, distance, face, radius = hit
    px = x + distance * dx
    py = y + distance * dy
    pz = z + distance * dz
    if part == PARTS:
        nx = 0.0
        ny = 1.0 if py > 0.0 else -1.0
        up = 0.0
        red, green, blue, finish = wheel(radius, wheels[0], abs(py), size[1] / 2 - 0.02)
    else:
        nx = planes[face, 0]
        ny = planes[face, 1]
        up = planes[face, 2]
        role = roles[face]
        red, green, blue, finish = painted(
            style,
            part,
            role,
            px,
            py,
            pz,
            size[0],
            size[1],
            size[2],
            wheels,
            lamps,
            glass,
            colour[0],
            colour[1],
            colour[2],
        )
        if light.snow > 0.0 and role in (TOP, BONNET, BOOT) and up > 0.3:
            thick = min(
                max(
                    1.6 * light.snow
                    - 0.25 * (0.5 + 0.5 * math.sin(9.0 * px) * math.sin(11.0 * py)),
                    0.0,
                ),
                1.0,
            )
            red, green, blue = _cover_with_snow(red, green, blue, thick)
            finish = MATT if thick > 0.4 else finish
    lit = _lit(nx, ny, up, dx, dy, dz, red, green, blue, finish, light, sun_x, sun_y, headlight)
    own = shine(finish, braking, parked, light, headlight)
    return lit[0] + own[0], lit[1] + own[1], lit[2] + own[2]


@kernel
def draw_vehicle(canvas: FrameBuffer, cars: VehiclesToDraw, k: int, light: Light, eye: Eye) -> None:
    """Blend the vehicle number `k` over the picture, and the glow of its lamps."""
    image = canvas.image
    columns = image.shape[1]
    pose = cars.pose[k]
    size = cars.size[k]
    colour = cars.colour[k]
    planes = cars.planes[k]
    roles = cars.roles[k]
    starts = cars.starts[k]
    room = cars.room[k]
    wheels = cars.wheels[k]
    lamps = cars.lamps[k]
    glass = cars.glass[k]
    style = cars.style[k]
    braking = cars.braking[k]
    parked = cars.parked[k]
    ident = cars.ident[k]
    own = eye_in_frame(pose, eye)
    sun_x = light.sun_x * pose[2] + light.sun_y * pose[3]
    sun_y = light.sun_y * pose[2] - light.sun_x * pose[3]
    left, right, top, bottom = screen_box(size, own, columns)
    if left > right or right < 0 or left > columns:
        return
    measure_room(planes, room, own)
    far = 1 - math.exp(-math.sqrt(own.x * own.x + own.y * own.y) / light.haze_reach)
    forward = -own.x * own.cos - own.y * own.sin
    aside = own.x * own.sin - own.y * own.cos
    headlight = beam(light, eye, forward, aside)
    large = (right - left) * (bottom - top) > LARGE
    for row in range(max(int(top), canvas.first), min(int(math.ceil(bottom)), canvas.last)):
        for column in range(max(int(left), 0), min(int(math.ceil(right)), columns)):
            hits = 0
            sum_red = 0.0
            sum_green = 0.0
            sum_blue = 0.0
            nearest = 1e9
            rays = 4
            first = 0.0
            for ray in range(4):
                if ray == 2 and large and hits != 1 and abs(sum_green - 2 * first) < DIFFERENT:
                    rays = 2
                    break
                slope = (column + RAYS[ray][0] - columns / 2) / eye.focal
                rise = (eye.horizon - row - RAYS[ray][1]) / eye.focal
                dx = own.cos - slope * own.sin
                dy = own.sin + slope * own.cos
                hit = hit_of(
                    planes, starts, room, wheels, size[1], own.x, own.y, own.elevation, dx, dy, rise
                )
                if hit[0] != NOTHING:
                    low = (
                        headlight * beam_share(forward, own.elevation + hit[1] * rise)
                        if headlight > 0.0
                        else 0.0
                    )
                    r, g, b = _colour_at(
                        hit, own.x, own.y, own.elevation, dx, dy, rise, style, braking, parked, size, colour, planes, roles,
                        wheels, lamps, glass, light, sun_x, sun_y, low,
                    )  # fmt: skip
                    nearest = min(nearest, hit[1])
                    hits, sum_red, sum_green, sum_blue = (
                        hits + 1,
                        sum_red + r,
                        sum_green + g,
                        sum_blue + b,
                    )
                    if ray == 0:
                        first = g
            if hits and not hidden(canvas, row, column, nearest):
                keep = (1 - hits / rays) / 255
                share = (1 - far) / rays
                haze = far * hits / rays
                image[row, column, 0] = level_of(
                    image[row, column, 0] * keep + sum_red * share + light.haze_red * haze
                )
                image[row, column, 1] = level_of(
                    image[row, column, 1] * keep + sum_green * share + light.haze_green * haze
                )
                image[row, column, 2] = level_of(
                    image[row, column, 2] * keep + sum_blue * share + light.haze_blue * haze
                )
                if 2 * hits >= rays:
                    write_truth(canvas, row, column, nearest, CAR, ident)
    glow_of(canvas, pose, size[0], lamps, braking, parked, light, eye)


@kernel
def vehicle_covers(
    cars: VehiclesToDraw, k: int, own: Eye, columns: int, row: float, column: float
) -> bool:
    """Whether at least half of a pixel shows the vehicle number `k` when it stands alone;
    `measure_room` comes first.
    """
    hits = 0
    for ray in range(4):
        slope = (column + RAYS[ray][0] - columns / 2) / own.focal
        rise = (own.horizon - row - RAYS[ray][1]) / own.focal
        dx = own.cos - slope * own.sin
        dy = own.sin + slope * own.cos
        hit = hit_of(
            cars.planes[k],
            cars.starts[k],
            cars.room[k],
            cars.wheels[k],
            cars.size[k, 1],
            own.x,
            own.y,
            own.elevation,
            dx,
            dy,
            rise,
        )
        hits += hit[0] != NOTHING
        if hits == 2:
            return True
    return False
