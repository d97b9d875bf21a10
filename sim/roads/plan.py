"""The plan of a road: everything on it and along it that stays where it is, in road coordinates (s,
d).

A plan is one reference line; across it lie lanes, markings and bands of ground, and along it what
changes from place to place. `kinds` makes plans; the world drives on them, ground and scenery draw
them.
"""

import math
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from sim.geometry.frenet import SPACING, Centreline, Floats
from sim.scenario import RoadKind


class Material(IntEnum):
    """What the ground is made of."""

    GRASS = 0
    GRAVEL = 1
    ASPHALT = 2
    PAINT = 3
    PAVING = 4  # pavements
    KERBSTONE = 5
    DIRT = 6  # the road of unpaved roads
    ROCK = 7  # scree and bare soil beside mountain roads
    SAND = 8  # gravel traps
    RED = 9  # red paint of racetrack kerbs
    CONCRETE = 10


@dataclass(frozen=True)
class Band:
    """Ground between `left` and `right` [m from the reference line], left < right; later bands lie
    on top.

    start, finish: stations [m] between which it lies; bands that end somewhere lie on top of those
    that do not.
    slope: metres to the right per metre along the road by which such a band drifts from `start` on.
    """

    left: float
    right: float
    material: Material
    start: float = -math.inf
    finish: float = math.inf
    slope: float = 0.0

    @property
    def endless(self) -> bool:
        """Whether the band runs along the whole road."""
        return self.start == -math.inf and self.finish == math.inf


@dataclass(frozen=True)
class Marking:
    """A painted line `width` wide centred on d = `offset`; dashed when `gap` is above 0: `dash`
    metres of paint, `gap` bare.

    wear: the share of the paint that is gone, 0 for new. red: the gaps are red paint (kerbs).
    start, finish: stations [m] between which it is painted; the first dash begins at `start`, or at
    0 where it runs along all.
    slope: metres to the right per metre along the road by which a marking that ends somewhere
    drifts from `start` on.
    """

    offset: float
    width: float = 0.15
    dash: float = 1.0
    gap: float = 0.0
    wear: float = 0.0
    red: bool = False
    start: float = -math.inf
    finish: float = math.inf
    slope: float = 0.0

    @property
    def endless(self) -> bool:
        """Whether the marking runs along the whole road."""
        return self.start == -math.inf and self.finish == math.inf


@dataclass(frozen=True)
class Lane:
    """A lane centred on d = `offset`, `width` wide [m]; direction +1 along the reference line, -1
    against it.
    """

    offset: float
    width: float
    direction: int = 1


@dataclass(frozen=True)
class Street:
    """A street that meets the road at a right angle at `station`, `width` wide [m]; side: +1 right,
    -1 left, 0 both.
    """

    station: float
    width: float
    side: int


@dataclass(frozen=True)
class Zebra:
    """A pedestrian crossing: bars across the carriageway from `station` on, `length` along the road
    [m].
    """

    station: float
    length: float = 4.0


class Wall(IntEnum):
    """What a barrier along the road is made of."""

    RAIL = 0  # steel guard rail on posts
    STONE = 1
    HEDGE = 2
    FENCE = 3
    ROCK = 4  # a cut rock face
    TYRES = 5
    CONCRETE = 6  # step barriers of highways
    NOISE = 7  # noise barriers


@dataclass(frozen=True)
class Barrier:
    """Something upright along the road at d = `offset` from station `start` to `finish`, `height`
    high [m].
    """

    kind: Wall
    offset: float
    start: float
    finish: float
    height: float


# [m] that a tunnel's ground reaches under its walls, so that nothing outside shows at their foot
GROUND_UNDER_WALLS = 1.0


@dataclass(frozen=True)
class Tunnel:
    """A tube between stations and between d = `left` and `right`, `height` high inside [m], with a
    lamp every `lamps` [m].
    """

    start: float
    finish: float
    left: float
    right: float
    height: float = 5.5
    lamps: float = 12.0


@dataclass(frozen=True)
class Parking:
    """Where cars park along the road: centred on d = `offset`, between stations, facing along (+1)
    or against (-1) the line.
    """

    offset: float
    direction: int
    start: float
    finish: float


@dataclass(frozen=True)
class RoadPlan:
    """Everything that stays where it is on one road.

    path: index of the lane that the ego follows.
    drivable: (left, right) limits of the surface a wheel may touch [m].
    start, finish: stations of the drive [m].
    speed: comfortable speed at each sample of the centreline [m/s], (N,).
    carriageway: (left, right) edges of the part that traffic drives on [m]: what a zebra or a
    person crosses.
    walks: offsets [m] along which people walk.
    street_lamps: offsets, and the spacing along the road [m], 0 for none.
    beyond: what the ground is made of away from the road.
    """

    kind: RoadKind
    centreline: Centreline
    lanes: tuple[Lane, ...]
    bands: tuple[Band, ...]
    markings: tuple[Marking, ...]
    path: int
    drivable: tuple[float, float]
    start: float
    finish: float
    speed_limit: float
    speed: Floats
    carriageway: tuple[float, float]
    streets: tuple[Street, ...] = ()
    zebras: tuple[Zebra, ...] = ()
    barriers: tuple[Barrier, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    parking: tuple[Parking, ...] = ()
    walks: tuple[float, ...] = ()
    street_lamps: tuple[float, ...] = ()
    lamp_spacing: float = 0.0
    beyond: Material = field(default=Material.GRASS)

    def comfortable_speed_at(self, station: float) -> float:
        """Comfortable speed [m/s] at a station [m]."""
        return float(np.interp(station / SPACING, np.arange(self.speed.size), self.speed))

    @property
    def path_offset(self) -> float:
        """Distance [m] of the path to the right of the reference line."""
        return self.lanes[self.path].offset

    def in_tunnel(self, station: float) -> bool:
        """Whether a station lies inside a tunnel."""
        return any(tunnel.start <= station <= tunnel.finish for tunnel in self.tunnels)
