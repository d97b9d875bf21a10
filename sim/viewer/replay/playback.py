"""A recording that is played: where the playhead is, and what is marked as discarded. Window and
film turn it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.drawables import Explanation, PictureBox
from sim.geometry.camera import Camera
from sim.scenario import Scenario
from sim.types import Image, Observation
from sim.viewer.film import reason
from sim.viewer.live.camera_view import Overlay
from sim.viewer.live.session import PAUSE_AT_END, SPEEDS, following

# [s] that the arrow keys go, without and with shift
SHORT_JUMP = 1.0
LONG_JUMP = 10.0
LOOKING = 0.012  # [s] of each picture in which predictions for the strip are made

FrameRange = tuple[int, int]  # the first frame, and the one behind the last


class Predictor(Protocol):
    """A network beside the label: its command for a moment, and what that came from."""

    def curvature(self, observation: Observation) -> float:
        """The command [1/m]."""
        ...

    def explanation(self) -> Explanation:
        """What the last command came from."""
        ...


@dataclass(frozen=True)
class Recording:
    """One recorded drive of N frames at `rate` [Hz], with the cameras that recorded it, one of them
    called centre.

    name: a short title.
    speed, curvature, offset: speed [m/s], label [1/m] and cross-track error [m], each (N,).
    pose: x, y [m], heading [rad], (N, 3).
    intervened, late: frames with an intervention, and frames of ticks that began late, (N,) bool.
    look: returns the images of a frame.
    boxes: returns the boxes of a frame.
    """

    name: str
    rate: int
    cameras: Mapping[str, Camera]
    scenario: Scenario
    speed: NDArray[np.float64]
    curvature: NDArray[np.float64]
    offset: NDArray[np.float64]
    pose: NDArray[np.float64]
    intervened: NDArray[np.bool_]
    late: NDArray[np.bool_]
    look: Callable[[int], Mapping[str, Image]]
    boxes: Callable[[int], tuple[PictureBox, ...]]

    def __len__(self) -> int:
        return len(self.curvature)


class RecordingList(Protocol):
    """Recordings, one after the other, and their marks; `discard` and `restore` write, and raise
    OSError where they cannot.
    """

    def __len__(self) -> int:
        """How many there are."""
        ...

    def open(self, number: int) -> Recording:
        """One of them."""
        ...

    def discarded(self, number: int) -> Sequence[FrameRange]:
        """What of it is marked as discarded."""
        ...

    def discard(self, number: int, stretch: FrameRange) -> None:
        """Mark a stretch as discarded."""
        ...

    def restore(self, number: int, moment: int) -> None:
        """Take away the mark that holds a moment."""
        ...


@dataclass
class Predictions:
    """What a network would have commanded at each moment of a recording [1/m], (N,); NaN where it
    was not asked yet.
    """

    recording: Recording
    predictor: Predictor
    curvature: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        self.curvature = np.full(len(self.recording), np.nan)
        self._explained: tuple[int, Explanation] | None = None

    def explain(self, moment: int) -> Explanation:
        """What the command at a moment came from."""
        if self._explained is None or self._explained[0] != moment:
            self._ask(moment)
            self._explained = moment, self.predictor.explanation()
        return self._explained[1]

    def _ask(self, moment: int) -> None:
        seen = Observation(
            float(self.recording.speed[moment]), self.recording.look(moment)["centre"]
        )
        self.curvature[moment] = self.predictor.curvature(seen)

    def look_on(self, moment: int, seconds: float | None) -> None:
        """Ask for moments not asked for yet, those from `moment` on first, for so many seconds; for
        all where None.
        """
        started = monotonic()
        unknown = np.flatnonzero(np.isnan(self.curvature))
        for later in (*unknown[unknown >= moment], *unknown[unknown < moment]):
            if seconds is not None and monotonic() - started > seconds:
                return
            self._ask(int(later))


class Playback:
    """Plays an album from its recording `number` on, with the commands of a network beside the
    labels where one is given.
    """

    def __init__(
        self, album: RecordingList, predictor: Predictor | None = None, number: int = 0
    ) -> None:
        self.album = album
        self._predictor = predictor
        self.paused = False
        self.over = False
        self.overlay = Overlay.THOUGHTS
        self.speed = 1.0
        self.begun: int | None = None  # where a stretch begins that is not ended yet
        self.go_to(number)

    def go_to(self, number: int) -> str:
        """Open a recording at its beginning; a stretch that was begun in another is given up. What
        to tell about it.
        """
        if not 0 <= number < len(self.album):
            return f"there is no episode {'before' if number < 0 else 'after'} this one"
        self.number, self.recording = number, self.album.open(number)
        self.predictions = Predictions(self.recording, self._predictor) if self._predictor else None
        given_up = self.begun is not None
        self.begun = None
        self._time = 0.0
        self._ended = 0.0
        self.over = False
        return "the stretch that was begun is given up" if given_up else ""

    @property
    def moment(self) -> int:
        """The frame that is shown."""
        return min(int(self._time * self.recording.rate + 1e-6), len(self.recording) - 1)

    @property
    def discarded(self) -> list[FrameRange]:
        """The discarded stretches of this recording, and the one that is begun."""
        open_end = [] if self.begun is None else [self._begun_stretch(self.begun)]
        return [*self.album.discarded(self.number), *open_end]

    def _begun_stretch(self, begun: int) -> FrameRange:
        return min(begun, self.moment), max(begun, self.moment) + 1

    def seek(self, moment: int) -> None:
        """Show another frame; before the first it is the first, behind the last the last."""
        self._time = min(max(moment, 0), len(self.recording) - 1) / self.recording.rate
        self._ended = 0.0
        self.over = False

    def pass_time(self, seconds: float, hurried: bool = False) -> None:
        """Let `seconds` of the watcher's time pass; `hurried` leaves predictions for the strip to
        later pictures.
        """
        if self.predictions:
            self.predictions.look_on(self.moment, LOOKING if hurried else None)
        if self.paused or self.over:
            return
        length = len(self.recording) / self.recording.rate
        self._time = min(self._time + seconds * self.speed, length)
        if self._time < length:
            return
        self._ended += seconds
        # A mark in progress ends here.
        if self._ended >= PAUSE_AT_END and self.begun is None:
            self.over = self.number + 1 == len(self.album)
            if not self.over:
                self.go_to(self.number + 1)

    @property
    def notice(self) -> str:
        """What to say about this moment when there is nothing else to say."""
        if self.over:
            return "the end"
        return "end of the episode" if self._ended else ""

    def answer(self, action: str) -> str:
        """Do what a key of a replay asks for; what to tell about it."""
        steps = {"step": 1, "step_back": -1}
        jumps = {
            "back": -SHORT_JUMP,
            "forward": SHORT_JUMP,
            "far_back": -LONG_JUMP,
            "far_forward": LONG_JUMP,
        }
        if action in steps:
            self.paused = True
            self.seek(self.moment + steps[action])
        elif action in jumps:
            self.seek(self.moment + round(jumps[action] * self.recording.rate))
        elif action in ("first", "last"):
            self.seek(0 if action == "first" else len(self.recording) - 1)
        elif action == "pause":
            self.paused = not self.paused
        elif action in ("previous", "next"):
            return self.go_to(self.number + (1 if action == "next" else -1))
        elif action in ("faster", "slower"):
            place = SPEEDS.index(self.speed) + (1 if action == "faster" else -1)
            self.speed = SPEEDS[min(max(place, 0), len(SPEEDS) - 1)]
        elif action == "overlay":
            self.overlay = following(list(Overlay), self.overlay)
            return f"overlay: {self.overlay}"
        else:
            return self._mark(action)
        return ""

    def _mark(self, action: str) -> str:
        """Discard or restore; what was done, or why it could not be."""
        try:
            return self._restore() if action == "restore" else self._discard()
        except OSError as error:
            return f"the marks could not be written: {reason(error)}"

    def _discard(self) -> str:
        """Begin a stretch, or end the one that was begun and write it down."""
        if self.begun is None:
            self.begun = self.moment
            return "a discarded stretch begins here; D ends it"
        first, end = self._begun_stretch(self.begun)
        self.album.discard(self.number, (first, end))
        self.begun = None
        return f"{(end - first) / self.recording.rate:.1f} s are discarded; U restores them"

    def _restore(self) -> str:
        """Give up the stretch that was begun, or take away the mark under the playhead."""
        if self.begun is not None:
            self.begun = None
            return "the stretch that was begun is given up"
        for first, end in self.album.discarded(self.number):
            if first <= self.moment < end:
                self.album.restore(self.number, self.moment)
                return f"{(end - first) / self.recording.rate:.1f} s are restored"
        return "nothing is discarded here"
