"""Whatever is wrong with a dataset, or with what is given to its writer, is said in one line that
names it.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pilotnet.data.store import Dataset, DatasetWriter, EpisodeRecorder
from sim.geometry.camera import Camera
from sim.scenario import Split
from sim.types import Observation
from tests.pilotnet.data.store.synthetic_drives import (
    CAMERAS,
    FPS,
    as_recorded_earlier,
    edit_info,
    scenario,
    stage,
    steps,
    write_dataset,
)

DATA = "data/chunk-000/file-001.parquet"
META = "meta/episodes/chunk-000/file-001.parquet"
VIDEO = "videos/observation.images.left/chunk-000/file-001.mp4"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "drives"
    write_dataset(root).close()
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    """A copy of a sound dataset, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / "drives"))


def truncate(path: Path, share: float = 0.7) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])


def shorten(path: Path) -> None:
    pq.write_table(pq.ParquetFile(path).read().slice(0, 3), path)


def refused(root: Path, words: str) -> None:
    """Opening fails with one line holding `words`."""
    with pytest.raises(ValueError, match=words) as caught:
        Dataset.open(root)
    assert "\n" not in str(caught.value)


def test_a_missing_folder(tmp_path: Path) -> None:
    refused(
        tmp_path / "none",
        r"none does not exist; a dataset is a folder written by `pilotnet record`",
    )


def test_a_folder_that_is_not_a_dataset(tmp_path: Path) -> None:
    refused(tmp_path, r"is not a dataset: it has no meta/info\.json")


INFO_EDITS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "version": (
        lambda info: info.update(codebase_version="v2.1"),
        r"codebase_version 'v2\.1'; it must be 'v3\.0'",
    ),
    "foreign": (
        lambda info: info.pop("pilotnet"),
        "is a LeRobot dataset, but was not recorded by PilotNet",
    ),
    "schema": (
        lambda info: info["pilotnet"].update(schema_version=9),
        "schema_version 9; this version reads 1",
    ),
    "features": (
        lambda info: info["features"].pop("action"),
        "has other features than schema version 1",
    ),
    "camera": (
        lambda info: info["pilotnet"]["cameras"]["left"].update(lens=1),
        "has no usable fps, cameras and videos: .*lens",
    ),
    "fps": (lambda info: info.update(fps=0), "has no usable fps, cameras and videos: fps is 0"),
    "frames": (
        lambda info: info.update(total_frames=7),
        r"total_frames 7, but meta/episodes has 38; the recording was",
    ),
    "episodes": (
        lambda info: info.update(total_episodes=4),
        "counts 4 episodes, but meta/episodes has 3; files are missing: .*check .* --mend",
    ),
}


@pytest.mark.parametrize(("edit", "words"), INFO_EDITS.values(), ids=INFO_EDITS)
def test_an_info_file_of_another_kind(
    root: Path, edit: Callable[[dict[str, Any]], object], words: str
) -> None:
    edit_info(root, edit)
    refused(root, words)


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_an_info_file_that_is_no_json_object(root: Path, text: str) -> None:
    (root / "meta/info.json").write_text(text)
    refused(root, r"info\.json (is not readable JSON|holds a list)")


DAMAGES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "truncated data": (
        DATA,
        truncate,
        r"file-001\.parquet is not a readable parquet file; it is damaged or truncated",
    ),
    "short data": (DATA, shorten, r"file-001\.parquet holds 3 rows; the episode has 15 frames"),
    "missing data": (DATA, Path.unlink, r"data/chunk-000/file-001\.parquet is missing"),
    "truncated meta": (
        META,
        truncate,
        r"meta/episodes/chunk-000/file-001\.parquet is not a readable parquet file",
    ),
    "empty meta": (
        META,
        lambda path: pq.write_table(pq.ParquetFile(path).read().slice(0, 0), path),
        "describes 0 episodes",
    ),
    "missing meta": (META, Path.unlink, "has no episode 1, but later ones"),
    "truncated video": (
        VIDEO,
        truncate,
        r"file-001\.mp4 is truncated: it ends before its last frame",
    ),
    "video without header": (
        VIDEO,
        lambda path: truncate(path, 0.02),
        r"file-001\.mp4 is not a readable video",
    ),
    "missing video": (VIDEO, Path.unlink, r"file-001\.mp4 is missing"),
    "shorter video": (
        VIDEO,
        lambda path: shutil.copy(path.with_name("file-002.mp4"), path),
        "11 frames; the episode has 15",
    ),
}


@pytest.mark.parametrize(("name", "damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file(
    root: Path, name: str, damage: Callable[[Path], object], words: str
) -> None:
    damage(root / name)
    refused(root, words)


def test_episodes_whose_meta_files_got_lost_are_not_taken_for_leftovers(root: Path) -> None:
    shutil.rmtree(root / "meta/episodes")
    with pytest.raises(ValueError, match="counts 3 episodes, but meta/episodes has 0"):
        DatasetWriter.append(root)
    assert (root / DATA).exists()


@pytest.mark.parametrize("name", [DATA, META, VIDEO])
def test_nothing_is_appended_to_a_damaged_dataset(root: Path, name: str) -> None:
    truncate(root / name)
    with pytest.raises(ValueError, match="file-001"):
        DatasetWriter.append(root)
    assert (root / name).exists()


def test_the_check_finds_damage_inside_a_video(root: Path) -> None:
    path = root / VIDEO
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3] + bytes(len(content) - len(content) * 2 // 3))
    dataset = Dataset.open(root)
    with pytest.raises(ValueError, match=r"file-001\.mp4"):
        dataset.check()


def test_the_check_finds_a_data_file_of_another_episode(root: Path) -> None:
    as_recorded_earlier(root)
    table = pq.ParquetFile(root / DATA).read()
    moved = table.set_column(
        table.column_names.index("index"),
        "index",
        pq.ParquetFile(root / DATA).read()["frame_index"],
    )
    pq.write_table(moved, root / DATA)
    with pytest.raises(ValueError, match="wrong values in column 'index'"):
        Dataset.open(root).check()


def test_a_dataset_is_not_begun_on_top_of_another(root: Path) -> None:
    with pytest.raises(
        ValueError, match=r"already holds meta/episodes/.*; choose another folder or delete it"
    ):
        DatasetWriter.create(root, FPS, CAMERAS)


def test_the_episodes_of_a_split_stay_together(root: Path) -> None:
    writer = DatasetWriter.append(root)
    staged = stage(writer.staging / "next", 5, 9)
    with pytest.raises(
        ValueError, match="split is 'train', but 'validation' episodes have followed"
    ):
        writer.commit(staged, Split.TRAIN)
    with pytest.raises(ValueError, match="split is 'dev'; it must be one of"):
        writer.commit(staged, "dev")
    assert len(writer.episodes) == 3


def test_a_staged_episode_of_another_size_is_not_committed(root: Path) -> None:
    writer = DatasetWriter.append(root)
    staged = replace(stage(writer.staging / "next", 5, 9, Split.VALIDATION), length=6)
    with pytest.raises(ValueError, match=r"left\.mp4 holds 5 frames; the episode has 6"):
        writer.commit(staged, Split.VALIDATION)
    Dataset.open(root).check()


def test_a_recorder_wants_steps_frames_and_a_folder_of_its_own(tmp_path: Path) -> None:
    step = steps(1)[0]
    with EpisodeRecorder(tmp_path / "next", FPS, CAMERAS, scenario(0)) as recorder:
        with pytest.raises(ValueError, match="rural-0 has no steps"):
            recorder.finish()
        with pytest.raises(ValueError, match="step 0 has no frame of camera 'left'"):
            recorder.add(replace(step, observation=Observation(1.0)))
        with pytest.raises(ValueError, match=r"next already exists"):
            EpisodeRecorder(tmp_path / "next", FPS, CAMERAS, scenario(0))


def test_cameras_of_odd_size_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"camera size is 33 x 20 px; H.264 needs both to be even"):
        EpisodeRecorder(
            tmp_path / "next", FPS, {"centre": Camera(width=33, height=20)}, scenario(0)
        )
    assert not (tmp_path / "next").exists()
