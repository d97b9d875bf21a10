"""A show in a window: keys become the show's actions, and steering keys and controllers turn its
wheel.
"""

from collections.abc import Callable
from dataclasses import replace

import pygame

from sim.viewer.bindings import LEVERS, SHOW_ACTIONS, SHOW_HELP, Help
from sim.viewer.canvas import Canvas
from sim.viewer.film import reason
from sim.viewer.input.controller_wizard import Wizard, draw_wizard
from sim.viewer.input.plugged_controllers import EVENTS, PluggedControllers
from sim.viewer.live.session import Session, StatusTexts


class LiveView:
    """The content of a window in which drivers are watched or a person drives.

    controllers: those that turn the show's wheel.
    mapping: whether one is set up before anything else.
    """

    def __init__(
        self, session: Session, controllers: PluggedControllers | None = None, mapping: bool = False
    ) -> None:
        self._show = session
        self._controllers = controllers
        self._mapping, self._wizard = (
            mapping,
            None if controllers is None else self._new_wizard(controllers),
        )
        self._lost = ""  # what is said as long as a controller that went is waited for

    @property
    def keys(self) -> Help:
        """What the keys do."""
        return SHOW_HELP

    def pass_time(self, seconds: float) -> str:
        """Drive on, or see what a controller that is being set up does; what to tell about it."""
        if not self._mapping:
            self._show.pass_time(seconds, hurried=True)
            return self._show.take_recording_error()
        assert self._controllers is not None, "only a controller is set up"
        self._wizard = self._wizard or self._new_wizard(self._controllers)
        if self._wizard is None:
            return ""
        self._wizard.pass_time(seconds)
        return (
            self._finish(self._controllers, self._wizard) if self._wizard.question is None else ""
        )

    def draw(self, canvas: Canvas, words: StatusTexts) -> None:
        """Draw this moment of the drives, or the question that is asked about a controller."""
        if self._mapping:
            draw_wizard(canvas, self._wizard)
        else:
            self._show.draw(canvas, replace(words, notice=words.notice or self._lost))

    def handle(self, event: pygame.event.Event) -> str | None:
        """Answer an event: what to tell about it; None when it means nothing here."""
        if self._controllers and event.type in EVENTS:
            return self._controller(self._controllers, event)
        if event.type == pygame.WINDOWFOCUSLOST and self._show.wheel:
            # No event arrives when the keys are released.
            self._show.wheel.release_all()
        elif event.type in (pygame.KEYDOWN, pygame.KEYUP):
            return self._key(event.key, event.type == pygame.KEYDOWN)
        return None

    def _controller(self, controllers: PluggedControllers, event: pygame.event.Event) -> str:
        """A controller is moved, plugged in or unplugged."""
        update = controllers.handle(event)
        if self._mapping:
            self._to_wizard(controllers, event)
            return update.said
        if update.lost:
            self._lost = update.said
            self._show.paused = True
            return ""
        if update.back and self._lost:
            self._go_on()
        return self._act(update.action) if update.action else update.said

    def _go_on(self) -> None:
        """Wait no longer for a controller that went."""
        self._lost = ""
        self._show.paused = False

    def _key(self, code: int, down: bool) -> str | None:
        """A key of the wheel goes down or up, or one that does something goes down."""
        if down and self._mapping:
            return self._wizard_key(code)
        if down and self._lost:
            self._go_on()
            return ""
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
        session = self._show
        silent: dict[str, Callable[[], None]] = {
            "pause": self._pause,
            "step": session.step,
            "faster": lambda: session.faster(1),
            "slower": lambda: session.faster(-1),
            "restart": session.restart,
            "next": session.next_scenario,
            "driver": session.next_driver,
        }
        telling: dict[str, Callable[[], str]] = {
            "hand_back": self._hand_back,
            "record": self._toggle_record,
            "discard": self._discard,
            "map": self._begin_mapping,
            "overlay": lambda: f"overlay: {session.next_overlay()}",
            "camera": session.next_outlook,
            "weather": lambda: f"weather: {session.next_weather()}",
            "light": lambda: f"light: {session.next_light()}",
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
            try:
                tape.stop()
            except (OSError, ValueError) as error:
                return self._show.stop_recording(error)
            return f"recorded, {tape.seconds:.0f} s in all"
        tape.recording = True
        return "recording"

    def _discard(self) -> str:
        if not self._show.tape:
            return ""
        gone = self._show.tape.discard()
        return f"the last {gone:g} s are discarded" if gone else "there is nothing left to discard"

    def _begin_mapping(self) -> str:
        """Set up a controller; the show waits."""
        if self._controllers is None:
            return "taking over is not possible here"
        if self._show.wheel:
            self._show.wheel.release_all()
        self._mapping, self._wizard = True, self._new_wizard(self._controllers)
        return ""

    @staticmethod
    def _new_wizard(controllers: PluggedControllers) -> Wizard | None:
        """For the controller that needs it most; None as long as none is plugged in."""
        device = controllers.next_to_map
        return Wizard(device) if device else None

    def _to_wizard(self, controllers: PluggedControllers, event: pygame.event.Event) -> None:
        """Tell the wizard what its controller does, or that it is gone."""
        wizard = self._wizard
        if (
            wizard is None
            or event.type == pygame.JOYDEVICEADDED
            or event.instance_id != wizard.device.get_instance_id()
        ):
            return
        if event.type == pygame.JOYDEVICEREMOVED:
            self._wizard = self._new_wizard(controllers)
        else:
            wizard.handle(event)

    def _wizard_key(self, code: int) -> str | None:
        """Skip a question, ask the one before again, or leave."""
        if code == pygame.K_ESCAPE:
            self._mapping = False
            self._wizard = None
        elif code == pygame.K_SPACE and self._wizard:
            self._wizard.skip()
        elif code == pygame.K_BACKSPACE and self._wizard:
            self._wizard.go_back()
        else:
            return None
        return ""

    def _finish(self, controllers: PluggedControllers, wizard: Wizard) -> str:
        """Use and keep what was found."""
        self._mapping = False
        self._wizard = None
        device = wizard.device
        found = wizard.found
        if found is None:
            return "nothing was set up"
        controllers.learn(device, found)
        try:
            return f"saved {controllers.maps.keep(device.get_guid(), device.get_name(), found)}"
        except OSError as error:
            return f"it counts until the window closes; it could not be saved: {reason(error)}"
