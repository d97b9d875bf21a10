"""The surfaces that panels and roofs are covered with, by number: what each looks like, and how
light and snow take to it.
"""

from enum import IntEnum

from sim.jit import kernel
from sim.render.noise import Grain
from sim.render.objects.surfaces.barrier_surfaces import barrier_skin
from sim.render.objects.surfaces.building_surfaces import (
    board,
    garage_wall,
    hill,
    house_wall,
    portal,
    roof,
    stand,
    tunnel_wall,
)
from sim.render.objects.surfaces.sign_faces import (
    chevron_face,
    crossing_face,
    distance_face,
    gantry_face,
    speed_face,
    warning_face,
)
from sim.roads.plan import Wall

Surface = tuple[float, float, float, float, float]  # opacity, red, green, blue, glow


class SurfaceKind(IntEnum):
    """What a panel shows; the numbers below 8 are those of `Wall`."""

    RAIL = int(Wall.RAIL)
    STONE = int(Wall.STONE)
    HEDGE = int(Wall.HEDGE)
    FENCE = int(Wall.FENCE)
    ROCK = int(Wall.ROCK)
    TYRES = int(Wall.TYRES)
    CONCRETE = int(Wall.CONCRETE)
    NOISE = int(Wall.NOISE)
    PLASTER = 8
    BRICK = 9
    GARAGE = 10
    ROOF = 11
    STAND = 12
    BOARD = 13
    TUNNEL = 14
    PORTAL = 15
    HILL = 16
    PLAIN = 17
    SPEED = 18
    WARNING = 19
    CHEVRON = 20
    CROSSING = 21
    GANTRY = 22
    DISTANCE = 23


RAIL = int(SurfaceKind.RAIL)
STONE = int(SurfaceKind.STONE)
HEDGE = int(SurfaceKind.HEDGE)
FENCE = int(SurfaceKind.FENCE)
ROCK = int(SurfaceKind.ROCK)
NOISE = int(SurfaceKind.NOISE)
BRICK = int(SurfaceKind.BRICK)
GARAGE = int(SurfaceKind.GARAGE)
ROOF = int(SurfaceKind.ROOF)
STAND = int(SurfaceKind.STAND)
BOARD = int(SurfaceKind.BOARD)
TUNNEL = int(SurfaceKind.TUNNEL)
PORTAL = int(SurfaceKind.PORTAL)
HILL = int(SurfaceKind.HILL)
PLAIN = int(SurfaceKind.PLAIN)
SPEED = int(SurfaceKind.SPEED)
WARNING = int(SurfaceKind.WARNING)
CHEVRON = int(SurfaceKind.CHEVRON)
CROSSING = int(SurfaceKind.CROSSING)
GANTRY = int(SurfaceKind.GANTRY)
PLASTER = int(SurfaceKind.PLASTER)
SIGN_RETROREFLECTION = 8.0  # how much more of the headlights a sign throws back than a wall
# what a camera shows of that at most: the colours of a sign in full beam do not drown in white
BRIGHTEST = 1.1
SEE_THROUGH = (SurfaceKind.RAIL, SurfaceKind.FENCE)


@kernel
def ragged(skin: int, height: float) -> tuple[float, float]:
    """How far noise moves the top edge of a skin [m], and the noise's texel [m]."""
    if skin == HEDGE:
        return 0.05, 0.06
    if skin == ROCK:
        return 0.12 * height, 0.5
    if skin == HILL:
        return 0.5, 1.1
    return 0.0, 1.0


@kernel
def slanted(skin: int) -> float:
    """How much of a skin's face looks upwards, so that a high sun and the whole sky reach it."""
    if skin == HILL:
        return 0.6
    if skin == HEDGE:
        return 0.35
    return 0.25 if skin == ROCK else 0.0


@kernel
def snowed(skin: int) -> tuple[float, float]:
    """How thick snow lies on top of a skin [m], and what share of its face holds snow, when as much
    lies as can.
    """
    if skin == HILL:
        return 0.3, 0.75
    if skin == ROOF:
        return 0.0, 1.25
    if skin in (HEDGE, ROCK):
        return 0.14, 0.35
    if skin in (RAIL, FENCE):
        return 0.05, 0.0
    return (0.12, 0.0) if skin <= NOISE else (0.0, 0.0)


@kernel
def _building(
    grain: Grain, blur: float, skin: int, u: float, z: float, du: float, dz: float, low: float, height: float,
    red: float, green: float, blue: float, pitch: float, seed: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    if skin in (PLASTER, BRICK):
        return house_wall(
            grain,
            blur,
            u,
            z,
            du,
            dz,
            red,
            green,
            blue,
            abs(pitch),
            seed,
            height,
            skin == BRICK,
            pitch < 0.0,
        )
    if skin == GARAGE:
        return garage_wall(u, z, du, dz, red, green, blue, pitch)
    if skin == ROOF:
        return roof(grain, blur, u, z, dz, red, green, blue)
    if skin == STAND:
        return stand(u, z, du, dz, red, green, blue, height)
    if skin == BOARD:
        return board(u, z - low, du, dz, red, green, blue, height - low, seed)
    if skin == TUNNEL:
        return tunnel_wall(grain, blur, u, z, du, dz)
    if skin == PORTAL:
        return portal(grain, blur, u, z, du, dz, red, green, blue)
    return hill(grain, blur, u, z, red, green, blue)


@kernel
def _face(
    skin: int,
    u: float,
    z: float,
    du: float,
    dz: float,
    low: float,
    height: float,
    width: float,
    seed: float,
) -> tuple[float, float, float, float]:
    half = (height - low) / 2
    y = (z - low) / half - 1
    blur = max(du, dz) / half
    if skin == GANTRY:
        return gantry_face((u - width / 2) / half, y, blur, width / 2 / half, seed)
    x = 2 * u / width - 1
    if skin == SPEED:
        return speed_face(x, y, blur, seed)
    if skin == WARNING:
        return warning_face(x, y, blur, seed)
    if skin == CHEVRON:
        return chevron_face(x, y, blur, seed)
    return crossing_face(x, y, blur) if skin == CROSSING else distance_face(x, y, blur)


@kernel
def surface(
    grain: Grain, blur: float, skin: int, u: float, z: float, du: float, dz: float, low: float, height: float,
    red: float, green: float, blue: float, pitch: float, seed: float,
) -> Surface:  # fmt: skip
    """What a pixel shows of a skin.

    blur: of the footprint, log2 of metres.
    u: along the panel [m].
    z: above the ground [m].
    du, dz: the pixel's footprint [m].
    low, height: of the panel's edges above the ground [m].
    pitch: width of a window's field (negative: in front, with a door), of a garage or of a sign
    [m].
    seed: in [0, 1), what makes one different from the next, for arrows 1 to the right and -1 to the
    left, for speed limits the limit [km/h].
    """
    if skin <= NOISE:
        cover, red, green, blue = barrier_skin(
            grain, blur, skin, u, z, du, dz, height, red, green, blue, seed
        )
        return cover, red, green, blue, 0.0
    if skin == PLAIN:
        return 1.0, red, green, blue, 0.0
    if skin >= SPEED:
        cover, red, green, blue = _face(skin, u, z, du, dz, low, height, pitch, seed)
        return cover, red, green, blue, 0.0
    red, green, blue, glow = _building(
        grain, blur, skin, u, z, du, dz, low, height, red, green, blue, pitch, seed
    )
    return 1.0, red, green, blue, glow
