"""Where the panels of a replay are, for any size of window. What has no room is left out; the
picture is always whole.
"""

from dataclasses import dataclass
from enum import StrEnum

from sim.viewer.canvas import Rect
from sim.viewer.live.layout import DESIGN, GAP, LEAST, MARGIN, MOST

HEADER = 30
STRIPS = 200
REPLAY_PANEL_WIDTH = 290
WHEEL = 170
SPEED_WIDTH = 116
CURVATURE_SHARE = 0.62
# [units of the design]
ROOM_FOR_COLUMN = 860
ROOM_FOR_INSTRUMENTS = 620
HEIGHT_FOR_STRIPS = 380
LOW_STRIP = 76
LEAST_HEIGHT = 190
LEAST_VIEW = 70


class ReplayPanel(StrEnum):
    """What is shown beside the picture of the centre camera."""

    HEADER = "header"
    WHEEL = "wheel"
    SPEED = "speed"
    CURVATURE = "curvature"
    OFFSET = "offset"
    LEFT = "left"
    RIGHT = "right"
    VIEW = "view"
    TRACK = "track"


@dataclass(frozen=True)
class ReplayLayout:
    """The picture's rectangle, the panels' and how many pixels a unit of the design has."""

    picture: Rect
    panels: dict[ReplayPanel, Rect]
    scale: float


def replay_layout(
    width: int, height: int, shape: float, beside: tuple[ReplayPanel, ...]
) -> ReplayLayout:
    """The layout of a window [px]; shape: the centre picture's width by its height; beside: what
    there is for the column.
    """
    scale = min(max(min(width / DESIGN[0], height / DESIGN[1]), LEAST), MOST)
    room_x = round(width / scale)
    room_y = round(height / scale)
    panels, bottom = _instruments(room_x, room_y)
    top = MARGIN if panels else 0
    if room_x >= 2 * MARGIN + 160 and room_y >= LEAST_HEIGHT:
        panels[ReplayPanel.HEADER] = Rect(MARGIN, MARGIN, room_x - 2 * MARGIN, HEADER)
        top = MARGIN + HEADER + GAP
    edge = MARGIN if panels else 0
    right = room_x - edge
    if room_x >= ROOM_FOR_COLUMN and room_y >= HEIGHT_FOR_STRIPS:
        # The picture takes what its height allows, the column the rest.
        right = min(right - REPLAY_PANEL_WIDTH - GAP, round(MARGIN + (bottom - top) * shape))
        panels |= _column(
            Rect(right + GAP, top, room_x - MARGIN - right - GAP, bottom - top), beside
        )
    picture = _whole(Rect(edge, top, right - edge, bottom - top), shape)
    return ReplayLayout(
        _scaled(picture, scale),
        {name: _scaled(rect, scale) for name, rect in panels.items()},
        scale,
    )


def _instruments(width: int, height: int) -> tuple[dict[ReplayPanel, Rect], int]:
    """The strips and instruments along the lower edge, and the row above which the picture has
    room.
    """
    right = width - MARGIN
    if height < LEAST_HEIGHT or right - MARGIN < 100:
        return {}, height
    if height < HEIGHT_FOR_STRIPS:
        top = height - MARGIN - LOW_STRIP
        return {ReplayPanel.CURVATURE: Rect(MARGIN, top, right - MARGIN, LOW_STRIP)}, top - GAP
    top = height - MARGIN - STRIPS
    left = MARGIN
    panels = {}
    if width >= ROOM_FOR_INSTRUMENTS:
        panels[ReplayPanel.WHEEL] = Rect(MARGIN, top, WHEEL, STRIPS)
        panels[ReplayPanel.SPEED] = Rect(MARGIN + WHEEL + GAP, top, SPEED_WIDTH, STRIPS)
        left = panels[ReplayPanel.SPEED].right + GAP
    upper = round((STRIPS - GAP) * CURVATURE_SHARE)
    panels[ReplayPanel.CURVATURE] = Rect(left, top, right - left, upper)
    panels[ReplayPanel.OFFSET] = Rect(left, top + upper + GAP, right - left, STRIPS - GAP - upper)
    return panels, top - GAP


def _column(room: Rect, beside: tuple[ReplayPanel, ...]) -> dict[ReplayPanel, Rect]:
    """The panels one below the other, alike in height but for the last, which takes what is left."""
    count = len(beside)
    if not count:
        return {}
    each = (room.height - GAP * (count - 1)) // count
    each = min(each, round(room.width / 2) + 26)  # a title, and a picture twice as wide as high
    if each < LEAST_VIEW:
        return _column(room, beside[:-1])
    tops = [room.y + i * (each + GAP) for i in range(count)]
    ends = [*(top + each for top in tops[:-1]), room.bottom]
    return {
        name: Rect(room.x, top, room.width, end - top)
        for name, top, end in zip(beside, tops, ends, strict=True)
    }


def _whole(room: Rect, shape: float) -> Rect:
    """The largest rectangle of a shape in the middle of a room."""
    width = min(room.width, round(room.height * shape))
    height = min(room.height, round(width / shape))
    return Rect(
        room.x + (room.width - width) // 2,
        room.y + (room.height - height) // 2,
        max(width, 1),
        max(height, 1),
    )


def _scaled(rect: Rect, scale: float) -> Rect:
    """From units of the design to pixels of the window."""
    left = round(rect.x * scale)
    top = round(rect.y * scale)
    return Rect(left, top, round(rect.right * scale) - left, round(rect.bottom * scale) - top)
