"""Sizes and colours of vehicles, and which kinds drive on which road."""

from typing import NamedTuple

import numpy as np

from sim.control.bicycle import CAR_LENGTH, CAR_WIDTH
from sim.scenario import RoadKind
from sim.types import Kind

Colour = tuple[int, int, int]
PAINTS: tuple[Colour, ...] = (
    (196, 30, 34),
    (28, 52, 120),
    (232, 232, 230),
    (24, 24, 26),
    (120, 124, 128),
    (178, 182, 186),
    (34, 92, 60),
    (212, 160, 40),
)
# Length, width and height [m], each from the least to the most.
VEHICLE_SIZES: dict[Kind, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    Kind.SALOON: ((4.2, 4.8), (1.75, 1.85), (1.42, 1.5)),
    Kind.ESTATE: ((4.4, 4.9), (1.78, 1.88), (1.45, 1.6)),
    Kind.VAN: ((5.0, 6.0), (1.95, 2.05), (2.0, 2.6)),
    Kind.TRUCK: ((7.0, 11.0), (2.4, 2.5), (3.2, 3.8)),
    Kind.BUS: ((10.5, 12.0), (2.5, 2.5), (3.0, 3.2)),
}
SHARES = {Kind.SALOON: 0.46, Kind.ESTATE: 0.24, Kind.VAN: 0.14, Kind.TRUCK: 0.1, Kind.BUS: 0.06}
NO_LONG_VEHICLES = (RoadKind.MOUNTAIN, RoadKind.UNPAVED, RoadKind.RACETRACK)
CUTTING_IN = (
    3 * CAR_LENGTH**2 / 8
)  # [m²] times curvature: how far the ego's tail is inside its path
# [m]
MOST_RIGHT = 0.35
MEETING_GAP = 0.5
LANE_MARGIN = 0.5  # [m] a lane is this much wider than whatever drives in it
PARKABLE = (Kind.SALOON, Kind.ESTATE, Kind.VAN)


class VehicleDimensions(NamedTuple):
    """What a car looks like: its size [m] and colour."""

    kind: Kind
    length: float
    width: float
    height: float
    colour: Colour


def traffic_kinds(road: RoadKind, lane_width: float, curvature: float) -> tuple[Kind, ...]:
    """The kinds of car that drive in a lane so wide [m], `curvature` [1/m] in its tightest bend;
    the smallest fit everywhere.
    """
    fitting = [
        kind
        for kind in VEHICLE_SIZES
        if kind not in (Kind.TRUCK, Kind.BUS) or road not in NO_LONG_VEHICLES
    ]
    return tuple(kind for kind in fitting if _fits(kind, lane_width, curvature)) or (Kind.SALOON,)


def _fits(kind: Kind, lane_width: float, curvature: float) -> bool:
    """Whether the biggest of a kind keeps to its lane and meets the ego in a bend without touching
    it.
    """
    (_, length), (_, width), _ = VEHICLE_SIZES[kind]
    # Corners of the one swing outwards, the tail of the other cuts inwards.
    swept = curvature * (length**2 / 8 + CUTTING_IN)
    between = lane_width - (width + CAR_WIDTH) / 2 + keeping_right(curvature, lane_width, width)
    return width <= lane_width - LANE_MARGIN and between - swept >= MEETING_GAP


def keeping_right(curvature: float, lane_width: float, width: float) -> float:
    """Return how far [m] a vehicle of `width` [m] keeps to the outer side of its lane in a bend, to
    leave space for oncoming traffic.
    """
    return min(CUTTING_IN * abs(curvature), MOST_RIGHT, max((lane_width - width) / 2, 0.0))


def draw_dimensions(generator: np.random.Generator, kinds: tuple[Kind, ...]) -> VehicleDimensions:
    """A random car of one of these kinds, as often as they are met."""
    shares = np.array([SHARES[kind] for kind in kinds])
    kind = kinds[generator.choice(len(kinds), p=shares / shares.sum())]
    length, width, height = (float(generator.uniform(*limits)) for limits in VEHICLE_SIZES[kind])
    return VehicleDimensions(kind, length, width, height, PAINTS[generator.integers(len(PAINTS))])
