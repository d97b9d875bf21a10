"""The identity of a dataset, and its cameras by name."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pilotnet.data.store import Dataset, Marks, write_marks
from tests.pilotnet.data.store.synthetic_drives import write_dataset


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "drives"
    write_dataset(root, boxes=True).close()
    return root


def test_the_fingerprint_of_a_dataset_does_not_depend_on_its_place(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = Dataset.open(root).fingerprint()
    shutil.copytree(root, tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    assert Dataset.open(Path("moved")).fingerprint() == fingerprint


def test_other_marks_make_another_dataset(root: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "other"))
    write_marks(other, Marks({0: ((2, 5),)}))
    assert Dataset.open(other).fingerprint() != Dataset.open(root).fingerprint()


def test_other_files_make_another_dataset(root: Path) -> None:
    known = Dataset.open(root)
    first, second, *rest = known.episodes
    swapped = replace(known, episodes=(replace(first, files=second.files), second, *rest))
    assert swapped.fingerprint() != known.fingerprint()


def test_further_episodes_make_another_dataset(root: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "longer", lengths=(12, 15, 10), boxes=True).close()
    assert Dataset.open(tmp_path / "longer").fingerprint() != Dataset.open(root).fingerprint()


def test_a_missing_camera_is_named_with_the_existing_ones(root: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"drives has no camera 'front', which is needed here; its cameras are left, centre, right",
    ):
        Dataset.open(root).camera("front")
