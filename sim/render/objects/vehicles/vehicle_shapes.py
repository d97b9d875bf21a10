"""The shapes of cars, vans, trucks and buses: convex parts bounded by planes, wheels and lamps, in
the car's own frame.

Car frame: x forward, y right, z up [m], origin on the ground below the car's centre. Every shape
touches all six sides of its length x width x height.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.types import Kind

Floats = NDArray[np.float64]
Vector = tuple[float, float, float]
# What a plane is, for the paint.
FRONT, REAR, RIGHT, LEFT, BOTTOM, TOP, BONNET, BOOT = range(8)
# Saloon, estate and van have a body and a cabin; a truck a cab, a box and a chassis; a bus one
# hull.
CAR_STYLE, VAN_STYLE, TRUCK_STYLE, BUS_STYLE = range(4)
STYLES = {
    Kind.SALOON: CAR_STYLE,
    Kind.ESTATE: CAR_STYLE,
    Kind.VAN: VAN_STYLE,
    Kind.TRUCK: TRUCK_STYLE,
    Kind.BUS: BUS_STYLE,
}
# room for the planes and the parts of one vehicle
PLANES = 28
PARTS = 3
GROUND_CLEARANCE = 0.22  # [m] under the body of a car
LEAN = 0.10  # [share of their rise] by which a body's sides lean in above the waist
# length of the rows in `VehicleShape`
WHEELS = 5
LAMPS = 8


class VehicleShape(NamedTuple):
    """A vehicle's solids.

    planes: (PLANES, 4) outward unit normals and distances from the origin [m], part after part.
    roles: (PLANES,) what each is.
    starts: (PARTS + 1,) where each part's planes begin.
    wheels: (WHEELS,) radius, x of up to three axles [m], and how many.
    lamps: (LAMPS,) distance from the middle, height, half width and half height [m] of the
    headlamps, then of the tail lamps.
    glass: (6,) of a cabin: height and x of the windscreen's foot, its rake, x of the rear window's
    foot, its rake, height.
    """

    planes: Floats
    roles: NDArray[np.int64]
    starts: NDArray[np.int64]
    wheels: Floats
    lamps: Floats
    glass: Floats


class Profile(NamedTuple):
    """The side view of a car, in shares of its length and height.

    shoulder, nose, tail: heights of the shoulder line and of its front and rear ends.
    bonnet, boot: how far from the ends they reach.
    screen, rear: x of the feet of windscreen and rear window from the centre, each with its rake.
    tumble: how far the cabin's sides lean in [share of their rise].
    """

    shoulder: float
    nose: float
    tail: float
    bonnet: float
    boot: float
    screen: float
    screen_rake: float
    rear: float
    rear_rake: float
    tumble: float


PROFILES = {
    Kind.SALOON: Profile(0.61, 0.49, 0.58, 0.24, 0.16, 0.215, 0.155, -0.365, 0.150, 0.26),
    Kind.ESTATE: Profile(0.60, 0.48, 0.59, 0.22, 0.03, 0.225, 0.150, -0.458, 0.062, 0.22),
    Kind.VAN: Profile(0.49, 0.40, 0.48, 0.15, 0.02, 0.372, 0.135, -0.478, 0.012, 0.07),
}


class _Builder:
    """Collects planes by a point and an outward direction."""

    def __init__(self) -> None:
        self.planes: list[tuple[float, float, float, float]] = []
        self.roles: list[int] = []
        self.starts = [0]

    def add(self, role: int, normal: Vector, point: Vector) -> None:
        """One plane through `point`."""
        unit = np.array(normal) / np.linalg.norm(normal)
        self.planes.append((*unit.tolist(), float(unit @ point)))
        self.roles.append(role)

    def pair(self, roles: tuple[int, int], normal: Vector, point: Vector) -> None:
        """A plane and its mirror image in the car's middle: right, then left."""
        for role, sign in zip(roles, (1, -1), strict=True):
            self.add(
                role,
                (normal[0], sign * normal[1], normal[2]),
                (point[0], sign * point[1], point[2]),
            )

    def end_part(self) -> None:
        """What follows belongs to the next part."""
        self.starts.append(len(self.planes))

    def box(self, rear: float, front: float, side: float, low: float, high: float) -> None:
        """The six planes of an upright box."""
        self.add(FRONT, (1, 0, 0), (front, 0, 0))
        self.add(REAR, (-1, 0, 0), (rear, 0, 0))
        self.pair((RIGHT, LEFT), (0, 1, 0), (0, side, 0))
        self.add(BOTTOM, (0, 0, -1), (0, 0, low))
        self.add(TOP, (0, 0, 1), (0, 0, high))

    def shape(
        self,
        wheels: tuple[float, ...],
        lamps: tuple[float, ...],
        glass: tuple[float, ...] = (0.0,) * 6,
    ) -> VehicleShape:
        """Everything collected; wheels: radius, then the axles."""
        planes = np.zeros((PLANES, 4))
        roles = np.zeros(PLANES, np.int64)
        planes[: len(self.planes)] = self.planes
        roles[: len(self.roles)] = self.roles
        starts = self.starts + [len(self.planes)] * (PARTS + 1 - len(self.starts))
        axles = wheels[1:]
        row = (wheels[0], *axles, *(0.0,) * (WHEELS - 2 - len(axles)), float(len(axles)))
        return VehicleShape(
            planes,
            roles,
            np.array(starts, np.int64),
            np.array(row),
            np.array(lamps),
            np.array(glass),
        )


@lru_cache(maxsize=1024)
def shape_of(kind: Kind, length: float, width: float, height: float) -> VehicleShape:
    """The shape of a vehicle of that kind and size [m]."""
    if kind is Kind.TRUCK:
        return _truck(length, width, height)
    if kind is Kind.BUS:
        return _bus(length, width, height)
    return _car(PROFILES[kind], length, width, height)


def _car(profile: Profile, length: float, width: float, height: float) -> VehicleShape:
    end = length / 2
    side = width / 2
    shoulder = profile.shoulder * height
    waist = 0.45 * shoulder + 0.08
    build = _Builder()
    for slant in (-0.20, LEAN):
        build.add(FRONT, (1, 0, slant), (end, 0, waist))
        build.add(REAR, (-1, 0, slant), (-end, 0, waist))
        build.pair((RIGHT, LEFT), (0, 1, slant), (0, side, waist))
    build.add(BOTTOM, (0, 0, -1), (0, 0, GROUND_CLEARANCE))
    build.add(TOP, (0, 0, 1), (0, 0, shoulder))
    build.add(
        BONNET,
        ((profile.shoulder - profile.nose) * height, 0, profile.bonnet * length),
        (end, 0, profile.nose * height),
    )
    build.add(
        BOOT,
        ((profile.tail - profile.shoulder) * height, 0, 0.01 + profile.boot * length),
        (-end, 0, profile.tail * height),
    )
    build.pair((FRONT, FRONT), (0.75, 0.66, 0), (end - 0.30, side, 0))
    build.pair((REAR, REAR), (-0.75, 0.66, 0), (-end + 0.20, side, 0))
    build.end_part()
    rise = height - shoulder
    screen = profile.screen * length
    rear = profile.rear * length
    # Flush with the body: a ledge of a few centimetres would come and go between the rays of a
    # pixel, as a dotted line.
    base = side - LEAN * (shoulder - waist) + 0.003
    build.add(FRONT, (rise, 0, profile.screen_rake * length), (screen, 0, shoulder))
    build.add(REAR, (-rise, 0, profile.rear_rake * length), (rear, 0, shoulder))
    build.pair((RIGHT, LEFT), (0, 1, profile.tumble), (0, base, shoulder))
    build.add(BOTTOM, (0, 0, -1), (0, 0, shoulder - 0.03))
    build.add(TOP, (0, 0, 1), (0, 0, height))
    roof = base - profile.tumble * rise
    build.pair((TOP, TOP), (0, 0.45, 0.9), (0, roof - 0.16, height))
    build.add(TOP, (0.22, 0, 0.97), (screen - profile.screen_rake * length - 0.28, 0, height))
    build.add(TOP, (-0.20, 0, 0.97), (rear + profile.rear_rake * length + 0.30, 0, height))
    radius = 0.32 if profile is not PROFILES[Kind.VAN] else 0.35
    low = 0.70 * shoulder
    lamps = (
        0.76 * side,
        low,
        0.21 * side,
        0.085 * shoulder,
        0.80 * side,
        0.78 * shoulder,
        0.20 * side,
        0.11 * shoulder,
    )
    if profile is PROFILES[Kind.VAN]:
        lamps = (
            0.78 * side,
            0.66 * shoulder,
            0.17 * side,
            0.10 * shoulder,
            0.90 * side,
            0.86 * shoulder,
            0.10 * side,
            0.25,
        )
    glass = (
        shoulder,
        screen,
        profile.screen_rake * length,
        rear,
        profile.rear_rake * length,
        height,
    )
    return build.shape((radius, 0.305 * length, -0.295 * length), lamps, glass)


def _truck(length: float, width: float, height: float) -> VehicleShape:
    end = length / 2
    side = width / 2
    cab = min(2.1, 0.27 * length)
    roof = 0.84 * height
    build = _Builder()
    build.box(end - cab, end, side, 0.42, roof)
    build.add(FRONT, (1, 0, 0.10), (end, 0, 0.45 * roof))
    build.add(TOP, (0.6, 0, 0.8), (end - 0.38, 0, roof))
    build.pair((TOP, TOP), (0, 0.7, 0.7), (0, side - 0.12, roof))
    build.pair((FRONT, FRONT), (0.7, 0.7, 0), (end - 0.16, side, 0))
    build.end_part()
    build.box(-end, end - cab - 0.25, side, 1.05, height)
    build.end_part()
    build.box(-end + 0.12, end - cab, 0.96 * side, 0.62, 1.05)
    lamps = (0.74 * side, 0.72, 0.14 * side, 0.09, 0.78 * side, 0.84, 0.14 * side, 0.07)
    glass = (0.52 * roof, end, 0.0, end - cab, 0.0, roof)
    axles = (end - 0.62 * cab, -end + 0.17 * length, -end + 0.17 * length + 1.25)
    return build.shape((0.50, *axles), lamps, glass)


def _bus(length: float, width: float, height: float) -> VehicleShape:
    end = length / 2
    side = width / 2
    build = _Builder()
    build.box(-end, end, side, 0.30, height)
    build.add(FRONT, (1, 0, 0.07), (end, 0, 0.35 * height))
    build.add(TOP, (0.7, 0, 0.7), (end - 0.30, 0, height))
    build.add(TOP, (-0.7, 0, 0.7), (-end + 0.14, 0, height))
    build.pair((TOP, TOP), (0, 0.6, 0.8), (0, side - 0.22, height))
    build.pair((FRONT, FRONT), (0.7, 0.7, 0), (end - 0.18, side, 0))
    build.pair((REAR, REAR), (-0.7, 0.7, 0), (-end + 0.10, side, 0))
    lamps = (0.74 * side, 0.72, 0.16 * side, 0.10, 0.86 * side, 0.95, 0.09 * side, 0.22)
    return build.shape((0.48, 0.27 * length, -0.23 * length), lamps)
