"""What is on: drivers on scenarios, the clock, and what is shown. The window and the film turn it; it knows neither.

Ticks are never dropped: time passes as asked, the drives follow tick by tick, and a picture shows the moment in between.
"""

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic
from typing import Protocol, TypeVar

from sim.env import EnvConfig
from sim.scenario import Daytime, Scenario, Weather
from sim.types import Image, Step
from sim.viewer.drive import Drive, Seat
from sim.viewer.picture import Autonomy, Light, Shown, draw_picture
from sim.viewer.road import OUTLOOKS, Overlay, RoadPicture
from sim.viewer.sheet import Sheet
from sim.viewer.wheel import Wheel

Item = TypeVar("Item")
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
PATIENCE = 0.2  # [s] that ticks may take before a picture is due; what is left then is given up
PAUSE_AT_END = 1.5  # [s] before the next scenario
LATE = 0.05  # [s] a tick may begin behind its time before it counts as late


class Tape(Protocol):
    """What a person's driving is recorded on: whether it runs, and how many seconds are on it."""

    recording: bool

    @property
    def seconds(self) -> float:
        """Recorded and not discarded [s]."""
        ...

    def add(self, step: Step, scenario: Scenario) -> None:
        """The next tick, kept while the tape runs."""
        ...

    def cut(self) -> None:
        """What comes next does not follow what came before."""
        ...

    def discard(self) -> float:
        """Drop the last seconds; how many there were [s]."""
        ...

    def stop(self) -> None:
        """Stop recording, and put what was recorded where it stays."""
        ...


class Show:
    """One or two seats drive the same scenario; more seats wait for their turn.

    wheel: whoever touches it takes over from the first seat; tape: records what a person drives in the first seat; env: what is
    driven in, None for the viewer's own. late: how many ticks of a window began more than LATE behind their time.
    """

    def __init__(
        self,
        seats: Sequence[Seat],
        scenarios: Sequence[Scenario],
        autonomy: Autonomy,
        count: int | None = None,
        wheel: Wheel | None = None,
        tape: Tape | None = None,
        env: EnvConfig | None = None,
    ) -> None:
        self._seats, self._scenarios, self._autonomy = list(seats), list(scenarios), autonomy
        self._count = count or len(seats)
        self.wheel, self.tape, self._env, self.late = wheel, tape, env, 0
        self._turn, self._number = 0, 0
        self.driven: list[Drive] = []
        self.paused, self.over, self._fresh = False, False, False
        self.outlook, self.overlay, self.speed = OUTLOOKS[0], Overlay.THOUGHTS, 1.0
        self._begin()
        self._fresh = False

    def _begin(self) -> None:
        """Start the present scenario with the drivers whose turn it is."""
        seats = [self._seats[(self._turn + i) % len(self._seats)] for i in range(self._count)]
        if self.wheel:
            self.wheel.let_go()
        if self.tape:
            self.tape.cut()
        scenario, boxes = self._scenarios[self._number], self.tape is not None
        self.drives = [
            Drive(seat, scenario, self._env, None if place else self.wheel, boxes and not place)
            for place, seat in enumerate(seats)
        ]
        self._roads = [RoadPicture(drive) for drive in self.drives]
        self._time, self._ended = 0.0, 0.0
        self.over, self._fresh = False, True

    @property
    def rate(self) -> int:
        """Ticks per second [Hz]."""
        return self.drives[0].rate

    @property
    def share(self) -> float:
        """How much of the last tick has passed."""
        return min(max(self._time * self.rate - self._ticks + 1, 0.0), 1.0)

    @property
    def _ticks(self) -> int:
        return max(len(drive.steps) for drive in self.drives)

    def pass_time(self, seconds: float, hurried: bool = False) -> None:
        """Let `seconds` of the watcher's time pass; `hurried` gives up ticks that would take longer than a watcher waits."""
        if self.paused or self.over:
            return
        if hurried and self._fresh:
            seconds = 0.0  # it went into making the world, and no driver has to make up for it
        self._fresh = False
        self._time += seconds * self.speed
        if self.wheel:
            self.wheel.pass_time(seconds * self.speed)
        started = monotonic()
        while self._time * self.rate >= self._ticks and not self._all_done:
            self.late += hurried and self._time - self._ticks / self.rate > LATE * self.speed
            self._tick()
            if hurried and monotonic() - started > PATIENCE:
                # The machine is too slow for this speed of time: time goes on from what was driven.
                self._time = min(self._time, self._ticks / self.rate)
                break
        if self._all_done:
            self._ended += seconds
            if self._ended >= PAUSE_AT_END:
                self.next_scenario()

    @property
    def _all_done(self) -> bool:
        return all(drive.done for drive in self.drives)

    def _tick(self) -> None:
        for drive in self.drives:
            if not drive.done:
                drive.advance()
                if self.tape and drive is self.drives[0] and drive.by_person:
                    self.tape.add(drive.step, drive.scenario)

    def step(self) -> None:
        """Stop, and drive exactly one tick."""
        self.paused = True
        if not self._all_done:
            if self.wheel:
                self.wheel.pass_time(1 / self.rate)
            self._tick()
            self._time = self._ticks / self.rate

    def faster(self, by: int) -> None:
        """Go `by` places up or down the speeds of time."""
        place = min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)
        self.speed = SPEEDS[place]

    def restart(self) -> None:
        """Drive the scenario again from its start; the drive that is given up does not count."""
        self._begin()

    def next_scenario(self) -> None:
        """Go on to the next scenario; after the last one the show is over."""
        self.driven += self.drives
        if self._number + 1 < len(self._scenarios):
            self._number += 1
            self._begin()
        else:
            self.over = True

    def next_driver(self) -> None:
        """Let the next driver drive the scenario, from its start."""
        self._turn = (self._turn + 1) % len(self._seats)
        self._begin()

    def next_outlook(self) -> str:
        """Watch from elsewhere; where, in words."""
        self.outlook = following(OUTLOOKS, self.outlook)
        return self.outlook.name

    def next_overlay(self) -> Overlay:
        """Draw something else over the road."""
        self.overlay = following(list(Overlay), self.overlay)
        return self.overlay

    def next_weather(self) -> Weather:
        """Change the weather of this drive."""
        scenario = self.drives[0].scenario
        self._change_sky(following(list(Weather), scenario.weather), scenario.light)
        return self.drives[0].scenario.weather

    def next_light(self) -> Daytime:
        """Change the light of this drive."""
        scenario = self.drives[0].scenario
        self._change_sky(scenario.weather, following(list(Daytime), scenario.light))
        return self.drives[0].scenario.light

    def _change_sky(self, weather: Weather, light: Daytime) -> None:
        self._scenarios[self._number] = replace(self._scenarios[self._number], weather=weather, light=light)
        for drive in self.drives:
            drive.change_sky(weather, light)

    def draw(self, sheet: Sheet, notice: str = "", keys: Sequence[tuple[str, str]] | None = None, hint: str = "") -> Image:
        """The picture of this moment, drawn on the sheet."""
        notice = notice or ("the end" if self.over else "finished" if self._all_done else "paused" if self.paused else "")
        speed = f"\N{MULTIPLICATION SIGN}{self.speed:g}" if self.speed != 1 else ""
        status = "   ".join(word for word in (speed, hint) if word)
        light = Light(self.tape.recording, self.tape.seconds, self.late) if self.tape else None
        shown = Shown(self.share, self.outlook, self.overlay, status, notice, keys, light)
        draw_picture(sheet, self.drives, self._roads, shown, self._autonomy)
        return sheet.array

    def all_driven(self) -> list[Drive]:
        """Every drive that counts: those that ended and the one that is on."""
        return self.driven + ([] if self.over else self.drives)


def following(kinds: Sequence[Item], present: Item) -> Item:
    """The one after `present`, and after the last the first."""
    return kinds[(kinds.index(present) + 1) % len(kinds)]
