"""Digests and limits detect damage that leaves files readable; a damaged last episode can be set
aside.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pilotnet.common.reading import DamagedFileError
from pilotnet.data.store import Dataset, DatasetWriter, Quality
from pilotnet.data.store.parquet_files import read_table
from pilotnet.data.store.video import VideoEncoder, check_video, decode_frames
from sim.scenario import Split
from sim.types import Control
from tests.conftest import contents
from tests.pilotnet.data.store.synthetic_drives import (
    CAMERAS,
    FPS,
    as_recorded_earlier,
    edit_info,
    picture,
    stage,
    steps,
    write_dataset,
)  # fmt: skip

DATA = "data/chunk-000/file-001.parquet"
META = "meta/episodes/chunk-000/file-001.parquet"
BOXES = "boxes/chunk-000/file-001.parquet"
VIDEO = "videos/observation.images.left/chunk-000/file-001.mp4"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "drives"
    write_dataset(root, boxes=True).close()
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    """A copy of an undamaged dataset, for tests to damage."""
    return Path(shutil.copytree(sound, tmp_path / "drives"))


def flip(path: Path, share: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(share * len(content))] ^= 1
    path.write_bytes(content)


def change(path: Path, column: str, row: int, value: object) -> None:
    table = pq.ParquetFile(path).read()
    values = table.column(column).to_pylist()
    values[row] = value
    place = table.column_names.index(column)
    pq.write_table(
        table.set_column(
            place, table.schema.field(place), pa.array(values, table.schema.types[place])
        ),
        path,
    )


def test_a_video_of_one_frame_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    with VideoEncoder(path, FPS, 64, 32) as encoder:
        encoder.add(picture(0, 0, CAMERAS["centre"]))
    check_video(path, 1, 64, 32, Quality.SMALL)
    assert len(list(decode_frames(path, range(1)))) == 1


def test_the_check_of_a_video_reads_no_freed_memory(sound: Path, tmp_path: Path) -> None:
    """With MALLOC_PERTURB_, glibc overwrites freed memory with a pattern, so that reading it gives
    wrong sizes.
    """
    code = (
        "import sys; from pathlib import Path; from pilotnet.data.store.video import Quality, "
        "check_video; path = Path(sys.argv[1]);"
        "check_video(path, 15, 64, 32, Quality.SMALL); path.write_bytes(path.read_bytes()[:-1]);"
        "check_video(path, 15, 64, 32, Quality.SMALL)"
    )
    copy = Path(shutil.copy(sound / VIDEO, tmp_path))
    environment = os.environ | {"MALLOC_PERTURB_": "90"}
    command = [sys.executable, "-c", code, str(copy)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=100
    )
    assert copy.stat().st_size < (sound / VIDEO).stat().st_size, done.stderr
    assert done.stderr.strip().endswith("is truncated: it ends before its last frame")


@pytest.mark.parametrize("name", [DATA, BOXES, VIDEO])
def test_a_flipped_bit_is_found_by_the_check_and_when_the_file_is_read(
    root: Path, name: str
) -> None:
    flip(root / name)
    with pytest.raises(
        DamagedFileError, match=rf"{Path(name).name} was changed after it was written"
    ):
        Dataset.open(root).verify()
    dataset = Dataset.open(root)
    with pytest.raises(
        DamagedFileError, match=rf"{Path(name).name} was changed after it was written"
    ):
        (dataset.signals(1), dataset.boxes(1), dataset.frames(1, "left"))


def test_a_file_is_hashed_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = Dataset.open(root).verify()
    monkeypatch.setattr("pilotnet.data.store.reader.check_file", None)
    assert len(dataset.frames(0, "left")) == 12
    assert len(dataset.signals(0)) == 12


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("length", 14),
        ("scenario", '{"road": "rural", "seed": 33}'),
        ("split", "test"),
        ("stats/action/mean", [0.5]),
        ("digests", "{}"),
    ],
)
def test_a_changed_meta_file_is_found(root: Path, column: str, value: object) -> None:
    change(root / META, column, 0, value)
    with pytest.raises(DamagedFileError, match=r"file-001\.parquet"):
        Dataset.open(root).check()


def test_a_changed_setting_in_the_info_file_is_found(root: Path) -> None:
    edit_info(root, lambda info: info["pilotnet"]["cameras"]["left"].update(focal=36.0))
    with pytest.raises(DamagedFileError, match=r"info\.json was changed after it was written"):
        Dataset.open(root)


def test_digests_cannot_be_left_out(root: Path) -> None:
    pq.write_table(pq.ParquetFile(root / META).read().drop_columns(["digests"]), root / META)
    with pytest.raises(DamagedFileError, match=r"file-001\.parquet has no digests"):
        Dataset.open(root)


def test_wrong_statistics_are_found_and_written_again(root: Path) -> None:
    stats = json.loads((root / "meta/stats.json").read_text())
    stats["action"]["mean"] = [0.3]
    (root / "meta/stats.json").write_text(json.dumps(stats))
    with pytest.raises(
        DamagedFileError,
        match=r"stats\.json does not hold the statistics of the episodes; `pilotnet check",
    ):
        Dataset.open(root).check()
    assert DatasetWriter.mend(root) == []
    Dataset.open(root).check()


def test_an_earlier_dataset_is_read_and_gets_digests_when_it_is_continued(
    root: Path, sound: Path
) -> None:
    as_recorded_earlier(root)
    dataset = Dataset.open(root)
    dataset.check()
    assert dataset.episodes == Dataset.open(sound).episodes
    assert dataset.episodes[0].files is None
    DatasetWriter.append(root).close()
    Dataset.open(root).check()
    for path in sorted(sound.glob("meta/episodes/*/*")):
        assert (
            pq.ParquetFile(root / path.relative_to(sound))
            .read()
            .equals(pq.ParquetFile(path).read())
        )
    assert (root / "meta/info.json").read_bytes() == (sound / "meta/info.json").read_bytes()


@pytest.mark.parametrize(
    ("name", "column", "value", "says"),
    [
        (
            DATA,
            "observation.state",
            np.nan,
            r"observation\.state nan in row 3; it must be 0 to 150",
        ),
        (DATA, "observation.state", -2.0, r"observation\.state -2.0 in row 3"),
        (DATA, "action", np.inf, r"action inf in row 3; it must be -1 to 1"),
        (DATA, "action", 1.5, r"action 1.5 in row 3"),
        (DATA, "ego.pose", [0.0, np.nan, 0.0], r"ego\.pose \[0.0, nan, 0.0\] in row 3"),
        (DATA, "intervention", "whim", "intervention 'whim' in row 3; it must be a cause"),
        (DATA, "t_sim", None, "a row without a value in column t_sim"),
        (BOXES, "visible", 1.5, "visible 1.5 in row 3; it must be 0 to 1"),
        (BOXES, "left", np.nan, "left nan in row 3; it must be 0 to 64"),
        (BOXES, "right", 3.0, "right 3.0 in row 3; it must be left to 64"),
        (BOXES, "bottom", 40.0, "bottom 40.0 in row 3; it must be top to 32"),
        (BOXES, "kind", "ghost", "kind 'ghost' in row 3"),
        (BOXES, "frame", 0, "frame 0 in row 3; it must be not below that of the row before"),
    ],
)
def test_impossible_values_are_refused_with_file_column_and_row(
    root: Path, name: str, column: str, value: object, says: str
) -> None:
    as_recorded_earlier(root)
    change(root / name, column, 3, value)
    dataset = Dataset.open(root)
    with pytest.raises(DamagedFileError, match=rf"file-001\.parquet has {says}"):
        (dataset.signals(1), dataset.boxes(1))


def test_a_drive_with_impossible_signals_is_not_committed(root: Path) -> None:
    writer = DatasetWriter.append(root)
    staged = stage(writer.staging / "next", 5, 9, Split.VALIDATION, boxes=True)
    change(staged.folder / "signals.parquet", "action", 2, float("nan"))
    with pytest.raises(ValueError, match=r"signals\.parquet has action nan in row 2"):
        writer.commit(staged, Split.VALIDATION)
    assert len(writer.episodes) == 3


@pytest.mark.parametrize("name", ["../left", "a/b", "..", "", "left\n", "x" * 65, "é"])
def test_cameras_whose_names_lead_elsewhere_are_refused(root: Path, name: str) -> None:
    edit_info(
        root,
        lambda info: info["pilotnet"]["cameras"].update(
            {name: info["pilotnet"]["cameras"].pop("left")}
        ),
    )
    with pytest.raises(DamagedFileError, match=r"camera is called .*; it must be up to 64 letters"):
        Dataset.open(root)
    with pytest.raises(ValueError, match="camera is called"):
        DatasetWriter.create(root.parent / "new", FPS, {name: CAMERAS["left"]})


@pytest.mark.parametrize("key", ["data_path", "video_path"])
def test_paths_that_lead_elsewhere_are_refused(root: Path, key: str) -> None:
    edit_info(root, lambda info: info.update({key: "../{chunk_index}"}))
    with pytest.raises(DamagedFileError, match=rf"info\.json has {key} '\.\./"):
        Dataset.open(root)


def test_a_playlist_in_the_place_of_a_video_is_not_followed(root: Path) -> None:
    content = (root / VIDEO).read_bytes()
    (root.parent / "other.mp4").write_bytes(content)
    (root / VIDEO).write_text(f"ffconcat version 1.0\nfile '{root.parent / 'other.mp4'}'\n")
    with pytest.raises(DamagedFileError, match=r"file-001\.mp4 is not a readable video"):
        list(decode_frames(root / VIDEO, range(3)))


def test_a_folder_name_with_a_colon_is_not_taken_for_a_protocol(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sound, "12:30_drives")
    Dataset.open(Path("12:30_drives")).check()
    write_dataset(Path("a:b"), lengths=(3,), validation=()).close()
    Dataset.open(Path("a:b")).check()
    with VideoEncoder(Path("12:31.mp4"), FPS, 64, 32) as encoder:
        encoder.add(picture(0, 0, CAMERAS["centre"]))
    assert Path("12:31.mp4").stat().st_size > 0


def test_a_damaged_last_episode_is_set_aside_whole_and_the_dataset_goes_on(root: Path) -> None:
    last = "data/chunk-000/file-002.parquet"
    (root / last).write_bytes(b"")
    advice = r"is damaged or truncated; `pilotnet check .* --mend` sets this last episode aside, and `pilotnet record --resume`"
    for read in (Dataset.open, DatasetWriter.append):
        with pytest.raises(DamagedFileError, match=advice):
            read(root)
    before = {path for path in contents(root) if "file-002" in path.name}
    (folder,) = DatasetWriter.mend(root)
    assert {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} == before
    Dataset.open(root).check()
    writer = DatasetWriter.append(root)
    writer.commit(
        stage(writer.staging / "next", 11, 2, Split.VALIDATION, boxes=True), Split.VALIDATION
    )
    Dataset.open(root).check()
    assert len(Dataset.open(root).episodes) == 3


def test_what_is_left_of_an_episode_without_its_meta_file_is_set_aside(root: Path) -> None:
    (root / "meta/episodes/chunk-000/file-002.parquet").unlink()
    for read in (Dataset.open, DatasetWriter.append):
        with pytest.raises(
            DamagedFileError,
            match=r"counts 3 episodes, but meta/episodes has 2; .* `pilotnet check .* --mend`",
        ):
            read(root)
    (folder,) = DatasetWriter.mend(root)
    assert (folder / "data/chunk-000/file-002.parquet").is_file()
    assert len(Dataset.open(root).episodes) == 2


def test_a_damaged_episode_before_others_is_not_set_aside(root: Path) -> None:
    flip(root / DATA, 0.02)
    (root / META).write_bytes(b"")
    before = contents(root)
    with pytest.raises(
        DamagedFileError, match="restore it from a copy, or record again in another folder"
    ):
        DatasetWriter.mend(root)
    assert contents(root) == before


def test_files_of_other_programs_beside_the_meta_files_are_no_episodes(root: Path) -> None:
    folder = root / "meta/episodes/chunk-000"
    for name in (
        "._file-000.parquet",
        "notes.parquet",
        ".ipynb_checkpoints/file-000-checkpoint.parquet",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    assert len(Dataset.open(root).episodes) == 3


def test_every_column_that_training_reads_has_limits() -> None:
    from pilotnet.data.store.reader import FIELDS
    from pilotnet.data.store.value_limits import LIMITS

    assert set(FIELDS.values()) - set(LIMITS) == {"intervention"}
    assert replace(steps(1)[0], control=Control(0.2)).control.curvature < LIMITS["action"][1]


def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(
        pa.array([0] * 20_000, pa.int32()), pa.array(["x" * 1_000_000])
    )
    path = tmp_path / "bomb.parquet"
    pq.write_table(pa.table({"scenario": texts}), path, store_schema=False)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(
        DamagedFileError, match=r"bomb\.parquet has 20000000000 bytes of text in column scenario"
    ):
        read_table(path)


def test_tables_and_videos_of_another_user_are_not_called_damaged(private_file: Path) -> None:
    reads: list[Callable[[Path], object]] = [
        read_table,
        lambda path: check_video(path, 1, 64, 32, Quality.SMALL),
        lambda path: list(decode_frames(path, range(1))),
    ]
    for read in reads:
        with pytest.raises(ValueError, match="file may not be read by this user") as caught:
            read(private_file)
        assert not isinstance(caught.value, DamagedFileError)
