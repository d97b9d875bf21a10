"""What buildings look like: walls with windows and doors, garages, roofs, stands, boards, and the
insides of tunnels.

Like `barrier_surfaces`, with the share of a point that shines by itself after the colour.
"""

import math

from sim.jit import kernel
from sim.render.ground.footprint import overlap
from sim.render.noise import Grain
from sim.render.objects.filters import pulse, step_hash
from sim.render.objects.surfaces.barrier_surfaces import rough

Shining = tuple[float, float, float, float]  # red, green, blue, glow
FLOOR = 2.8  # [m] from storey to storey
PLINTH = 0.35  # [m]


@kernel
def house_wall(
    grain: Grain, blur: float, u: float, z: float, du: float, dz: float, red: float, green: float, blue: float,
    pitch: float, seed: float, eaves: float, brick: bool, door: bool,
) -> Shining:  # fmt: skip
    """A wall with one window per `pitch` [m] and storey up to the eaves, in front with a door in
    one of the fields.
    """
    tone = 1 + 0.05 * rough(grain, u, z, blur, 3)
    if brick:
        course = math.floor(z / 0.10)
        joint = 1 - (1 - pulse(z, dz, 0.10, 0.014)) * (
            1 - pulse(u + 0.15 * course, du, 0.30, 0.014)
        )
        own = step_hash(math.floor((u + 0.15 * course) / 0.30), course, 5.0) - 0.5
        tone += 0.30 * own * min(max(1.2 - du / 0.25, 0.0), 1.0) + 0.25 * joint
    base = overlap(z, dz, -1.0, PLINTH)
    red, green, blue = (
        red * tone * (1 - base) + 0.42 * base,
        green * tone * (1 - base) + 0.41 * base,
        blue * tone * (1 - base) + 0.40 * base,
    )
    if pitch <= 0.0 or z > eaves + dz:
        return red, green, blue, 0.0
    field = math.floor(u / pitch)
    storey = math.floor(z / FLOOR)
    x = u - (field + 0.5) * pitch
    height = z - storey * FLOOR
    opening = door and storey == 0.0 and field == math.floor(seed * 7.0) % 2
    half, low, high = (0.52, 0.0, 2.08) if opening else (0.62, 0.88, 2.18)
    if (storey + 1) * FLOOR > eaves + 0.5:
        return red, green, blue, 0.0
    frame = overlap(x, du, -half - 0.09, half + 0.09) * overlap(height, dz, low - 0.09, high + 0.09)
    pane = overlap(x, du, -half, half) * overlap(height, dz, low, high)
    red, green, blue = (
        red + (0.85 - red) * frame,
        green + (0.84 - green) * frame,
        blue + (0.82 - blue) * frame,
    )
    if opening:
        paint = step_hash(math.floor(seed * 997.0), 2.0, 9.0)
        panel = 0.8 + 0.2 * overlap(x, du, -0.35, 0.35) * overlap(height, dz, 1.2, 1.9)
        wood = (
            (0.34 - 0.14 * paint) * panel,
            (0.20 + 0.08 * paint) * panel,
            (0.13 + 0.16 * paint) * panel,
        )
        return (
            red + (wood[0] - red) * pane,
            green + (wood[1] - green) * pane,
            blue + (wood[2] - blue) * pane,
            0.0,
        )
    bars = 1 - (1 - overlap(x, du, -0.035, 0.035)) * (1 - overlap(height, dz, 1.72, 1.78))
    glass = pane * (1 - bars)
    gleam = 0.16 + 0.12 * (height - low)
    red, green, blue = (
        red + (0.9 * gleam - red) * glass,
        green + (gleam - green) * glass,
        blue + (1.12 * gleam - blue) * glass,
    )
    lit = 1.0 if step_hash(field, storey, math.floor(seed * 997.0)) < 0.38 else 0.0
    return red, green, blue, glass * lit


@kernel
def garage_wall(
    u: float, z: float, du: float, dz: float, red: float, green: float, blue: float, width: float
) -> Shining:
    """A wall with an up-and-over door in its middle."""
    x = u - width / 2
    half = min(width / 2 - 0.3, 1.3)
    door = overlap(x, du, -half, half) * overlap(z, dz, 0.0, 2.1)
    tone = 0.72 - 0.16 * pulse(z, dz, 0.42, 0.03)
    return (
        red + (tone - red) * door,
        green + (tone - green) * door,
        blue + (0.98 * tone - blue) * door,
        0.0,
    )


@kernel
def roof(
    grain: Grain, blur: float, u: float, z: float, dz: float, red: float, green: float, blue: float
) -> Shining:
    """Rows of tiles."""
    row = pulse(z, dz, 0.20, 0.045)
    tone = 1.04 - 0.22 * row + 0.07 * rough(grain, u, z, blur, 4)
    return red * tone, green * tone, blue * tone, 0.0


@kernel
def stand(
    u: float, z: float, du: float, dz: float, red: float, green: float, blue: float, height: float
) -> Shining:
    """A grandstand's rows, filled with people, between a coloured wall below and the dark under the
    roof.
    """
    wall = overlap(z, dz, -1.0, 1.6)
    dark = overlap(z, dz, height - 1.2, height + 9.0)
    seat = math.floor(u / 0.55)
    row = math.floor(z / 0.8)
    fine = min(max(1.4 - du / 0.6, 0.0), 1.0)
    hue = step_hash(seat, row, 1.0) - 0.5
    other = step_hash(seat, row, 2.0) - 0.5
    person = pulse(u, du, 0.55, 0.36) * pulse(z, dz, 0.8, 0.52)
    head = 0.50 * person
    seats = 0.40 * (1 - person)
    hue, other = person * fine * hue, person * fine * other
    crowd_red = head + seats + 0.45 * hue
    crowd_green = head + seats + 0.30 * other
    crowd_blue = head + seats - 0.30 * hue
    post = 0.5 * pulse(u, du, 8.0, 0.25)
    keep = (1 - wall) * (1 - post)
    shade = 1 - 0.7 * dark
    return (
        (crowd_red * keep + red * wall + 0.25 * post) * shade,
        (crowd_green * keep + green * wall + 0.25 * post) * shade,
        (crowd_blue * keep + blue * wall + 0.25 * post) * shade,
        0.0,
    )


@kernel
def board(
    u: float,
    z: float,
    du: float,
    dz: float,
    red: float,
    green: float,
    blue: float,
    height: float,
    seed: float,
) -> Shining:
    """An advertisement: a plain field with a border and a stripe."""
    edge = 1 - overlap(z, dz, 0.12, height - 0.12) * (1 - pulse(u, du, 6.0, 0.12))
    low = (0.25 + 0.25 * seed) * height
    stripe = overlap(z, dz, low, low + 0.3 * height) * pulse(u + 6.0 - 1.2, du, 6.0, 3.2)
    mark = max(edge, stripe)
    return (
        red + (0.88 - red) * mark,
        green + (0.88 - green) * mark,
        blue + (0.88 - blue) * mark,
        0.0,
    )


@kernel
def tunnel_wall(grain: Grain, blur: float, u: float, z: float, du: float, dz: float) -> Shining:
    """Light tiles below, bare concrete above, a painted stripe, dirt from below."""
    tiles = overlap(z, dz, 0.0, 2.9)
    joints = 0.10 * (pulse(u, du, 0.6, 0.03) + pulse(z, dz, 0.6, 0.03)) * tiles + 0.30 * pulse(
        u, du, 6.0, 0.08
    )
    dirt = 0.26 / (1 + 2.5 * z * z) * (1 + 0.35 * rough(grain, u, z, blur, 3))
    tone = (0.52 + 0.20 * tiles) * (1 - joints) * (1 - dirt) + 0.02 * rough(grain, u, z, blur, 5)
    stripe = overlap(z, dz, 1.05, 1.30)
    return (
        tone + (0.62 - tone) * stripe,
        0.98 * tone + (0.34 - tone) * stripe,
        0.93 * tone + (0.12 - tone) * stripe,
        0.0,
    )


@kernel
def portal(
    grain: Grain,
    blur: float,
    u: float,
    z: float,
    du: float,
    dz: float,
    red: float,
    green: float,
    blue: float,
) -> Shining:
    """Blocks of dressed stone."""
    course = math.floor(z / 0.8)
    joint = 1 - (1 - pulse(z, dz, 0.8, 0.05)) * (1 - pulse(u + 0.7 * course, du, 1.4, 0.05))
    tone = (1 + 0.10 * rough(grain, u, z, blur, 4)) * (1 - 0.25 * joint)
    return red * tone, green * tone, blue * tone, 0.0


@kernel
def hill(
    grain: Grain, blur: float, u: float, z: float, red: float, green: float, blue: float
) -> Shining:
    """Grass, bushes and bare soil on a slope."""
    fine = rough(grain, u, z, blur, 4)
    big = rough(grain, u + 3.0, 1.3 * z, blur, 2)
    bush = min(max(1.6 * big - 0.6, 0.0), 1.0)
    tone = 0.90 + 0.14 * fine + 0.08 * big - 0.34 * bush
    return (red + 0.03 * big) * tone, green * tone, blue * tone, 0.0
