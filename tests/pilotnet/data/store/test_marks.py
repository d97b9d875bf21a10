"""Marks of discarded frames: written beside the data, read, checked, and left out of training."""

from pathlib import Path

import numpy as np
import pytest

from pilotnet.data.store import Dataset, Marks, write_marks
from pilotnet.data.store.schema import MARKS_PATH
from pilotnet.evaluation.report.views import choose_samples
from pilotnet.modular.detection.detection_data import load_pictures
from pilotnet.modular.detection.score_detector import look
from pilotnet.modular.records import Detection
from pilotnet.training.samples import Augmentation, load_training_frames, target_speed
from pilotnet.training.viewpoint import ViewCamera
from sim.scenario import Split
from tests.pilotnet.data.store.synthetic_drives import write_dataset


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Episodes of 12 and 15 training frames and 11 validation frames, with boxes."""
    write_dataset(tmp_path / "data", boxes=True)
    return tmp_path / "data"


def test_marks_come_back_as_they_were_written(root: Path) -> None:
    dataset = Dataset.open(root)
    one, other, _ = dataset.episodes
    marks = Marks().discard(other, 3, 7).discard(one, 0, 2).discard(other, 9, 15)
    write_marks(root, marks)
    assert Dataset.open(root).marks == marks
    assert Dataset.open(root).kept(1) == ((0, 3), (7, 9))
    assert Dataset.open(root).kept(2) == ((0, 11),)
    assert [path.name for path in root.glob("*marks*")] == [MARKS_PATH]


def test_stretches_that_touch_grow_together_and_are_restored_as_one(root: Path) -> None:
    episode = Dataset.open(root).episodes[0]
    marks = Marks().discard(episode, 2, 4).discard(episode, 6, 8).discard(episode, 4, 6)
    assert marks.discarded(episode) == ((2, 8),)
    assert marks.restore(episode, 8) == marks
    assert marks.restore(episode, 7) == Marks()


def test_marking_changes_nothing_that_was_recorded(root: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    dataset = Dataset.open(root)
    write_marks(root, Marks().discard(dataset.episodes[0], 0, 12))
    assert {path: path.read_bytes() for path in before} == before
    marked = Dataset.open(root)
    assert len(marked.signals(0)) == 12
    marked.check()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("discarded: {0: [[1, 5", "is not readable YAML"),
        ("- 3", "must hold the key discarded alone"),
        ("discarded: {0: [[1, 5]]}\nlost: 1", "must hold the key discarded alone"),
        ("discarded: {0: [[1, 5, 9]]}", "pairs"),
        ("discarded: {0: [[true, 5]]}", "pairs"),
        ("discarded: {zero: [[1, 5]]}", "pairs"),
        ("discarded: {7: [[1, 5]]}", "it marks episode 7; the dataset has 3"),
        ("discarded: {0: [[5, 13]]}", r"\[5, 13\); it must lie within its 12 frames"),
        ("discarded: {0: [[5, 5]]}", r"\[5, 5\)"),
        ("discarded: {0: [[1, 5], [5, 8]]}", "touch or are out of order"),
    ],
)
def test_damaged_marks_are_refused_in_one_line(root: Path, text: str, says: str) -> None:
    (root / MARKS_PATH).write_text(text)
    with pytest.raises(ValueError, match=says) as error:
        Dataset.open(root)
    assert str(root / MARKS_PATH) in str(error.value)
    assert "\n" not in str(error.value)


def test_the_summary_says_how_much_is_discarded(root: Path) -> None:
    dataset = Dataset.open(root)
    assert "discarded" not in str(dataset.summary())
    write_marks(root, Marks().discard(dataset.episodes[1], 0, 12))
    summary = Dataset.open(root).summary()
    assert (summary.frames, summary.discarded) == (38, pytest.approx(1.2))
    assert "0.1 min, 0.0 min of them discarded" in str(summary)


def test_training_leaves_out_what_is_discarded_and_looks_into_none_of_it(root: Path) -> None:
    dataset = Dataset.open(root)
    whole = load_training_frames(dataset, Split.TRAIN, ViewCamera(), Augmentation())
    write_marks(
        root, Marks().discard(dataset.episodes[0], 8, 12).discard(dataset.episodes[1], 4, 6)
    )
    kept = load_training_frames(Dataset.open(root), Split.TRAIN, ViewCamera(), Augmentation())
    frame_numbers = [*range(8), *range(12, 16), *range(18, 27)]
    np.testing.assert_array_equal(kept.frames, whole.frames[:, frame_numbers])
    np.testing.assert_array_equal(kept.curvature, whole.curvature[frame_numbers])
    speed = whole.speed
    stretches = [
        target_speed(speed[first:end], dataset.fps) for first, end in ((0, 8), (12, 16), (18, 27))
    ]
    np.testing.assert_array_equal(kept.target_speed, np.concatenate(stretches))


def test_a_split_of_which_nothing_is_kept_is_refused(root: Path) -> None:
    episode = Dataset.open(root).episodes[2]
    write_marks(root, Marks().discard(episode, 0, 11))
    with pytest.raises(ValueError, match=r"every validation frame of .* is marked as discarded"):
        load_training_frames(Dataset.open(root), Split.VALIDATION, ViewCamera(), Augmentation())
    with pytest.raises(ValueError, match=r"every validation frame of .* is marked as discarded"):
        load_pictures(Dataset.open(root), Split.VALIDATION, False, 1)


def test_a_detector_learns_from_the_kept_pictures_among_those_it_takes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pilotnet.modular.detection.detection_data.strip_rows", lambda _: (0, 32)
    )  # these pictures are low
    dataset = Dataset.open(root)
    whole = load_pictures(dataset, Split.TRAIN, False, 2)
    write_marks(root, Marks().discard(dataset.episodes[0], 3, 7))
    kept = load_pictures(Dataset.open(root), Split.TRAIN, False, 2)
    # Of frames 0, 2, 4, ... the pictures 4 and 6 are gone.
    rest = [number for number in range(whole.size) if number not in (2, 3)]
    np.testing.assert_array_equal(kept.strips, whole.strips[rest])
    np.testing.assert_array_equal(kept.labels.edges, whole.labels.edges[rest])


class Noting:
    """A detector that finds nothing and notes what it is shown."""

    person = False

    def __init__(self) -> None:
        self.shown: list[np.ndarray] = []

    def detect(self, frame: np.ndarray) -> list[Detection]:
        self.shown.append(frame)
        return []


def test_a_detector_is_scored_on_the_kept_pictures_alone(root: Path) -> None:
    dataset = Dataset.open(root)
    write_marks(root, Marks().discard(dataset.episodes[0], 3, 7))
    detector = Noting()
    pictures = look(detector, Dataset.open(root), dataset.episodes[0], 2)  # type: ignore[arg-type]
    np.testing.assert_array_equal(detector.shown, dataset.frames(0, "centre")[[0, 2, 8, 10]])
    assert len(pictures) == 4


def test_the_report_shows_no_moment_that_is_discarded(root: Path) -> None:
    dataset = Dataset.open(root)
    chosen = choose_samples(dataset)[2]
    write_marks(root, Marks().discard(chosen.episode, chosen.row, chosen.row + 1))
    others = choose_samples(Dataset.open(root))
    assert (chosen.episode, chosen.row) not in [(moment.episode, moment.row) for moment in others]
    marks = Marks()
    for episode in dataset.episodes:
        marks = marks.discard(episode, 0, episode.length)
    write_marks(root, marks)
    with pytest.raises(ValueError, match=r"every frame of .* is marked as discarded"):
        choose_samples(Dataset.open(root))


def test_a_split_without_episodes_says_how_to_record_some(root: Path) -> None:
    with pytest.raises(ValueError, match=r"has no test episode; record some with --test-episodes"):
        Dataset.open(root).kept_of(Split.TEST)
