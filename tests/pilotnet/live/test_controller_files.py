"""The maps of controllers come back from the user's config folder as they were kept, and damaged
ones are one line.
"""

from pathlib import Path

import pytest

from pilotnet.live.controller_files import ControllerFiles, user_folder
from sim.viewer.input.controller_map import Axis, ControllerMap

WHEEL = ControllerMap(
    Axis(0, 0.02, -0.99), Axis(2, 1.0, -1.0, 0.1), None, {"record": 3, "pause": 0}
)


def test_a_map_comes_back_as_it_was_kept_and_nothing_else_is_left(tmp_path: Path) -> None:
    files = ControllerFiles(tmp_path / "new" / "controllers")
    assert files.find("0300aa") is None
    path = files.keep("0300aa", "Some Wheel", WHEEL)
    assert (files.find("0300aa"), files.find("0300ab")) == (WHEEL, None)
    files.keep("0300aa", "Some Wheel", ControllerMap())
    assert files.find("0300aa") == ControllerMap()
    assert [one.name for one in path.parent.iterdir()] == ["0300aa.yaml"]


def test_a_strange_guid_stays_in_the_folder(tmp_path: Path) -> None:
    assert ControllerFiles(tmp_path).path("../../x").parent == tmp_path


def test_the_folder_is_the_platform_s_and_xdg_is_honoured_everywhere() -> None:
    for platform in ("linux", "darwin", "win32"):
        assert user_folder(platform, {"XDG_CONFIG_HOME": "/xdg", "APPDATA": "/roaming"}) == Path(
            "/xdg/pilotnet"
        )
    assert user_folder("linux", {}) == Path.home() / ".config" / "pilotnet"
    assert user_folder("darwin", {}) == Path.home() / "Library" / "Application Support" / "pilotnet"
    assert user_folder("win32", {"APPDATA": "/roaming"}) == Path("/roaming/pilotnet")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name:", "nam: [", "is not readable YAML"),
        ("buttons:", "knobs:", "is damaged: it has the unknown key knobs"),
        ("number: 0", "number: zero", r"steering\.number: expected int, got str"),
        ("rest: 0.02", "rest: low", r"steering\.rest: expected float, got str"),
        ("full: -0.99", "full: 0.0", "full is 0.0; it must be 0.2 or more away from rest"),
        ("record: 3", "record: first", r"buttons\[\.\.\.\]: expected int, got str"),
        ("record: 3", "horn: 3", "a button is for 'horn'"),
    ],
)
def test_damaged_maps_are_refused_in_one_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    files = ControllerFiles(tmp_path)
    path = files.keep("0300aa", "Some Wheel", WHEEL)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(ValueError, match=says) as error:
        files.find("0300aa")
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_a_user_without_a_home_folder_drives_without_kept_maps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    files = ControllerFiles()
    assert files.find("0300aa") is None
    with pytest.raises(OSError, match="no home folder; set XDG_CONFIG_HOME"):
        files.keep("0300aa", "Some Wheel", WHEEL)
