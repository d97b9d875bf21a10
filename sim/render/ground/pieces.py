"""Pieces of road between two stations, drawn over the cross profile: streets, zebras, bays."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.render.lighting.palette import GRAIN, PALETTE
from sim.roads.plan import Band, Marking, Material, RoadPlan, Street, Zebra

INDEX_SPACING = 12.0  # [m] between the entries of the index by station; chosen
SEALED = (
    Material.ASPHALT,
    Material.PAINT,
    Material.PAVING,
    Material.KERBSTONE,
    Material.RED,
    Material.CONCRETE,
)
STREET_LENGTH = 60.0  # [m] length of side streets from the reference line; chosen
FOOTWAY = 1.5  # [m] width of pavements along side streets, as sim.roads.residential.FOOTWAY
KERB_WIDTH = 0.15  # [m] width of kerbstones, as sim.roads.residential.KERB_WIDTH
BAR = 0.5  # [m] width of a zebra's bars and gaps; German StVO, sign 293
STREET_TRACK = 0.35  # wear by tyres on side streets, 1 in wheel tracks; chosen

# Columns of a piece. START to RIGHT: limits [m]. RED to ROUGH: colour and strength of the grain.
# HARD: 1 where the surface is sealed. TRACK: wear by tyres.
# DASH, PERIOD: above 0, dashes along the road [m]; below 0, bars across it; 0 for solid pieces.
# SLOPE: lateral drift to the right per metre of station, from START on.
# OUTER_LEFT, OUTER_RIGHT: lateral limits including this drift [m].
# REMADE: 1 where the piece has wheel tracks of its own, 0 for paint.
START, FINISH, LEFT, RIGHT, RED, GREEN, BLUE, ROUGH, HARD, TRACK, DASH, PERIOD, WEAR, SLOPE = range(
    14
)
OUTER_LEFT = 14
OUTER_RIGHT = 15
REMADE = 16
PIECE_COLUMNS = 17
Piece = list[float]


def pieces_of(plan: RoadPlan, edge: float) -> NDArray[np.float64]:
    """Return all pieces of a plan, (P, PIECE_COLUMNS), sorted by their start; later ones lie on
    top.

    edge: largest |d| of the cross profile [m].
    """
    pieces = [_band(band, plan.centreline.length) for band in plan.bands if not band.endless]
    for marking in plan.markings:
        if not marking.endless:
            pieces += _marking(marking)
    for street in plan.streets:
        for side in (1, -1) if street.side == 0 else (street.side,):
            pieces += _street(street, side, plan, max(edge, STREET_LENGTH))
    pieces += [_zebra(zebra, plan.carriageway) for zebra in plan.zebras]
    pieces.sort(key=lambda piece: piece[START])
    return np.array(pieces, dtype=np.float64).reshape(-1, PIECE_COLUMNS)


def ranges_of(pieces: NDArray[np.float64], length: float) -> NDArray[np.int64]:
    """Return the pieces that may touch each INDEX_SPACING of road: first and last + 1, (B, 2).

    The range is empty when first >= last.
    """
    count = int(length / INDEX_SPACING) + 1
    # Pieces are sorted by their start; the farthest finish so far is sorted too, and so both ends
    # can be looked up.
    first = np.searchsorted(
        np.maximum.accumulate(pieces[:, FINISH]), np.arange(count) * INDEX_SPACING, side="right"
    )
    last = np.searchsorted(pieces[:, START], np.arange(1, count + 1) * INDEX_SPACING)
    return np.stack([first, last], axis=1).astype(np.int64)


def _piece(
    limits: tuple[float, float, float, float],
    material: Material,
    track: float = 0.0,
    dash: float = 1.0,
    period: float = 0.0,
    wear: float = 0.0,
    slope: float = 0.0,
) -> Piece:
    """Return a piece with limits (start, finish, left, right) [m].

    track: wear by tyres. dash, period [m], wear, slope: see PIECE_COLUMNS.
    """
    start, finish, left, right = limits
    drift = slope * (finish - start)
    reach = (min(left, left + drift), max(right, right + drift))
    hard = float(material in SEALED)
    remade = float(material not in (Material.PAINT, Material.RED))
    return [
        *limits,
        *PALETTE[material],
        GRAIN[material],
        hard,
        track,
        dash,
        period,
        wear,
        slope,
        *reach,
        remade,
    ]


def _band(band: Band, length: float) -> Piece:
    """Return a band of ground as a piece."""
    limits = (max(band.start, 0.0), min(band.finish, length), band.left, band.right)
    return _piece(limits, band.material, track=0.0, slope=band.slope)


def _marking(marking: Marking) -> Iterator[Piece]:
    """Yield a marking as pieces; red ones get a red piece below."""
    limits = (
        marking.start,
        marking.finish,
        marking.offset - marking.width / 2,
        marking.offset + marking.width / 2,
    )
    wear = marking.wear
    slope = marking.slope
    if marking.red:
        yield _piece(limits, Material.RED, wear=wear, slope=slope)
    yield _piece(
        limits,
        Material.PAINT,
        0.0,
        marking.dash,
        marking.dash + marking.gap if marking.gap else 0.0,
        wear,
        slope,
    )


def _zebra(zebra: Zebra, carriageway: tuple[float, float]) -> Piece:
    # Whole bars, one of them on the reference line: it hides the centre line's dashes.
    """Return the bars of a zebra crossing as a piece."""
    left, right = (
        BAR / 2 + 2 * BAR * math.floor((abs(edge) - BAR / 2) / (2 * BAR)) for edge in carriageway
    )
    limits = (zebra.station, zebra.station + zebra.length, -left, right)
    return _piece(limits, Material.PAINT, 0.0, BAR, -2 * BAR, 0.12)


def _street(street: Street, side: int, plan: RoadPlan, reach: float) -> Iterator[Piece]:
    """Yield pavements, kerbs and asphalt of a side street, and its give-way line.

    side: +1 right, -1 left.
    reach: distance from the reference line to the end of the street [m].
    """
    kerb = abs(plan.carriageway[(side + 1) // 2])
    back = max(abs(band.left if side < 0 else band.right) for band in plan.bands)
    start = street.station - street.width / 2
    finish = street.station + street.width / 2
    if plan.walks:
        yield _across(
            start - KERB_WIDTH - FOOTWAY,
            finish + KERB_WIDTH + FOOTWAY,
            side,
            back,
            reach,
            Material.PAVING,
        )
        yield _across(
            start - KERB_WIDTH, finish + KERB_WIDTH, side, kerb, reach, Material.KERBSTONE
        )
    yield _across(start, finish, side, kerb, reach, Material.ASPHALT, STREET_TRACK)
    # Right-hand traffic: vehicles that enter the road use the right half of the street.
    entering = (street.station, finish) if side > 0 else (start, street.station)
    left, right = sorted((side * (kerb + 0.2), side * (kerb + 0.6)))
    yield _piece((*entering, left, right), Material.PAINT, 0.0, 0.5, 0.75, 0.1)


def _across(
    start: float,
    finish: float,
    side: int,
    near: float,
    far: float,
    material: Material,
    track: float = 0.0,
) -> Piece:
    """Return a piece between two lateral distances [m] on one side (+1 right, -1 left)."""
    left, right = sorted((side * near, side * far))
    return _piece((start, finish, left, right), material, track)
