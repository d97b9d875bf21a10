"""Residential roads: kerbs, pavements, parking, zebra crossings, side streets, gardens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.geometry.frenet import Centreline
from sim.roads.assembly import assemble
from sim.roads.curves import LEAD_IN, edge_distance, winding_curvature
from sim.roads.furniture import HEIGHTS, Stretch, free_stretches
from sim.roads.plan import (
    Band,
    Barrier,
    Lane,
    Marking,
    Material,
    Parking,
    RoadPlan,
    Street,
    Wall,
    Zebra,
)
from sim.scenario import RoadKind
from sim.types import Pose

KERB_WIDTH = 0.15  # [m] width of a kerbstone; chosen
FOOTWAY = 1.5  # [m] pavement along side streets; chosen
STREET_LENGTH = 60.0  # [m] length of side streets from the reference line; chosen
ZEBRA_LENGTH = 4.0  # [m] along the road; German R-FGÜ: 3 m or more
BAY_LENGTH = 5.5  # [m] parking bay along the road; EAR has 5.2 to 5.7 m


@dataclass(frozen=True)
class _Section:
    """The cross section of a residential road.

    edge: lateral distance of the carriageway's edges [m].
    bays: width of the parking bays on the left and right [m], 0 for none.
    backs: distance of the far edges of the left and right pavements [m].
    """

    edge: float
    bays: tuple[float, float]
    backs: tuple[float, float]


def residential(generator: np.random.Generator, total: float, length: float) -> RoadPlan:
    """Return a road of 9 to 13 m/s, one lane each way, with mild and a few tight bends."""
    width = generator.uniform(2.8, 3.4)
    curvature = winding_curvature(
        generator, total, radii=(32.0, 350.0), arcs=(20.0, 60.0), straights=(40.0, 180.0), share=0.5
    )
    section = _section(generator, max(width, edge_distance(curvature, width / 2, 1)))
    streets = tuple(
        _streets(generator, Centreline.from_curvature(curvature, Pose(0.0, 0.0, 0.0)), total)
    )
    zebras = tuple(_zebras(generator, streets, length))
    markings = []
    wear = float(generator.choice([0.0, 0.2, 0.4]))
    if generator.random() < 0.55:
        markings.append(Marking(0.0, 0.12, 3.0, float(generator.choice([3.0, 6.0])), wear))
    parking = tuple(_parking(generator, section, streets, zebras, total))
    edge, (left, right) = section.edge, section.backs
    return assemble(
        RoadKind.RESIDENTIAL,
        curvature,
        length,
        lanes=(Lane(width / 2, width), Lane(-width / 2, width, -1)),
        bands=(
            Band(-left, right, Material.PAVING),
            Band(-edge - KERB_WIDTH, edge + KERB_WIDTH, Material.KERBSTONE),
            Band(-edge, edge, Material.ASPHALT),
            *_bays(section, parking),
        ),
        markings=(*markings, *_bay_lines(section, parking, wear)),
        path=0,
        drivable=(-edge, edge),
        speed_limit=float(generator.uniform(9.0, 13.0)),
        streets=streets,
        zebras=zebras,
        barriers=tuple(_gardens(generator, section, streets, total)),
        parking=parking,
        walks=(
            (-left - edge - KERB_WIDTH - section.bays[0]) / 2,
            (right + edge + KERB_WIDTH + section.bays[1]) / 2,
        ),
        street_lamps=_lamps(generator, section),
        lamp_spacing=float(generator.uniform(25.0, 35.0)),
    )


def _section(generator: np.random.Generator, edge: float) -> _Section:
    """Return a cross section with parking bays on the right, the left, both sides or neither."""
    present = [(0, 0), (0, 1), (1, 0), (1, 1)][generator.integers(4)]
    bays = tuple(float(side * generator.uniform(2.0, 2.2)) for side in present)
    backs = tuple(
        float(edge + KERB_WIDTH + bay + (KERB_WIDTH if bay else 0.0) + generator.uniform(1.5, 2.5))
        for bay in bays
    )
    return _Section(edge, (bays[0], bays[1]), (backs[0], backs[1]))


def _streets(generator: np.random.Generator, line: Centreline, total: float) -> Iterator[Street]:
    """Yield side streets every 60 to 180 m, only where the road does not bend back towards them."""
    s = LEAD_IN + generator.uniform(10.0, 90.0)
    while s < total - 20.0:
        width = float(generator.uniform(4.5, 6.5))
        candidates = [(1,), (-1,), (1, -1)][generator.integers(3)]
        sides = [side for side in candidates if _is_clear(line, float(s), side, width)]
        if sides:
            yield Street(float(s), width, 0 if len(sides) == 2 else sides[0])
        s += generator.uniform(60.0, 180.0)


def _is_clear(line: Centreline, station: float, side: int, width: float) -> bool:
    """Whether a street at `station` [m] meets no other part of the road.

    side: +1 right, -1 left.
    width: of the street [m]. Points along both its edges must project to the station at which the
    street begins.
    """
    for at in (station - width / 2 - FOOTWAY, station + width / 2 + FOOTWAY):
        for distance in (20.0, 40.0, STREET_LENGTH):
            point = line.pose_at(at, side * distance)
            if abs(line.project(point.x, point.y)[0] - at) > 0.1:
                return False
    return True


def _mouths(streets: Sequence[Street], side: int, margin: float) -> list[Stretch]:
    """Return the (start, finish) stations [m] that streets occupy on one side, widened by
    `margin`.
    """
    return [
        (street.station - street.width / 2 - margin, street.station + street.width / 2 + margin)
        for street in streets
        if street.side in (0, side)
    ]


def _zebras(
    generator: np.random.Generator, streets: Sequence[Street], length: float
) -> Iterator[Zebra]:
    """Yield zebra crossings every 80 to 250 m of the drive, shifted past streets."""
    occupied = sorted(
        _mouths(streets, 1, 3.0)
        + _mouths([street for street in streets if street.side < 0], -1, 3.0)
    )
    s = LEAD_IN + generator.uniform(25.0, 120.0)
    while True:
        for start, finish in occupied:
            if start < s + ZEBRA_LENGTH and s < finish:
                s = finish
        if s + ZEBRA_LENGTH > LEAD_IN + length:
            return
        yield Zebra(float(s), ZEBRA_LENGTH)
        s += generator.uniform(80.0, 250.0)


def _parking(
    generator: np.random.Generator,
    section: _Section,
    streets: Sequence[Street],
    zebras: Sequence[Zebra],
    total: float,
) -> Iterator[Parking]:
    """Yield parking stretches, clear of streets and crossings.

    Cars stand in the bays, or half on the lane where a side has no bays.
    """
    crossings = [(zebra.station - 6.0, zebra.station + zebra.length + 6.0) for zebra in zebras]
    for side, bay in zip((-1, 1), section.bays, strict=True):
        offset = section.edge + (KERB_WIDTH + bay / 2 if bay else generator.uniform(0.1, 0.5))
        share = 0.85 if bay else generator.choice([0.0, 0.5])
        for start, finish in free_stretches(
            total, crossings + _mouths(streets, side, 6.0), least=14.0
        ):
            if generator.random() < share:
                bays = int((finish - start - 1.0) / BAY_LENGTH)
                yield Parking(
                    float(side * offset), side, start + 0.5, start + 0.5 + bays * BAY_LENGTH
                )


def _bays(section: _Section, parking: Sequence[Parking]) -> Iterator[Band]:
    """Yield the asphalt and kerbstones of the bays; the kerb along the lane is flush."""
    for stretch in parking:
        bay = section.bays[(stretch.direction + 1) // 2]
        if bay:
            side = stretch.direction
            outer = section.edge + KERB_WIDTH + bay
            left, right = sorted((side * (section.edge + KERB_WIDTH), side * (outer + KERB_WIDTH)))
            yield Band(
                left,
                right,
                Material.KERBSTONE,
                stretch.start - KERB_WIDTH,
                stretch.finish + KERB_WIDTH,
            )
            left, right = sorted((side * (section.edge + KERB_WIDTH), side * outer))
            yield Band(left, right, Material.ASPHALT, stretch.start, stretch.finish)


def _bay_lines(section: _Section, parking: Sequence[Parking], wear: float) -> Iterator[Marking]:
    """Yield the markings between neighbouring bays."""
    for stretch in parking:
        bay = section.bays[(stretch.direction + 1) // 2]
        if bay:
            yield Marking(
                stretch.offset,
                bay,
                0.1,
                BAY_LENGTH - 0.1,
                wear,
                start=stretch.start,
                finish=stretch.finish,
            )


def _gardens(
    generator: np.random.Generator, section: _Section, streets: Sequence[Street], total: float
) -> Iterator[Barrier]:
    """Yield hedges, fences and low walls behind the pavements, with gaps for gates and streets."""
    for side, back in zip((-1, 1), section.backs, strict=True):
        for start, finish in free_stretches(
            total, _mouths(streets, side, FOOTWAY + 1.0), least=6.0
        ):
            s = start
            while s < finish - 4.0:
                end = min(s + generator.uniform(10.0, 30.0), finish)
                kind = (Wall.HEDGE, Wall.FENCE, Wall.STONE)[generator.integers(3)]
                if generator.random() < 0.75:
                    yield Barrier(
                        kind,
                        side * (back + 0.3),
                        float(s),
                        float(end),
                        float(generator.uniform(*HEIGHTS[kind])),
                    )
                s = end + generator.choice([1.2, 3.2])


def _lamps(generator: np.random.Generator, section: _Section) -> tuple[float, ...]:
    """Return the lateral offsets [m] of the rows of street lamps: behind one pavement or both."""
    sides = [(1,), (-1,), (-1, 1)][generator.integers(3)]
    return tuple(side * (section.backs[(side + 1) // 2] - 0.25) for side in sides)
