"""What is on: drivers on scenarios, the clock, and what is shown. The window and the film turn it;
it knows neither.

Ticks are never dropped: time passes as asked, the drives follow tick by tick, and a picture shows
the moment in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol, TypeVar

from sim.env import EnvConfig
from sim.scenario import Daytime, Scenario, Weather
from sim.types import Image, Step
from sim.viewer.bindings import Help
from sim.viewer.canvas import Canvas
from sim.viewer.film import reason
from sim.viewer.input.steering_wheel import SteeringWheel
from sim.viewer.live.camera_view import OUTLOOKS, Overlay
from sim.viewer.live.live_drive import Drive, DriverSpec
from sim.viewer.live.live_picture import Autonomy, DrivePicture, RecordLamp, Shown, draw_picture

Item = TypeVar("Item")
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
# [s] after which time is not caught up with: the machine slept, or the window was being moved
LONGEST_GAP = 0.5
MEASURED = 1.0  # [s] over which the speed of time is measured
PATIENCE = 0.2  # [s] that ticks may take before a picture is due; what is left then is given up
PAUSE_AT_END = 1.5  # [s] before the next scenario
LATE = 0.05  # [s] a tick may begin behind its time before it counts as late


@dataclass(frozen=True)
class StatusTexts:
    """What a window has to say: a few words for the header, a line in the middle, and the keys when
    help is shown.
    """

    status: str = ""
    notice: str = ""
    keys: Help | None = None


NOTHING_SAID = StatusTexts()


class SessionRecorder(Protocol):
    """The recording of a person's driving: whether it runs, and how many seconds it holds.

    `add` and `stop` raise OSError or ValueError when the recording cannot be written.
    """

    recording: bool

    @property
    def seconds(self) -> float:
        """Recorded and not discarded [s]."""
        ...

    def add(self, step: Step, scenario: Scenario, late: bool) -> None:
        """The next tick, kept while the tape runs, and whether it began late."""
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

    def abandon(self) -> None:
        """Stop recording and drop the part that could not be written; finished parts stay. Raises
        nothing.
        """
        ...


class Session:
    """One or two drivers on the same scenario; further drivers can be switched to.

    wheel: a touch takes control from the first driver.
    tape: records what a person drives in place of the first driver.
    env: the environment, None for the viewer's own.
    late: number of ticks that began more than LATE behind their time.
    """

    def __init__(
        self,
        driver_specs: Sequence[DriverSpec],
        scenarios: Sequence[Scenario],
        autonomy: Autonomy,
        count: int | None = None,
        wheel: SteeringWheel | None = None,
        tape: SessionRecorder | None = None,
        env: EnvConfig | None = None,
    ) -> None:
        self._seats = list(driver_specs)
        self._scenarios = list(scenarios)
        self._autonomy = autonomy
        self._count = count or len(driver_specs)
        self.wheel = wheel
        self.tape = tape
        self._env = env
        self.late = 0
        self._turn = 0
        self._number = 0
        self._recording_error = ""
        self.driven: list[Drive] = []
        self.paused = False
        self.over = False
        self._fresh = False
        self.camera_view = OUTLOOKS[0]
        self.overlay = Overlay.THOUGHTS
        self.speed = 1.0
        self._pace = TimeRate()
        self._begin()
        self._fresh = False

    def _begin(self) -> None:
        """Start the present scenario with the drivers whose turn it is."""
        driver_specs = [
            self._seats[(self._turn + i) % len(self._seats)] for i in range(self._count)
        ]
        if self.wheel:
            self.wheel.let_go()
        if self.tape:
            self.tape.cut()
        scenario = self._scenarios[self._number]
        boxes = self.tape is not None
        self.drives = [
            Drive(
                driver_spec, scenario, self._env, None if place else self.wheel, boxes and not place
            )
            for place, driver_spec in enumerate(driver_specs)
        ]
        self._pictures = [DrivePicture(drive) for drive in self.drives]
        self._time = 0.0
        self._ended = 0.0
        self.over = False
        self._fresh = True

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
        """Let `seconds` of the watcher's time pass; `hurried` gives up ticks that would take longer
        than a watcher waits.
        """
        if self.paused or self.over:
            self._pace = TimeRate()
            return
        if hurried and self._fresh:
            seconds = 0.0  # it went into making the world, and no driver has to make up for it
        self._fresh = False
        before = self._time
        real = seconds
        seconds = min(seconds, LONGEST_GAP) if hurried else seconds
        self._time += seconds * self.speed
        if self.wheel:
            self.wheel.pass_time(seconds * self.speed)
        started = monotonic()
        while self._time * self.rate >= self._ticks and not self._all_done:
            late = hurried and self._time - self._ticks / self.rate > LATE * self.speed
            self.late += late
            self._tick(late)
            if hurried and monotonic() - started > PATIENCE:
                # The machine is too slow for this speed of time: time goes on from what was driven.
                self._time = min(self._time, self._ticks / self.rate)
                break
        self._pace.count(real, self._time - before)
        if self._all_done:
            self._ended += seconds
            if self._ended >= PAUSE_AT_END:
                self.next_scenario()

    @property
    def _all_done(self) -> bool:
        return all(drive.done for drive in self.drives)

    def _tick(self, late: bool = False) -> None:
        for drive in self.drives:
            if not drive.done:
                drive.advance()
                if drive is self.drives[0] and drive.by_person:
                    self._record(drive, late)

    def _record(self, drive: Drive, late: bool) -> None:
        """Record the last tick; when that fails, the recording stops and the drive goes on."""
        if self.tape:
            try:
                self.tape.add(drive.step, drive.scenario, late)
            except (OSError, ValueError) as error:
                self._recording_error = self.stop_recording(error)

    def stop_recording(self, error: Exception) -> str:
        """Abandon the recording because of an error; return the notice about it."""
        assert self.tape, "only a tape fails to record"
        self.tape.abandon()
        return f"the recording stopped: {reason(error)}"

    def take_recording_error(self) -> str:
        """Return the notice about a recording that failed since the last call, "" when none did."""
        notice = self._recording_error
        self._recording_error = ""
        return notice

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
        self.camera_view = following(OUTLOOKS, self.camera_view)
        return self.camera_view.name

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
        self._scenarios[self._number] = replace(
            self._scenarios[self._number], weather=weather, light=light
        )
        for drive in self.drives:
            drive.change_sky(weather, light)

    def draw(self, canvas: Canvas, words: StatusTexts = NOTHING_SAID) -> Image:
        """The picture of this moment, drawn on the sheet."""
        notice = words.notice or (
            "the end"
            if self.over
            else "finished"
            if self._all_done
            else "paused"
            if self.paused
            else ""
        )
        # A film keeps its time exactly, and says how fast it goes only where that is unusual.
        speed = self._pace.words(self.speed) if words.status or self.speed != 1 else ""
        status = "   ".join(word for word in (speed, words.status) if word)
        light = RecordLamp(self.tape.recording, self.tape.seconds, self.late) if self.tape else None
        shown = Shown(self.share, self.camera_view, self.overlay, status, notice, words.keys, light)
        draw_picture(canvas, self._pictures, shown, self._autonomy)
        return canvas.array

    def all_driven(self) -> list[Drive]:
        """Every drive that counts: those that ended and the one that is on."""
        return self.driven + ([] if self.over else self.drives)


class TimeRate:
    """How fast time goes, counted anew every second: a slow machine does not reach what is asked."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._passed = 0.0
        self._found = 0.0

    def count(self, seconds: float, passed: float) -> None:
        """So many seconds of the watcher's, and of the drive's in them."""
        self._seconds, self._passed = self._seconds + seconds, self._passed + passed
        if self._seconds >= MEASURED:
            self._found = self._passed / self._seconds
            self._seconds = 0.0
            self._passed = 0.0

    def words(self, asked: float) -> str:
        """The speed asked for, and the one reached where that is less by a twentieth or more."""
        short = 0 < self._found < 0.95 * asked
        return (
            f"\N{MULTIPLICATION SIGN}{self._found:.2g} of {asked:g}"
            if short
            else f"\N{MULTIPLICATION SIGN}{asked:g}"
        )


def following(kinds: Sequence[Item], present: Item) -> Item:
    """The one after `present`, and after the last the first."""
    return kinds[(kinds.index(present) + 1) % len(kinds)]
