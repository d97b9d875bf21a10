"""What is drawn lies where the geometry says, says what is so, and is the same every time."""

import math
from collections.abc import Sequence

import numpy as np
import pygame
import pytest

from sim.control.bicycle import STEERING_RATIO, steering_angle
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Cause, Pose
from sim.viewer.bindings import (
    LEVERS,
    REPLAY_BINDINGS,
    REPLAY_HELP,
    SHOW_BINDINGS,
    SHOW_HELP,
    WINDOW_BINDINGS,
    Binding,
    Help,
    actions,
)
from sim.viewer.canvas import Canvas, Rect
from sim.viewer.input.steering_wheel import ControlKey, SteeringWheel
from sim.viewer.live import panels
from sim.viewer.live.camera_view import (
    FRONT,
    OUTLOOKS,
    RECORDED,
    Overlay,
    camera_for,
    ground_points,
    lay_heat,
)
from sim.viewer.live.live_drive import Drive
from sim.viewer.live.live_picture import (
    DrivePicture,
    RecordLamp,
    Shown,
    draw_picture,
    fresh_intervention,
    latest,
    signed,
)
from sim.viewer.live.map_view import MapFrame
from sim.viewer.theme import ALARM, INK, RECORDING, REFERENCE, SKY_BLUE
from tests.sim.viewer.conftest import SCENARIO, SMALL, Thinker, seat_of


def always(_: float, __: float) -> float:
    return 97.5


def drawn(
    drive: Drive, size: tuple[int, int] = (640, 360), shown: Shown | None = None
) -> np.ndarray:
    canvas = Canvas.blank(*size)
    draw_picture(
        canvas, [DrivePicture(drive)], shown or Shown(0.5, FRONT, Overlay.THOUGHTS), always
    )
    return canvas.array


@pytest.fixture(scope="module")
def thinking() -> Drive:
    return Drive(seat_of("thinker", (86, 180, 233)), SCENARIO, SMALL)


def test_the_same_moment_gives_the_same_picture(thinking: Drive) -> None:
    np.testing.assert_array_equal(drawn(thinking), drawn(thinking))


@pytest.mark.parametrize("camera_view", OUTLOOKS)
def test_everything_that_can_be_thought_is_drawn_from_everywhere(
    thinking: Drive, camera_view: object
) -> None:
    with_thoughts = drawn(thinking, shown=Shown(0.0, camera_view, Overlay.THOUGHTS))  # type: ignore[arg-type]
    command = drawn(thinking, shown=Shown(0.0, camera_view, Overlay.COMMAND))  # type: ignore[arg-type]
    nothing = drawn(thinking, shown=Shown(0.0, camera_view, Overlay.NOTHING))  # type: ignore[arg-type]
    assert (with_thoughts != command).any()
    assert (command != nothing).any()


@pytest.mark.parametrize("size", [(200, 100), (480, 300), (1280, 720)])
def test_every_size_of_window_can_be_drawn(thinking: Drive, size: tuple[int, int]) -> None:
    shown = Shown(0.0, FRONT, Overlay.THOUGHTS, "x2", "paused", SHOW_HELP)
    assert drawn(thinking, size, shown).std() > 10


@pytest.mark.parametrize("size", [(200, 100), (480, 300), (1280, 720)])
@pytest.mark.parametrize("keys", [None, SHOW_HELP])
def test_the_record_light_is_always_in_view(
    thinking: Drive, size: tuple[int, int], keys: Sequence[tuple[str, str]] | None
) -> None:
    lit, unlit, none = (
        drawn(thinking, size, Shown(0.0, FRONT, Overlay.NOTHING, help=keys, light=light))
        for light in (RecordLamp(True, 83.0, 12), RecordLamp(False, 83.0, 12), None)
    )
    changed = (lit != none).any(axis=2)
    assert changed.sum() > 1000
    assert (np.abs(lit[changed].astype(int) - RECORDING).max(axis=1) < 25).mean() > 0.5
    for other in (lit, none):
        assert (unlit != other).any(axis=2).sum() > 500, "it says so when nothing is recorded"


def test_the_picture_is_a_surface_too(thinking: Drive) -> None:
    canvas = Canvas.blank(300, 200)
    draw_picture(canvas, [DrivePicture(thinking)], Shown(0.0, FRONT, Overlay.NOTHING), always)
    assert tuple(canvas.surface.get_at((17, 120)))[:3] == tuple(canvas.array[120, 17])


def test_heat_lies_over_what_the_network_saw() -> None:
    camera = camera_for(1280, 720, FRONT)
    canvas = Canvas.blank(1280, 720)
    lay_heat(canvas, camera, Thinker().explain())
    rows, columns = np.nonzero(canvas.array.sum(axis=2) > 100)
    # The hot pixels are rows 30-40 and columns 90-110 of the view: their middle, by the two
    # cameras' own tangents.
    view = Camera(200, 66, 173.0, 22.0)
    assert columns.mean() == pytest.approx(camera.centre_column, abs=2)
    assert rows.mean() == pytest.approx(
        camera.horizon + camera.focal * (35 - view.horizon) / view.focal, abs=2
    )


@pytest.mark.parametrize("size", [(1280, 720), (640, 720), (1920, 800)])
def test_a_recorded_pixel_and_the_road_picture_show_the_same_ground(size: tuple[int, int]) -> None:
    camera = camera_for(*size, FRONT)
    forward = np.array([8.0, 40.0])
    right = np.array([-2.0, 3.0])
    column, row = RECORDED.transfer(camera, *RECORDED.ground_to_pixel(forward, right))
    np.testing.assert_allclose(
        ground_points(camera, FRONT, forward, right), np.stack([column, row], axis=1)
    )


def test_from_behind_the_ground_lies_farther_away() -> None:
    behind = OUTLOOKS[1]
    (seen,) = ground_points(
        camera_for(1280, 720, behind), behind, np.array([10.0]), np.array([1.0])
    )
    camera = camera_for(1280, 720, behind)
    assert seen[1] == pytest.approx(
        camera.horizon + camera.focal * behind.elevation / (10.0 + behind.behind)
    )


def test_ahead_is_up_and_right_is_right_on_the_map() -> None:
    frame = MapFrame(Canvas.blank(200, 300), Pose(5.0, 7.0, math.pi / 2), 0)
    # Heading along y: what lies at larger y is ahead, what lies at smaller x is to the right.
    here, ahead, right = frame.from_world(np.array([[5.0, 7.0], [5.0, 17.0], [-5.0, 7.0]]))
    np.testing.assert_allclose(ahead - here, [0.0, -10 * frame.scale], atol=1e-9)
    np.testing.assert_allclose(right - here, [10 * frame.scale, 0.0], atol=1e-9)


def test_the_wheel_turns_as_the_car_s_would_and_not_for_ever() -> None:
    assert panels.wheel_angle(0.01) == STEERING_RATIO * steering_angle(0.01) > 0
    assert panels.wheel_angle(-0.01) == -panels.wheel_angle(0.01)
    assert panels.wheel_angle(0.2) == panels.MOST_TURNED


def test_mirrored_commands_mirror_the_wheel() -> None:
    right = Canvas.blank(150, 150)
    left = Canvas.blank(150, 150)
    panels.draw_wheel(right, 0.01, 0.0, INK)
    panels.draw_wheel(left, -0.01, 0.0, INK)
    below = slice(30, None)  # the title is not mirrored
    difference = right.array[below].astype(int) - left.array[below, ::-1].astype(int)
    assert np.abs(difference).mean() < 3


def test_a_strip_rises_to_the_right_and_marks_interventions() -> None:
    canvas = Canvas.blank(300, 150)
    strip = panels.StripChart("offset", "", 1.35, 1.0, "1 m")
    marks = [False] * 100
    panels.draw_strip(canvas, strip, [panels.Curve(np.linspace(-1, 1, 100), REFERENCE)], marks)
    rows, columns = np.nonzero((canvas.array == REFERENCE).all(axis=2))
    assert np.corrcoef(rows, columns)[0, 1] < -0.9
    assert not (canvas.array == ALARM).all(axis=2).any()
    marks[50] = True
    panels.draw_strip(canvas, strip, [], marks)
    _, columns = np.nonzero((canvas.array == ALARM).all(axis=2))
    assert columns.mean() == pytest.approx(10 + 280 * 50 / 99, abs=2)


def test_a_line_breaks_where_nothing_is_known() -> None:
    assert panels.runs(np.array([False, True, True, False, True])) == [(1, 3), (4, 5)]
    assert panels.runs(np.zeros(3, bool)) == []


def test_the_strip_s_reach_holds_every_bend() -> None:
    assert panels.bend_reach(np.array([0.004, np.nan, -0.009])) == 10.0
    assert panels.bend_reach(np.full(3, np.nan)) == 5.0
    assert panels.bend_reach(np.array([0.9])) == 200.0


def test_the_newest_value_is_last() -> None:
    np.testing.assert_array_equal(latest([1.0, 2.0], 4), [np.nan, np.nan, 1.0, 2.0])


def test_numbers_carry_their_sign_and_zero_has_none_of_its_own() -> None:
    assert signed(0.126, 2) == "+0.13"
    assert signed(-0.126, 2) == "\N{MINUS SIGN}0.13"
    assert signed(-0.0004, 2) == "+0.00"


def test_a_fresh_cause_stands_out() -> None:
    counts = dict.fromkeys(Cause, 0)
    calm = Canvas.blank(216, 162)
    alarmed = Canvas.blank(216, 162)
    panels.draw_causes(calm, counts, None)
    panels.draw_causes(alarmed, counts | {Cause.STUCK: 1}, Cause.STUCK)
    assert alarmed.array[..., 0].mean() > calm.array[..., 0].mean() + 10


def test_what_happens_to_a_person_at_the_wheel_is_not_shown_as_the_driver_s() -> None:
    wheel = SteeringWheel()
    drive = Drive(seat_of("expert", (0, 0, 0)), SCENARIO, SMALL, wheel)
    wheel.press(pygame.K_LEFT, LEVERS[pygame.K_LEFT])
    drive.advance()
    assert fresh_intervention(drive, drive.own_steps) is Cause.TAKEOVER
    while drive.step.intervention in (None, Cause.TAKEOVER):
        wheel.pass_time(1 / drive.rate)
        drive.advance()
    wheel.let_go()
    drive.advance()
    assert fresh_intervention(drive, drive.steps) in (Cause.DEPARTURE, Cause.OFF_ROAD)
    assert fresh_intervention(drive, drive.own_steps) in (None, Cause.TAKEOVER)


def curvature_strip(
    drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> tuple[panels.StripChart, Sequence[panels.Curve]]:
    """Return the curvature plot that is drawn of a drive, and its curves."""
    found: list[tuple[panels.StripChart, Sequence[panels.Curve]]] = []
    with monkeypatch.context() as patch:
        patch.setattr(
            panels, "draw_strip", lambda _, strip, curves, __: found.append((strip, curves))
        )
        drawn(drive, (1280, 720))
    return next(each for each in found if each[0].title.startswith("curvature"))


def test_every_line_of_the_legend_has_a_name_and_a_colour_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = SteeringWheel()
    drive = Drive(seat_of("expert", REFERENCE), SCENARIO, SMALL, wheel)
    drive.advance()
    strip, curves = curvature_strip(drive, monkeypatch)
    assert strip.legend == (("Expert", REFERENCE),)
    assert [curve.colour for curve in curves] == [REFERENCE]
    wheel.press(pygame.K_RIGHT, ControlKey.RIGHT)
    wheel.pass_time(0.3)
    drive.advance()
    strip, curves = curvature_strip(drive, monkeypatch)
    assert strip.legend == (("You", SKY_BLUE), ("expert", REFERENCE))
    assert [curve.colour for curve in curves] == [REFERENCE, SKY_BLUE]


def test_another_driver_s_line_is_drawn_over_the_expert_s(
    thinking: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    strip, curves = curvature_strip(thinking, monkeypatch)
    assert strip.legend == (("Thinker", (86, 180, 233)), ("expert", REFERENCE))
    assert [curve.colour for curve in curves] == [REFERENCE, (86, 180, 233)]


def test_a_card_darkens_its_rectangle_and_nothing_else() -> None:
    canvas = Canvas.blank(60, 60)
    canvas.array[:] = 200
    canvas.card(Rect(10, 10, 30, 30), (0, 0, 0), 0.5)
    assert (canvas.array[25, 25] == 100).all()
    assert (canvas.array[10, 10] > 180).all()  # a round corner
    outside = np.ones((60, 60), bool)
    outside[10:40, 10:40] = False
    assert (canvas.array[outside] == 200).all()


@pytest.mark.parametrize(
    ("table", "shown"), [(SHOW_BINDINGS, SHOW_HELP), (REPLAY_BINDINGS, REPLAY_HELP)]
)
def test_no_key_does_two_things_and_every_key_is_explained(
    table: tuple[Binding, ...], shown: Help
) -> None:
    bindings = (*table, *WINDOW_BINDINGS)
    assert len(actions(bindings)) == sum(len(binding.codes) for binding in bindings)
    assert len({binding.action for binding in bindings}) == len(bindings)
    assert [keys for keys, _ in shown][-len(bindings) :] == [binding.keys for binding in bindings]


def test_the_steering_keys_do_nothing_else_and_are_explained() -> None:
    assert not set(actions((*SHOW_BINDINGS, *WINDOW_BINDINGS))) & set(LEVERS)
    for code in map(ord, "wasd"):
        assert any(pygame.key.name(code).upper() in keys.split() for keys, _ in SHOW_HELP[:2])


def test_a_drive_on_every_kind_of_road_can_be_mapped() -> None:
    for road in ("residential", "tunnel", "racetrack"):
        drive = Drive(seat_of("expert", INK), Scenario(road, 2, 100.0), SMALL)  # type: ignore[arg-type]
        assert drawn(drive, (1000, 600)).std() > 10
