"""Setting up a controller in a minute: it is asked to be moved, and what then moves is what it is
for.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pygame

from sim.viewer.canvas import Canvas, Rect
from sim.viewer.input.controller_map import BUTTONS, Axis, ControllerMap, Device
from sim.viewer.input.steering_wheel import BRAKE, STEERING, THROTTLE
from sim.viewer.theme import CARD, FAINT, GREEN, GROUND, INK, ORANGE, QUIET, SKY_BLUE

STILL = 0.5  # [s] that an axis must be held for it to be taken
STEADY = 0.06  # that its readings may differ meanwhile
MOVED = 0.4  # that it must be away from where it was before


@dataclass(frozen=True)
class Question:
    """What is asked for: the name of an axis or of an action, the words, and how a moved axis is
    brought back.
    """

    name: str
    words: str
    back: str = ""


QUESTIONS = (
    Question(
        STEERING,
        "Turn the wheel or push the stick all the way to the right and hold it",
        "Back to the middle, hands off",
    ),
    Question(THROTTLE, "Press the accelerator all the way and hold it", "Let it go"),
    Question(BRAKE, "Press the brake all the way and hold it", "Let it go"),
    *(Question(action, f"Press the button that {meaning}") for action, meaning in BUTTONS.items()),
)


class Wizard:
    """Asks one question after the other about a device, and makes its map.

    number: of the question.
    remark: what it says about the last answer.
    axes, buttons: what was found so far.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.name = device.get_name()
        self._readings = {number: device.get_axis(number) for number in range(device.get_numaxes())}
        self.axes: dict[str, Axis] = {}
        self.buttons: dict[str, int] = {}
        self.number = 0
        self.remark = ""
        self._begin()

    def _begin(self) -> None:
        self._before = dict(self._readings)
        # an axis and its reading, which began to be held
        self._held: tuple[int, float] | None = None
        self._since = 0.0
        # an axis and its reading fully moved; now it is let go
        self._full: tuple[int, float] | None = None

    @property
    def question(self) -> Question | None:
        """What is asked now, None when all is answered."""
        return QUESTIONS[self.number] if self.number < len(QUESTIONS) else None

    @property
    def words(self) -> str:
        """What to do now."""
        question = self.question
        if question is None:
            return "All set"
        return question.back if self._full else question.words

    @property
    def progress(self) -> float:
        """How long of the time it must be held the present axis is held, 0 to 1."""
        return min(self._since / STILL, 1.0) if self._held else 0.0

    @property
    def found(self) -> ControllerMap | None:
        """The map when all is answered and anything was found."""
        if self.question is not None or not (self.axes or self.buttons):
            return None
        named = {name: self.axes.get(name) for name in (STEERING, THROTTLE, BRAKE)}
        return ControllerMap(**named, buttons=dict(self.buttons))

    def shares(self) -> Iterator[tuple[int, float]]:
        """The axes and their readings."""
        return iter(sorted(self._readings.items()))

    def skip(self) -> None:
        """Go on without an answer."""
        self.remark = ""
        self._next()

    def go_back(self) -> None:
        """Ask the question before again."""
        self.number = max(self.number - 1, 0)
        self.remark = ""
        if self.question:
            self.axes.pop(self.question.name, None)
            self.buttons.pop(self.question.name, None)
        self._begin()

    def _next(self) -> None:
        self.number += 1
        self._begin()

    def handle(self, event: pygame.event.Event) -> None:
        """Take an event of the device."""
        if event.type == pygame.JOYAXISMOTION:
            self._readings[event.axis] = event.value
        elif event.type == pygame.JOYBUTTONDOWN and self.question and self.question.name in BUTTONS:
            self._button(self.question.name, event.button)

    def _button(self, action: str, number: int) -> None:
        for other, taken in self.buttons.items():
            if taken == number:
                self.remark = f"that button already {BUTTONS[other]}"
                return
        self.buttons[action] = number
        self.remark = ""
        self._next()

    def pass_time(self, seconds: float) -> None:
        """See whether an axis has been held long enough."""
        question = self.question
        if question is None or question.name in BUTTONS:
            return
        moved = self._returned() if self._full else self._farthest()
        if (
            moved is None
            or self._held is None
            or moved[0] != self._held[0]
            or abs(moved[1] - self._held[1]) > STEADY
        ):
            self._held = moved
            self._since = 0.0
            return
        self._since += seconds
        if self._since >= STILL:
            self._taken(question, *moved)

    def _farthest(self) -> tuple[int, float] | None:
        """The axis that is farthest from where it was, and its reading, when that is far enough and
        it may be asked for.
        """
        taken = self.axes.get(STEERING)
        away = {
            number: abs(reading - self._before.get(number, 0.0))
            for number, reading in self._readings.items()
            if not (taken and number == taken.number)
        }
        number = max(away, key=lambda one: away[one], default=None)
        return None if number is None or away[number] < MOVED else (number, self._readings[number])

    def _returned(self) -> tuple[int, float] | None:
        """The axis that was fully moved, and its reading, when it is far enough from there."""
        assert self._full is not None, "asked for only after an axis was fully moved"
        number, full = self._full
        return (
            (number, self._readings[number])
            if abs(self._readings[number] - full) >= MOVED
            else None
        )

    def _taken(self, question: Question, number: int, reading: float) -> None:
        """An axis was held: fully moved, or let go again, which tells its rest: until then some
        triggers read 0.
        """
        self._held = None
        self._since = 0.0
        if self._full is None:
            self._full = (number, reading)
            self.remark = ""
            return
        axis = Axis(number, reading, self._full[1])
        other = self.axes.get(THROTTLE) if question.name == BRAKE else None
        if (
            other
            and other.number == axis.number
            and (other.full > other.rest) == (axis.full > axis.rest)
        ):
            self.remark = "that is the accelerator"
            self._begin()
            return
        self.axes[question.name] = axis
        self._next()


def draw_wizard(canvas: Canvas, wizard: Wizard | None) -> None:
    """The question in the middle, how far one is, and what the axes read; without a device, that
    one is waited for.
    """
    height, width = canvas.array.shape[:2]
    canvas.array[:] = GROUND
    canvas.scale = min(max(min(width / 720, height / 420), 0.5), 2.0)
    card = Rect(0, 0, width, height).shrunk(canvas.px(12))
    canvas.card(card, CARD, 1.0)
    left = card.x + canvas.px(28)
    right = card.right - canvas.px(28)
    name = wizard.name if wizard else "a controller"
    lines = canvas.lines(f"Setting up {name}", right - left, 14)
    canvas.text(lines[0], left, card.y + canvas.px(40), 14, QUIET)
    row = card.y + canvas.px(90)
    words = wizard.words if wizard else "Plug in a gamepad or a steering wheel"
    for line in canvas.lines(words, right - left, 24, bold=True):
        canvas.text(line, left, row, 24, INK, bold=True)
        row += canvas.px(34)
    if wizard:
        canvas.text(wizard.remark, left, row + canvas.px(4), 14, ORANGE)
        _draw_progress(canvas, wizard, Rect(left, row + canvas.px(20), right - left, canvas.px(8)))
        _draw_axes(
            canvas,
            wizard,
            Rect(left, row + canvas.px(52), right - left, card.bottom - row - canvas.px(130)),
        )
    keys = (
        "Space skips this    Backspace goes back    Esc leaves without saving"
        if wizard
        else "Esc leaves"
    )
    if card.bottom - canvas.px(24) > row:
        for line in canvas.lines(keys, right - left, 13)[:1]:
            canvas.text(line, left, card.bottom - canvas.px(22), 13, QUIET)


def _draw_progress(canvas: Canvas, wizard: Wizard, place: Rect) -> None:
    """A piece for each question, those answered filled, the present one as far as its axis is held."""
    pitch = place.width / len(QUESTIONS)
    for number in range(len(QUESTIONS)):
        start = place.x + number * pitch
        end = place.x + (number + 1) * pitch - canvas.px(12)
        canvas.line([(start, place.y), (end, place.y)], FAINT, 6)
        share = (
            1.0 if number < wizard.number else wizard.progress if number == wizard.number else 0.0
        )
        if share:
            canvas.line([(start, place.y), (start + share * (end - start), place.y)], GREEN, 6)


def _draw_axes(canvas: Canvas, wizard: Wizard, place: Rect) -> None:
    """A level bar for every axis, from its reading to the middle, as many as there is room for."""
    pitch = canvas.px(24)
    names = {axis.number: name for name, axis in wizard.axes.items()}
    for row, (number, reading) in enumerate(wizard.shares()):
        y = place.y + row * pitch
        if y + pitch > place.bottom:
            return
        words = f"axis {number}" + (f"  {names[number]}" if number in names else "")
        canvas.text(words, place.x, y + canvas.px(4), 12, INK if number in names else QUIET)
        start = place.x + canvas.px(140)
        middle = (start + place.right) / 2
        half = (place.right - start) / 2
        canvas.line([(start, y), (place.right, y)], FAINT, 2)
        canvas.line([(middle, y), (middle + half * min(max(reading, -1.0), 1.0), y)], SKY_BLUE, 6)
