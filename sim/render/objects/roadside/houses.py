"""Houses along residential streets and farms beside rural roads: boxes of walls under gable, hip or
flat roofs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import Floats
from sim.render.objects.object_tables import ONE_SIDED, Scenery, facets, joined, panels, uprights
from sim.render.objects.posts import BAR
from sim.render.objects.roadside.free_ground import FOOTWAY, STREET_REACH, FreeGround
from sim.render.objects.surfaces.building_surfaces import FLOOR
from sim.render.objects.surfaces.surface_table import SurfaceKind
from sim.roads.plan import RoadPlan
from sim.scenario import RoadKind

WALLS = np.array([
    (0.78, 0.75, 0.68), (0.82, 0.80, 0.76), (0.76, 0.66, 0.50), (0.66, 0.60, 0.53), (0.72, 0.60, 0.52), (0.60, 0.64, 0.62),
])  # fmt: skip
BRICKS = np.array([(0.56, 0.30, 0.22), (0.60, 0.38, 0.28), (0.50, 0.34, 0.28)])
ROOFS = np.array([(0.50, 0.24, 0.17), (0.42, 0.22, 0.18), (0.28, 0.27, 0.28), (0.36, 0.30, 0.26)])
# [m]
OVERHANG = 0.45
EAVES_SEAM = 0.15
GABLE, HIP, FLAT = range(3)
HOUSE_RANGE = 420.0  # [m]


@dataclass(frozen=True)
class Houses:
    """Houses as arrays (N,) or (N, 3): station, middle x, y, where the front faces (unit vector),
    size [m] and looks.

    width along the front, depth, eaves and ridge [m] above the ground; roof: GABLE, HIP or FLAT;
    skin of the walls.
    """

    station: Floats
    x: Floats
    y: Floats
    face_x: Floats
    face_y: Floats
    width: Floats
    depth: Floats
    eaves: Floats
    ridge: Floats
    roof: Floats
    skin: Floats
    wall: Floats
    tiles: Floats
    seed: Floats

    def only(self, which: NDArray[np.intp]) -> "Houses":
        """Some of the houses."""
        return Houses(*(getattr(self, field.name)[which] for field in fields(self)))

    @property
    def radius(self) -> Floats:
        """Of the disc that holds a house's ground [m]."""
        return np.hypot(self.width, self.depth) / 2

    def corner(self, along: Floats | float, out: Floats | float) -> tuple[Floats, Floats]:
        """Return world x, y of a point `along` the front, to the right as seen from outside, and
        `out` of it from the centre [m].
        """
        return (
            self.x + along * self.face_y + out * self.face_x,
            self.y - along * self.face_x + out * self.face_y,
        )


def house_rows(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """All houses of a plan's surroundings."""
    kind = site.plan.kind
    if kind is RoadKind.RESIDENTIAL:
        lots = [*_along_the_road(generator, site), *_along_streets(generator, site.plan)]
    elif kind in (RoadKind.RURAL, RoadKind.RURAL_UNMARKED, RoadKind.UNPAVED, RoadKind.MOUNTAIN):
        lots = list(_farms(generator, site))
    else:
        return
    if lots:
        houses = _settled(site, _looks(generator, site, np.array(lots)))
        if houses.x.size:
            yield from built(houses)


def _along_the_road(
    generator: np.random.Generator, site: FreeGround
) -> Iterator[tuple[float, ...]]:
    """Lots (s, d, turn, width, depth, storeys) side by side along both sides; turn: of the front
    from the line's right.
    """
    for side in (-1, 1):
        back = float(site.edge(np.array([0.0]), side)[0])
        s = -20.0
        while s < site.plan.centreline.length:
            width = generator.uniform(7.5, 13.0)
            depth = generator.uniform(7.0, 10.5)
            setback = generator.choice([3.0, 5.0, 8.0]) + generator.uniform(0.0, 3.0)
            s += width / 2
            yield (
                s,
                side * (back + setback + depth / 2),
                -side,
                width,
                depth,
                generator.choice([1, 2, 2, 3]),
            )
            if generator.random() < 0.35:  # a garage beside it
                s += width / 2 + 2.2
                yield s, side * (back + setback + 4.0), -side, 3.4, 5.6, 0
                s += 1.8
            else:
                s += width / 2
            s += generator.uniform(2.5, 8.0)


def _along_streets(generator: np.random.Generator, plan: RoadPlan) -> Iterator[tuple[float, ...]]:
    """Lots on both sides of crossing streets, behind the first row along the road; their fronts
    face the street.
    """
    for street in plan.streets:
        for side in (-1, 1) if street.side == 0 else (street.side,):
            for flank in (-1, 1):
                d = 14.0 + generator.uniform(0.0, 6.0)
                while d < STREET_REACH + 14.0:
                    width = generator.uniform(7.5, 11.0)
                    depth = generator.uniform(7.0, 9.5)
                    out = street.width / 2 + FOOTWAY + generator.uniform(2.5, 6.0) + depth / 2
                    d += width / 2
                    yield (
                        street.station + flank * out,
                        side * d,
                        2.0 * flank,
                        width,
                        depth,
                        generator.choice([1, 2, 2]),
                    )
                    d += width / 2 + generator.uniform(2.0, 7.0)


def _farms(generator: np.random.Generator, site: FreeGround) -> Iterator[tuple[float, ...]]:
    """Now and then a farmhouse with a barn."""
    s = generator.uniform(0.0, 300.0)
    while s < site.plan.centreline.length:
        side = int(generator.choice([-1, 1]))
        out = float(site.edge(np.array([s]), side)[0]) + generator.uniform(12.0, 40.0)
        yield (
            s,
            side * out,
            -side,
            generator.uniform(9.0, 14.0),
            generator.uniform(7.0, 9.0),
            generator.choice([1, 2]),
        )
        if generator.random() < 0.7:
            yield (
                s + generator.uniform(16.0, 24.0),
                side * (out + generator.uniform(0, 10)),
                -side,
                20.0,
                10.0,
                -1,
            )
        s += generator.uniform(250.0, 800.0)


def _looks(generator: np.random.Generator, site: FreeGround, lots: Floats) -> Houses:
    """Lots -> houses with colours and roofs; storeys 0 is a garage and -1 a barn."""
    count = len(lots)
    s, d, turn, width, depth, storeys = lots.T
    x, y, heading = site.places(s, d)
    # 1 and -1 face to the line's right and left, 2 and -2 against and along it.
    across = np.abs(turn) < 1.5
    face_x = np.where(across, -turn * np.sin(heading), -np.sign(turn) * np.cos(heading))
    face_y = np.where(across, turn * np.cos(heading), -np.sign(turn) * np.sin(heading))
    house = storeys > 0
    barn = storeys < 0
    eaves = np.where(house, storeys * FLOOR + 0.35, np.where(barn, 4.6, 2.5)) + generator.uniform(
        -0.1, 0.2, count
    )
    pitch = np.tan(np.radians(generator.uniform(28.0, 46.0, count)))
    roof = np.where(
        house, generator.choice([GABLE, GABLE, HIP], count), np.where(barn, GABLE, FLAT)
    )
    brick = (generator.random(count) < 0.3) & (storeys != 0)
    walls = np.where(
        brick[:, None],
        BRICKS[generator.integers(len(BRICKS), size=count)],
        WALLS[generator.integers(len(WALLS), size=count)],
    )
    walls = np.where(barn[:, None], (0.46, 0.36, 0.27), walls) * generator.uniform(
        0.92, 1.05, (count, 1)
    )
    return Houses(
        station=s, x=x, y=y, face_x=face_x, face_y=face_y, width=width, depth=depth, eaves=eaves,
        ridge=eaves + np.where(roof == FLAT, 0.0, pitch * depth / 2), roof=roof,
        skin=np.where(house, np.where(brick, SurfaceKind.BRICK, SurfaceKind.PLASTER), np.where(barn, SurfaceKind.PLAIN, SurfaceKind.GARAGE)),
        wall=walls, tiles=ROOFS[generator.integers(len(ROOFS), size=count)], seed=generator.random(count),
    )  # fmt: skip


def _settled(site: FreeGround, houses: Houses) -> Houses:
    """The houses that have room: clear of roads and streets at every corner, and of each other in
    the order given.
    """
    free = np.ones(houses.x.size, bool)
    for along in (-0.5, 0.0, 0.5):
        for out in (-0.5, 0.0, 0.5):
            free &= site.clear(*houses.corner(along * houses.width, out * houses.depth), 1.2)
    houses = houses.only(np.flatnonzero(free))
    reach = 0.82 * houses.radius
    kept: list[int] = []
    for i in range(houses.x.size):
        if all(
            (houses.x[i] - houses.x[j]) ** 2 + (houses.y[i] - houses.y[j]) ** 2
            > (reach[i] + reach[j]) ** 2
            for j in kept
            if abs(houses.x[i] - houses.x[j]) < 30.0
        ):
            kept.append(i)
    houses = houses.only(np.array(kept, np.intp))
    site.take(houses.x, houses.y, houses.radius)
    return houses


def built(houses: Houses) -> Iterator[Scenery]:
    """Walls, roofs and chimneys of houses."""
    w = houses.width / 2
    t = houses.depth / 2
    corners = [
        houses.corner(-w, t),
        houses.corner(w, t),
        houses.corner(w, -t),
        houses.corner(-w, -t),
    ]
    radius = houses.radius + OVERHANG
    parts = []
    for i in range(4):
        size = houses.width if i % 2 == 0 else houses.depth
        # Garages have their door in front only, barns have neither doors nor windows.
        garage = houses.skin == SurfaceKind.GARAGE
        skin = np.where(garage & (i > 0), SurfaceKind.PLASTER, houses.skin)
        fields_ = size / np.maximum(np.floor(size / 3.1), 1.0)
        pitch = np.where(garage, size if i == 0 else 0.0, -fields_ if i == 0 else fields_)
        parts.append(
            panels(houses.station, corners[i], corners[(i + 1) % 4], skin, houses.eaves, houses.wall, pitch=pitch,
                   seed=(houses.seed + 0.23 * i) % 1.0, flags=ONE_SIDED, reach=HOUSE_RANGE)
        )  # fmt: skip
    for roof in (GABLE, HIP, FLAT):
        some = houses.only(np.flatnonzero(houses.roof == roof))
        if some.x.size:
            parts += _roof(some, roof)
    whole = joined(parts)
    yield _as_one(whole, houses, radius)
    yield _chimneys(
        houses.only(
            np.flatnonzero(
                (houses.roof != FLAT) & (houses.skin != SurfaceKind.PLAIN) & (houses.seed < 0.6)
            )
        )
    )


def _as_one(parts: Scenery, houses: Houses, radius: Floats) -> Scenery:
    """The same parts, all counted as lying in the middle of their house, so that none comes before
    another by chance.
    """
    nearest = np.argmin(
        (parts.x[:, None] - houses.x) ** 2 + (parts.y[:, None] - houses.y) ** 2, axis=1
    )
    return parts._replace(
        x=houses.x[nearest], y=houses.y[nearest], radius=radius[nearest], lead=radius[nearest]
    )


def _roof(houses: Houses, roof: int) -> list[Scenery]:
    w = houses.width / 2 + OVERHANG
    t = houses.depth / 2 + OVERHANG
    rise = (houses.ridge - houses.eaves) / (houses.depth / 2)
    low = houses.eaves - OVERHANG * rise
    tiles = houses.tiles
    station = houses.station
    corner = houses.corner
    if roof == FLAT:
        square = [corner(-w, t), corner(w, t), corner(w, -t), corner(-w, -t)]
        return [panels(station, square[i], square[(i + 1) % 4], SurfaceKind.PLAIN, houses.eaves + 0.25, 0.5 * tiles,
                        low=houses.eaves - 0.05, flags=ONE_SIDED, reach=HOUSE_RANGE) for i in range(4)]  # fmt: skip
    end = w if roof == GABLE else np.maximum(w - t, 0.2)
    front = [corner(-w, t), corner(w, t), corner(end, 0.0), corner(-end, 0.0)]
    behind = [corner(w, -t), corner(-w, -t), corner(-end, 0.0), corner(end, 0.0)]
    pieces = [
        facets(station, each, low, houses.ridge, SurfaceKind.ROOF, tiles, reach=HOUSE_RANGE)
        for each in (front, behind)
    ]
    if roof == HIP:
        sides = ([corner(w, t), corner(w, -t), corner(end, 0.0), corner(end, 0.0)],
                 [corner(-w, -t), corner(-w, t), corner(-end, 0.0), corner(-end, 0.0)])  # fmt: skip
        return pieces + [
            facets(
                station, each, low, houses.ridge, SurfaceKind.ROOF, 0.97 * tiles, reach=HOUSE_RANGE
            )
            for each in sides
        ]
    w = houses.width / 2
    t = houses.depth / 2
    gables = ([corner(w, t), corner(w, -t), corner(w, 0.0), corner(w, 0.0)],
              [corner(-w, -t), corner(-w, t), corner(-w, 0.0), corner(-w, 0.0)])  # fmt: skip
    skin = SurfaceKind.PLASTER
    # Wall and gable share a row of pixels, through which the sky would show: a strip covers the
    # seam.
    inner = t * (1 - EAVES_SEAM / (houses.ridge - houses.eaves))
    seams = [(corner(w, inner), corner(w, -inner)), (corner(-w, -inner), corner(-w, inner))]
    return [
        *(facets(station, each, houses.eaves, houses.ridge, skin, houses.wall, reach=HOUSE_RANGE) for each in gables),
        *(panels(station, *ends, skin, houses.eaves + EAVES_SEAM, houses.wall, low=houses.eaves - EAVES_SEAM, flags=ONE_SIDED, reach=HOUSE_RANGE)
          for ends in seams),
        *pieces,
    ]  # fmt: skip


def _chimneys(houses: Houses) -> Scenery:
    along = 0.2 * houses.width
    # The ridge of a hip roof is short.
    along = np.where(
        houses.roof == HIP,
        np.minimum(along, np.maximum((houses.width - houses.depth) / 2, 0.0)),
        along,
    )
    x, y = houses.corner(along, 0.0)
    return uprights(
        houses.station,
        x,
        y,
        BAR,
        houses.ridge + 0.9,
        bottom=houses.ridge - 0.4,
        half=0.32,
        colour=(0.44, 0.28, 0.22),
        reach=HOUSE_RANGE,
    )
