"""A plan's barriers and tunnels -> panels along their lines."""

from collections.abc import Iterator

import numpy as np

from sim.geometry.frenet import SPACING, Floats
from sim.render.lighting.palette import UnitColour
from sim.render.objects.object_tables import (
    FREE_A,
    FREE_B,
    OPEN,
    PORTAL,
    SHELTERED,
    Scenery,
    chosen,
    panels,
)
from sim.render.objects.roadside.free_ground import HILLSIDE, Flags, FreeGround
from sim.render.objects.surfaces.surface_table import SEE_THROUGH, SurfaceKind
from sim.roads.plan import Barrier, Tunnel, Wall

# [m] of a panel, and in tight bends
PIECE = 4.0
SHORT_PIECE = 2.0
TIGHT = 1 / 45  # [1/m]
# [m] of a portal's frame beside and above the opening
RIM = 2.6
PORTAL_RISE = 1.8
# [m] height of the hill over a tunnel, at its flanks, and half its width
HILL_HEIGHT = 14.0
FLANK = 7.0
HILL_HALF = 52.0
HILL_COLOUR = (0.33, 0.39, 0.18)
PORTAL_COLOUR = (0.52, 0.50, 0.47)
COLOURS: dict[Wall, tuple[UnitColour, ...]] = {
    Wall.STONE: ((0.55, 0.52, 0.47), (0.58, 0.52, 0.42), (0.47, 0.46, 0.44)),
    Wall.HEDGE: ((0.25, 0.36, 0.14), (0.31, 0.42, 0.16), (0.22, 0.31, 0.16)),
    Wall.FENCE: ((0.52, 0.42, 0.31), (0.82, 0.82, 0.78), (0.42, 0.36, 0.29)),
    Wall.ROCK: ((0.50, 0.46, 0.41), (0.47, 0.46, 0.45), (0.54, 0.47, 0.38)),
    Wall.NOISE: ((0.36, 0.46, 0.34), (0.52, 0.40, 0.28), (0.58, 0.56, 0.50), (0.34, 0.42, 0.50)),
}


def barrier_panels(generator: np.random.Generator, site: FreeGround) -> Iterator[Scenery]:
    """The panels of every barrier of a plan; where a bend brings one onto a lane, it is left out."""
    rock = COLOURS[Wall.ROCK][generator.integers(len(COLOURS[Wall.ROCK]))]
    for barrier in site.plan.barriers:
        choices = COLOURS.get(barrier.kind, ((0.6, 0.6, 0.6),))
        colour = rock if barrier.kind is Wall.ROCK else choices[generator.integers(len(choices))]
        yield _barrier(site, barrier, colour, float(generator.random()))


def stations_along(site: FreeGround, start: float, finish: float) -> Floats:
    """Stations [m] from `start` to `finish`, PIECE apart, closer in tight bends."""
    curvature = site.plan.centreline.curvature
    i, j = (int(np.clip(s / SPACING, 0, curvature.size - 1)) for s in (start, finish))
    piece = SHORT_PIECE if np.abs(curvature[i : j + 1]).max() > TIGHT else PIECE
    return np.linspace(start, finish, max(int(np.ceil((finish - start) / piece)), 1) + 1)


def _barrier(site: FreeGround, barrier: Barrier, colour: UnitColour, seed: float) -> Scenery:
    s = stations_along(site, barrier.start, barrier.finish)
    x, y, _ = site.places(s, np.full(s.size, barrier.offset))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    flags = np.zeros(s.size - 1, int)
    before = _next(site, barrier, barrier.start)
    after = _next(site, barrier, barrier.finish)
    flags[0] |= 0 if before else FREE_A
    flags[-1] |= 0 if after else FREE_B
    high = np.full(s.size, barrier.height)
    if (
        barrier.kind is Wall.ROCK
    ):  # it grows out of the ground at its ends, or goes over into the next face without a seam
        along = s
        first, last = (
            (barrier.height + other.height) / 2 if other else 0.15 * barrier.height
            for other in (before, after)
        )
        from_start = np.clip((s - barrier.start) / 8.0, 0.0, 1.0)
        to_finish = np.clip((barrier.finish - s) / 8.0, 0.0, 1.0)
        high += (first - barrier.height) * (1 - from_start) + (last - barrier.height) * (
            1 - to_finish
        )
    if barrier.kind is Wall.RAIL:  # its ends are sunk into the ground
        high[[0, -1]] = 0.32
    table = panels(
        s[:-1], (x[:-1], y[:-1]), (x[1:], y[1:]), SurfaceKind(int(barrier.kind)), high[:-1], colour, high_b=high[1:],
        along=(along[:-1], along[1:]), seed=seed, flags=flags, solid=SurfaceKind(int(barrier.kind)) not in SEE_THROUGH,
    )  # fmt: skip
    return chosen(
        table, ~_on_a_lane(site, table.x, table.y) & ~site.in_tunnel(table.station + 0.5 * PIECE)
    )


def _next(site: FreeGround, barrier: Barrier, end: float) -> Barrier | None:
    """The barrier of the same kind that goes on where one ends."""
    for other in site.plan.barriers:
        joined = other is not barrier and end in (other.start, other.finish)
        if joined and other.kind is barrier.kind and other.offset == barrier.offset:
            return other
    return None


def _on_a_lane(site: FreeGround, x: Floats, y: Floats) -> Flags:
    """Whether points lie on one of the plan's lanes or within a hand's breadth of it."""
    _, d = site.located(x, y)
    on = np.zeros(x.size, bool)
    for lane in site.plan.lanes:
        on |= np.abs(d - lane.offset) < lane.width / 2 + 0.1
    return on


def tunnel_panels(site: FreeGround) -> Iterator[Scenery]:
    """Walls inside every tunnel, a portal and a hill's face at both its ends, and the hill's flanks
    along it.
    """
    for tunnel in site.plan.tunnels:
        s = stations_along(site, tunnel.start, tunnel.finish)
        for d, place in ((tunnel.left, SHELTERED), (tunnel.right, SHELTERED)):
            x, y, _ = site.places(s, np.full(s.size, d))
            ends = ((x[:-1], y[:-1]), (x[1:], y[1:]))
            # The walls reach above the ceiling, which hides what is too much.
            yield panels(
                s[:-1], *ends, SurfaceKind.TUNNEL, tunnel.height + 0.4, (0.6, 0.6, 0.6), along=(s[:-1] - s[0], s[1:] - s[0]),
                flags=0, place=place, reach=900.0,
            )  # fmt: skip
        for d in (-HILLSIDE + 1.0, HILLSIDE - 1.0):
            x, y, _ = site.places(s, np.full(s.size, d))
            ends = ((x[:-1], y[:-1]), (x[1:], y[1:]))
            yield panels(
                s[:-1],
                *ends,
                SurfaceKind.HILL,
                FLANK,
                HILL_COLOUR,
                along=(s[:-1] - s[0], s[1:] - s[0]),
                flags=0,
                reach=600.0,
            )
        yield _portal(site, tunnel, tunnel.start, 1)
        yield _portal(site, tunnel, tunnel.finish, -1)


def _portal(site: FreeGround, tunnel: Tunnel, station: float, facing: int) -> Scenery:
    """The face of a tunnel's end: a frame of stone around the opening and the hill around that."""
    left = tunnel.left
    right = tunnel.right
    above = tunnel.height + PORTAL_RISE
    # d of both ends of each piece, its lower edge, its height at both ends, its skin.
    pieces: list[tuple[float, float, float, float, float, SurfaceKind]] = [
        (left - RIM, left, 0.0, above, above, SurfaceKind.PORTAL),
        (left, right, tunnel.height, above, above, SurfaceKind.PORTAL),
        (right, right + RIM, 0.0, above, above, SurfaceKind.PORTAL),
    ]
    # The hill reaches behind half of the frame all round, so that nothing shows through between
    # them.
    hidden_from = left - RIM / 2
    hidden_to = right + RIM / 2
    cuts = np.sort(np.append(np.linspace(-HILL_HALF, HILL_HALF, 41), [hidden_from, hidden_to]))
    crest = 0.2 + HILL_HEIGHT * np.cos(cuts / HILL_HALF * np.pi / 2) ** 1.3
    for i in range(cuts.size - 1):
        middle = (cuts[i] + cuts[i + 1]) / 2
        low = above - PORTAL_RISE / 2 if hidden_from < middle < hidden_to else 0.0
        pieces.append((cuts[i], cuts[i + 1], low, crest[i], crest[i + 1], SurfaceKind.HILL))
    spans = np.array([piece[:5] for piece in pieces])
    skins = np.array([int(piece[5]) for piece in pieces])
    # The hill stands a little behind its portal; seen from the road, a piece's a is on the left.
    s = np.full(len(pieces), station) + facing * np.where(skins == SurfaceKind.HILL, 0.25, 0.0)
    near, away = (spans[:, 0], spans[:, 1]) if facing > 0 else (spans[:, 1], spans[:, 0])
    (ax, ay, _), (bx, by, _) = site.places(s, near), site.places(s, away)
    high_a, high_b = (spans[:, 3], spans[:, 4]) if facing > 0 else (spans[:, 4], spans[:, 3])
    colour = np.where((skins == SurfaceKind.HILL)[:, None], HILL_COLOUR, PORTAL_COLOUR)
    table = panels(
        s, (ax, ay), (bx, by), skins, high_a, colour, low=spans[:, 2], high_b=high_b, along=(near, away), flags=0,
        reach=900.0, place=np.where(skins == SurfaceKind.PORTAL, PORTAL, OPEN),
    )  # fmt: skip
    # All of the hill is drawn before the portal, whose upper edge covers its last row of pixels in
    # part.
    return table._replace(
        lead=np.where(skins == SurfaceKind.HILL, table.lead.max() + 0.5, table.lead)
    )
