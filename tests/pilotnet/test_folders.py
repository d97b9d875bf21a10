"""Output folders: never overwritten, never half-written, and they say where they come from."""

import math
from dataclasses import dataclass
from pathlib import Path

import pytest

from pilotnet.folders import (
    atomic_path,
    new_folder,
    output_folder,
    read_provenance,
    source_revision,
    write_json,
    write_provenance,
    write_text,
)
from sim.scenario import Split


@dataclass(frozen=True)
class Config:
    """Settings of a made-up stage."""

    split: Split = Split.TEST
    sizes: tuple[int, ...] = (1, 2)
    out: Path = Path("somewhere")


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValueError, match=f"{tmp_path} already holds something; choose another folder"):
        new_folder(tmp_path)
    with pytest.raises(ValueError, match="already holds"), output_folder(tmp_path):
        pytest.fail("the body must not run")
    with (
        pytest.raises(ValueError, match="delete it, or go on with it by --resume"),
        output_folder(tmp_path, resumable=Path.exists),
    ):
        pytest.fail("the body must not run")
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_an_empty_folder_and_a_new_one_are_taken(tmp_path: Path) -> None:
    assert new_folder(tmp_path) == tmp_path
    assert new_folder(tmp_path / "deep" / "er").is_dir()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="file is a file; choose another folder"):
        new_folder(tmp_path / "file")


def test_only_what_exists_can_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to resume"):
        new_folder(tmp_path / "none", resume=True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_stage_that_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    def fail(path: Path) -> None:
        with output_folder(path) as folder:
            (folder / "half").touch()
            raise error

    with pytest.raises(error):
        fail(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(error):
        fail(tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == []


def test_work_that_can_be_resumed_survives_a_failure(tmp_path: Path) -> None:
    def fail(resume: bool) -> None:
        with output_folder(tmp_path / "out", resume, lambda folder: (folder / "done").exists()) as folder:
            (folder / "done").touch()
            raise RuntimeError

    for resume in (False, True):
        with pytest.raises(RuntimeError):
            fail(resume)
        assert (tmp_path / "out" / "done").exists()


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write_text(path, "old")

    def fail() -> None:
        with atomic_path(path) as temporary:
            temporary.write_text("ne")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text() == "old"
    with pytest.raises(ValueError, match="JSON"):
        write_json(path, math.nan)
    write_text(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_provenance_comes_back_in_plain_values(tmp_path: Path) -> None:
    write_provenance(tmp_path, "train", Config(), seed=3)
    values = read_provenance(tmp_path, "train")
    assert values["config"] == {"split": "test", "sizes": [1, 2], "out": "somewhere"}
    assert (values["stage"], values["seed"]) == ("train", 3)
    assert values["revision"] == source_revision()


@pytest.mark.parametrize("text", ["a: [", "- 1", "stage: train", "!!python/object:os.system {}"])
def test_provenance_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "train.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"train\.yaml"):
        read_provenance(tmp_path, "train")


def test_a_folder_of_another_stage_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="was not written by `pilotnet train`"):
        read_provenance(tmp_path, "train")
