"""Panels that are drawn when they change, ten times a second at most, and laid over the road in
every picture.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sim.types import Image
from sim.viewer.canvas import CARD_OPACITY, ROUNDING, Canvas, Rect, corner_covers
from sim.viewer.theme import CARD

Levels = NDArray[np.uint8]  # (256,)
# from the ground, in levels: as far as the palest letters are, whose smooth edges are nearer
DRAWN = 150.0
TITLE_HEIGHT = 24  # height of a panel's heading


@dataclass(frozen=True)
class _Card:
    """A drawn panel: what it was drawn for, what it adds to a picture, and how much of that it lets
    through (0 to 255).
    """

    made_for: Hashable
    ink: Image
    through: Image


class PanelCache:
    """The panels of one drive by their names."""

    def __init__(self) -> None:
        self._cards: dict[str, _Card] = {}

    def lay(
        self,
        canvas: Canvas,
        name: str,
        rect: Rect,
        shows: Hashable,
        draw: Callable[[Canvas], None],
        opacity: float = CARD_OPACITY,
        pictures: bool = False,
    ) -> None:
        """Lay a panel over a rectangle; it is drawn anew where what it `shows`, its size or its
        scale is another than before.

        Its ground lets a little of the road through, what is drawn on it nothing. pictures: dark
        things are drawn, too, below its title.
        """
        made_for = (shows, rect.width, rect.height, canvas.scale)
        card = self._cards.get(name)
        if card is None or card.made_for != made_for:
            card = self._cards[name] = _drawn(made_for, rect, canvas.scale, draw, opacity, pictures)
        under = canvas.part(rect)
        cv2.multiply(under, card.through, under, 1 / 255)
        cv2.add(under, card.ink, under)


def _drawn(
    made_for: Hashable,
    rect: Rect,
    scale: float,
    draw: Callable[[Canvas], None],
    opacity: float,
    pictures: bool,
) -> _Card:
    """Draw a panel on its ground, and tell the ground from what was drawn."""
    own = Canvas.blank(rect.width, rect.height, scale)
    tint = tuple(round(opacity * level) for level in CARD)
    ink = own.array
    cv2.rectangle(ink, (0, 0), (rect.width, rect.height), tint, cv2.FILLED)
    draw(own)
    red, green, blue = cv2.split(cv2.absdiff(ink, np.array([*tint, 0], np.float64)))
    away = cv2.max(cv2.max(red, green), blue)
    lets = cv2.LUT(away, through_by_difference(opacity, DRAWN))
    if pictures:
        below = slice(own.px(TITLE_HEIGHT), None)
        lets[below] = cv2.LUT(away[below], through_by_difference(opacity, 1.0))
    size = min(own.px(ROUNDING), rect.height // 2, rect.width // 2)
    for corner, cover in zip(_corners(size), corner_covers(size) if size else (), strict=True):
        ink[corner] = ink[corner] * cover[..., None]
        lets[corner] = 255 - cover * (255 - lets[corner])
    return _Card(made_for, ink, np.asarray(cv2.merge([lets, lets, lets]), np.uint8))


@cache
def through_by_difference(opacity: float, drawn: float) -> Levels:
    """How much a pixel lets through (0 to 255) by how far it is from the ground: as the ground,
    from `drawn` on nothing.
    """
    shares = np.clip(1 - np.arange(256) / drawn, 0, 1)
    return np.asarray((255 * (1 - opacity) * shares).round(), np.uint8)


def _corners(size: int) -> list[tuple[slice, slice]]:
    """Upper left, upper right, lower left and lower right."""
    ends = (slice(size), slice(-size, None))
    return [(rows, columns) for rows in ends for columns in ends] if size else []
