"""A show in a window: keys become the show's actions, and steering keys turn its wheel."""

from collections.abc import Callable

import pygame

from sim.viewer.controls import LEVERS, SHOW_ACTIONS, SHOW_HELP, Help
from sim.viewer.sheet import Sheet
from sim.viewer.show import Show
from sim.viewer.window import Words


class Cockpit:
    """The content of a window in which drivers are watched or a person drives."""

    def __init__(self, show: Show) -> None:
        self._show = show

    @property
    def keys(self) -> Help:
        """What the keys do."""
        return SHOW_HELP

    def pass_time(self, seconds: float) -> None:
        """Drive on."""
        self._show.pass_time(seconds, hurried=True)

    def draw(self, sheet: Sheet, words: Words) -> None:
        """Draw this moment of the drives."""
        self._show.draw(sheet, words.notice, words.keys, words.status)

    def handle(self, event: pygame.event.Event) -> str | None:
        """Answer an event: what to tell about it; None when it means nothing here."""
        if event.type == pygame.WINDOWFOCUSLOST and self._show.wheel:
            # Nobody will say when the keys go up.
            self._show.wheel.release_all()
        elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
            return self._key(event.key, event.type == pygame.KEYDOWN)
        return None

    def _key(self, code: int, down: bool) -> str | None:
        """A key of the wheel goes down or up, or one that does something goes down."""
        wheel = self._show.wheel
        if code in LEVERS and wheel:
            if down:
                wheel.press(code, LEVERS[code])
            else:
                wheel.release(code)
            return ""
        return self._act(SHOW_ACTIONS[code]) if down and code in SHOW_ACTIONS else None

    def _act(self, action: str) -> str:
        """Do what an action says; what to tell about it."""
        show = self._show
        silent: dict[str, Callable[[], None]] = {
            "pause": self._pause,
            "step": show.step,
            "faster": lambda: show.faster(1),
            "slower": lambda: show.faster(-1),
            "restart": show.restart,
            "next": show.next_scenario,
            "driver": show.next_driver,
        }
        telling: dict[str, Callable[[], str]] = {
            "hand_back": self._hand_back,
            "record": self._toggle_record,
            "discard": self._discard,
            "overlay": lambda: f"overlay: {show.next_overlay()}",
            "camera": show.next_outlook,
            "weather": lambda: f"weather: {show.next_weather()}",
            "light": lambda: f"light: {show.next_light()}",
        }
        if action in silent:
            silent[action]()
            return ""
        return telling[action]().replace("_", " ")

    def _pause(self) -> None:
        self._show.paused = not self._show.paused

    def _hand_back(self) -> str:
        if not (self._show.wheel and self._show.wheel.touched):
            return ""
        self._show.wheel.let_go()
        return "the wheel is given back"

    def _toggle_record(self) -> str:
        tape = self._show.tape
        if tape is None:
            return "nowhere to record to: pilotnet watch --record DIR"
        if tape.recording:
            tape.stop()
            return f"recorded, {tape.seconds:.0f} s in all"
        tape.recording = True
        return "recording"

    def _discard(self) -> str:
        if not self._show.tape:
            return ""
        gone = self._show.tape.discard()
        return f"the last {gone:g} s are discarded" if gone else "there is nothing left to discard"
