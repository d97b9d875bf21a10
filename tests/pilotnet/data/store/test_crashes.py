"""A recording that dies at any moment costs at most the episode in hand."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from pilotnet.data.store import Dataset, DatasetWriter, EpisodeRecorder
from sim.scenario import Split
from tests.conftest import contents
from tests.pilotnet.data.store.synthetic_drives import (
    CAMERAS,
    FPS,
    scenario,
    stage,
    steps,
    write_dataset,
)


def require_consistent(root: Path, lengths: list[int]) -> None:
    """Repaired by `append`, once and for all, and readable with exactly these episodes."""
    DatasetWriter.append(root).close()
    repaired = contents(root)
    DatasetWriter.append(root).close()
    assert contents(root) == repaired
    dataset = Dataset.open(root)
    dataset.check()
    assert [episode.length for episode in dataset.episodes] == lengths
    assert len([path for path in repaired if path.suffix == ".mp4"]) == 3 * len(lengths)


def killed(target: object, *arguments: object) -> None:
    """Run a function in a process that ends itself by SIGKILL."""
    process = multiprocessing.get_context("spawn").Process(target=target, args=arguments)  # type: ignore[arg-type]
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def die_while_staging(root: Path) -> None:
    writer = write_dataset(root, lengths=(12,), validation=())
    with EpisodeRecorder(writer.staging / "next", FPS, CAMERAS, scenario(1)) as recorder:
        for step in steps(30):
            recorder.add(step)
        os.kill(os.getpid(), signal.SIGKILL)


def test_killed_in_the_middle_of_an_episode(tmp_path: Path) -> None:
    killed(die_while_staging, tmp_path / "data")
    assert (tmp_path / "data/.staging/next").is_dir()
    assert len(Dataset.open(tmp_path / "data").episodes) == 1
    require_consistent(tmp_path / "data", [12])


def die_in_commit(root: Path, moment: str) -> None:
    """Commit an episode, and die in the second one just before a file whose path holds `moment`
    takes its place.
    """
    replace = Path.replace
    writer = write_dataset(root, lengths=(12,), validation=(), boxes=True)

    def replace_or_die(self: Path, target: Path) -> Path:
        if moment in str(target):
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(self, target)

    Path.replace = replace_or_die  # type: ignore[assignment, method-assign]
    writer.commit(stage(writer.staging / "next", 15, 1, boxes=True), Split.TRAIN)


@pytest.mark.parametrize(
    ("moment", "lengths"),
    [
        ("images.right", [12]),
        ("data/chunk-000", [12]),
        ("boxes/chunk-000", [12]),
        ("meta/episodes", [12]),
        ("meta/stats.json", [12, 15]),
        ("meta/info.json", [12, 15]),
    ],
)
def test_killed_while_committing(tmp_path: Path, moment: str, lengths: list[int]) -> None:
    root = tmp_path / "dataset"
    killed(die_in_commit, root, moment)
    require_consistent(root, lengths)
    assert len(list(root.glob("boxes/*/*"))) == len(lengths)


def test_appending_goes_on_where_the_dataset_ends(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    resumed = tmp_path / "resumed"
    write_dataset(whole, lengths=(12, 15), validation=(11,)).close()
    write_dataset(resumed, lengths=(12, 15), validation=()).close()
    writer = DatasetWriter.append(resumed)
    writer.commit(stage(writer.staging / "next", 11, 2, Split.VALIDATION), Split.VALIDATION)
    writer.close()
    assert contents(resumed) == contents(whole)


def test_a_dataset_has_one_writer_at_a_time(tmp_path: Path) -> None:
    writer = write_dataset(tmp_path, lengths=(12,), validation=())
    (writer.staging / "next").mkdir(parents=True)
    with pytest.raises(
        ValueError, match="is being written by this process; wait for it, or choose another folder"
    ):
        DatasetWriter.append(tmp_path)
    assert (writer.staging / "next").is_dir()
    writer.close()
    DatasetWriter.append(tmp_path).close()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_drive_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with EpisodeRecorder(tmp_path / "next", FPS, CAMERAS, scenario(0)) as recorder:
            recorder.add(steps(1)[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
