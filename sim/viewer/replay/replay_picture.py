"""The whole picture of a replay: what the centre camera saw with the label on it, and the drive so
far and to come.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.drawables import Explanation
from sim.geometry.camera import Camera
from sim.referee import MAX_OFFSET
from sim.viewer.canvas import Canvas, Rect
from sim.viewer.live import panels
from sim.viewer.live.camera_view import (
    FRONT,
    Overlay,
    draw_box,
    draw_lane_of_command,
    draw_middle_of_command,
    lay_heat,
)
from sim.viewer.live.live_picture import OFFSET_REACH, conditions, draw_words, signed
from sim.viewer.replay.playback import Playback, Recording
from sim.viewer.replay.replay_layout import ReplayLayout, ReplayPanel, replay_layout
from sim.viewer.theme import (
    ALARM,
    CARD,
    FAINT,
    GROUND,
    INK,
    PERSON_COLOUR,
    QUIET,
    REFERENCE,
    SKY_BLUE,
)

LABEL = REFERENCE
PREDICTED = SKY_BLUE
DISCARDED_OPACITY = 0.42


def layout_of(replay: Playback, width: int, height: int) -> ReplayLayout:
    """The layout of a replay in a window of this size [px]."""
    centre = replay.recording.cameras["centre"]
    sides = (ReplayPanel(name) for name in ("left", "right") if name in replay.recording.cameras)
    view = (ReplayPanel.VIEW,) if replay.predictions else ()
    return replay_layout(
        width, height, centre.width / centre.height, (*sides, *view, ReplayPanel.TRACK)
    )


def draw_replay(
    canvas: Canvas,
    replay: Playback,
    status: str = "",
    notice: str = "",
    keys: tuple[tuple[str, str], ...] | None = None,
) -> ReplayLayout:
    """Draw everything on the sheet; where it is.

    status: a few words for the header.
    notice: a line in the middle.
    keys: the help, None when it is not to be shown.
    """
    height, width = canvas.array.shape[:2]
    layout = layout_of(replay, width, height)
    canvas.scale = layout.scale
    canvas.array[:] = GROUND
    thoughts = replay.predictions.explain(replay.moment) if replay.predictions else Explanation()
    _draw_centre(canvas.inset(layout.picture), replay, thoughts)
    for panel, rect in layout.panels.items():
        canvas.card(rect, CARD, 1.0)
        _draw_panel(canvas.inset(rect), panel, replay, thoughts, status)
    draw_words(
        canvas.inset(layout.picture),
        notice or replay.notice or ("paused" if replay.paused else ""),
        None,
    )
    draw_words(canvas, "", keys)
    return layout


def moment_at(layout: ReplayLayout, count: int, column: int, row: int) -> int | None:
    """The moment of `count` that a pixel of a strip stands for; None for any other pixel."""
    for panel in (ReplayPanel.CURVATURE, ReplayPanel.OFFSET):
        rect = layout.panels.get(panel)
        if rect and rect.x <= column < rect.right and rect.y <= row < rect.bottom:
            area = panels.strip_area(rect, layout.scale)
            share = (column + 0.5 - rect.x - area.x) / area.width
            return min(max(round(share * (count - 1)), 0), count - 1)
    return None


def _draw_centre(canvas: Canvas, replay: Playback, thoughts: Explanation) -> None:
    """The centre camera's picture, on it the way of the label, the network's, and the boxes."""
    recording = replay.recording
    moment = replay.moment
    whole = canvas.whole
    recorded = recording.cameras["centre"]
    canvas.picture(recording.look(moment)["centre"], whole)
    larger = whole.width / recorded.width
    camera = replace(
        recorded,
        width=whole.width,
        height=whole.height,
        focal=recorded.focal * larger,
        horizon=recorded.horizon * larger,
    )
    if replay.overlay is not Overlay.NOTHING:
        if replay.overlay is Overlay.THOUGHTS:
            lay_heat(canvas, camera, thoughts)
        _draw_ways(canvas, camera, replay)
        for box in recording.boxes(moment) if replay.overlay is Overlay.THOUGHTS else ():
            draw_box(canvas, camera, box, recorded)
    if any(first <= moment < end for first, end in replay.discarded):
        _draw_discarded(canvas)


def _draw_ways(canvas: Canvas, camera: Camera, replay: Playback) -> None:
    """The way of the label, and dashed that of the network."""
    recording = replay.recording
    moment = replay.moment
    speed = float(recording.speed[moment])
    draw_lane_of_command(canvas, camera, FRONT, float(recording.curvature[moment]), speed, LABEL)
    if replay.predictions:
        draw_middle_of_command(
            canvas, camera, FRONT, float(replay.predictions.curvature[moment]), speed, PREDICTED
        )


def _draw_discarded(canvas: Canvas) -> None:
    """Draw a border and a note: training leaves this frame out."""
    whole = canvas.whole
    thick = canvas.px(5)
    for rect in (
        Rect(0, 0, whole.width, thick),
        Rect(0, whole.height - thick, whole.width, thick),
        Rect(0, 0, thick, whole.height),
        Rect(whole.width - thick, 0, thick, whole.height),
    ):
        canvas.part(rect)[:] = ALARM
    if canvas.px(60) < whole.height:
        canvas.plate("discarded", whole.width / 2, canvas.px(14), ALARM)


def _draw_panel(
    canvas: Canvas, panel: ReplayPanel, replay: Playback, thoughts: Explanation, status: str
) -> None:
    recording = replay.recording
    moment = replay.moment
    if panel is ReplayPanel.HEADER:
        _draw_header(canvas, replay, status)
    elif panel is ReplayPanel.WHEEL:
        predicted = (
            float(replay.predictions.curvature[moment]) if replay.predictions else float("nan")
        )
        panels.draw_wheel(canvas, float(recording.curvature[moment]), predicted, LABEL, PREDICTED)
    elif panel is ReplayPanel.SPEED:
        panels.draw_speed(canvas, float(recording.speed[moment]))
    elif panel is ReplayPanel.CURVATURE:
        _draw_curvature(canvas, replay)
    elif panel is ReplayPanel.OFFSET:
        _draw_offset(canvas, replay)
    elif panel is ReplayPanel.TRACK:
        draw_track(canvas, recording, moment)
    elif panel is ReplayPanel.VIEW:
        if thoughts.view is not None:
            panels.draw_view(canvas, thoughts.view)
    else:
        panels.draw_camera(canvas, f"{panel} camera", recording.look(moment)[panel])


def _draw_curvature(canvas: Canvas, replay: Playback) -> None:
    """The label all through the drive, and the network's commands as far as they are known."""
    recording = replay.recording
    moment = replay.moment
    predicted = (
        replay.predictions.curvature if replay.predictions else np.full(len(recording), np.nan)
    )
    reach = panels.bend_reach(np.concatenate([recording.curvature, predicted]))
    curves = [
        panels.Curve(1000 * recording.curvature, LABEL, 3),
        panels.Curve(1000 * predicted, PREDICTED),
    ]
    value = f"label {signed(1000 * recording.curvature[moment], 1)} /km"
    legend: tuple[tuple[str, tuple[int, int, int]], ...] = (("label", LABEL),)
    if replay.predictions:
        value += f", network {signed(1000 * predicted[moment], 1)} /km"
        legend = (*legend, ("network", PREDICTED))
    strip = panels.StripChart(
        "curvature, whole drive", value, reach, None, f"{reach:g} /km", legend
    )
    _draw_whole(canvas, replay, strip, curves)


def _draw_offset(canvas: Canvas, replay: Playback) -> None:
    recording = replay.recording
    value = f"{signed(recording.offset[replay.moment], 2)} m"
    strip = panels.StripChart("offset", value, OFFSET_REACH, MAX_OFFSET, f"{MAX_OFFSET:g} m")
    _draw_whole(canvas, replay, strip, [panels.Curve(recording.offset, LABEL)])


def _draw_whole(
    canvas: Canvas, replay: Playback, strip: panels.StripChart, curves: list[panels.Curve]
) -> None:
    """A strip of the whole drive: what is discarded in red, the lines, interventions, late ticks
    below, and the playhead.
    """
    area = panels.strip_area(canvas.whole, canvas.scale)
    last = max(len(replay.recording) - 1, 1)
    for first, end in replay.discarded:
        left, right = (
            area.x + area.width * min(max(edge / last, 0.0), 1.0)
            for edge in (first - 0.5, end - 0.5)
        )
        corners = [(left, area.y), (right, area.y), (right, area.bottom), (left, area.bottom)]
        canvas.glaze(np.array(corners, float), ALARM, DISCARDED_OPACITY)
    panels.draw_strip(canvas, strip, curves, replay.recording.intervened.tolist())
    for late in np.flatnonzero(replay.recording.late):
        column = area.x + area.width * int(late) / last
        canvas.line(
            [(column, area.bottom - canvas.px(2)), (column, area.bottom + canvas.px(4))],
            PERSON_COLOUR,
            2,
        )
    column = area.x + area.width * replay.moment / last
    canvas.line([(column, area.y - canvas.px(4)), (column, area.bottom + canvas.px(4))], INK, 2)


def draw_track(canvas: Canvas, recording: Recording, moment: int) -> None:
    """The way driven, from above, its first heading upwards, as large as it fits; and where the car
    is on it.
    """
    driven = float(np.sum(recording.speed[: moment + 1])) / recording.rate
    whole = float(np.sum(recording.speed)) / recording.rate
    canvas.title("way driven", f"{driven:.0f} of {whole:.0f} m")
    area = Rect(
        canvas.px(14),
        canvas.px(30),
        canvas.whole.width - canvas.px(28),
        canvas.whole.height - canvas.px(42),
    )
    points = track_points(recording.pose, area)
    canvas.line(points, FAINT, 3)
    canvas.line(points[: moment + 1], LABEL, 3)
    canvas.circle(float(points[moment, 0]), float(points[moment, 1]), canvas.px(5), INK)


def track_points(pose: NDArray[np.float64], area: Rect) -> NDArray[np.float64]:
    """Poses (N, 3) as pixels (N, 2) of an area: the first heading upwards, in the middle and as
    large as there is room for.
    """
    dx, dy = (pose[:, :2] - pose[0, :2]).T
    cos = np.cos(pose[0, 2])
    sin = np.sin(pose[0, 2])
    points = np.stack([dy * cos - dx * sin, -(dx * cos + dy * sin)], axis=1)
    low = points.min(axis=0)
    high = points.max(axis=0)
    size = np.maximum(high - low, 1.0)
    scale = min(area.width / size[0], area.height / size[1])
    middle = np.array([area.x + area.width / 2, area.y + area.height / 2])
    return np.asarray(middle + scale * (points - (low + high) / 2))


def _draw_header(canvas: Canvas, replay: Playback, status: str) -> None:
    """Which recording, where it was driven, and the time."""
    recording = replay.recording
    pad = canvas.px(12)
    line = round(canvas.whole.height / 2 + canvas.px(4.5))
    rate = recording.rate
    clock = f"{time_text(replay.moment / rate)} of {time_text((len(recording) - 1) / rate)}"
    right = canvas.whole.right - pad
    for words, colour in ((clock, INK), (status, QUIET)):
        if words and right - canvas.text_width(words, 12) > pad:
            right -= canvas.text(words, right, line, 12, colour, align=1.0) + canvas.px(16)
    for words in (recording.name, *_fewer(recording.name)):
        if pad + canvas.text_width(words, 13, bold=True) <= right:
            x = pad + canvas.text(words, pad, line, 13, INK, bold=True) + canvas.px(12)
            break
    else:
        return
    place = conditions(recording.scenario)
    while place and x + canvas.text_width(place, 12) > right:
        place = place.rpartition(" · ")[0]
    canvas.text(place, x, line, 12, QUIET)


def _fewer(name: str) -> list[str]:
    """The name with fewer and fewer words at its end, the parts being set off by dots."""
    parts = name.split(" · ")
    return [" · ".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def time_text(seconds: float) -> str:
    """Minutes, seconds and tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
