"""Cars: a body and a cabin, each a convex solid bounded by planes, on wheels; rays are cut against them in the car's own frame.

Car frame: x forward, y right, z up [m], origin on the ground below the car's centre.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.appearance.light import Light, beam, beam_share
from sim.kernels import Canvas, Eye, Label, kernel, level_of, mark
from sim.scenery.car_paint import AXLE, SHOULDER, WHEEL_RADIUS, body_colour, is_glass, wheel_tone
from sim.types import Actor

Floats = NDArray[np.float64]
BODY_PLANES, CABIN_PLANES = 12, 6
CLEARANCE = 0.22  # [m] under the body
BODY, CABIN, WHEEL, NOTHING = range(4)
NEAR = 0.15  # [m] in front of the camera where the world begins
# Rays of a pixel (right, down), on a turned grid; large cars make do with the first two.
RAYS = ((0.125, 0.375), (0.875, 0.625), (0.375, 0.875), (0.625, 0.125))
LARGE = 2500.0  # [px] area on the screen
CAR = int(Label.CAR)


class Cars(NamedTuple):
    """The cars of a frame.

    pose: (K, 4) x, y, cos, sin; size: (K, 3) length, width, height [m]; colour: (K, 3) in [0, 1]; braking: (K,).
    ident: (K,) the actors' numbers. planes: (K, 18, 4) outward normals and distances from the origin of the body's planes, then
    the cabin's; room: (K, 18) for the distance of the eye from each, written by the kernel.
    """

    pose: Floats
    size: Floats
    colour: Floats
    braking: NDArray[np.bool_]
    ident: NDArray[np.int32]
    planes: Floats
    room: Floats


def cars_of(actors: list[Actor]) -> Cars:
    """The actors of a frame as arrays."""
    headings = [actor.pose.heading for actor in actors]
    poses = [(a.pose.x, a.pose.y, math.cos(h), math.sin(h)) for a, h in zip(actors, headings, strict=True)]
    planes = [_planes(actor.length, actor.width, actor.height) for actor in actors]
    return Cars(
        pose=np.array(poses, dtype=np.float64).reshape(-1, 4),
        size=np.array([(a.length, a.width, a.height) for a in actors], dtype=np.float64).reshape(-1, 3),
        colour=np.array([a.colour for a in actors], dtype=np.float64).reshape(-1, 3) / 255,
        braking=np.array([a.braking for a in actors], dtype=np.bool_),
        ident=np.array([a.ident for a in actors], dtype=np.int32),
        planes=np.array(planes, dtype=np.float64).reshape(-1, BODY_PLANES + CABIN_PLANES, 4),
        room=np.empty((len(actors), BODY_PLANES + CABIN_PLANES)),
    )


@lru_cache(maxsize=1024)
def _planes(length: float, width: float, height: float) -> Floats:
    """Planes (18, 4) of a hatchback of that size: each a unit normal and its distance from the origin [m]."""
    end, side, shoulder = length / 2, width / 2, SHOULDER * height
    nose, tail = 0.47 * height, 0.55 * height
    rise = height - shoulder
    each = [  # normal, a point on the plane
        ((1.0, 0.0, 0.16), (end, 0.0, 0.35)),
        ((-1.0, 0.0, 0.10), (-end, 0.0, 0.35)),
        ((0.0, 1.0, 0.09), (0.0, side, 0.45)),
        ((0.0, -1.0, 0.09), (0.0, -side, 0.45)),
        ((0.0, 0.0, -1.0), (0.0, 0.0, CLEARANCE)),
        ((0.0, 0.0, 1.0), (0.0, 0.0, shoulder)),
        ((shoulder - nose, 0.0, end - 0.20 * length), (end, 0.0, nose)),
        ((tail - shoulder, 0.0, end - 0.42 * length), (-end, 0.0, tail)),
        ((0.7, 0.7, 0.0), (end - 0.22, side, 0.0)),
        ((0.7, -0.7, 0.0), (end - 0.22, -side, 0.0)),
        ((-0.7, 0.7, 0.0), (-end + 0.12, side, 0.0)),
        ((-0.7, -0.7, 0.0), (-end + 0.12, -side, 0.0)),
        ((rise, 0.0, 0.17 * length), (0.21 * length, 0.0, shoulder)),
        ((-rise, 0.0, 0.13 * length), (-0.47 * length, 0.0, shoulder)),
        ((0.0, rise, 0.20 * side), (0.0, 0.93 * side, shoulder)),
        ((0.0, -rise, 0.20 * side), (0.0, -0.93 * side, shoulder)),
        ((0.0, 0.0, -1.0), (0.0, 0.0, shoulder - 0.2)),
        ((0.0, 0.0, 1.0), (0.0, 0.0, height)),
    ]
    normals = np.array([normal for normal, _ in each])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return np.concatenate([normals, (normals * np.array([point for _, point in each])).sum(1, keepdims=True)], axis=1)


@kernel
def _convex(planes: Floats, first: int, last: int, room: Floats, dx: float, dy: float, dz: float) -> tuple[float, int]:
    """Distance along a ray to where it enters planes [first, last), -1 if it does not, and the plane.

    room: how far the eye is inside each plane [m]; dx, dy, dz: the ray.
    """
    enter, face = 0.0, -1
    for i in range(first, last):
        if room[i] < 0.0:
            slope = planes[i, 0] * dx + planes[i, 1] * dy + planes[i, 2] * dz
            if slope >= 0.0:
                return -1.0, -1
            if room[i] < enter * slope:
                enter, face = room[i] / slope, i - first
    for i in range(first, last):
        if room[i] >= 0.0 and (planes[i, 0] * dx + planes[i, 1] * dy + planes[i, 2] * dz) * enter > room[i]:
            return -1.0, -1
    return (enter, face) if face >= 0 else (-1.0, -1)


@kernel
def _wheels(
    length: float, width: float, eye_x: float, eye_y: float, eye_z: float, dx: float, dy: float, dz: float
) -> tuple[float, float]:
    """Distance along a ray to the nearest of two axles' wheels, -1 for none, and the distance [m] from the axle where it hits."""
    best, radius = -1.0, 0.0
    half = width / 2 - 0.02
    slab_in, slab_out = (-half - eye_y) / dy if dy != 0.0 else -np.inf, (half - eye_y) / dy if dy != 0.0 else np.inf
    if slab_in > slab_out:
        slab_in, slab_out = slab_out, slab_in
    for axle in (-AXLE * length, AXLE * length):
        ox, oz = eye_x - axle, eye_z - WHEEL_RADIUS
        a, b, c = dx * dx + dz * dz, ox * dx + oz * dz, ox * ox + oz * oz - WHEEL_RADIUS * WHEEL_RADIUS
        inner = b * b - a * c
        if inner <= 0.0:
            continue
        root = math.sqrt(inner)
        enter, leave = max((-b - root) / a, slab_in), min((-b + root) / a, slab_out)
        if 0.0 < enter < leave and (best < 0.0 or enter < best):
            best, radius = enter, math.sqrt((ox + enter * dx) ** 2 + (oz + enter * dz) ** 2)
    return best, radius


@kernel
def _hit(
    planes: Floats, room: Floats, length: float, width: float, x: float, y: float, z: float, dx: float, dy: float, dz: float
) -> tuple[int, float, int, float]:
    """The part of a car that a ray from (x, y, z) meets first, how far along, which of its faces, how far from the axle [m]."""
    part = NOTHING
    distance, face = _convex(planes, 0, BODY_PLANES, room, dx, dy, dz)
    if distance > 0.0:
        part = BODY
    cabin, cabin_face = _convex(planes, BODY_PLANES, BODY_PLANES + CABIN_PLANES, room, dx, dy, dz)
    if cabin > 0.0 and (part == NOTHING or cabin < distance):
        part, distance, face = CABIN, cabin, cabin_face
    wheel, radius = _wheels(length, width, x, y, z, dx, dy, dz)
    if wheel > 0.0 and (part == NOTHING or wheel < distance):
        part, distance = WHEEL, wheel
    return part, distance, face, radius


@kernel
def _shaded(
    part: int, face: int, x: float, y: float, z: float, radius: float, planes: Floats, length: float, width: float, height: float,
    red: float, green: float, blue: float, braking: bool, light: Light, sun_x: float, sun_y: float, lamp: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Colour of a point of a car under the light; `lamp` is what the ego's headlights add."""
    if part == WHEEL:
        tone = wheel_tone(radius)
        return tone * (light.level_red + lamp), tone * (light.level_green + lamp), tone * (light.level_blue + lamp)
    index = face if part == BODY else BODY_PLANES + face
    up = planes[index, 2]
    facing = planes[index, 0] * sun_x + planes[index, 1] * sun_y + up * light.sun_up
    sky, sun = 0.80 + 0.25 * up, 0.85 * max(facing, 0.0)
    lit_red = light.sky_red * sky + light.sun_red * sun + lamp
    lit_green = light.sky_green * sky + light.sun_green * sun + lamp
    lit_blue = light.sky_blue * sky + light.sun_blue * sun + lamp
    if part == CABIN and is_glass(face, x, y, z, length, width, height):
        gleam = 0.10 + 0.16 * max(up, 0.0) + 0.08 * (z / height)
        gleam *= 1.9
        return gleam * light.sky_red, gleam * 1.12 * light.sky_green, gleam * 1.25 * light.sky_blue
    glow = 0.0
    if part == BODY:
        red, green, blue, glow = body_colour(face, x, y, z, length, width, height, red, green, blue, braking)
    sheen = 0.19 * max(up, 0.0) ** 2
    return (
        red * (glow + (1 - glow) * lit_red) + sheen * light.sky_red,
        green * (glow + (1 - glow) * lit_green) + 1.05 * sheen * light.sky_green,
        blue * (glow + (1 - glow) * lit_blue) + 1.15 * sheen * light.sky_blue,
    )


@kernel
def _screen_box(size: Floats, eye: Eye, columns: int) -> tuple[float, float, float, float]:
    """Columns and rows (left, right, top, bottom) that a car covers, seen by an eye in the car's frame. Left > right: none."""
    left, right, top, bottom = np.inf, -np.inf, np.inf, -np.inf
    for edge in range(4):
        # The four upright faces' ground edges, cut where the world begins; upright edges share their ends.
        ax, ay = size[0] * (0.5 if edge in (0, 3) else -0.5), size[1] * (0.5 if edge in (0, 1) else -0.5)
        bx, by = size[0] * (0.5 if edge in (2, 3) else -0.5), size[1] * (0.5 if edge in (3, 0) else -0.5)
        a_forward, a_right = (ax - eye.x) * eye.cos + (ay - eye.y) * eye.sin, (ay - eye.y) * eye.cos - (ax - eye.x) * eye.sin
        b_forward, b_right = (bx - eye.x) * eye.cos + (by - eye.y) * eye.sin, (by - eye.y) * eye.cos - (bx - eye.x) * eye.sin
        if a_forward < NEAR and b_forward < NEAR:
            continue
        if a_forward < NEAR:
            t = (NEAR - a_forward) / (b_forward - a_forward)
            a_forward, a_right = NEAR, a_right + t * (b_right - a_right)
        if b_forward < NEAR:
            t = (NEAR - b_forward) / (a_forward - b_forward)
            b_forward, b_right = NEAR, b_right + t * (a_right - b_right)
        for forward, across in ((a_forward, a_right), (b_forward, b_right)):
            column = columns / 2 + eye.focal * across / forward
            left, right = min(left, column), max(right, column)
            top = min(top, eye.horizon + eye.focal * (eye.elevation - size[2]) / forward)
            bottom = max(bottom, eye.horizon + eye.focal * eye.elevation / forward)
    return left, right, top, bottom


@kernel
def draw_car(
    canvas: Canvas, pose: Floats, size: Floats, colour: Floats, braking: bool, ident: int, planes: Floats, room: Floats,
    light: Light, eye: Eye,
) -> None:  # fmt: skip
    """Blend one car over the picture."""
    image = canvas.image
    rows, columns, _ = image.shape
    length, width, height = size
    red, green, blue = colour
    eye_x = (eye.x - pose[0]) * pose[2] + (eye.y - pose[1]) * pose[3]
    eye_y = (eye.y - pose[1]) * pose[2] - (eye.x - pose[0]) * pose[3]
    cos, sin = eye.cos * pose[2] + eye.sin * pose[3], eye.sin * pose[2] - eye.cos * pose[3]
    sun_x = light.sun_x * pose[2] + light.sun_y * pose[3]
    sun_y = light.sun_y * pose[2] - light.sun_x * pose[3]
    left, right, top, bottom = _screen_box(size, Eye(eye_x, eye_y, eye.elevation, cos, sin, eye.focal, eye.horizon, 0.0), columns)
    if left > right or right < 0 or left > columns:
        return
    for i in range(planes.shape[0]):
        room[i] = planes[i, 3] - planes[i, 0] * eye_x - planes[i, 1] * eye_y - planes[i, 2] * eye.elevation
    far = 1 - math.exp(-math.sqrt(eye_x * eye_x + eye_y * eye_y) / light.haze_reach)
    forward, aside = -eye_x * cos - eye_y * sin, eye_x * sin - eye_y * cos
    lamps = beam(light, eye, forward, aside)
    rays = 2 if (right - left) * (bottom - top) > LARGE else 4
    for row in range(max(int(top), 0), min(int(math.ceil(bottom)), rows)):
        for column in range(max(int(left), 0), min(int(math.ceil(right)), columns)):
            hits, sum_red, sum_green, sum_blue, nearest = 0, 0.0, 0.0, 0.0, np.inf
            for ray in range(rays):
                slope, rise = (column + RAYS[ray][0] - columns / 2) / eye.focal, (eye.horizon - row - RAYS[ray][1]) / eye.focal
                dx, dy = cos - slope * sin, sin + slope * cos
                part, distance, face, radius = _hit(planes, room, length, width, eye_x, eye_y, eye.elevation, dx, dy, rise)
                if part != NOTHING:
                    z = eye.elevation + distance * rise
                    r, g, b = _shaded(
                        part, face, eye_x + distance * dx, eye_y + distance * dy, z, radius,
                        planes, length, width, height, red, green, blue, braking, light, sun_x, sun_y,
                        lamps * beam_share(forward, z) if lamps > 0.0 else 0.0,
                    )  # fmt: skip
                    nearest = min(nearest, distance)
                    hits, sum_red, sum_green, sum_blue = hits + 1, sum_red + r, sum_green + g, sum_blue + b
            if hits:
                keep, share, haze = (1 - hits / rays) / 255, (1 - far) / rays, far * hits / rays
                image[row, column, 0] = level_of(image[row, column, 0] * keep + sum_red * share + light.haze_red * haze)
                image[row, column, 1] = level_of(image[row, column, 1] * keep + sum_green * share + light.haze_green * haze)
                image[row, column, 2] = level_of(image[row, column, 2] * keep + sum_blue * share + light.haze_blue * haze)
                if 2 * hits >= rays:
                    mark(canvas, row, column, nearest, CAR, ident)
