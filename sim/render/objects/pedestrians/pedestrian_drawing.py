"""People on foot, drawn limb by limb as round tapered bars, with exact coverage at their edges, and
their shadows.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.jit import kernel
from sim.render.frame_buffer import Eye, FrameBuffer, Label, level_of, write_truth
from sim.render.lighting.light import Light, beam, beam_share
from sim.render.objects.filters import hidden
from sim.render.objects.pedestrians.gait import (
    BELLY,
    CHEST,
    DRESS,
    EXTRA,
    HEAD,
    LIMBS,
    NO_BAG,
    Floats,
    dress_of,
    pose_limbs,
)  # fmt: skip
from sim.types import Actor

PERSON = int(Label.PERSON)
MIN_FIGURE_DISTANCE = 0.5  # [m] in front of the camera: pedestrians nearer than this are not drawn
FIGURE_MARGIN = 1.0  # [m] around a person's place that holds all of them
LIMB_BLUR = 0.5  # [px] around a limb that its edge is spread over
# of a limb on the screen: two discs (column, row, radius, distance, half depth), and the box around
# both
SPOTS = 14


LimbView = tuple[float, float, float, float]


class PedestriansToDraw(NamedTuple):
    """The people of a frame.

    pose: (K, 4) x, y, cos, sin.
    size: (K, 3) length, width, height [m].
    gait: (K, 2) speed [m/s] and phase [rad].
    stout: (K,).
    carried: (K,).
    colours: (K, 6, 3) in [0, 1].
    ident: (K,). limbs: (LIMBS, 10) and.
    spots: (LIMBS, SPOTS) are written by the kernels.
    """

    pose: Floats
    size: Floats
    gait: Floats
    stout: Floats
    carried: NDArray[np.int64]
    colours: Floats
    ident: NDArray[np.int32]
    limbs: Floats
    spots: Floats


def pedestrians_to_draw(actors: Sequence[Actor]) -> PedestriansToDraw:
    """The people of a frame as arrays."""
    count = len(actors)
    dresses = [dress_of(actor.ident, actor.colour) for actor in actors]
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
                a.speed,
                a.phase,
            )
            for a in actors
        ],
        dtype=np.float64,
    ).reshape(count, 9)
    return PedestriansToDraw(
        np.ascontiguousarray(numbers[:, :4]),
        np.ascontiguousarray(numbers[:, 4:7]),
        np.ascontiguousarray(numbers[:, 7:]),
        np.array([stout for _, stout, _ in dresses], dtype=np.float64),
        np.array([carried for _, _, carried in dresses], dtype=np.int64),
        np.array([colours for colours, _, _ in dresses], dtype=np.float64).reshape(count, 6, 3),
        np.array([actor.ident for actor in actors], dtype=np.int32),
        np.empty((LIMBS, 10)),
        np.empty((LIMBS, SPOTS)),
    )


@kernel
def project_limbs(
    people: PedestriansToDraw, k: int, eye: Eye, columns: int
) -> tuple[float, float, float, float, float]:
    """Write the limbs of pedestrian `k` in image coordinates; return (left, right, top, bottom)
    [px] and the stretch of columns.

    The edges lie LIMB_BLUR outside the limbs; left > right when the pedestrian is not visible.
    Spots count columns from the picture's centre, over the stretch with which a pinhole camera
    widens objects far from its axis.
    """
    pose = people.pose[k]
    limbs = people.limbs
    spots = people.spots
    dx = pose[0] - eye.x
    dy = pose[1] - eye.y
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    left = 1e9
    end = -1e9
    top = 1e9
    bottom = -1e9
    spread = (
        columns / 2 + eye.focal * FIGURE_MARGIN / max(forward, MIN_FIGURE_DISTANCE)
    ) / eye.focal
    if forward < MIN_FIGURE_DISTANCE or abs(right) > forward * spread + FIGURE_MARGIN:
        return left, end, top, bottom, 1.0
    pose_limbs(
        limbs,
        people.size[k, 2],
        people.stout[k],
        people.carried[k],
        people.gait[k, 0],
        people.gait[k, 1],
    )
    away = math.sqrt(forward * forward + right * right)
    stretch = away / forward
    # The person's axes in the camera's, and how much of their right lies across the line of sight.
    cos = pose[2] * eye.cos + pose[3] * eye.sin
    sin = pose[3] * eye.cos - pose[2] * eye.sin
    across = (cos * forward + sin * right) / away
    wide = across * across
    deep = 1.0 - across * across
    for i in range(LIMBS):
        spot = spots[i]
        for end_of in range(2):
            x = limbs[i, 3 * end_of]
            y = limbs[i, 3 * end_of + 1]
            z = limbs[i, 3 * end_of + 2]
            half = limbs[i, 6 + end_of]
            thick = limbs[i, 8 + end_of]
            ahead = max(forward + x * cos - y * sin, 0.1)
            scale = eye.focal / ahead
            first = 5 * end_of
            spot[first] = (right + x * sin + y * cos) * scale / stretch
            spot[first + 1] = eye.horizon + (eye.elevation - z) * scale
            spot[first + 2] = math.sqrt(half * half * wide + thick * thick * deep) * scale
            spot[first + 3] = ahead
            spot[first + 4] = math.sqrt(half * half * deep + thick * thick * wide)
        spot[10], spot[11] = (
            min(spot[0] - spot[2], spot[5] - spot[7]),
            max(spot[0] + spot[2], spot[5] + spot[7]),
        )
        spot[12], spot[13] = (
            min(spot[1] - spot[2], spot[6] - spot[7]),
            max(spot[1] + spot[2], spot[6] + spot[7]),
        )
        spot[10], spot[11], spot[12], spot[13] = (
            spot[10] - LIMB_BLUR,
            spot[11] + LIMB_BLUR,
            spot[12] - LIMB_BLUR,
            spot[13] + LIMB_BLUR,
        )
        if i == EXTRA and people.carried[k] == NO_BAG:
            spot[12] = 1e9
            spot[13] = -1e9
            continue
        left, end = min(left, spot[10]), max(end, spot[11])
        top, bottom = min(top, spot[12]), max(bottom, spot[13])
    return columns / 2 + left * stretch, columns / 2 + end * stretch, top, bottom, stretch


@kernel
def _meet(spots: Floats, i: int, u: float, v: float) -> tuple[float, float, float, float, float]:
    """Cover of a pixel by limb `i`, its distance [m], and the normal there: right, up, towards the
    camera.
    """
    ax = spots[i, 0]
    ay = spots[i, 1]
    bx = spots[i, 5]
    by = spots[i, 6]
    lx = bx - ax
    ly = by - ay
    t = ((u - ax) * lx + (v - ay) * ly) / (lx * lx + ly * ly + 1e-9)
    t = min(max(t, 0.0), 1.0)
    du = u - ax - t * lx
    dv = v - ay - t * ly
    radius = spots[i, 2] + t * (spots[i, 7] - spots[i, 2])
    off = math.sqrt(du * du + dv * dv)
    cover = min(max(radius - off + 0.5, 0.0), 1.0) * min(2 * radius / (radius + 0.5), 1.0)
    if cover <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    share = min(off / radius, 0.99)
    towards = math.sqrt(1 - share * share)
    depth = (
        spots[i, 3]
        + t * (spots[i, 8] - spots[i, 3])
        - towards * (spots[i, 4] + t * (spots[i, 9] - spots[i, 4]))
    )
    turn = share / max(off, 1e-6)
    return cover, depth, du * turn, -dv * turn, towards


@kernel
def _features(limb: int, ahead: float, aside: float, up: float, fine: bool) -> float:
    """How dark a face's eyes and mouth and a jacket's seam make a point; ahead, aside, up: its
    normal in the person's frame.
    """
    if not fine:
        return 1.0
    if limb == HEAD and ahead > 0.35:
        if abs(abs(aside) - 0.40) < 0.14 and abs(up - 0.18) < 0.09:
            return 0.35
        if abs(aside) < 0.30 and abs(up + 0.38) < 0.06:
            return 0.62
        if abs(aside) < 0.10 and -0.22 < up < 0.12:
            return 0.92
    if limb in (CHEST, BELLY) and ahead > 0.3 and abs(aside) < 0.05:
        return 0.6
    return 1.0


@kernel
def _layers(spots: Floats, u: float, v: float) -> tuple[int, float, float, int, float]:
    """The two nearest limbs at a pixel: the first (-1 for none), its cover and distance [m], the
    second and its cover.
    """
    front = -1
    back = -1
    near = 1e9
    next_near = 1e9
    front_cover = 0.0
    back_cover = 0.0
    for i in range(LIMBS):
        if not (spots[i, 12] < v < spots[i, 13] and spots[i, 10] < u < spots[i, 11]):
            continue
        cover, depth, _, _, _ = _meet(spots, i, u, v)
        if cover > 0.0 and depth < near:
            back = front
            next_near = near
            back_cover = front_cover
            front = i
            near = depth
            front_cover = cover
        elif cover > 0.0 and depth < next_near:
            back = i
            next_near = depth
            back_cover = cover
    return front, front_cover, near, back, back_cover


@kernel
def _view_of(pose: Floats, light: Light, sight_x: float, sight_y: float) -> LimbView:
    """The sun and a person's own forward, seen along the line of sight: right of it and towards the
    camera.
    """
    return (
        light.sun_y * sight_x - light.sun_x * sight_y,
        -(light.sun_x * sight_x + light.sun_y * sight_y),
        pose[3] * sight_x - pose[2] * sight_y,
        -(pose[2] * sight_x + pose[3] * sight_y),
    )


@kernel
def _shaded(
    people: PedestriansToDraw,
    k: int,
    limb: int,
    u: float,
    v: float,
    light: Light,
    low: float,
    dim: float,
    view: LimbView,
    fine: bool,
) -> tuple[float, float, float]:
    """The colour of a limb at a pixel; low: the headlights there, dim: how much of the sky's light
    comes so low.
    """
    sun_right, sun_towards, face_right, face_towards = view
    _, _, right, up, towards = _meet(people.spots, limb, u, v)
    ahead = right * face_right + towards * face_towards
    aside = towards * face_right - right * face_towards
    tone = _features(limb, ahead, aside, up, fine)
    sky = dim * (0.74 + 0.28 * up)
    sun = 0.95 * max(
        0.88 * (right * sun_right + towards * sun_towards + up * light.sun_up) + 0.12, 0.0
    )
    lamp = low * (0.35 + 0.65 * towards)
    colour = people.colours[k, DRESS[limb]]
    return (
        tone * colour[0] * (light.sky_red * sky + light.sun_red * sun + lamp),
        tone * colour[1] * (light.sky_green * sky + light.sun_green * sun + lamp),
        tone * colour[2] * (light.sky_blue * sky + light.sun_blue * sun + lamp),
    )


@kernel
def draw_pedestrian(
    canvas: FrameBuffer, people: PedestriansToDraw, k: int, light: Light, eye: Eye
) -> None:
    """Blend person number `k` over the picture."""
    image = canvas.image
    columns = image.shape[1]
    left, end, top, bottom, stretch = project_limbs(people, k, eye, columns)
    if left > end or end < 0 or left > columns:
        return
    pose = people.pose[k]
    spots = people.spots
    height = people.size[k, 2]
    dx = pose[0] - eye.x
    dy = pose[1] - eye.y
    away = math.sqrt(dx * dx + dy * dy)
    forward = dx * eye.cos + dy * eye.sin
    right = dy * eye.cos - dx * eye.sin
    view = _view_of(pose, light, dx / away, dy / away)
    far = 1 - math.exp(-away / light.haze_reach)
    headlight = beam(light, eye, forward, right)
    fine = spots[HEAD, 7] > 4.0
    for row in range(max(int(top), canvas.first), min(int(math.ceil(bottom)), canvas.last)):
        v = row + 0.5
        z = eye.elevation - (v - eye.horizon) * forward / eye.focal
        low = headlight * beam_share(forward, z) if headlight > 0.0 else 0.0
        dim = 0.80 + 0.20 * min(max(z / height, 0.0), 1.0)  # the ground hides the sky from the legs
        for column in range(max(int(left), 0), min(int(math.ceil(end)), columns)):
            u = (column + 0.5 - columns / 2) / stretch
            front, front_cover, near, back, back_cover = _layers(spots, u, v)
            if front < 0 or hidden(canvas, row, column, near):
                continue
            total = front_cover + (1 - front_cover) * back_cover
            red, green, blue = _shaded(people, k, front, u, v, light, low, dim, view, fine)
            if total > front_cover:
                share = (total - front_cover) / total
                r, g, b = _shaded(people, k, back, u, v, light, low, dim, view, fine)
                red, green, blue = (
                    red + (r - red) * share,
                    green + (g - green) * share,
                    blue + (b - blue) * share,
                )
            red, green, blue = red * total, green * total, blue * total
            keep = (1 - total) / 255
            haze = far * total
            image[row, column, 0] = level_of(
                image[row, column, 0] * keep + red * (1 - far) + light.haze_red * haze
            )
            image[row, column, 1] = level_of(
                image[row, column, 1] * keep + green * (1 - far) + light.haze_green * haze
            )
            image[row, column, 2] = level_of(
                image[row, column, 2] * keep + blue * (1 - far) + light.haze_blue * haze
            )
            if total >= 0.5:
                write_truth(canvas, row, column, near, PERSON, people.ident[k])


@kernel
def pedestrian_covers(spots: Floats, u: float, v: float) -> bool:
    """Whether at least half of a pixel shows a person that stands alone; `project_limbs` comes
    first.
    """
    _, front_cover, _, _, back_cover = _layers(spots, u, v)
    return front_cover + (1 - front_cover) * back_cover >= 0.5
