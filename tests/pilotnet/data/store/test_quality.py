"""Small videos and fine ones: a distant pedestrian survives a fine one."""

import json
from pathlib import Path

import numpy as np
import pytest

from pilotnet.cli import main
from pilotnet.data.store import Dataset, DatasetWriter, Quality
from pilotnet.data.store.video import VideoEncoder, decode_frames
from sim.scenario import Split
from tests.pilotnet.data.store.synthetic_drives import (
    CAMERAS,
    FPS,
    as_recorded_earlier,
    edit_info,
    picture,
    stage,
)

INFO = "meta/info.json"


def fine_dataset(root: Path) -> None:
    writer = DatasetWriter.create(root, FPS, CAMERAS, quality=Quality.FINE)
    writer.commit(stage(writer.staging / "first", 12, quality=Quality.FINE), Split.TRAIN)
    writer.close()


def colour_left(path: Path, quality: Quality) -> float:
    """Return the share of red that a video leaves of a pedestrian of 2 x 7 px."""
    frames = [picture(index, 0, CAMERAS["centre"]) for index in range(20)]
    for index, frame in enumerate(frames):
        frame[10:17, 5 + index : 7 + index] = (150, 60, 60)
    with VideoEncoder(path, FPS, 64, 32, quality) as encoder:
        for frame in frames:
            encoder.add(frame)
    seen = [
        frame[10:17, 5 + i : 7 + i].astype(float)
        for i, frame in enumerate(decode_frames(path, range(20)))
    ]
    return float(np.mean([person[..., 0] - person[..., 1] for person in seen])) / 90


def test_a_fine_video_keeps_the_colour_of_somebody_of_two_pixels(tmp_path: Path) -> None:
    small, fine = (colour_left(tmp_path / f"{quality}.mp4", quality) for quality in Quality)
    assert small < 0.8
    assert fine == pytest.approx(1.0, abs=0.08)


def test_a_fine_dataset_says_so_and_goes_on_as_one(tmp_path: Path) -> None:
    root = tmp_path / "fine"
    fine_dataset(root)
    info = json.loads((root / INFO).read_text())
    video = info["features"]["observation.images.centre"]["info"]
    assert (info["pilotnet"]["videos"], video["video.pix_fmt"], video["video.crf"]) == (
        "fine",
        "yuv444p",
        10,
    )
    writer = DatasetWriter.append(root)
    assert writer.quality is Quality.FINE
    with pytest.raises(
        ValueError, match="has pixels yuv420p; the dataset's videos are fine, yuv444p"
    ):
        writer.commit(stage(writer.staging / "small", 12, 1), Split.TRAIN)
    writer.commit(stage(writer.staging / "next", 12, 1, quality=Quality.FINE), Split.TRAIN)
    assert len(list(Dataset.open(root).frames(1, "centre"))) == 12


def test_a_dataset_from_before_there_was_a_choice_has_small_videos(tmp_path: Path) -> None:
    writer = DatasetWriter.create(tmp_path, FPS, CAMERAS)
    writer.commit(stage(writer.staging / "first", 12), Split.TRAIN)
    writer.close()
    as_recorded_earlier(tmp_path)
    edit_info(tmp_path, lambda info: info["pilotnet"].pop("videos"))
    assert DatasetWriter.append(tmp_path).quality is Quality.SMALL


def test_an_unknown_quality_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fine_dataset(tmp_path / "fine")
    path = tmp_path / "fine" / INFO
    path.write_text(path.read_text().replace('"fine"', '"finest"'))
    with pytest.raises(
        ValueError, match=r"info\.json has no usable fps, cameras and videos: videos is 'finest'"
    ):
        Dataset.open(tmp_path / "fine")
    assert main(["record", "--out", str(tmp_path / "drives"), "--videos", "finest"]) == 2
    assert "videos" in capsys.readouterr().err
