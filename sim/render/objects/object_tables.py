"""The table of everything that stands still, as plain arrays, and how its rows are made."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.geometry.frenet import SPACING, Centreline, Floats

PLANT, UPRIGHT, PANEL, FACET = range(4)  # families
OPEN, SHELTERED, PORTAL = range(
    3
)  # what light falls on a thing: outside, inside a tunnel, outside in front and inside behind
SHAPES = 12  # numbers that describe a thing's shape; what they are depends on the family
# Columns of a panel's shape. It stands on the ground line from a to b; from its front, a is on the
# left.
AX, AY, BX, BY, LOW, HIGH_A, HIGH_B, U_A, U_B, PITCH, SEED, FLAGS = range(SHAPES)
# flags: ends that nothing joins, and a panel that is seen from its front only
FREE_A = 1
FREE_B = 2
ONE_SIDED = 4
# Columns of a facet's shape: its lower edge from a to b at LOW, its upper edge from d (above a) to
# c (above b) at HIGH.
HIGH = 5
CX = 6
CY = 7
DX = 8
DY = 9
# Columns of an upright's shape: half its width, and its edges above the ground.
HALF, BOTTOM, TOP = range(3)


class Scenery(NamedTuple):
    """All that stands still, sorted by station [m], arrays of shape (N,), colour (N, 3) and shape
    (N, SHAPES).

    x, y: world [m].
    family: PLANT, UPRIGHT, PANEL or FACET.
    kind: which picture, upright or skin. height, reach [m]: beyond `reach` it has faded away.
    radius: of the disc around (x, y) that it lies in [m].
    lead: how much farther than (x, y) it counts when things are drawn from far to near [m].
    place: which light falls on it.
    """

    station: Floats
    x: Floats
    y: Floats
    family: NDArray[np.int64]
    kind: NDArray[np.int64]
    height: Floats
    reach: Floats
    colour: Floats
    radius: Floats
    lead: Floats
    place: NDArray[np.int64]
    shape: Floats


_TYPES = {"family": np.int64, "kind": np.int64, "place": np.int64}
_WIDTHS = {"colour": 3, "shape": SHAPES}


def rows(**columns: Any) -> Scenery:
    """Rows of the table; columns are arrays (N,) or one value for all, `lead` and `place` are 0
    where not given.
    """
    columns = {"lead": 0.0, "place": OPEN, "shape": np.zeros(SHAPES), **columns}
    count = np.asarray(columns["x"]).size
    filled: dict[str, Any] = {}
    for name in Scenery._fields:
        wide = (count, _WIDTHS[name]) if name in _WIDTHS else (count,)
        filled[name] = np.broadcast_to(
            np.asarray(columns[name], dtype=_TYPES.get(name, np.float64)), wide
        )
    return Scenery(**filled)


def joined(parts: Sequence[Scenery]) -> Scenery:
    """All rows of several tables, one after the other."""
    return Scenery(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def chosen(table: Scenery, which: NDArray[Any]) -> Scenery:
    """Some rows of a table."""
    return Scenery(*(column[which] for column in table))


def places(
    line: Centreline, s: NDArray[np.floating], d: NDArray[np.floating]
) -> tuple[Floats, Floats, Floats]:
    """World x, y [m] and the line's heading [rad] at road coordinates; the line goes on straight
    beyond its ends.
    """
    at = np.arange(line.x.size) * SPACING
    heading = np.interp(s, at, line.heading)
    over = s - np.clip(s, 0.0, line.length)
    cos = np.cos(heading)
    sin = np.sin(heading)
    x = np.interp(s, at, line.x) + over * cos
    y = np.interp(s, at, line.y) + over * sin
    return x - d * sin, y + d * cos, heading


def panels(
    station: Any, a: tuple[Floats, Floats], b: tuple[Floats, Floats], skin: Any, high: Any, colour: Any, *, low: Any = 0.0,
    high_b: Any = None, along: tuple[Any, Any] | None = None, pitch: Any = 0.0, seed: Any = 0.0, flags: Any = FREE_A | FREE_B,
    reach: Any = 350.0, place: Any = OPEN, solid: bool = True,
) -> Scenery:  # fmt: skip
    """Panels from a to b (world x and y [m]), between the heights `low` and `high`; `solid` ones
    hide all behind them.
    """
    (ax, ay), (bx, by) = a, b
    length = np.hypot(bx - ax, by - ay)
    start, end = along if along is not None else (0.0, length)
    shape = np.zeros((np.asarray(ax).size, SHAPES))
    values = (
        ax,
        ay,
        bx,
        by,
        low,
        high,
        high if high_b is None else high_b,
        start,
        end,
        pitch,
        seed,
        flags,
    )
    for column, value in enumerate(values):
        shape[:, column] = value
    return rows(
        station=station, x=(ax + bx) / 2, y=(ay + by) / 2, family=PANEL, kind=skin, height=high, reach=reach, colour=colour,
        radius=length / 2, lead=length / 2 if solid else 0.0, place=place, shape=shape,
    )  # fmt: skip


def facets(
    station: Any, corners: Sequence[tuple[Floats, Floats]], low: Any, high: Any, skin: int, colour: Any, *, pitch: Any = 0.0,
    seed: Any = 0.0, reach: Any = 350.0,
) -> Scenery:  # fmt: skip
    """Flat pieces with the corners a, b at `low` and c, d at `high`; seen from outside, a, b, c, d
    turn anticlockwise.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    shape = np.zeros((np.asarray(ax).size, SHAPES))
    for column, value in enumerate((ax, ay, bx, by, low, high, cx, cy, dx, dy, seed, pitch)):
        shape[:, column] = value
    x = (ax + bx + cx + dx) / 4
    y = (ay + by + cy + dy) / 4
    radius = np.max([np.hypot(px - x, py - y) for px, py in corners], axis=0)
    return rows(
        station=station, x=x, y=y, family=FACET, kind=skin, height=high, reach=reach, colour=colour, radius=radius, lead=radius,
        shape=shape,
    )  # fmt: skip


def uprights(station: Any, x: Floats, y: Floats, kind: int, high: Any, **columns: Any) -> Scenery:
    """Thin upright things of a kind (see `posts`); half, bottom: half the width and the lower edge
    [m] where it has them.
    """
    shape = np.zeros((np.asarray(x).size, SHAPES))
    shape[:, HALF] = columns.pop("half", 0.0)
    shape[:, BOTTOM] = columns.pop("bottom", 0.0)
    shape[:, TOP] = high
    columns = {"reach": 220.0, "colour": (0.5, 0.5, 0.5), "radius": 1.0, **columns}
    return rows(
        station=station, x=x, y=y, family=UPRIGHT, kind=kind, height=high, shape=shape, **columns
    )
