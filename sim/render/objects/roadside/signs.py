"""Signs, gantries, street lamps, reflector posts and poles: what the road's owner puts up beside
it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.geometry.frenet import SPACING, Floats
from sim.render.objects.object_tables import Scenery, panels, uprights
from sim.render.objects.posts import BAR, LAMP, POLE, POLE_HEIGHT, POST, POST_HEIGHT
from sim.render.objects.roadside.free_ground import Flags, FreeGround
from sim.render.objects.surfaces.surface_table import SurfaceKind
from sim.roads.furniture import bends
from sim.roads.plan import Material, Wall
from sim.scenario import RoadKind

STEEL = (0.56, 0.57, 0.58)
AHEAD = 0.06  # [m] by which a sign stands before its post
SIGN_RANGE = 260.0  # [m]
# Width and height of a sign, and its lower edge above the ground [m].
SIGN_SIZES = {
    SurfaceKind.SPEED: (0.75, 0.75, 1.75), SurfaceKind.WARNING: (0.95, 0.85, 1.65), SurfaceKind.CHEVRON: (0.65, 0.65, 0.55),
    SurfaceKind.CROSSING: (0.70, 0.70, 1.90), SurfaceKind.DISTANCE: (0.45, 0.60, 0.85),
}  # fmt: skip
SHARP = {
    RoadKind.MOUNTAIN: 32.0,
    RoadKind.RURAL: 115.0,
    RoadKind.RURAL_UNMARKED: 60.0,
    RoadKind.RACETRACK: 0.0,
}  # [m]
POSTED = (RoadKind.RURAL, RoadKind.HIGHWAY)
LIMITS = (30.0, 50.0, 60.0, 80.0, 100.0, 120.0)  # [km/h]
CLOSE = 4.0  # [m]: a speed limit this near to another sign is left out
ROCK_CLEARANCE = 0.6  # [m] from a sign's middle to a face of rock behind it
# [m]
LAMP_HEIGHT = 6.2
LAMP_ARM = 1.6
# [m]
GANTRY_BOTTOM = 5.6
GANTRY_TOP = 8.2


def sign_rows(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Everything in this module, for a plan."""
    yield from _posts(site)
    yield from _poles(generator, site)
    yield from _street_lamps(site)
    if site.plan.kind is RoadKind.RACETRACK:
        return
    others = [*_bend_signs(site), *_zebra_signs(site)]
    yield from others
    yield from _speed_signs(generator, site, others)
    if site.plan.kind is RoadKind.HIGHWAY:
        yield from _gantries(generator, site)


def signs(
    site: FreeGround, skin: SurfaceKind, s: Floats, d: Floats, direction: int, seed: float | Floats
) -> Iterator[Scenery]:
    """Return signs of a kind at Frenet coordinates and their posts; they face drivers in a
    direction, 1 along the line or -1 against it.

    There are none in tunnels, and none on side streets.
    """
    clear = ~(site.in_tunnel(s) | site.in_street(s, d))
    s, d, seed = s[clear], _before_rock(site, s, d)[clear], np.broadcast_to(seed, s.shape)[clear]
    if not s.size:
        return
    width, height, low = SIGN_SIZES[skin]
    before = s - direction * AHEAD
    (ax, ay, _), (bx, by, _) = (
        site.places(before, d - direction * width / 2),
        site.places(before, d + direction * width / 2),
    )
    yield panels(
        s,
        (ax, ay),
        (bx, by),
        skin,
        low + height,
        (0.5, 0.5, 0.5),
        low=low,
        pitch=width,
        seed=seed,
        reach=SIGN_RANGE,
        solid=False,
    )
    x, y, _ = site.places(s, d)
    yield uprights(s, x, y, BAR, low + 0.7 * height, half=0.035, colour=STEEL, reach=SIGN_RANGE)


def _before_rock(site: FreeGround, s: Floats, d: Floats) -> Floats:
    """The same places, moved towards the road where they would lie in a face of rock."""
    moved = d.copy()
    for barrier in site.plan.barriers:
        if barrier.kind is Wall.ROCK:
            beside = (
                (s > barrier.start - 1.0) & (s < barrier.finish + 1.0) & (d * barrier.offset > 0)
            )
            moved[beside] = np.sign(d[beside]) * np.minimum(
                np.abs(d[beside]), abs(barrier.offset) - ROCK_CLEARANCE
            )
    return moved


def posted_limit(speed: float) -> float:
    """The speed limit [km/h] that signs give on a road where `speed` [m/s] is the most one drives."""
    return min(LIMITS, key=lambda limit: abs(limit - 3.6 * speed))


def roadside(site: FreeGround, s: Floats, side: int) -> Floats:
    """Offsets [m] at which signs stand: just off the outermost band, on pavements at their back."""
    paved = any(band.material is Material.PAVING and band.endless for band in site.plan.bands)
    return side * (site.edge(s, side) + (-0.3 if paved else 0.55))


def _posts(site: FreeGround) -> Iterator[Scenery]:
    """Reflector posts: every 25 m on winding roads, every 50 m on highways, before tunnels, on the
    mountain's outer side.
    """
    plan = site.plan
    length = plan.centreline.length
    if plan.kind in POSTED:
        spans = [(0.0, length)]
    elif plan.kind is RoadKind.TUNNEL:
        spans = [(tunnel.start - 100.0, tunnel.start) for tunnel in plan.tunnels]
        spans += [(tunnel.finish, tunnel.finish + 100.0) for tunnel in plan.tunnels]
    else:
        spans = []
    s = np.arange(0.0, length, 50.0 if plan.kind is RoadKind.HIGHWAY else 25.0)
    wanted = np.zeros(s.size, bool)
    for start, finish in spans:
        wanted |= (s >= start) & (s <= finish)
    for side in (-1, 1):
        beside = wanted.copy()
        if plan.kind is RoadKind.MOUNTAIN:
            for barrier in plan.barriers:
                if barrier.kind is not Wall.ROCK and barrier.offset * side > 0:
                    beside |= (s >= barrier.start) & (s <= barrier.finish)
        at = s[beside & ~site.in_tunnel(s)]
        if at.size:
            x, y, _ = site.places(at, side * (site.edge(at, side) + 0.35))
            yield uprights(at, x, y, POST, POST_HEIGHT)


def _poles(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """A row of poles along one side of some country roads."""
    side = int(generator.choice([-1, 1]))
    beside = generator.uniform(3.0, 8.0)
    wanted = generator.random() < 0.5
    if wanted and site.plan.kind in (RoadKind.RURAL, RoadKind.RURAL_UNMARKED, RoadKind.UNPAVED):
        s = np.arange(20.0, site.plan.centreline.length, 42.0)
        x, y, _ = site.places(s, side * (site.edge(s, side) + beside))
        yield uprights(s, x, y, POLE, POLE_HEIGHT, reach=350.0)


def _street_lamps(site: FreeGround) -> Iterator[Scenery]:
    """Masts with an arm over the road; they stand where the ground shows their light."""
    plan = site.plan
    if not plan.lamp_spacing:
        return
    count = int(plan.centreline.length / plan.lamp_spacing)
    s = np.arange(0.5, count) * plan.lamp_spacing
    for d in plan.street_lamps:
        at: Floats = s[~site.in_street(s, np.full(s.size, d))]
        x, y, _ = site.places(at, np.full(at.size, d))
        head_x, head_y, _ = site.places(at, np.full(at.size, d - np.sign(d) * LAMP_ARM))
        yield uprights(
            at, x, y, BAR, LAMP_HEIGHT, half=0.06, colour=(0.38, 0.40, 0.40), reach=SIGN_RANGE
        )
        yield panels(
            at, (x, y), (head_x, head_y), SurfaceKind.PLAIN, LAMP_HEIGHT, (0.38, 0.40, 0.40), low=LAMP_HEIGHT - 0.09, reach=SIGN_RANGE,
            solid=False,
        )  # fmt: skip
        yield uprights(
            at,
            head_x,
            head_y,
            LAMP,
            LAMP_HEIGHT - 0.04,
            bottom=LAMP_HEIGHT - 0.20,
            half=0.26,
            reach=SIGN_RANGE,
            radius=2.0,
        )


def _bend_signs(site: FreeGround) -> Iterator[Scenery]:
    """Red and white arrows on the outside of sharp bends, for both directions, and a warning before
    them.
    """
    plan = site.plan
    radius = SHARP.get(plan.kind, 60.0)
    for start, finish, sign in bends(plan.centreline.curvature, radius, 10.0):
        tightest = plan.centreline.curvature[int(start / SPACING) : int(finish / SPACING) + 1]
        if (
            np.ptp(plan.centreline.heading[[int(start / SPACING), int(finish / SPACING)]]) < 0.45
            and abs(tightest).max() < 1 / 40
        ):
            continue
        s = np.arange(start + 2.0, finish, max(8.0, 0.16 * radius))
        outside = -sign * (site.edge(s, -sign) + 1.1)
        for direction in (1, -1):
            # Against the line the bend turns the other way.
            half = s[::2] if direction > 0 else s[1::2]
            yield from signs(
                site,
                SurfaceKind.CHEVRON,
                half,
                outside[::2] if direction > 0 else outside[1::2],
                direction,
                float(sign * direction),
            )
        for direction, at in ((1, start - 60.0), (-1, finish + 60.0)):
            if 0.0 < at < plan.centreline.length and plan.kind is not RoadKind.RESIDENTIAL:
                place = np.array([at])
                yield from signs(
                    site,
                    SurfaceKind.WARNING,
                    place,
                    roadside(site, place, direction),
                    direction,
                    float(sign * direction),
                )


def _zebra_signs(site: FreeGround) -> Iterator[Scenery]:
    """A blue square at each side of a crossing, for each direction."""
    stations = np.array([zebra.station for zebra in site.plan.zebras])
    lengths = np.array([zebra.length for zebra in site.plan.zebras])
    if stations.size:
        for direction in (1, -1):
            at = stations - 0.6 if direction > 0 else stations + lengths + 0.6
            yield from signs(
                site, SurfaceKind.CROSSING, at, roadside(site, at, direction), direction, 0.0
            )


def _speed_signs(
    generator: np.random.Generator, site: FreeGround, others: Sequence[Scenery]
) -> Iterator[Scenery]:
    """Return speed limit signs on the right of the drivers that they address, never beside another
    sign; distance posts on highways.
    """
    length = site.plan.centreline.length
    limit = posted_limit(site.plan.speed_limit)
    gap = 900.0 if site.plan.kind is RoadKind.HIGHWAY else 350.0
    for direction in (1, -1):
        s = np.arange(generator.uniform(60.0, 260.0), length, gap)
        d = roadside(site, s, direction)
        alone = _apart(site, s, d, others)
        yield from signs(site, SurfaceKind.SPEED, s[alone], d[alone], direction, limit)
        if site.plan.kind is RoadKind.HIGHWAY:
            s = np.arange(generator.uniform(0.0, 200.0), length, 500.0)
            yield from signs(
                site,
                SurfaceKind.DISTANCE,
                s,
                roadside(site, s, direction) + direction * 0.5,
                direction,
                0.0,
            )


def _apart(site: FreeGround, s: Floats, d: Floats, others: Sequence[Scenery]) -> Flags:
    """Whether places are more than CLOSE from everything in some tables."""
    x, y, _ = site.places(s, d)
    alone = np.ones(s.size, bool)
    for table in others:
        alone &= (np.hypot(x[:, None] - table.x, y[:, None] - table.y) > CLOSE).all(axis=1)
    return alone


def _gantries(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """Directions over one carriageway, about every kilometre: two posts, a beam and one board over
    each pair of lanes.
    """
    plan = site.plan
    for direction in (1, -1):
        s: Floats = np.arange(generator.uniform(150.0, 700.0), plan.centreline.length, 1000.0)
        offsets = [lane.offset for lane in plan.lanes if lane.direction == direction]
        inner = direction * 0.2
        outer = float(direction * (abs(max(offsets, key=abs)) + 6.2))
        for d in (inner, outer):
            x, y, _ = site.places(s, np.full(s.size, d))
            yield uprights(s, x, y, BAR, GANTRY_TOP - 0.4, half=0.22, colour=STEEL, reach=400.0)
        # From left to right as seen by a driver below.
        span = np.linspace(inner, outer, 8)
        for i in range(span.size - 1):
            a = site.places(s, np.full(s.size, span[i]))[:2]
            b = site.places(s, np.full(s.size, span[i + 1]))[:2]
            yield panels(s, a, b, SurfaceKind.PLAIN, 7.3, STEEL, low=6.7, flags=0, reach=400.0)
        for offset in sorted(offsets, key=abs)[::2]:
            middle = offset + direction * 1.2
            half = 2.6
            before = s - direction * 0.3
            a = site.places(before, np.full(s.size, middle - direction * half))[:2]
            b = site.places(before, np.full(s.size, middle + direction * half))[:2]
            yield panels(
                s, a, b, SurfaceKind.GANTRY, GANTRY_TOP, (0.5, 0.5, 0.5), low=GANTRY_BOTTOM, pitch=2 * half,
                seed=generator.random(s.size), reach=400.0, solid=False,
            )  # fmt: skip
