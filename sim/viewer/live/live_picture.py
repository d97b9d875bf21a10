"""The whole picture: one or two drives, each with its road and panels. Window and film both show
just this.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.referee import MAX_OFFSET
from sim.scenario import Scenario
from sim.types import Cause, Step
from sim.viewer.canvas import CARD_OPACITY, Canvas, Rect
from sim.viewer.live import panels
from sim.viewer.live.camera_view import CameraView, Overlay, RoadPicture
from sim.viewer.live.layout import LiveLayout, Panel, layouts
from sim.viewer.live.live_drive import Drive
from sim.viewer.live.map_view import draw_map
from sim.viewer.live.panel_cache import PanelCache
from sim.viewer.theme import ALARM, CARD, FAINT, INK, QUIET, RECORDING, REFERENCE, Colour

STRIP_TIME = 12.0  # [s] that the strips show
OFFSET_REACH = 1.35 * MAX_OFFSET
MAP_OPACITY = 0.9
NOTICE = 0.3  # of the picture's height, from above
LEAST_HELP = 0.6  # of the design's size, at which letters can still be read
FLASH = 1.6  # [s] an intervention is announced for

Autonomy = Callable[[float, float], float]


@dataclass(frozen=True)
class RecordLamp:
    """The record light: whether it is on, how many seconds are recorded, and how many ticks were
    late.
    """

    on: bool
    seconds: float
    late: int


@dataclass(frozen=True)
class Shown:
    """What is shown beside the drives themselves.

    share: of the present tick that has passed.
    status: a few words for the header, such as the speed of time.
    notice: a line in the middle.
    help: keys and what they do, None when they are not to be shown.
    light: None where nothing can be recorded.
    """

    share: float
    camera_view: CameraView
    overlay: Overlay
    status: str = ""
    notice: str = ""
    help: Sequence[tuple[str, str]] | None = None
    light: RecordLamp | None = None


class DrivePicture:
    """What is kept from one picture of a drive to the next: the renderer of its road, and its
    panels.
    """

    def __init__(self, drive: Drive) -> None:
        self.drive = drive
        self.road = RoadPicture(drive)
        self.cards = PanelCache()


def draw_picture(
    canvas: Canvas, pictures: Sequence[DrivePicture], shown: Shown, autonomy: Autonomy
) -> None:
    """Draw everything on the sheet, whose scale follows from its size."""
    height, width = canvas.array.shape[:2]
    places = layouts(
        width, height, [picture.drive.explanation().view is not None for picture in pictures]
    )
    for picture, layout in zip(pictures, places, strict=True):
        canvas.scale = layout.scale
        _draw_drive(canvas, picture, layout, shown, autonomy)
    if shown.notice:
        _draw_notice(canvas, shown.notice)
    if shown.help is not None:
        _draw_help(canvas, shown.help)
    if shown.light:  # above everything: one always sees it
        canvas.scale = places[0].scale
        _draw_light(canvas, places[0], shown.light)


def _draw_drive(
    canvas: Canvas, picture: DrivePicture, layout: LiveLayout, shown: Shown, autonomy: Autonomy
) -> None:
    """The road as it is at this moment, and over it the panels, which show the last tick."""
    drive = picture.drive
    picture.road.draw(
        canvas.inset(layout.road), drive.scene(shown.share), shown.camera_view, shown.overlay
    )
    fresh = fresh_intervention(drive, drive.steps)
    if fresh:
        _draw_alarm(canvas, layout, fresh, shown.notice)
    for panel, rect in layout.panels.items():
        opacity = MAP_OPACITY if panel is Panel.MAP else CARD_OPACITY
        draw = partial(
            _draw_panel, panel=panel, drive=drive, status=shown.status, autonomy=autonomy
        )
        pictures = panel in (Panel.CAMERAS, Panel.VIEW, Panel.MAP)
        picture.cards.lay(
            canvas, panel, rect, _shows(panel, drive, shown.status), draw, opacity, pictures
        )


def _shows(panel: Panel, drive: Drive, status: str) -> Hashable:
    """What a panel's looks follow from: it is drawn anew when that changes."""
    if panel is Panel.HEADER:
        return drive.taken_over, drive.explanation().behaviour, drive.scenario, status
    return (drive.command if panel is Panel.WHEEL else None), len(drive.steps)


def _draw_panel(
    canvas: Canvas, panel: Panel, drive: Drive, status: str, autonomy: Autonomy
) -> None:
    step = drive.step
    colour = drive.driver_spec.colour
    if panel is Panel.HEADER:
        _draw_header(canvas, drive, status)
    elif panel is Panel.MAP:
        draw_map(canvas, drive, drive.scene(0.0), drive.explanation())
    elif panel is Panel.WHEEL:
        command = drive.command.curvature
        reference = drive.reference.curvature
        panels.draw_wheel(canvas, command, reference, drive.command_colour(command != reference))
    elif panel is Panel.SPEED:
        panels.draw_speed(canvas, step.ego.speed, drive.env.world.plan.speed_limit)
    elif panel is Panel.CURVATURE:
        _draw_curvature(canvas, drive)
    elif panel is Panel.OFFSET:
        _draw_offset(canvas, drive)
    elif panel is Panel.SCORE:
        panels.draw_score(
            canvas,
            autonomy(drive.interventions, drive.elapsed),
            drive.interventions,
            drive.elapsed,
            colour,
        )
    elif panel is Panel.CAUSES:
        # What happens to a person is not on the driver's list.
        panels.draw_causes(canvas, drive.counts, fresh_intervention(drive, drive.own_steps))
    else:
        _draw_seen(canvas, panel, drive)


def _draw_seen(canvas: Canvas, panel: Panel, drive: Drive) -> None:
    """The cameras' pictures, or the network's view."""
    seen = drive.step.observation
    view = drive.explanation().view
    if panel is Panel.CAMERAS:
        panels.draw_cameras(canvas, {"left": seen.left, "centre": seen.centre, "right": seen.right})
    elif view is not None:
        panels.draw_view(canvas, view)


def _draw_curvature(canvas: Canvas, drive: Drive) -> None:
    """Draw the commanded curvature, and the expert's where another driver or a person commanded
    another.
    """
    steps = drive.steps
    count = round(STRIP_TIME * drive.rate)
    commanded = latest([step.control.curvature for step in steps[-count:]], count)
    expert = latest([control.curvature for control in drive.references[-count:]], count)
    reach = panels.bend_reach(np.concatenate([commanded, expert]))
    title = drive.driver_spec.title
    apart = commanded != expert  # (N,) also True for NaN, which is not drawn
    by_person = drive.by_expert and bool(np.any(apart & ~np.isnan(commanded)))
    if by_person:
        title = "You"
        commanded = np.where(apart, commanded, np.nan)
    colour = drive.command_colour(by_person)
    curves = [panels.Curve(1000 * commanded, colour)]
    legend: tuple[tuple[str, Colour], ...] = ((title, colour),)
    if by_person or not drive.by_expert:
        curves.insert(0, panels.Curve(1000 * expert, REFERENCE, 3))
        legend = (*legend, ("expert", REFERENCE))
    value = f"{signed(1000 * drive.step.control.curvature, 1)} /km"
    strip = panels.StripChart(
        f"curvature, last {STRIP_TIME:g} s", value, reach, None, f"{reach:g} /km", legend
    )
    panels.draw_strip(canvas, strip, curves, marks(drive, count))


def _draw_offset(canvas: Canvas, drive: Drive) -> None:
    count = round(STRIP_TIME * drive.rate)
    offsets = latest([step.ego.offset for step in drive.steps[-count:]], count)
    # The car is put back at an intervention: the line breaks there.
    for i in np.flatnonzero(marks(drive, count)[:-1]):
        offsets[i + 1] = np.nan
    value = f"{signed(drive.step.ego.offset, 2)} m"
    curve = panels.Curve(offsets, drive.driver_spec.colour)
    strip = panels.StripChart(
        f"offset, last {STRIP_TIME:g} s", value, OFFSET_REACH, MAX_OFFSET, f"{MAX_OFFSET:g} m"
    )
    panels.draw_strip(canvas, strip, [curve], marks(drive, count))


def latest(values: Sequence[float], count: int) -> np.ndarray:
    """The last `count` values as an array, NaN before the first."""
    return np.concatenate([np.full(count - len(values), np.nan), np.asarray(values, float)])


def marks(drive: Drive, count: int) -> list[bool]:
    """Return which of the last `count` ticks ended in an intervention, (count,) bool."""
    recent = [step.intervention is not None for step in drive.steps[-count:]]
    return [False] * (count - len(recent)) + recent


def signed(value: float, digits: int) -> str:
    """A number with its sign, the minus as wide as the plus, and none before a zero."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def fresh_intervention(drive: Drive, steps: Sequence[Step]) -> Cause | None:
    """The cause of an intervention in the last moments of the drive that is among these of its
    steps, or None.
    """
    recent = (
        step
        for step in reversed(steps[-round(FLASH * drive.rate) :])
        if step.time > drive.step.time - FLASH
    )
    return next((step.intervention for step in recent if step.intervention), None)


def _draw_header(canvas: Canvas, drive: Drive, status: str) -> None:
    """Draw the driver's name and behaviour, the scenario, and the speed of time."""
    middle = canvas.whole.height / 2
    pad = canvas.px(12)
    line = round(middle + canvas.px(4.5))
    canvas.circle(pad + canvas.px(4), middle, canvas.px(5), drive.driver_spec.colour)
    x = pad + canvas.px(16)
    x += canvas.text(drive.driver_spec.title, x, line, 13, INK, bold=True) + canvas.px(10)
    word = "you drive" if drive.taken_over else drive.explanation().behaviour
    if word:
        wide = canvas.text_width(word, 11, bold=True) + canvas.px(12)
        canvas.card(
            Rect(x, round(middle) - canvas.px(9), wide, canvas.px(18)),
            drive.driver_spec.colour,
            0.95,
        )
        canvas.text(word, x + canvas.px(6), middle + canvas.px(4), 11, (0, 0, 0), bold=True)
        x += wide + canvas.px(10)
    right = canvas.whole.right - pad
    while status and x + canvas.text_width(status, 12) > right:
        status = status.partition("   ")[2]
    right -= canvas.text(status, right, line, 12, INK, align=1.0) + canvas.px(16) if status else 0
    place = conditions(drive.scenario)
    while place and x + canvas.text_width(place, 12) > right:
        place = place.rpartition(" · ")[0]
    canvas.text(place, x, line, 12, QUIET)


def conditions(scenario: Scenario) -> str:
    """Road, weather and light in words."""
    return " · ".join(
        str(word).replace("_", " ")
        for word in (scenario.road, scenario.weather, scenario.light, f"seed {scenario.seed}")
    )


def _draw_alarm(canvas: Canvas, layout: LiveLayout, cause: Cause, notice: str) -> None:
    """A frame around the road and the cause in words, but for low pictures in which a notice stands
    already.
    """
    road = layout.road
    thick = canvas.px(5)
    for rect in (
        Rect(road.x, road.y, road.width, thick),
        Rect(road.x, road.bottom - thick, road.width, thick),
        Rect(road.x, road.y, thick, road.height),
        Rect(road.right - thick, road.y, thick, road.height),
    ):
        canvas.part(rect)[:] = ALARM
    header = layout.panels.get(Panel.HEADER)
    top = header.bottom + canvas.px(8) if header else road.y + canvas.px(12)
    if notice and top + canvas.px(28) > NOTICE * road.height:
        return
    canvas.plate(f"intervention: {cause}", road.x + road.width / 2, top, ALARM)


def _draw_light(canvas: Canvas, layout: LiveLayout, light: RecordLamp) -> None:
    """The record light above the instruments, or at the lower edge where there are none: dot,
    minutes and late ticks.
    """
    below = layout.panels.get(Panel.WHEEL)
    bottom = (below.y if below else layout.road.bottom) - canvas.px(8)
    minutes, seconds = divmod(int(light.seconds), 60)
    words = f"{'REC' if light.on else 'not recording'}  {minutes}:{seconds:02d} min"
    late = f"{light.late} late tick{'s' * (light.late != 1)}" if light.late else ""
    wide = canvas.text_width(words, 14, bold=True) + canvas.px(40)
    beside = canvas.text_width(late, 12) + canvas.px(12)
    if late and wide + beside <= layout.road.width:
        wide += beside
    else:
        late = ""
    left = round(layout.road.x + (layout.road.width - wide) / 2)
    top = bottom - canvas.px(30)
    canvas.card(Rect(left, top, wide, canvas.px(30)), RECORDING if light.on else CARD, 0.92)
    ink = (255, 255, 255) if light.on else QUIET
    canvas.circle(
        left + canvas.px(16), top + canvas.px(15), canvas.px(6), ink, 0 if light.on else 2
    )
    x = (
        left
        + canvas.px(28)
        + canvas.text(words, left + canvas.px(28), top + canvas.px(20), 14, ink, bold=True)
    )
    if late:
        canvas.text(late, x + canvas.px(12), top + canvas.px(20), 12, ink)


def _draw_notice(canvas: Canvas, words: str) -> None:
    canvas.plate(words, canvas.whole.width / 2, canvas.whole.height * NOTICE, FAINT)


def _draw_help(canvas: Canvas, keys: Sequence[tuple[str, str]]) -> None:
    """The keys, in a card in the middle, as large as there is room for."""
    pitch = 22
    widest = 400
    size = min(
        canvas.scale,
        canvas.whole.height / (pitch * len(keys) + 70),
        canvas.whole.width / (widest + 20),
    )
    if size < LEAST_HELP:
        canvas.plate("enlarge the window to read the keys", canvas.whole.width / 2, 0, FAINT)
        return
    before = canvas.scale
    canvas.scale = size
    width = canvas.px(widest)
    height = canvas.px(pitch * len(keys) + 52)
    card = Rect(
        (canvas.whole.width - width) // 2, (canvas.whole.height - height) // 2, width, height
    )
    canvas.card(card, opacity=0.92)
    canvas.text("keys", card.x + canvas.px(20), card.y + canvas.px(28), 14, INK, bold=True)
    for row, (key, meaning) in enumerate(keys):
        line = card.y + canvas.px(54 + pitch * row)
        canvas.text(key, card.x + canvas.px(20), line, 12, INK, bold=True)
        canvas.text(meaning, card.x + canvas.px(130), line, 12, QUIET)
    canvas.scale = before


def draw_words(canvas: Canvas, notice: str, keys: Sequence[tuple[str, str]] | None) -> None:
    """A line in the middle, and above it the keys when they are to be shown."""
    if notice:
        _draw_notice(canvas, notice)
    if keys is not None:
        _draw_help(canvas, keys)
