"""Boxes come back as they were recorded, from a file that leaves other readers alone; recordings
without them stay readable.
"""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from pilotnet.data.store import Dataset, DatasetWriter, EpisodeRecorder
from pilotnet.data.store.box_tables import boxes_table, read_boxes
from pilotnet.data.store.parquet_files import write_table
from sim.geometry.camera import Camera
from sim.scenario import Split
from tests.pilotnet.data.store.synthetic_drives import (
    CAMERAS,
    FPS,
    as_recorded_earlier,
    boxes,
    edit_info,
    scenario,
    stage,
    steps,
    write_dataset,
)

FILE = "boxes/chunk-000/file-001.parquet"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_dataset(tmp_path / "drives", boxes=True).close()
    return tmp_path / "drives"


def test_every_box_comes_back(root: Path) -> None:
    found = Dataset.open(root).boxes(1)
    recorded = [(index, box) for index in range(15) for box in boxes(index)]
    assert len(found) == len(recorded) == 23
    assert_array_equal(found.frame, [index for index, _ in recorded])
    for key in ("ident", "left", "top", "right", "bottom", "visible"):
        assert_array_equal(getattr(found, key), [getattr(box, key) for _, box in recorded])
    assert_array_equal(found.kind, [box.kind.value for _, box in recorded])
    assert_array_equal(found.person, [box.ident == 9 for _, box in recorded])
    for key in ("heading", "distance"):
        assert_allclose(getattr(found, key), [getattr(box, key) for _, box in recorded], rtol=1e-6)
    assert_allclose(
        np.c_[found.ground_forward, found.ground_right],
        [box.ground for _, box in recorded],
        rtol=1e-6,
    )
    assert_allclose(
        np.c_[found.length, found.width, found.height], [box.size for _, box in recorded], rtol=1e-6
    )


def test_a_drive_without_road_users_has_no_boxes(tmp_path: Path) -> None:
    path = tmp_path / "boxes.parquet"
    write_table(path, boxes_table([[]] * 15))
    assert len(read_boxes(path, 15, CAMERAS["centre"])) == 0


def test_the_boxes_of_one_picture(root: Path) -> None:
    found = Dataset.open(root).boxes(0)
    assert list(found.of_frame(4).ident) == [7, 9]
    assert list(found.of_frame(5).ident) == [9]
    assert len(found.of_frame(12)) == 0


def test_a_dataset_without_boxes_is_readable_and_says_so(tmp_path: Path) -> None:
    write_dataset(tmp_path / "drives").close()
    dataset = Dataset.open(tmp_path / "drives")
    assert not dataset.has_boxes
    assert len(dataset.signals(0)) == 12
    with pytest.raises(
        ValueError, match="was recorded without boxes of cars and people; record with --boxes"
    ):
        dataset.boxes(0)


def test_a_dataset_from_before_boxes_is_readable_and_can_be_added_to(tmp_path: Path) -> None:
    write_dataset(tmp_path / "drives", validation=()).close()
    as_recorded_earlier(tmp_path / "drives")
    edit_info(tmp_path / "drives", lambda info: info["pilotnet"].pop("boxes"))
    assert not Dataset.open(tmp_path / "drives").has_boxes
    writer = DatasetWriter.append(tmp_path / "drives")
    writer.commit(stage(writer.staging / "next", 11, 2), Split.TRAIN)
    assert not (tmp_path / "drives/boxes").exists()


def test_nothing_of_the_boxes_lies_where_lerobot_looks(root: Path, tmp_path: Path) -> None:
    write_dataset(tmp_path / "bare").close()
    bare = {
        path.relative_to(tmp_path / "bare")
        for path in (tmp_path / "bare").rglob("*")
        if path.is_file()
    }
    extra = {path.relative_to(root) for path in root.rglob("*") if path.is_file()} - bare
    assert {path.parts[0] for path in extra} == {"boxes"}
    assert len(extra) == 3
    for path in {one for one in bare if one.parts[0] != "meta"}:
        assert (root / path).read_bytes() == (tmp_path / "bare" / path).read_bytes()


def test_a_missing_or_truncated_file_of_boxes_is_named(root: Path) -> None:
    content = (root / FILE).read_bytes()
    (root / FILE).write_bytes(content[:-40])
    with pytest.raises(ValueError, match=r"file-001\.parquet is not a readable parquet file"):
        Dataset.open(root)
    (root / FILE).unlink()
    with pytest.raises(ValueError, match=r"boxes/chunk-000/file-001\.parquet is missing"):
        Dataset.open(root)


def test_boxes_with_other_columns_are_refused(root: Path) -> None:
    pq.write_table(pq.ParquetFile(root / FILE).read().drop_columns("visible"), root / FILE)
    with pytest.raises(ValueError, match="has other columns than boxes have"):
        Dataset.open(root)


def test_the_boxes_of_a_longer_episode_are_noticed(root: Path) -> None:
    as_recorded_earlier(root)
    (root / "boxes/chunk-000/file-002.parquet").write_bytes((root / FILE).read_bytes())
    with pytest.raises(
        ValueError,
        match=r"file-002\.parquet has frame 11 in row \d+; it must be a frame of its episode of 11",
    ):
        Dataset.open(root).check()


def test_boxes_need_steps_that_hold_them_and_a_centre_camera(tmp_path: Path) -> None:
    bare = [step.__class__(**(vars(step) | {"boxes": None})) for step in steps(1)]
    with (
        EpisodeRecorder(tmp_path / "next", FPS, CAMERAS, scenario(0), boxes=True) as recorder,
        pytest.raises(ValueError, match="step 0 has no boxes"),
    ):
        recorder.add(bare[0])
    with pytest.raises(ValueError, match="boxes need the camera centre"):
        DatasetWriter.create(tmp_path / "drives", FPS, {"left": Camera(64, 32)}, boxes=True)
