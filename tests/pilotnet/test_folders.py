"""Output folders: never overwritten, never half-written, and they say where they come from."""

import math
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pilotnet.folders import (
    atomic_path,
    new_folder,
    output_folder,
    read_provenance,
    require_same_settings,
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


FULL_DISK = """
import resource, sys
from pathlib import Path
from pilotnet.folders import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path("weights"), b"x" * 2_000_000)
except OSError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_without_space_a_line_says_how_much_is_needed_and_where_and_the_former_file_stays(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("former")
    command = [sys.executable, "-c", FULL_DISK]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60).stdout
    assert re.fullmatch(r"weights needs 2\.0 MB; \. has \d+\.\d MB free \(File too large\)\n", said)
    assert (tmp_path / "weights").read_text() == "former"
    assert [path.name for path in tmp_path.iterdir()] == ["weights"]


def test_settings_are_compared_one_by_one(tmp_path: Path) -> None:
    before = {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.5}}}
    require_same_settings(tmp_path, before, {**before, "data": "b"}, ignored=("data",))
    with pytest.raises(ValueError, match=r"^augmentation\.shift is 0\.1, but .* was begun with 0\.5; it can only be resumed"):
        require_same_settings(tmp_path, before, {"data": "a", "config": {"epochs": 3, "augmentation": {"shift": 0.1}}})
    with pytest.raises(ValueError, match=r"^epochs is None, but .* was begun with 3"):
        require_same_settings(tmp_path, before, {"data": "a", "config": {"augmentation": {"shift": 0.5}}})
