"""The sheet that the viewer draws on: one RGB array, drawn with OpenCV's smooth lines and lettered
with pygame's fonts.

The pygame surface and the array share their memory, so a film takes the array and a window the
surface.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import cv2
import matplotlib
import numpy as np
import pygame
from numpy.typing import NDArray

from sim.types import Image
from sim.viewer.theme import CARD, INK, QUIET, Colour

SUBPIXEL = 4  # OpenCV takes coordinates in sixteenths of a pixel
CARD_OPACITY = 0.74
ROUNDING = 7.0
MAX_TEXTS = 4000  # rendered texts that are kept


@dataclass(frozen=True)
class Rect:
    """A rectangle on a sheet [px]: left, top, width and height, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Column just beyond the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Row just beyond the lower edge."""
        return self.y + self.height

    def shrunk(self, by: int) -> "Rect":
        """The rectangle without a frame of `by` pixels."""
        return Rect(
            self.x + by, self.y + by, max(self.width - 2 * by, 1), max(self.height - 2 * by, 1)
        )

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share a pixel."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


class Canvas:
    """A picture of `width` x `height` pixels to draw on; lengths given to `px` and sizes of text
    are in units of `scale`.
    """

    def __init__(self, array: Image, surface: pygame.Surface, scale: float) -> None:
        self.array = array
        self.surface = surface
        self.scale = scale

    @classmethod
    def blank(cls, width: int, height: int, scale: float = 1.0) -> Self:
        """A black sheet."""
        array = np.zeros((height, width, 3), np.uint8)
        return cls(array, pygame.image.frombuffer(array.data, (width, height), "RGB"), scale)

    def inset(self, rect: Rect) -> "Canvas":
        """A part of the sheet as a sheet of its own: what is drawn on it appears here."""
        return Canvas(
            self.part(rect),
            self.surface.subsurface((rect.x, rect.y, rect.width, rect.height)),
            self.scale,
        )

    @property
    def whole(self) -> Rect:
        """The sheet's own rectangle."""
        return Rect(0, 0, self.array.shape[1], self.array.shape[0])

    def px(self, length: float) -> int:
        """A length of the design in whole pixels, at least 1."""
        return max(round(length * self.scale), 1)

    def part(self, rect: Rect) -> Image:
        """The pixels of a rectangle, to draw on."""
        return self.array[rect.y : rect.bottom, rect.x : rect.right]

    def card(self, rect: Rect, colour: Colour = CARD, opacity: float = CARD_OPACITY) -> None:
        """A panel's ground with round corners, through which a little is seen."""
        pixels = self.part(rect)
        radius = self.px(ROUNDING)
        size = min(radius, pixels.shape[0] // 2, pixels.shape[1] // 2)
        corners = [
            (rows, columns)
            for rows in (slice(size), slice(-size, None))
            for columns in (slice(size), slice(-size, None))
        ]
        before = [pixels[corner].copy() for corner in corners] if size else []
        cv2.LUT(pixels, _tinted(colour, opacity), pixels)
        for corner, old, cover in zip(
            corners, before, corner_covers(size) if size else (), strict=True
        ):
            pixels[corner] = old + (pixels[corner].astype(np.float32) - old) * cover[..., None]

    def picture(self, image: Image, rect: Rect, smooth: bool = True) -> None:
        """An image stretched over a rectangle."""
        if image.shape[:2] == (rect.height, rect.width):
            self.part(rect)[:] = image
            return
        shrinks = image.shape[1] > rect.width
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        self.part(rect)[:] = cv2.resize(image, (rect.width, rect.height), interpolation=method)

    def glaze(self, points: NDArray[np.float64], colour: Colour, opacity: float) -> None:
        """A filled polygon (N, 2) that lets through what is under it."""
        if len(points) < 3:
            return
        low = np.floor(points.min(axis=0)).astype(int) - 1
        high = np.ceil(points.max(axis=0)).astype(int) + 2
        (left, top), (right, bottom) = (
            np.maximum(low, 0),
            np.minimum(high, [self.array.shape[1], self.array.shape[0]]),
        )
        if left >= right or top >= bottom:
            return
        under = self.array[top:bottom, left:right]
        layer = under.copy()
        cv2.fillPoly(layer, [subpixels(points - [left, top])], colour, cv2.LINE_AA, SUBPIXEL)
        cv2.addWeighted(layer, opacity, under, 1 - opacity, 0, dst=under)

    def line(
        self,
        points: Sequence[tuple[float, float]] | NDArray[np.float64],
        colour: Colour,
        width: float = 1.0,
    ) -> None:
        """A smooth line through points (column, row) [px], `width` in units of the design."""
        if len(points) >= 2:
            cv2.polylines(
                self.array,
                [subpixels(points)],
                False,
                colour,
                self.px(width),
                cv2.LINE_AA,
                SUBPIXEL,
            )

    def shape(
        self, points: Sequence[tuple[float, float]] | NDArray[np.float64], colour: Colour
    ) -> None:
        """A smooth filled polygon."""
        if len(points) >= 3:
            cv2.fillPoly(self.array, [subpixels(points)], colour, cv2.LINE_AA, SUBPIXEL)

    def dashes(self, x: float, end: float, row: float, colour: Colour, width: float = 1.0) -> None:
        """A dashed level line from column `x` to `end`."""
        starts = np.arange(x, end - self.px(4), self.px(9), dtype=float)
        ends = np.stack([starts, starts + self.px(4)], axis=1)
        points = np.stack([ends, np.full_like(ends, row)], axis=2)
        cv2.polylines(
            self.array,
            list(subpixels(points)),
            False,
            colour,
            self.px(width),
            cv2.LINE_AA,
            SUBPIXEL,
        )

    def circle(self, x: float, y: float, radius: float, colour: Colour, width: float = 0.0) -> None:
        """A smooth circle of `radius` pixels; filled, or a ring `width` units wide."""
        (column, row), *_ = subpixels([(x, y)]).tolist()
        thickness = self.px(width) if width else cv2.FILLED
        cv2.circle(
            self.array,
            (column, row),
            round(radius * 2**SUBPIXEL),
            colour,
            thickness,
            cv2.LINE_AA,
            SUBPIXEL,
        )

    def text(
        self,
        words: str,
        x: float,
        y: float,
        size: float = 12.0,
        colour: Colour = INK,
        bold: bool = False,
        align: float = 0.0,
    ) -> int:
        """Letters on a base line that begins at (x, y), ends there (align 1) or is centred there
        (0.5); their width.
        """
        rendered, ascent = _rendered(words, self.px(size), colour, bold)
        self.surface.blit(rendered, (round(x - align * rendered.get_width()), round(y - ascent)))
        return rendered.get_width()

    def text_width(self, words: str, size: float = 12.0, bold: bool = False) -> int:
        """How wide the words would be [px]."""
        return _font(self.px(size), bold).size(words)[0]

    def lines(self, words: str, width: int, size: float = 12.0, bold: bool = False) -> list[str]:
        """The words in lines that are no wider than `width` [px], as far as single words allow."""
        lines = [""]
        for word in words.split(" "):
            longer = f"{lines[-1]} {word}" if lines[-1] else word
            if lines[-1] and self.text_width(longer, size, bold) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def plate(self, words: str, middle: float, top: float, colour: Colour) -> None:
        """Words on a coloured ground about the column `middle`, in as many lines as they need,
        smaller where there is no room.
        """
        room = self.whole.width
        height = self.whole.height
        size = next(
            (
                one
                for one in (14, 11)
                if self.text_width(words, one, bold=True) + self.px(24) <= room
            ),
            9,
        )
        lines = self.lines(words, room - self.px(24), size, bold=True)
        wide = min(
            max(self.text_width(line, size, bold=True) for line in lines) + self.px(24), room
        )
        pitch = self.px(size + 5)
        high = min(pitch * (len(lines) - 1) + self.px(size + 14), height)
        left = min(max(round(middle - wide / 2), 0), room - wide)
        top = min(max(round(top), 0), height - high)
        self.card(Rect(left, top, wide, high), colour, 0.92)
        for row, line in enumerate(lines):
            base = top + self.px(size + 5) + row * pitch
            self.text(line, left + wide / 2, base, size, (255, 255, 255), bold=True, align=0.5)

    def title(self, words: str, right: str = "") -> None:
        """The small heading of a panel, and a value at its right end."""
        row = self.px(18)
        self.text(words, self.px(10), row, 11, QUIET)
        if right:
            self.text(right, self.whole.right - self.px(10), row, 11, INK, align=1.0)


def subpixels(points: Sequence[tuple[float, float]] | NDArray[np.float64]) -> NDArray[np.int32]:
    """Return points [px] in OpenCV's fixed-point form, in which a pixel's centre is a whole number.

    Points far outside of any picture are moved closer, which changes nothing that is visible.
    """
    return np.round((np.clip(np.asarray(points, float), -2e4, 2e4) - 0.5) * 2**SUBPIXEL).astype(
        np.int32
    )


@cache
def _tinted(colour: Colour, opacity: float) -> NDArray[np.uint8]:
    """What becomes of each level of red, green and blue under a tint, (256, 1, 3)."""
    mixed = np.arange(256)[:, None] * (1 - opacity) + np.array(colour) * opacity
    return mixed.round().astype(np.uint8)[:, None]


@cache
def corner_covers(size: int) -> list[NDArray[np.float32]]:
    """How much of each pixel lies inside a rounded corner: upper left, upper right, lower left,
    lower right.
    """
    away = size - np.arange(size) - 0.5
    cover = np.clip(size + 0.5 - np.hypot(away[:, None], away[None, :]), 0, 1).astype(np.float32)
    return [cover, cover[:, ::-1], cover[::-1], cover[::-1, ::-1]]


@cache
def _font(size: int, bold: bool) -> pygame.font.Font:
    """DejaVu Sans, which matplotlib brings along: pygame's own font is bold only."""
    if not pygame.font.get_init():
        pygame.font.init()
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return pygame.font.Font(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)


_texts: dict[tuple[str, int, Colour, bool], pygame.Surface] = {}


def _rendered(words: str, size: int, colour: Colour, bold: bool) -> tuple[pygame.Surface, int]:
    """The words as a surface, and how far their base line lies below its top [px]."""
    key = (words, size, colour, bold)
    font = _font(size, bold)
    if key not in _texts:
        if len(_texts) >= MAX_TEXTS:
            _texts.clear()
        _texts[key] = font.render(words, True, colour)
    return _texts[key], font.get_ascent()


def ring(
    x: float, y: float, radius: float, start: float, end: float, count: int = 24
) -> list[tuple[float, float]]:
    """Points on a circle's arc from `start` to `end` [rad clockwise from straight up]."""
    angles = np.linspace(start, end, count)
    return [(x + radius * math.sin(a), y - radius * math.cos(a)) for a in angles]
