"""The plan of a road: everything on and along it that stays in place, in Frenet coordinates (s, d).

A plan has one reference line. Lanes, markings and bands of ground lie at lateral offsets d [m,
right positive]; streets, tunnels and furniture lie at stations s [m].
"""

import math
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from sim.geometry.frenet import SPACING, Centreline, Floats
from sim.scenario import RoadKind


class Material(IntEnum):
    """The materials of the ground."""

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
    """Ground between the lateral offsets `left` and `right` [m], left < right; later bands lie on
    top.

    start, finish: stations [m] between which it lies. Bands with a start or finish lie on top of
    endless ones.
    slope: lateral drift to the right per metre of station, from `start` on.
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
    """A painted line `width` [m] wide, centred on the lateral offset `offset` [m].

    dash, gap: lengths of paint and of bare ground [m]; solid where gap is 0.
    wear: share of the paint that is gone, 0 for new.
    red: whether the gaps are painted red (racetrack kerbs).
    start, finish: stations [m] between which it is painted; dashes count from `start`, or from 0
    where it is endless.
    slope: lateral drift to the right per metre of station, from `start` on.
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
    """A lane centred on d = `offset`, `width` wide [m]; direction: +1 along the reference line,
    else -1.
    """

    offset: float
    width: float
    direction: int = 1


@dataclass(frozen=True)
class Street:
    """A street that meets the road at a right angle: station, width [m]; side: +1 right, -1 left, 0
    both.
    """

    station: float
    width: float
    side: int


@dataclass(frozen=True)
class Zebra:
    """A zebra crossing from `station` on, `length` along the road [m], over the whole
    carriageway.
    """

    station: float
    length: float = 4.0


class Wall(IntEnum):
    """The kinds of barrier along the road."""

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
    """A barrier along the road at d = `offset` between two stations, `height` high [m]."""

    kind: Wall
    offset: float
    start: float
    finish: float
    height: float


# [m] overlap of a tunnel's ground and its walls, against gaps at their foot; chosen
GROUND_UNDER_WALLS = 1.0


@dataclass(frozen=True)
class Tunnel:
    """A tube between two stations and between d = `left` and `right` [m].

    height: inside [m].
    lamps: spacing of the lamps along the road [m].
    """

    start: float
    finish: float
    left: float
    right: float
    height: float = 5.5
    lamps: float = 12.0


@dataclass(frozen=True)
class Parking:
    """A stretch of parked cars, centred on d = `offset` between two stations [m].

    direction: +1 where the cars face along the reference line, -1 against it.
    """

    offset: float
    direction: int
    start: float
    finish: float


@dataclass(frozen=True)
class RoadPlan:
    """The static parts of one road.

    path: index of the lane that the ego follows.
    drivable: (left, right) limits of the surface that wheels may touch [m].
    start, finish: stations of the drive [m].
    speed_limit: [m/s].
    speed: comfortable speed at each sample of the centreline [m/s], (N,).
    carriageway: (left, right) edges of the part that traffic drives on [m]; zebras and pedestrians
    cross it.
    walks: lateral offsets along which pedestrians walk [m].
    street_lamps: lateral offsets of the rows of lamps [m].
    lamp_spacing: between lamps along the road [m], 0 for none.
    beyond: material of the ground away from the road.
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
        """Return the comfortable speed [m/s] at a station [m]."""
        return float(np.interp(station / SPACING, np.arange(self.speed.size), self.speed))

    @property
    def path_offset(self) -> float:
        """Lateral offset of the path from the reference line [m, right positive]."""
        return self.lanes[self.path].offset

    def in_tunnel(self, station: float) -> bool:
        """Whether a station [m] lies inside a tunnel."""
        return any(tunnel.start <= station <= tunnel.finish for tunnel in self.tunnels)
