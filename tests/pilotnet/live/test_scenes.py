"""The contact sheet of roads, weather and light."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from pilotnet.cli import main
from pilotnet.live.scenes import scenes
from pilotnet.live.scenes_config import ScenesConfig

SINGLE = ScenesConfig(("rural",), ("clear",), ("day",))


def test_the_sheet_has_a_row_for_each_road_and_weather_and_a_column_for_each_light(
    tmp_path: Path,
) -> None:
    path = scenes(
        ScenesConfig(("rural",), ("clear", "snow"), ("day", "night")), tmp_path / "sheet.png"
    )
    canvas = cv2.imread(str(path))
    height = canvas.shape[0] // 2
    width = canvas.shape[1] // 2
    assert 2 * width > 1.5 * 2 * height
    quarters = [canvas[:height, :width], canvas[:height, width:], canvas[height:, :width]]
    day, night, snow = (quarter.mean() for quarter in quarters)
    assert day > night + 30
    assert abs(snow - day) > 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sheet.gif"], "out is sheet.gif; it must end in .png or .jpg"),
        (["sheet.png", "--roads", "moon"], "road is 'moon'; it must be one of rural"),
        (["sheet.png", "--weather", "hail"], "weather is 'hail'; it must be one of clear"),
        (["sheet.png", "--light", "noon"], "light is 'noon'; it must be one of day"),
        (["sheet.png", "--seed", "-1"], "seed is -1; it must be a whole number from 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["scenes", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_sheet_may_be_a_small_jpeg(tmp_path: Path) -> None:
    large, small = (scenes(SINGLE, tmp_path / name) for name in ("sheet.png", "sheet.jpg"))
    assert np.abs(cv2.imread(str(large)).astype(int) - cv2.imread(str(small))).mean() < 4
    assert small.stat().st_size < large.stat().st_size / 3


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sheet.png").touch()
    with pytest.raises(ValueError, match="already exists"):
        scenes(SINGLE, tmp_path / "sheet.png")
