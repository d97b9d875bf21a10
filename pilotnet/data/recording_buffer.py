"""The tape: what a person drives goes into a dataset just as the recorder writes it, a few seconds
late so that it can be undone.

The last HELD seconds stay in memory; what leaves them is staged, and a stretch that ends is
committed as an episode. A stretch ends with the recording, at a new drive, in another weather or
light, and where something was discarded.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pilotnet.common.folders import StageFiles, output_folder, remove_written
from pilotnet.common.provenance import read_provenance, write_provenance
from pilotnet.common.settings import user_path
from pilotnet.data.record import holds_episodes
from pilotnet.data.store import DatasetWriter, EpisodeRecorder
from pilotnet.data.store.schema import DATASET_FILES
from sim.env import DrivingEnv, EnvConfig
from sim.scenario import Scenario, Split
from sim.types import Step

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

HELD = 15.0  # [s] in memory, about 70 MB of three cameras
DISCARDED = 5.0  # [s] at once
STAGE = StageFiles("drive", DATASET_FILES, holds_episodes, "the same command")


class BufferedStep(NamedTuple):
    """A tick on the tape: the number of its stretch, what was driven, the step, and whether it
    began late.
    """

    stretch: int
    scenario: Scenario
    step: Step
    late: bool

    def follows(self, other: "BufferedStep") -> bool:
        """Whether this is the tick after the other one in the same episode."""
        return (self.stretch, self.scenario, self.step.index) == (
            other.stretch,
            other.scenario,
            other.step.index + 1,
        )


class RecordingBuffer:
    """Records into a dataset while `recording`; see `sim.viewer.live.session.SessionRecorder`."""

    def __init__(self, writer: DatasetWriter, split: Split) -> None:
        self._writer = writer
        self._split = split
        self.recording = False
        self._frames = sum(episode.length for episode in writer.episodes)
        self._held: deque[BufferedStep] = deque()
        self._stretch = 0
        self._takes = count()
        self._recorder: EpisodeRecorder | None = None
        self._open = ExitStack()
        self._last: BufferedStep | None = None

    @property
    def seconds(self) -> float:
        """What the dataset holds and will hold when the recording stops now [s]."""
        return self._frames / self._writer.fps

    def add(self, step: Step, scenario: Scenario, late: bool = False) -> None:
        """Keep the next tick, and whether it began late; nothing happens while the tape stands
        still.
        """
        if not self.recording:
            return
        self._held.append(BufferedStep(self._stretch, scenario, step, late))
        self._frames += 1
        if len(self._held) > HELD * self._writer.fps:
            self._stage(self._held.popleft())

    def cut(self) -> None:
        """What comes next belongs to another episode."""
        self._stretch += 1

    def discard(self) -> float:
        """Drop the last DISCARDED seconds, less when less is held; how many there were [s]. The
        episode ends before them.
        """
        gone = min(len(self._held), round(DISCARDED * self._writer.fps))
        for _ in range(gone):
            self._held.pop()
        self._frames -= gone
        self.cut()
        return gone / self._writer.fps

    def stop(self) -> None:
        """Stop recording and commit what was recorded."""
        self.recording = False
        while self._held:
            self._stage(self._held.popleft())
        self._commit()
        self.cut()

    def abandon(self) -> None:
        """Stop recording and drop the present stretch, which could not be written; committed
        episodes stay. Raises nothing.
        """
        self.recording = False
        self._held.clear()
        with suppress(OSError):  # closing its videos may fail again; they are removed in any case
            self._open.close()
        self._recorder = None
        self._last = None
        self._frames = sum(episode.length for episode in self._writer.episodes)
        self.cut()

    def close(self) -> None:
        """Commit what was recorded and finish the dataset."""
        self.stop()
        self._writer.close()

    def _stage(self, kept: BufferedStep) -> None:
        """Record a tick for good, in a new episode where it does not follow the one before."""
        if self._last is None or not kept.follows(self._last):
            self._commit()
        if self._recorder is None:
            folder = self._writer.staging / f"take-{next(self._takes)}"
            writer = self._writer
            recorder = EpisodeRecorder(
                folder, writer.fps, writer.cameras, kept.scenario, writer.boxes, writer.quality
            )
            self._recorder = self._open.enter_context(recorder)
        self._recorder.add(kept.step, kept.late)
        self._last = kept

    def _commit(self) -> None:
        """Commit the episode that is staged, if one is."""
        if self._recorder is not None:
            with self._open:
                staged = self._recorder.finish()
            self._writer.commit(staged, self._split)
            self._recorder = None
            self._last = None


@contextmanager
def open_recording_buffer(
    out: Path, config: "DataclassInstance", env: EnvConfig, split: Split
) -> Iterator[RecordingBuffer]:
    """A tape for episodes of a split into the folder `out`, new or recorded this way before;
    without a recording no folder.

    Raises ValueError when something else lies in `out`, a dataset of other cameras or another rate,
    or one with later splits.
    """
    with output_folder(out, STAGE, resume=holds_episodes(user_path(out))) as folder:
        begun = holds_episodes(folder)
        tape = RecordingBuffer(
            _continued(folder, env, split) if begun else _begun(folder, config, env), split
        )
        try:
            yield tape
        finally:
            tape.close()
        if not holds_episodes(folder):
            remove_written(folder, STAGE)


def _begun(folder: Path, config: "DataclassInstance", env: EnvConfig) -> DatasetWriter:
    """A new dataset."""
    write_provenance(folder, STAGE.name, config, 0)
    return DatasetWriter.create(folder, env.rate, DrivingEnv(env).cameras, boxes=True)


def _continued(folder: Path, env: EnvConfig, split: Split) -> DatasetWriter:
    """A dataset to go on with."""
    read_provenance(folder, STAGE.name)
    writer = DatasetWriter.append(folder)
    if (writer.fps, writer.cameras) != (env.rate, DrivingEnv(env).cameras):
        raise ValueError(
            f"{folder} was recorded with other cameras or at another rate; record into another "
            f"folder"
        )
    splits = [episode.split for episode in writer.episodes]
    if split in splits and splits[-1] is not split:
        raise ValueError(
            f"split is {split.value!r}, but {folder} holds {splits[-1].value} drives after "
            f"those; the drives of a split must "
            "follow each other, so record into another folder"
        )
    return writer
