"""What barriers along roads look like: opacity and colour of a point of a panel, averaged over a
pixel's footprint.

Each takes the log2 of the footprint, u along and z above the ground [m], the footprint along and
up, the panel's height and its own colour; it gives (opacity, red, green, blue).
"""

import math

from sim.jit import kernel
from sim.render.ground.footprint import overlap
from sim.render.noise import MIP_LEVELS, Grain, grain_between
from sim.render.objects.filters import pulse, step_hash
from sim.roads.plan import Wall

Skinned = tuple[float, float, float, float]
WALL_RAIL = int(Wall.RAIL)
WALL_STONE = int(Wall.STONE)
WALL_HEDGE = int(Wall.HEDGE)
WALL_FENCE = int(Wall.FENCE)
WALL_ROCK = int(Wall.ROCK)
TYRES = int(Wall.TYRES)
CONCRETE = int(Wall.CONCRETE)
WALL_NOISE = int(Wall.NOISE)


@kernel
def rough(grain: Grain, u: float, z: float, blur: float, octave: int) -> float:
    """Noise on an upright surface with 2 ** octave texels per metre; blur: of the footprint, log2
    of metres.
    """
    level = min(max(blur + octave, 0.0), MIP_LEVELS - 1.001)
    scale = float(1 << octave)
    return grain_between(grain.corners, grain.starts, level, u * scale, z * scale)


@kernel
def _rail(u: float, z: float, du: float, dz: float, height: float) -> Skinned:
    beam = overlap(z, dz, height - 0.31, height)
    post = overlap(z, dz, 0.0, height - 0.03) * pulse(u, du, 4.0, 0.12)
    wave = math.cos((height - z) / 0.31 * 4 * math.pi) * min(max(1.2 - dz / 0.08, 0.0), 1.0)
    seam = 0.12 * pulse(u, du, 4.0, 0.03)
    tone = (0.62 - 0.13 * wave - seam) * beam + 0.42 * (1 - beam)
    return beam + (1 - beam) * post, 0.98 * tone, tone, 1.03 * tone


@kernel
def _stone(
    grain: Grain,
    blur: float,
    u: float,
    z: float,
    du: float,
    dz: float,
    red: float,
    green: float,
    blue: float,
) -> Skinned:
    course = math.floor(z / 0.27)
    along = u + 0.23 * course + 0.1 * math.sin(7.0 * course)
    mortar = 1 - (1 - pulse(z, dz, 0.27, 0.035)) * (1 - pulse(along, du, 0.52, 0.04))
    own = (step_hash(math.floor(along / 0.52), course, 3.0) - 0.5) * min(
        max(1.5 - du / 0.4, 0.0), 1.0
    )
    tone = (1 + 0.35 * own + 0.10 * rough(grain, u, z, blur, 5)) * (1 - 0.42 * mortar)
    return 1.0, red * tone, green * tone, blue * tone


@kernel
def _hedge(
    grain: Grain,
    blur: float,
    u: float,
    z: float,
    height: float,
    red: float,
    green: float,
    blue: float,
) -> Skinned:
    leaves = rough(grain, u, z, blur, 5)
    bulges = rough(grain, u + 9.0, z, blur, 2)
    tone = 0.68 + 0.22 * z / height + 0.16 * leaves + 0.09 * bulges
    tone = max(tone, 0.25)
    return 1.0, red * (tone + 0.04 * bulges), green * tone, blue * tone


@kernel
def _fence(
    grain: Grain, blur: float, u: float, z: float, du: float, dz: float, height: float,
    red: float, green: float, blue: float, seed: float,
) -> Skinned:  # fmt: skip
    if seed < 0.5:  # pickets on two rails
        upright = pulse(u, du, 0.15, 0.095) * overlap(z, dz, 0.06, height)
        bars = overlap(z, dz, 0.25 * height, 0.25 * height + 0.08) + overlap(
            z, dz, 0.75 * height, 0.75 * height + 0.08
        )
    else:  # posts and bars around fields
        upright = pulse(u, du, 2.2, 0.11) * overlap(z, dz, 0.0, height)
        bars = overlap(z, dz, 0.38 * height, 0.38 * height + 0.10) + overlap(
            z, dz, 0.82 * height, 0.82 * height + 0.10
        )
    cover = 1 - (1 - upright) * (1 - min(bars, 1.0))
    tone = 0.86 + 0.14 * upright + 0.10 * rough(grain, u, z, blur, 6)
    return cover, red * tone, green * tone, blue * tone


@kernel
def _rock(
    grain: Grain,
    blur: float,
    u: float,
    z: float,
    du: float,
    dz: float,
    height: float,
    red: float,
    green: float,
    blue: float,
) -> Skinned:
    big = rough(grain, u, 1.7 * z + 0.25 * u, blur, 2)
    fine = rough(grain, 1.2 * u + 5.0, 2.0 * z - 0.5 * u, blur, 5)
    strata = rough(grain, 0.12 * u, z + 0.12 * u, blur, 3)
    crack = (
        0.22
        * min(max(1.4 - 9.0 * abs(strata + 0.3 * big), 0.0), 1.0)
        * min(0.12 / max(du, dz), 1.0)
    )
    tone = max((0.90 + 0.13 * big + 0.12 * fine + 0.10 * strata) * (1 - crack), 0.3)
    moss = 0.035 * min(max(big - 0.6 + 0.5 * z / height, 0.0), 1.0)
    return 1.0, red * tone - moss, green * tone, blue * tone - moss


@kernel
def _tyres(u: float, z: float, du: float, dz: float, height: float, seed: float) -> Skinned:
    stack = math.floor(u / 0.62)
    across = (u / 0.62 - stack - 0.5) * 2
    rows = math.cos(2 * math.pi * z / 0.24) * min(max(1.2 - dz / 0.10, 0.0), 1.0)
    roundness = (1 - across * across) * min(max(1.5 - du / 0.5, 0.0), 1.0) + 0.67 * min(
        max(du / 0.5 - 0.5, 0.0), 1.0
    )
    shade = 0.45 + 0.45 * roundness + 0.16 * rows
    # Painted in blocks: white, black and red, averaged where a pixel holds several of them.
    white = pulse(u + 3.0 * seed, du, 7.44, 2.48)
    coloured = pulse(u + 3.0 * seed + 4.96, du, 7.44, 2.48)
    black = 1 - white - coloured
    red = 0.86 * white + 0.72 * coloured + 0.13 * black
    other = 0.86 * white + 0.12 * coloured + 0.13 * black
    belt = 0.75 * overlap(z, dz, height - 0.42, height - 0.30)
    return 1.0, red * shade * (1 - belt), other * shade * (1 - belt), other * shade * (1 - belt)


@kernel
def _concrete(
    grain: Grain, blur: float, u: float, z: float, du: float, dz: float, height: float
) -> Skinned:
    slope = 1.04 * overlap(z, dz, 0.0, 0.3 * height) + 0.92 * overlap(
        z, dz, 0.3 * height, height + 1.0
    )
    joint = 0.35 * pulse(u, du, 6.0, 0.05)
    stain = 0.05 * rough(grain, u, 0.2 * z, blur, 4)
    tone = 0.60 * slope * (1 - joint) + stain * 0.6
    return 1.0, tone, 0.99 * tone, 0.95 * tone


@kernel
def _noise_barrier(
    grain: Grain,
    blur: float,
    u: float,
    z: float,
    du: float,
    dz: float,
    height: float,
    red: float,
    green: float,
    blue: float,
) -> Skinned:
    post = pulse(u + 0.09, du, 4.0, 0.18)
    groove = pulse(z, dz, 0.5, 0.05) * 0.3 + 0.10 * pulse(u, du, 0.25, 0.1) * (
        1 - overlap(z, dz, 0.0, 0.5)
    )
    tone = 1 - groove + 0.05 * rough(grain, u, z, blur, 4)
    plinth = overlap(z, dz, 0.0, 0.5)
    red, green, blue = red * tone, green * tone, blue * tone
    grey = max(post, plinth)
    cap = 0.25 * overlap(z, dz, height - 0.12, height)
    red, green, blue = (
        red + (0.50 - red) * grey,
        green + (0.50 - green) * grey,
        blue + (0.49 - blue) * grey,
    )
    return 1.0, red * (1 - cap), green * (1 - cap), blue * (1 - cap)


@kernel
def barrier_skin(
    grain: Grain, blur: float, kind: int, u: float, z: float, du: float, dz: float, height: float,
    red: float, green: float, blue: float, seed: float,
) -> Skinned:  # fmt: skip
    """Opacity and colour of a barrier of a kind (see `Wall`)."""
    if kind == WALL_RAIL:
        return _rail(u, z, du, dz, height)
    if kind == WALL_STONE:
        return _stone(grain, blur, u, z, du, dz, red, green, blue)
    if kind == WALL_HEDGE:
        return _hedge(grain, blur, u, z, height, red, green, blue)
    if kind == WALL_FENCE:
        return _fence(grain, blur, u, z, du, dz, height, red, green, blue, seed)
    if kind == WALL_ROCK:
        return _rock(grain, blur, u, z, du, dz, height, red, green, blue)
    if kind == TYRES:
        return _tyres(u, z, du, dz, height, seed)
    if kind == CONCRETE:
        return _concrete(grain, blur, u, z, du, dz, height)
    return _noise_barrier(grain, blur, u, z, du, dz, height, red, green, blue)
