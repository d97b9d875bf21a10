"""The files are LeRobot v3.0: what its readers and Rerun's demand, checked without either."""

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pilotnet.data.store import Dataset
from pilotnet.data.store.schema import TASK
from pilotnet.data.store.video import VideoEncoder, decode_frames
from tests.pilotnet.data.store.synthetic_drives import CAMERAS, FPS, picture, write_dataset

VIDEOS = {f"observation.images.{name}" for name in CAMERAS}
INDICES = {
    "timestamp": "float",
    "frame_index": "int64",
    "episode_index": "int64",
    "index": "int64",
    "task_index": "int64",
}
NUMBERS = {
    "observation.state": "float",
    "action": "float",
    "ego.pose": "fixed_size_list<element: double>[3]",
    "ego.offset": "double",
    "ego.heading_error": "double",
    "ego.curvature": "double",
    "ego.path_curvature": "double",
    "ego.station": "double",
    "applied.curvature": "double",
    "t_sim": "double",
} | INDICES
STRINGS = {"intervention": "string", "scenario": "string"}
STATS = {"min", "max", "mean", "std", "count", "q01", "q10", "q50", "q90", "q99"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data") / "drives"
    write_dataset(root, lengths=(25, 15), validation=(11,)).close()
    return root


@pytest.fixture(scope="module")
def info(root: Path) -> dict[str, Any]:
    return json.loads((root / "meta/info.json").read_text())


def test_info_holds_what_readers_need(info: dict[str, Any]) -> None:
    assert info["codebase_version"] == "v3.0"
    assert (info["fps"], info["total_episodes"], info["total_frames"], info["total_tasks"]) == (
        FPS,
        3,
        51,
        1,
    )
    assert info["data_path"] == "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
    assert (
        info["video_path"] == "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
    )
    assert info["splits"] == {"train": "0:2", "validation": "2:3"}
    assert info["chunks_size"] == 1000
    assert set(info["pilotnet"]["cameras"]) == set(CAMERAS)


def test_features_are_the_videos_and_exactly_the_columns(root: Path, info: dict[str, Any]) -> None:
    assert set(info["features"]) == VIDEOS | set(NUMBERS) | set(STRINGS)
    for key, feature in info["features"].items():
        assert "names" in feature
        assert "/" not in key
        assert feature["dtype"] in ("video", "float32", "float64", "int64", "string")
    assert set(pq.read_schema(root / "data/chunk-000/file-000.parquet").names) == set(
        NUMBERS
    ) | set(STRINGS)


def test_speed_is_state_and_curvature_alone_is_action(info: dict[str, Any]) -> None:
    others = {key for key in info["features"] if key.startswith(("observation", "action"))} - VIDEOS
    assert others == {"observation.state", "action"}
    assert info["features"]["observation.state"]["names"] == ["speed"]
    assert info["features"]["action"]["names"] == ["curvature"]


def test_columns_have_the_types_of_their_features(root: Path) -> None:
    for path in root.glob("data/*/*.parquet"):
        found = {field.name: str(field.type) for field in pq.read_schema(path)}
        assert found == NUMBERS | STRINGS


def test_indices_count_frames_within_and_across_episodes(root: Path) -> None:
    table = pa.concat_tables(
        pq.ParquetFile(path).read() for path in sorted(root.glob("data/*/*.parquet"))
    )
    assert table["index"].to_pylist() == list(range(51))
    assert table["episode_index"].to_pylist() == [0] * 25 + [1] * 15 + [2] * 11
    frame_index = np.concatenate([np.arange(25), np.arange(15), np.arange(11)])
    assert np.array_equal(table["frame_index"], frame_index)
    assert np.array_equal(table["timestamp"], (frame_index / FPS).astype(np.float32))


def test_meta_rows_say_where_each_episode_lies(root: Path) -> None:
    paths = sorted(root.glob("meta/episodes/*/*.parquet"))
    assert [path.name for path in paths] == [
        "file-000.parquet",
        "file-001.parquet",
        "file-002.parquet",
    ]
    schema = pq.read_schema(paths[1])
    (row,) = pq.ParquetFile(paths[1]).read().to_pylist()
    assert (row["dataset_from_index"], row["dataset_to_index"], row["length"]) == (25, 40, 15)
    assert row["tasks"] == [TASK]
    for prefix in ["data", "meta/episodes", *(f"videos/{key}" for key in VIDEOS)]:
        assert (row[f"{prefix}/chunk_index"], row[f"{prefix}/file_index"]) == (0, 1)
        assert schema.field(f"{prefix}/file_index").type == pa.int64()
    for key in VIDEOS:
        assert (row[f"videos/{key}/from_timestamp"], row[f"videos/{key}/to_timestamp"]) == (
            0.0,
            1.5,
        )
        assert schema.field(f"videos/{key}/to_timestamp").type == pa.float64()


def test_statistics_have_the_shapes_of_lerobot(root: Path) -> None:
    stats = json.loads((root / "meta/stats.json").read_text())
    assert set(stats) == VIDEOS | set(NUMBERS)
    for key, values in stats.items():
        assert set(values) == STATS
        shape = (3, 1, 1) if key in VIDEOS else (3,) if key == "ego.pose" else (1,)
        assert all(np.shape(values[name]) == shape for name in STATS - {"count"})
        assert values["count"] == ([3 + 2 + 2] if key in VIDEOS else [51])
    schema = pq.read_schema(root / "meta/episodes/chunk-000/file-000.parquet")
    assert str(schema.field("stats/action/mean").type) == "list<element: double>"
    assert str(schema.field("stats/action/count").type) == "list<element: int64>"
    assert str(schema.field("stats/index/min").type) == "list<element: double>"


def test_pooled_statistics_are_those_of_all_frames(root: Path) -> None:
    stats = json.loads((root / "meta/stats.json").read_text())
    dataset = Dataset.open(root)
    curvature = np.concatenate([dataset.signals(index).curvature for index in range(3)]).astype(
        float
    )
    assert stats["action"]["mean"] == pytest.approx([curvature.mean()])
    assert stats["action"]["std"] == pytest.approx([curvature.std()], rel=1e-6)
    picture = np.concatenate([dataset.frames(index, "centre") for index in range(3)]) / 255
    assert np.ravel(stats["observation.images.centre"]["mean"]) == pytest.approx(
        picture.mean((0, 1, 2)), abs=0.02
    )
    assert np.ravel(stats["observation.images.centre"]["std"]) == pytest.approx(
        picture.std((0, 1, 2)), abs=0.02
    )


def test_tasks_have_their_text_as_pandas_index(root: Path) -> None:
    table = pq.ParquetFile(root / "meta/tasks.parquet").read()
    pandas = json.loads(table.schema.metadata[b"pandas"])
    assert pandas["index_columns"] == ["__index_level_0__"]
    assert {column["field_name"] for column in pandas["columns"]} == {
        "task_index",
        "__index_level_0__",
    }
    assert table.to_pylist() == [{"task_index": 0, "__index_level_0__": TASK}]
    assert table.schema.field("task_index").type == pa.int64()


def test_pandas_reads_the_task_as_the_index(root: Path) -> None:
    pandas = pytest.importorskip("pandas")
    assert pandas.read_parquet(root / "meta/tasks.parquet").iloc[0].name == TASK


def test_videos_tick_exactly_without_b_frames_and_begin_with_their_header(root: Path) -> None:
    path = root / "videos/observation.images.left/chunk-000/file-000.mp4"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [
            (packet.pts, packet.dts, packet.is_keyframe)
            for packet in container.demux(stream)
            if packet.size
        ]
        assert (stream.codec_context.name, stream.pix_fmt, stream.average_rate) == (
            "h264",
            "yuv420p",
            FPS,
        )
        assert (stream.time_base.denominator, stream.frames) == (10240, 25)
    assert packets == [(1024 * index, 1024 * index, index % 10 == 0) for index in range(25)]
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_card_points_at_the_data(root: Path) -> None:
    _, header, text = (root / "README.md").read_text().split("---\n")
    assert yaml.safe_load(header)["configs"][0]["data_files"] == "data/*/*.parquet"
    assert "LeRobot" in text


@pytest.mark.parametrize(("fps", "clock"), [(10, 10240), (20, 10240), (30, 15360)])
def test_other_frame_rates_keep_ffmpegs_clock_and_find_their_frames(
    tmp_path: Path, fps: int, clock: int
) -> None:
    path = tmp_path / "video.mp4"
    camera = CAMERAS["centre"]
    with VideoEncoder(path, fps, camera.width, camera.height) as encoder:
        for index in range(23):
            encoder.add(picture(index, 0, camera))
    with av.open(str(path)) as container:
        assert container.streams.video[0].time_base.denominator == clock
    whole = list(decode_frames(path, range(23)))
    (last,) = decode_frames(path, range(22, 23))
    assert np.array_equal(last, whole[22])
