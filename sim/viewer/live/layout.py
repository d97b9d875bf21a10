"""Where the panels are, for any size of window and one or two drivers. What has no room is left
out, never squeezed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sim.viewer.canvas import Rect

DESIGN = (1280, 720)  # [px] the size at which lengths are what they say
# of the design's size: smaller letters cannot be read
LEAST = 0.75
MOST = 3.0
MARGIN = 12
GAP = 8
PANEL_WIDTH = 216
DASHBOARD = 150
HEADER = 30
VIEW_HEIGHT = 100
CAUSES_HEIGHT = 162
SMALL_MAP = (148, 190)
CAMERAS_LEAST = 200
CAMERAS_MOST = 430
# least widths, and heights below, in units of the design
ROOM_FOR_COLUMNS = 900
ROOM_FOR_DASHBOARD = 560
HEIGHT_FOR_COLUMNS = 480
HEIGHT_FOR_DASHBOARD = 330


class Panel(StrEnum):
    """What can be shown beside the road."""

    HEADER = "header"
    WHEEL = "wheel"
    SPEED = "speed"
    CURVATURE = "curvature"
    OFFSET = "offset"
    SCORE = "score"
    CAUSES = "causes"
    CAMERAS = "cameras"
    VIEW = "view"
    MAP = "map"


@dataclass(frozen=True)
class LiveLayout:
    """The road's rectangle, the panels' and how many pixels a unit of the design has."""

    road: Rect
    panels: dict[Panel, Rect]
    scale: float


def layouts(width: int, height: int, views: Sequence[bool]) -> list[LiveLayout]:
    """One layout per driver, side by side with a line's width between them; `views`: whether each
    has a view to show.
    """
    count = len(views)
    edges = [round(i * width / count) for i in range(count + 1)]
    scale = min(max(min(width / DESIGN[0], height / DESIGN[1]), LEAST), MOST)
    regions = [
        Rect(left + (left > 0), 0, right - left - (left > 0), height)
        for left, right in pairwise(edges)
    ]
    return [_layout(region, scale, view) for region, view in zip(regions, views, strict=True)]


def _layout(region: Rect, scale: float, view: bool) -> LiveLayout:
    """The panels of one driver."""
    width = region.width / scale
    height = region.height / scale
    panels: dict[Panel, Rect] = {}
    if width >= 2 * MARGIN + 160 and height >= 90:
        header = min(
            width - 2 * MARGIN,
            620 if width < ROOM_FOR_COLUMNS else width - 2 * (MARGIN + PANEL_WIDTH + GAP),
        )
        panels[Panel.HEADER] = Rect(round((width - header) / 2), MARGIN, round(header), HEADER)
    wide = width >= ROOM_FOR_COLUMNS
    if width >= ROOM_FOR_DASHBOARD and height >= HEIGHT_FOR_DASHBOARD:
        panels |= _dashboard(width, height, wide)
        if height >= HEIGHT_FOR_COLUMNS:
            panels |= _columns(width, height, view) if wide else _corners(width, view)
    return LiveLayout(
        region, {name: _scaled(rect, region, scale) for name, rect in panels.items()}, scale
    )


def _dashboard(width: float, height: float, wide: bool) -> dict[Panel, Rect]:
    """The instruments along the lower edge, the strips taking what the others leave: side by side,
    or one above the other.
    """
    top = round(height) - MARGIN - DASHBOARD
    right = round(width) - MARGIN
    wheel, speed, score = (150, 104, PANEL_WIDTH) if wide else (124, 88, 140)
    placed = {
        Panel.WHEEL: Rect(MARGIN, top, wheel, DASHBOARD),
        Panel.SPEED: Rect(MARGIN + wheel + GAP, top, speed, DASHBOARD),
        Panel.SCORE: Rect(right - score, top, score, DASHBOARD),
    }
    left = placed[Panel.SPEED].right + GAP
    room = placed[Panel.SCORE].x - GAP - left
    if wide:
        half = (room - GAP) // 2
        placed[Panel.CURVATURE] = Rect(left, top, half, DASHBOARD)
        placed[Panel.OFFSET] = Rect(left + half + GAP, top, room - half - GAP, DASHBOARD)
    else:
        half = (DASHBOARD - GAP) // 2
        placed[Panel.CURVATURE] = Rect(left, top, room, half)
        placed[Panel.OFFSET] = Rect(left, top + half + GAP, room, half)
    return placed


def _columns(width: float, height: float, view: bool) -> dict[Panel, Rect]:
    """What is seen on the left, where it is on the right."""
    top = MARGIN
    bottom = round(height) - MARGIN - DASHBOARD - GAP
    right = round(width) - MARGIN - PANEL_WIDTH
    middle = bottom - CAUSES_HEIGHT - GAP
    placed = {
        Panel.MAP: Rect(right, top, PANEL_WIDTH, middle - top),
        Panel.CAUSES: Rect(right, middle + GAP, PANEL_WIDTH, CAUSES_HEIGHT),
    }
    if view:
        placed[Panel.VIEW] = Rect(MARGIN, top, PANEL_WIDTH, VIEW_HEIGHT)
        top += VIEW_HEIGHT + GAP
    if bottom - top >= CAMERAS_LEAST:
        placed[Panel.CAMERAS] = Rect(MARGIN, top, PANEL_WIDTH, min(bottom - top, CAMERAS_MOST))
    return placed


def _corners(width: float, view: bool) -> dict[Panel, Rect]:
    """On a narrow picture: the view at the upper left, the map at the upper right."""
    top = MARGIN + HEADER + GAP
    placed = {Panel.MAP: Rect(round(width) - MARGIN - SMALL_MAP[0], top, *SMALL_MAP)}
    if view:
        placed[Panel.VIEW] = Rect(MARGIN, top, PANEL_WIDTH, VIEW_HEIGHT)
    return placed


def _scaled(rect: Rect, region: Rect, scale: float) -> Rect:
    """From units of the design to pixels of the window."""
    left = round(rect.x * scale)
    top = round(rect.y * scale)
    return Rect(
        region.x + left,
        region.y + top,
        round(rect.right * scale) - left,
        round(rect.bottom * scale) - top,
    )
