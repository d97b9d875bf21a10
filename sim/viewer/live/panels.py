"""The instruments: each draws one panel on a sheet of its own, from what it is given and nothing
else.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.control.bicycle import STEERING_RATIO, steering_angle
from sim.types import Cause, Image
from sim.viewer.canvas import Canvas, Rect, ring
from sim.viewer.theme import ALARM, FAINT, INK, QUIET, REFERENCE, Colour, mixed

BENDS = (
    5.0,
    10.0,
    20.0,
    50.0,
    100.0,
    200.0,
)  # [1/km] the strip of curvature reaches up to one of these
MOST_TURNED = math.radians(450.0)  # a steering wheel goes no further


def wheel_angle(curvature: float) -> float:
    """How far a steering wheel is turned [rad, clockwise] for a curvature [1/m]."""
    angle = STEERING_RATIO * steering_angle(curvature)
    return min(max(angle, -MOST_TURNED), MOST_TURNED)


def draw_wheel(
    canvas: Canvas, commanded: float, reference: float, colour: Colour, mark: Colour = REFERENCE
) -> None:
    """A steering wheel turned as a command [1/m] turns it, and a mark on its rim where another
    would; none for NaN.
    """
    width = canvas.whole.width
    height = canvas.whole.height
    x = width / 2
    y = canvas.px(22) + (height - canvas.px(26)) / 2
    radius = min(width / 2 - canvas.px(16), (height - canvas.px(26)) / 2 - canvas.px(9))
    angle = wheel_angle(commanded)
    canvas.title("steering")
    canvas.circle(x, y, radius, mixed(INK, (0, 0, 0), 0.25), 6)
    for spoke in (math.pi / 2, -math.pi / 2, math.pi):
        (inner,), (outer,) = (ring(x, y, r, angle + spoke, 0, 1) for r in (radius * 0.22, radius))
        canvas.line([inner, outer], mixed(INK, (0, 0, 0), 0.25), 5)
    canvas.circle(x, y, radius * 0.26, mixed(INK, (0, 0, 0), 0.25))
    canvas.line(ring(x, y, radius, angle - 0.16, angle + 0.16, 8), colour, 7)
    if math.isnan(reference):
        return
    tip, left, right = (
        ring(x, y, radius + canvas.px(r), wheel_angle(reference) + a, 0, 1)[0]
        for r, a in ((4, 0.0), (12, -0.11), (12, 0.11))
    )
    canvas.shape([tip, left, right], mark)


def draw_speed(canvas: Canvas, speed: float, limit: float | None = None) -> None:
    """The speed [m/s] in large figures of km/h, and the road's limit where it is known."""
    middle = canvas.whole.width / 2
    height = canvas.whole.height
    canvas.title("speed")
    canvas.text(f"{3.6 * speed:.0f}", middle, height * 0.62, 40, INK, bold=True, align=0.5)
    canvas.text("km/h", middle, height * 0.62 + canvas.px(18), 12, QUIET, align=0.5)
    if limit is not None:
        canvas.text(
            f"limit {3.6 * limit:.0f}", middle, height - canvas.px(12), 11, QUIET, align=0.5
        )


@dataclass(frozen=True)
class Curve:
    """A line of a strip: values over the time shown, newest last, NaN where there is none."""

    values: Sequence[float] | NDArray[np.float64]
    colour: Colour
    width: float = 2.0


@dataclass(frozen=True)
class StripChart:
    """What a strip shows: title and present value; values from -reach to reach, upwards to the
    right; dashed lines at ±limit.

    edge: in words, what the limit is, or where there is none, the reach.
    legend: whose lines have which colour.
    """

    title: str
    value: str
    reach: float
    limit: float | None
    edge: str
    legend: tuple[tuple[str, Colour], ...] = ()


def draw_strip(
    canvas: Canvas, strip: StripChart, curves: Sequence[Curve], marks: Sequence[bool]
) -> None:
    """The last seconds as lines that move to the left; marks: where interventions were."""
    canvas.title(strip.title, strip.value)
    x = canvas.px(20) + canvas.text_width(strip.title, 11)
    for words, colour in strip.legend:
        if (
            x + canvas.text_width(words, 11) + canvas.text_width(strip.value, 11) + canvas.px(24)
            < canvas.whole.width
        ):
            x += canvas.text(words, x, canvas.px(18), 11, colour) + canvas.px(10)
    area = strip_area(canvas.whole, canvas.scale)
    middle = area.y + area.height / 2
    half = area.height / 2
    canvas.line([(area.x, middle), (area.right, middle)], FAINT, 1)
    away = half * (strip.limit or strip.reach) / strip.reach
    for side, word in ((-1, "R"), (1, "L")):
        row = middle + side * away
        if strip.limit:
            canvas.dashes(area.x, area.right, row, mixed(ALARM, (0, 0, 0), 0.15))
        if area.height > canvas.px(60):
            canvas.text(
                f"{word} {strip.edge}", area.x, row - side * canvas.px(7) + canvas.px(4), 10, QUIET
            )
    columns = np.linspace(area.x, area.right, len(marks))
    for x, marked in zip(columns, marks, strict=True):
        if marked:
            canvas.line([(x, area.y), (x, area.bottom)], ALARM, 2)
    for curve in curves:
        values = np.asarray(curve.values, float)
        rows = middle - np.clip(values / strip.reach, -1.05, 1.05) * half
        points = np.stack([columns, rows], axis=1)
        for first, end in runs(~np.isnan(values)):
            canvas.line(points[first:end], curve.colour, curve.width)


def strip_area(panel: Rect, scale: float) -> Rect:
    """Where the lines of a strip are, on the sheet of its panel."""
    side, top, rest = (max(round(length * scale), 1) for length in (10, 27, 36))
    return Rect(side, top, panel.width - 2 * side, panel.height - rest)


def runs(known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where unbroken stretches of True begin, and just behind where they end."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]])))
    return [(int(first), int(end)) for first, end in zip(changes[::2], changes[1::2], strict=True)]


def bend_reach(curvatures: NDArray[np.float64]) -> float:
    """The least of BENDS [1/km] that holds the curvatures [1/m]."""
    known = np.abs(curvatures[~np.isnan(curvatures)]) * 1000
    largest = float(known.max()) if known.size else 0.0
    return next((bend for bend in BENDS if bend >= largest), BENDS[-1])


def draw_score(
    canvas: Canvas, autonomy: float, interventions: int, elapsed: float, colour: Colour
) -> None:
    """Autonomy so far [%], and what it is made of."""
    height = canvas.whole.height
    canvas.title("autonomy so far")
    wide = canvas.text(f"{autonomy:.1f}", canvas.px(10), height * 0.58, 34, colour, bold=True)
    canvas.text("%", canvas.px(14) + wide, height * 0.58, 16, QUIET)
    minutes, seconds = divmod(int(elapsed), 60)
    kind = "intervention" if interventions == 1 else "interventions"
    canvas.text(
        f"{interventions} {kind}",
        canvas.px(10),
        height - canvas.px(29),
        12,
        ALARM if interventions else INK,
    )
    canvas.text(f"in {minutes}:{seconds:02d} min", canvas.px(10), height - canvas.px(12), 12, QUIET)


def draw_causes(canvas: Canvas, counts: Mapping[Cause, int], fresh: Cause | None) -> None:
    """How often which cause took the wheel from the driver; the one that just did stands out."""
    canvas.title("interventions by cause")
    first = canvas.px(28)
    pitch = (canvas.whole.height - first - canvas.px(6)) / len(counts)
    for row, (cause, count) in enumerate(counts.items()):
        line = first + (row + 0.72) * pitch
        if cause is fresh:
            top = round(first + row * pitch)
            canvas.card(
                Rect(canvas.px(4), top, canvas.whole.width - canvas.px(8), round(pitch)), ALARM, 0.9
            )
        shade = INK if count else QUIET
        canvas.text(str(cause), canvas.px(10), line, 12, shade)
        canvas.text(
            str(count),
            canvas.whole.right - canvas.px(10),
            line,
            12,
            shade,
            bold=bool(count),
            align=1.0,
        )


def draw_cameras(canvas: Canvas, frames: Mapping[str, Image | None]) -> None:
    """What the cameras see, one below the other."""
    canvas.title("cameras")
    first = canvas.px(26)
    gap = canvas.px(6)
    pad = canvas.px(8)
    height = (canvas.whole.height - first - pad - gap * (len(frames) - 1)) // len(frames)
    for row, (name, frame) in enumerate(frames.items()):
        place = Rect(pad, first + row * (height + gap), canvas.whole.width - 2 * pad, height)
        if frame is not None:
            canvas.picture(fitted(frame, place), place)
        plate = Rect(
            place.x,
            place.bottom - canvas.px(17),
            canvas.text_width(name, 10) + canvas.px(10),
            canvas.px(17),
        )
        canvas.card(plate)
        canvas.text(name, plate.x + canvas.px(5), plate.bottom - canvas.px(5), 10)


def draw_camera(canvas: Canvas, name: str, frame: Image) -> None:
    """What one camera sees."""
    canvas.title(name)
    pad = canvas.px(8)
    place = Rect(
        pad, canvas.px(26), canvas.whole.width - 2 * pad, canvas.whole.height - canvas.px(26) - pad
    )
    canvas.picture(fitted(frame, place), place)


def fitted(image: Image, place: Rect) -> Image:
    """The part of an image around its middle that has the shape of `place`."""
    height, width = image.shape[:2]
    kept = min(height, round(width * place.height / place.width))
    wide = min(width, round(height * place.width / place.height))
    top = (height - kept) // 2
    left = (width - wide) // 2
    return image[top : top + kept, left : left + wide]


def draw_view(canvas: Canvas, view: Image) -> None:
    """What the network looks at, every pixel of it."""
    canvas.title("the network's view", f"{view.shape[1]} \N{MULTIPLICATION SIGN} {view.shape[0]}")
    pad = canvas.px(8)
    place = Rect(
        pad, canvas.px(26), canvas.whole.width - 2 * pad, canvas.whole.height - canvas.px(26) - pad
    )
    canvas.picture(view, place, smooth=False)
