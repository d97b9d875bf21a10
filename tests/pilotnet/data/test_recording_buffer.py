"""The tape: what is on it becomes episodes, and what is discarded does not."""

import errno
import os
import signal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pilotnet.common.interrupts import Interrupted
from pilotnet.data.recording_buffer import DISCARDED, HELD, RecordingBuffer, open_recording_buffer
from pilotnet.data.store import Dataset, EpisodeRecorder
from pilotnet.data.store.schema import DIGESTS_COLUMN, LATE_COLUMN, episode_path
from pilotnet.live.drive import DriveConfig
from sim.env import DrivingEnv, EnvConfig
from sim.expert import Expert
from sim.geometry.camera import Camera
from sim.rollout import rollout
from sim.scenario import Scenario, Split
from sim.types import Step
from tests.pilotnet.data.store.synthetic_drives import as_recorded_earlier

ENV = EnvConfig(cameras=("centre",), camera=Camera(64, 32, 35.0, 13.0))
SCENARIO = Scenario("rural", seed=2, length=400.0)  # type: ignore[arg-type]
DISCARDED_TICKS = round(DISCARDED * ENV.rate)
HELD_TICKS = round(HELD * ENV.rate)


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    env = DrivingEnv(ENV)
    return [
        step
        for step, _ in zip(
            rollout(env, Expert(env), SCENARIO, boxes=True), range(200), strict=False
        )
    ]


def play(tape: RecordingBuffer, steps: list[Step]) -> None:
    for step in steps:
        tape.add(step, SCENARIO)


def labels(folder: Path) -> list[np.ndarray]:
    dataset = Dataset.open(folder)
    return [dataset.signals(episode).curvature for episode in dataset.episodes]


def test_what_is_recorded_is_the_drive_and_nothing_else(steps: list[Step], tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        play(tape, steps[:10])
        tape.recording = True
        play(tape, steps[10:40])
        assert tape.seconds == 3.0
        tape.stop()
        play(tape, steps[40:60])
    (curvatures,) = labels(tmp_path / "data")
    np.testing.assert_allclose(
        curvatures, [step.control.curvature for step in steps[10:40]], rtol=1e-6
    )
    dataset = Dataset.open(tmp_path / "data")
    assert [episode.split for episode in dataset.episodes] == [Split.TRAIN]
    assert not (tmp_path / "data" / ".staging").exists()


def test_late_ticks_are_told_apart_in_what_is_recorded(steps: list[Step], tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        for number, step in enumerate(steps[:30]):
            tape.add(step, SCENARIO, late=number in (4, 17))
        tape.cut()
        play(tape, steps[30:40])
    dataset = Dataset.open(tmp_path / "data")
    assert [episode.late for episode in dataset.episodes] == [(4, 17), ()]
    assert "2 ticks late" in str(dataset.summary())


def test_an_earlier_recording_gets_the_same_meta_columns_when_it_is_gone_on_with(
    steps: list[Step], tmp_path: Path
) -> None:
    for _ in range(2):
        with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
            tape.recording = True
            play(tape, steps[:5])
        path = episode_path(tmp_path / "data", 0)
        table = pq.read_table(path, partitioning=None)
        if len(tape_episodes := Dataset.open(tmp_path / "data").episodes) == 1:
            as_recorded_earlier(tmp_path / "data")
            pq.write_table(table.drop_columns([LATE_COLUMN, DIGESTS_COLUMN]), path)
            assert Dataset.open(tmp_path / "data").episodes == tape_episodes
    assert (
        table.schema == pq.read_table(episode_path(tmp_path / "data", 1), partitioning=None).schema
    )


def test_discarding_removes_exactly_five_seconds_and_ends_the_episode(
    steps: list[Step], tmp_path: Path
) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps[:120])
        assert tape.discard() == DISCARDED == 5.0
        assert tape.seconds == 7.0
        play(tape, steps[120:130])
    first, second = labels(tmp_path / "data")
    assert (len(first), len(second)) == (120 - DISCARDED_TICKS, 10)
    np.testing.assert_allclose(
        second, [step.control.curvature for step in steps[120:130]], rtol=1e-6
    )


def test_only_what_is_still_held_can_be_discarded(steps: list[Step], tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps)
        assert [tape.discard() for _ in range(4)] == [5.0, 5.0, 5.0, 0.0]
    assert [len(one) for one in labels(tmp_path / "data")] == [len(steps) - HELD_TICKS]


def test_a_cut_and_a_gap_each_begin_another_episode(steps: list[Step], tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps[:12])
        tape.cut()
        play(tape, steps[12:20])
        play(tape, steps[30:35])
    assert [len(one) for one in labels(tmp_path / "data")] == [12, 8, 5]


def test_a_second_sitting_goes_on_with_the_same_dataset(steps: list[Step], tmp_path: Path) -> None:
    for _ in range(2):
        with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
            tape.recording = True
            play(tape, steps[:10])
    assert tape.seconds == 2.0
    assert [len(one) for one in labels(tmp_path / "data")] == [10, 10]


def test_without_a_recording_nothing_is_left(tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("linked", [True, False])
def test_without_a_recording_an_empty_folder_stays_empty(tmp_path: Path, linked: bool) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with open_recording_buffer(
        tmp_path / ("link" if linked else "real"), DriveConfig(), ENV, Split.TRAIN
    ):
        pass
    assert {path.name for path in tmp_path.rglob("*")} == {"real", "link"}


def test_two_tapes_do_not_record_into_one_dataset(steps: list[Step], tmp_path: Path) -> None:
    for _ in range(2):
        with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
            with (
                pytest.raises(ValueError, match="data is being written by this process"),
                open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN),
            ):
                pass
            tape.recording = True
            play(tape, steps[:5])
    assert [len(one) for one in labels(tmp_path / "data")] == [5, 5]


def test_a_tape_that_is_ended_by_a_signal_keeps_what_was_driven(
    steps: list[Step], tmp_path: Path
) -> None:
    def drive_until_the_terminal_closes() -> None:
        with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
            tape.recording = True
            play(tape, steps[:5])
            raise Interrupted(signal.SIGHUP)

    for drive in (1, 2):
        with pytest.raises(
            Interrupted,
            match="ended by SIGHUP; what was finished is kept, the same command goes on from there",
        ):
            drive_until_the_terminal_closes()
        assert [len(one) for one in labels(tmp_path / "data")] == [5] * drive


def test_after_a_killed_drive_without_an_episode_a_new_one_starts(
    steps: list[Step], tmp_path: Path
) -> None:
    (tmp_path / "data" / "meta").mkdir(parents=True)
    for name, text in (
        (".unfinished", "drive"),
        ("drive.yaml", "half"),
        ("meta/info.json", "{}"),
        ("README.md", "half"),
    ):
        (tmp_path / "data" / name).write_text(text)
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps[:5])
    assert [len(one) for one in labels(tmp_path / "data")] == [5]


def test_another_rig_and_other_datasets_are_refused(steps: list[Step], tmp_path: Path) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps[:5])
    with (
        pytest.raises(ValueError, match="other cameras"),
        open_recording_buffer(tmp_path / "data", DriveConfig(), EnvConfig(), Split.TRAIN),
    ):
        pass
    (tmp_path / "data" / "drive.yaml").unlink()
    with (
        pytest.raises(ValueError, match="was not written by `pilotnet drive`"),
        open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN),
    ):
        pass
    assert len(labels(tmp_path / "data")) == 1


def test_validation_drives_follow_the_training_ones_and_not_the_other_way_round(
    steps: list[Step], tmp_path: Path
) -> None:
    for split in (Split.TRAIN, Split.VALIDATION):
        with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, split) as tape:
            tape.recording = True
            play(tape, steps[:5])
    assert [episode.split for episode in Dataset.open(tmp_path / "data").episodes] == [
        Split.TRAIN,
        Split.VALIDATION,
    ]
    with (
        pytest.raises(ValueError, match="holds validation drives after those"),
        open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN),
    ):
        pass


def test_a_stretch_that_cannot_be_written_is_dropped_and_the_others_stay(
    steps: list[Step], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_recording_buffer(tmp_path / "data", DriveConfig(), ENV, Split.TRAIN) as tape:
        tape.recording = True
        play(tape, steps[:20])
        tape.stop()
        tape.recording = True
        with monkeypatch.context() as full:
            full.setattr(EpisodeRecorder, "add", refuse_write)
            with pytest.raises(OSError, match="No space left"):
                play(tape, steps[20:])
            tape.abandon()
        assert (tape.recording, tape.seconds) == (False, 2.0)
        tape.recording = True
        play(tape, steps[60:90])
    assert [len(label) for label in labels(tmp_path / "data")] == [20, 30]
    assert not (tmp_path / "data" / ".staging").exists()


def refuse_write(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "centre.mp4")
