"""Panels that are drawn when they change, ten times a second at most, and laid over the road in every picture."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import cv2
import numpy as np

from sim.types import Image
from sim.viewer.sheet import CARD_OPACITY, ROUNDING, Rect, Sheet, corner_covers
from sim.viewer.theme import CARD


@dataclass(frozen=True)
class _Card:
    """A drawn panel: what it was drawn for, what it adds to a picture, and how much of that it lets through (0 to 255)."""

    made_for: Hashable
    ink: Image
    through: Image


class Cards:
    """The panels of one drive by their names."""

    def __init__(self) -> None:
        self._cards: dict[str, _Card] = {}

    def lay(
        self,
        sheet: Sheet,
        name: str,
        rect: Rect,
        shows: Hashable,
        draw: Callable[[Sheet], None],
        opacity: float = CARD_OPACITY,
    ) -> None:
        """Lay a panel over a rectangle; it is drawn anew where what it `shows`, its size or its scale is another than before.

        Its ground lets a little of the road through, what is drawn on it nothing.
        """
        made_for = (shows, rect.width, rect.height, sheet.scale)
        card = self._cards.get(name)
        if card is None or card.made_for != made_for:
            card = self._cards[name] = _drawn(made_for, rect, sheet.scale, draw, opacity)
        under = sheet.part(rect)
        cv2.multiply(under, card.through, under, 1 / 255)
        cv2.add(under, card.ink, under)


def _drawn(made_for: Hashable, rect: Rect, scale: float, draw: Callable[[Sheet], None], opacity: float) -> _Card:
    """Draw a panel on its ground, and tell the ground from what was drawn."""
    own = Sheet.blank(rect.width, rect.height, scale)
    tint = tuple(round(opacity * level) for level in CARD)
    ink = own.array
    cv2.rectangle(ink, (0, 0), (rect.width, rect.height), tint, cv2.FILLED)
    draw(own)
    ground = cv2.inRange(ink, np.array(tint), np.array(tint))  # 255 where nothing was drawn
    through = cv2.convertScaleAbs(ground, alpha=1 - opacity)
    size = min(own.px(ROUNDING), rect.height // 2, rect.width // 2)
    for corner, cover in zip(_corners(size), corner_covers(size) if size else (), strict=True):
        ink[corner] = ink[corner] * cover[..., None]
        through[corner] = 255 - cover * (255 - through[corner])
    return _Card(made_for, ink, np.asarray(cv2.merge([through, through, through]), np.uint8))


def _corners(size: int) -> list[tuple[slice, slice]]:
    """Upper left, upper right, lower left and lower right."""
    ends = (slice(size), slice(-size, None))
    return [(rows, columns) for rows in ends for columns in ends] if size else []
