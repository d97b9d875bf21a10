"""Controllers by their events: what an axis stands for, whose touch counts, and what is asked to
set one up.
"""

from itertools import pairwise

import pytest

from sim.viewer.canvas import Canvas
from sim.viewer.input.controller_map import BUTTONS, Axis, ControllerMap
from sim.viewer.input.controller_wizard import QUESTIONS, STILL, Wizard, draw_wizard
from sim.viewer.input.plugged_controllers import PluggedControllers
from sim.viewer.input.steering_wheel import FOLLOW_TIME, PEDAL_TRAVEL, ControlKey, SteeringWheel
from tests.sim.viewer.fake_device import (
    STICK,
    FakeDevice,
    FakeMaps,
    moved,
    plugged,
    pressed,
    unplugged,
)


@pytest.mark.parametrize(
    ("rest", "full"), [(0.0, 1.0), (0.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (0.1, 0.9)]
)
def test_an_axis_goes_from_nothing_at_rest_to_one_when_full_whichever_way_round(
    rest: float, full: float
) -> None:
    axis = Axis(0, rest, full, dead_zone=0.1)
    assert (axis.share(rest), axis.share(full)) == (0.0, 1.0)
    assert axis.share(rest + 0.1 * (full - rest)) == pytest.approx(0.0)
    assert axis.share(rest + 0.11 * (full - rest)) == pytest.approx(0.01 / 0.9), (
        "no jump at the edge of the dead zone"
    )
    assert axis.share(rest - 2 * (full - rest)) == -1.0


def test_two_pedals_on_one_axis_are_never_pressed_together() -> None:
    throttle = Axis(1, 0.0, -1.0)
    brake = Axis(1, 0.0, 1.0)
    for reading in (-1.0, -0.4, 0.0, 0.4, 1.0):
        assert min(throttle.share(reading), brake.share(reading)) <= 0.0


@pytest.mark.parametrize(
    ("axis", "says"),
    [
        ((-1, 0.0, 1.0), "axis is -1; it must lie between 0 and 63"),
        ((0, 0.0, 0.1), "full is 0.1; it must be 0.2 or more away from rest"),
        ((0, float("nan"), 1.0), "rest is nan; an axis reads from -1 to 1"),
        ((0, 0.0, 1.0, 0.9), "dead_zone is 0.9; it must lie between 0 and 0.5"),
    ],
)
def test_axes_that_cannot_be_are_refused(axis: tuple[int, float, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Axis(*axis)


def test_buttons_are_for_one_known_thing_each() -> None:
    with pytest.raises(
        ValueError, match="a button is for 'horn'; it must be for one of record, discard"
    ):
        ControllerMap(buttons={"horn": 1})
    with pytest.raises(ValueError, match="no button can be for two things"):
        ControllerMap(buttons={"record": 1, "pause": 1})


@pytest.mark.parametrize("parts", [1, 3, 20])
def test_the_wheel_follows_a_stick_smoothly_however_time_is_cut(parts: int) -> None:
    wheel = SteeringWheel()
    wheel.aim("steering", -1.0)
    for _ in range(parts):
        wheel.pass_time(0.5 * FOLLOW_TIME / parts)
    assert wheel.position == pytest.approx(-0.5)
    wheel.pass_time(10.0)
    assert wheel.position == -1.0
    wheel.aim("steering", 0.25)
    wheel.pass_time(10.0)
    assert wheel.position == 0.25


def test_held_keys_overrule_a_controller() -> None:
    wheel = SteeringWheel()
    wheel.aim("steering", -1.0)
    wheel.press(1, ControlKey.RIGHT)
    wheel.pass_time(10.0)
    assert wheel.position == 1.0
    wheel.release(1)
    wheel.pass_time(10.0)
    assert wheel.position == -1.0


def test_pedals_go_as_far_as_they_are_pressed_and_never_backwards() -> None:
    wheel = SteeringWheel()
    wheel.aim("throttle", 0.5)
    wheel.aim("brake", -0.7)
    wheel.pass_time(0.25 * PEDAL_TRAVEL)
    assert (wheel.throttle, wheel.brake) == (0.25, 0.0)
    wheel.pass_time(PEDAL_TRAVEL)
    assert wheel.throttle == 0.5


def test_only_a_wheel_that_somebody_moves_is_touched() -> None:
    wheel = SteeringWheel()
    wheel.aim("steering", 0.4, touching=False)
    wheel.aim("steering", 0.45)
    assert not wheel.touched
    wheel.aim("steering", 0.8)
    assert wheel.touched
    wheel.let_go()
    for share in (0.8, 0.4, 0.0, -0.1):  # the stick springs back after the wheel was given back
        wheel.aim("steering", share)
        assert not wheel.touched
    wheel.aim("steering", -0.2)
    assert wheel.touched


def test_when_the_focus_is_lost_a_stick_counts_as_let_go() -> None:
    wheel = SteeringWheel()
    wheel.aim("steering", 1.0)
    wheel.aim("throttle", 1.0)
    wheel.pass_time(1.0)
    wheel.release_all()
    wheel.pass_time(1.0)
    assert (wheel.position, wheel.throttle) == (0.0, 0.0)


def test_events_of_a_known_controller_turn_the_wheel_and_its_buttons_act() -> None:
    wheel = SteeringWheel()
    controllers = PluggedControllers(wheel, FakeMaps(g0300aa=STICK), lambda _: FakeDevice())
    assert controllers.handle(plugged()).said == "Test Wheel is plugged in"
    assert not wheel.touched
    for event in (
        moved(0, 1.0),
        moved(2, 1.0),
        moved(3, -1.0),
        moved(1, 1.0),
        moved(0, -1.0, number=8),
    ):
        controllers.handle(event)
    wheel.pass_time(1.0)
    assert (wheel.touched, wheel.position, wheel.throttle, wheel.brake) == (True, 1.0, 1.0, 0.0)
    assert controllers.handle(pressed(0)).action == "record"
    assert not controllers.handle(pressed(9)).action


def test_a_pedal_that_reads_nothing_before_it_is_moved_is_not_half_pressed() -> None:
    wheel = SteeringWheel()
    PluggedControllers(wheel, FakeMaps(g0300aa=STICK), lambda _: FakeDevice()).handle(plugged())
    wheel.pass_time(1.0)
    assert (wheel.throttle, wheel.brake) == (0.0, 0.0)


def test_an_unplugged_controller_is_lost_until_one_of_its_kind_is_plugged_in() -> None:
    wheel = SteeringWheel()
    controllers = PluggedControllers(wheel, FakeMaps(g0300aa=STICK), lambda _: FakeDevice())
    controllers.handle(plugged())
    controllers.handle(moved(0, 1.0))
    news = controllers.handle(unplugged())
    assert news.lost
    assert news.said.startswith("Test Wheel is unplugged")
    wheel.pass_time(9.0)
    assert wheel.position == 0.0
    assert controllers.handle(plugged()).back


def test_an_unknown_controller_does_nothing_but_ask_to_be_set_up() -> None:
    wheel = SteeringWheel()
    controllers = PluggedControllers(wheel, FakeMaps(), lambda _: FakeDevice())
    assert controllers.handle(plugged()).said == "Test Wheel: press M to set it up"
    controllers.handle(moved(0, 1.0))
    assert not wheel.touched
    assert not controllers.handle(unplugged()).lost


def hold(wizard: Wizard, axis: int, value: float) -> None:
    """Move an axis somewhere and hold it for as long as is needed."""
    wizard.handle(moved(axis, value))
    for _ in range(6):
        wizard.pass_time(STILL / 4)


def answer_axes(wizard: Wizard, *ways: tuple[int, float, float]) -> None:
    for axis, full, rest in ways:
        hold(wizard, axis, full)
        hold(wizard, axis, rest)


def test_a_wheel_with_pedals_of_their_own_is_set_up_by_moving_it() -> None:
    wizard = Wizard(FakeDevice())  # its pedals read 0 until they are moved, then -1 at rest
    answer_axes(wizard, (0, 0.98, 0.01), (2, 1.0, -1.0), (3, 1.0, -1.0))
    for button in (4, 5, 6, 7):
        wizard.handle(pressed(button))
    assert wizard.question is None
    buttons = dict(zip(BUTTONS, (4, 5, 6, 7), strict=True))
    assert wizard.found == ControllerMap(
        Axis(0, 0.01, 0.98), Axis(2, -1.0, 1.0), Axis(3, -1.0, 1.0), buttons
    )


def test_reversed_steering_and_pedals_on_one_axis_are_found_out() -> None:
    wizard = Wizard(FakeDevice())
    answer_axes(wizard, (0, -1.0, 0.0), (1, -1.0, 0.0), (1, -1.0, 0.0))
    assert wizard.remark == "that is the accelerator"
    answer_axes(wizard, (1, 1.0, 0.0))
    assert (wizard.axes["steering"].share(-0.5) > 0, wizard.axes["brake"]) == (
        True,
        Axis(1, 0.0, 1.0),
    )


def test_an_axis_that_is_not_held_is_not_taken() -> None:
    wizard = Wizard(FakeDevice())
    for value in (0.5, 0.7, 0.9, 0.6):
        wizard.handle(moved(0, value))
        wizard.pass_time(0.6 * STILL)
    assert wizard.words == QUESTIONS[0].words
    hold(wizard, 0, 1.0)
    assert wizard.words == QUESTIONS[0].back


def test_questions_can_be_skipped_and_asked_again_and_no_button_taken_twice() -> None:
    wizard = Wizard(FakeDevice())
    for _ in range(3):
        wizard.skip()
    wizard.handle(pressed(4))
    wizard.handle(pressed(4))
    assert wizard.remark == "that button already begins and ends recording"
    wizard.go_back()
    assert (wizard.number, wizard.buttons) == (3, {})
    for _ in range(4):
        wizard.skip()
    assert wizard.question is None
    assert wizard.found is None, "nothing was answered"


@pytest.mark.parametrize("size", [(200, 100), (640, 360), (1280, 720)])
def test_every_question_can_be_drawn_at_any_size(size: tuple[int, int]) -> None:
    wizard = Wizard(FakeDevice())
    canvas = Canvas.blank(*size)
    seen = []
    draw_wizard(canvas, None)
    seen.append(canvas.array.copy())
    while wizard.question:
        draw_wizard(canvas, wizard)
        seen.append(canvas.array.copy())
        wizard.skip()
    assert all((one != other).any() for one, other in pairwise(seen))
