"""REPLAY: recorded frames under the playhead, keys that seek, mark and restore, a network beside
the label, and a film.
"""

from pathlib import Path

import av
import numpy as np
import pygame
import pytest

from pilotnet.cli import main
from pilotnet.data.store import Dataset
from pilotnet.live.replay import DatasetRecordings, network_beside, replay
from pilotnet.live.watch import FilmFile, WatchConfig
from sim.geometry.camera import Camera
from sim.types import Observation
from sim.viewer.bindings import REPLAY_BINDINGS, WITH_SHIFT
from sim.viewer.canvas import Canvas, Rect
from sim.viewer.live.camera_view import Overlay
from sim.viewer.replay.playback import Playback
from sim.viewer.replay.replay_layout import ReplayPanel
from sim.viewer.replay.replay_picture import draw_replay, layout_of, moment_at, track_points
from sim.viewer.replay.replay_view import ReplayView
from sim.viewer.theme import ALARM
from sim.viewer.window import Window, open_display
from tests.pilotnet.data.store.synthetic_drives import write_dataset


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_dataset(tmp_path / "data", (40, 30), boxes=True)
    return tmp_path / "data"


@pytest.fixture
def window(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Window:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    made = Window(
        ReplayView(Playback(DatasetRecordings(Dataset.open(root)))),
        open_display((640, 400)),
        FilmFile,
        tmp_path,
    )
    yield made  # type: ignore[misc]
    pygame.display.quit()


def desk_in(window: Window) -> ReplayView:
    content = window._content
    assert isinstance(content, ReplayView)
    return content


def replay_in(window: Window) -> Playback:
    return desk_in(window)._replay


def press(window: Window, *keys: int, mod: int = 0) -> None:
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, mod=mod, unicode=""))
        for event in pygame.event.get():
            window.handle(event)


def test_the_frame_under_the_playhead_is_the_recorded_one(root: Path) -> None:
    dataset = Dataset.open(root)
    shown = Playback(DatasetRecordings(dataset))
    shown.overlay = Overlay.NOTHING
    frames = {name: dataset.frames(0, name) for name in dataset.cameras}
    for moment in (0, 27, 19, 20, 39):
        shown.seek(moment)
        for name, recorded in frames.items():
            np.testing.assert_array_equal(shown.recording.look(moment)[name], recorded[moment])
        canvas = Canvas.blank(320, 180)
        place = draw_replay(canvas, shown).picture
        expected = Canvas.blank(320, 180)
        expected.picture(frames["centre"][moment], place)
        # Where neither notice nor playhead lies.
        rows = slice(place.y, place.y + place.height // 5)
        np.testing.assert_array_equal(
            canvas.array[rows, place.x : place.right], expected.array[rows, place.x : place.right]
        )


def test_the_arrows_go_a_second_and_with_shift_ten(window: Window) -> None:
    shown = replay_in(window)
    shown.paused = True
    press(window, pygame.K_RIGHT, pygame.K_RIGHT)
    assert shown.moment == 20
    press(window, pygame.K_LEFT)
    assert shown.moment == 10
    press(window, pygame.K_RIGHT, mod=pygame.KMOD_LSHIFT)
    assert shown.moment == 39
    press(window, pygame.K_LEFT, mod=pygame.KMOD_LSHIFT)
    assert shown.moment == 0
    press(window, pygame.K_END, pygame.K_COMMA)
    assert shown.moment == 38
    press(window, pygame.K_HOME, pygame.K_PERIOD)
    assert shown.moment == 1


def test_brackets_go_from_episode_to_episode_and_not_beyond(window: Window) -> None:
    shown = replay_in(window)
    press(window, pygame.K_LEFTBRACKET)
    assert (shown.number, window._notice) == (0, "there is no episode before this one")
    press(window, pygame.K_RIGHTBRACKET, pygame.K_RIGHTBRACKET)
    assert (shown.number, len(shown.recording)) == (2, 11)
    press(window, pygame.K_RIGHTBRACKET)
    assert (shown.number, window._notice) == (2, "there is no episode after this one")


def test_a_click_on_the_strip_goes_there_and_dragging_goes_on(window: Window) -> None:
    shown = replay_in(window)
    shown.paused = True
    strip = desk_in(window).layout.panels[ReplayPanel.CURVATURE]
    for kind, column, expected in (
        (pygame.MOUSEBUTTONDOWN, strip.x + 1, 0),
        (pygame.MOUSEMOTION, strip.right - 1, 39),
    ):
        pressed = (
            {"button": 1}
            if kind == pygame.MOUSEBUTTONDOWN
            else {"buttons": (1, 0, 0), "rel": (0, 0)}
        )
        window.handle(pygame.event.Event(kind, pos=(column, strip.y + 5), **pressed))
        assert shown.moment == expected
    window.handle(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(5, 5), button=1))
    assert shown.moment == 39


def test_every_moment_is_under_its_own_column_of_the_strip(root: Path) -> None:
    shown = Playback(DatasetRecordings(Dataset.open(root)))
    layout = layout_of(shown, 1280, 720)
    strip = layout.panels[ReplayPanel.CURVATURE]
    found = [moment_at(layout, 40, column, strip.y + 9) for column in range(strip.x, strip.right)]
    assert sorted(set(found)) == list(range(40))
    assert found == sorted(found)  # type: ignore[type-var]


def test_d_discards_a_stretch_and_u_restores_it(window: Window, root: Path) -> None:
    shown = replay_in(window)
    shown.paused = True
    press(window, pygame.K_RIGHT, pygame.K_d)
    assert Dataset.open(root).marks.stretches == {}
    press(window, pygame.K_RIGHT, pygame.K_d)
    assert Dataset.open(root).marks.stretches == {0: ((10, 21),)}
    window.turn(0.0)
    assert (
        window._sheet.array[
            desk_in(window).layout.picture.y + 1, desk_in(window).layout.picture.x + 50
        ]
        == ALARM
    ).all()
    press(window, pygame.K_RIGHT, pygame.K_u)
    assert window._notice == "nothing is discarded here"
    window.turn(0.0)
    assert (
        window._sheet.array[
            desk_in(window).layout.picture.y + 1, desk_in(window).layout.picture.x + 50
        ]
        != ALARM
    ).any()
    press(window, pygame.K_LEFT, pygame.K_u)
    assert Dataset.open(root).marks.stretches == {}


def test_a_stretch_may_be_begun_at_its_end(window: Window, root: Path) -> None:
    replay_in(window).paused = True
    press(window, pygame.K_END, pygame.K_d, pygame.K_LEFT, pygame.K_d)
    assert Dataset.open(root).marks.stretches == {0: ((29, 40),)}


def test_a_stretch_that_is_not_ended_marks_nothing(window: Window, root: Path) -> None:
    press(window, pygame.K_d, pygame.K_RIGHTBRACKET)
    assert window._notice == "the stretch that was begun is given up"
    assert not (root / "marks.yaml").exists()


def test_marks_that_cannot_be_written_are_said_and_not_shown(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pilotnet.live.replay.write_marks", refuse)
    press(window, pygame.K_d, pygame.K_d)
    assert window._notice == "the marks could not be written: Permission denied"
    assert not replay_in(window).album.discarded(0)


def test_time_goes_on_to_the_next_episode_and_ends_after_the_last(root: Path) -> None:
    shown = Playback(DatasetRecordings(Dataset.open(root)))
    shown.pass_time(2.05)
    assert shown.moment == 20
    numbers = set()
    for _ in range(20):
        shown.pass_time(1.0)
        numbers.add(shown.number)
    assert numbers == {0, 1, 2}
    assert (shown.over, shown.moment) == (True, 10)
    shown.answer("back")
    assert (shown.over, shown.moment) == (False, 0)


def test_the_network_beside_the_label_says_what_it_would_drive(
    tiny_data: Path, tiny_model: Path
) -> None:
    dataset = Dataset.open(tiny_data)
    network = network_beside(tiny_model, dataset)
    shown = Playback(DatasetRecordings(dataset), network)
    shown.pass_time(0.0)
    assert shown.predictions is not None
    frames = dataset.frames(0, "centre")
    speed = dataset.signals(0).speed
    alone = [
        network.curvature(Observation(float(v), frame))
        for v, frame in zip(speed, frames, strict=True)
    ]
    np.testing.assert_allclose(shown.predictions.curvature, alone)
    shown.seek(5)
    heat = shown.predictions.explain(5).heat
    network.curvature(Observation(float(speed[5]), frames[5]))
    np.testing.assert_array_equal(heat, network.explanation().heat)  # type: ignore[arg-type]
    canvas = Canvas.blank(1280, 720)
    assert ReplayPanel.VIEW in draw_replay(canvas, shown).panels


@pytest.mark.parametrize("size", [(200, 100), (480, 300), (640, 720), (1280, 720), (2560, 900)])
def test_no_panel_covers_another_or_leaves_the_window(root: Path, size: tuple[int, int]) -> None:
    layout = layout_of(Playback(DatasetRecordings(Dataset.open(root))), *size)
    places = [layout.picture, *layout.panels.values()]
    for i, place in enumerate(places):
        assert place.x >= 0 <= place.y
        assert place.right <= size[0]
        assert place.bottom <= size[1]
        assert not any(place.overlaps(other) for other in places[i + 1 :])


def test_the_way_driven_lies_within_its_area_and_turns_right_to_the_right() -> None:
    turn = np.linspace(0, 1.5, 50)
    pose = np.stack([np.sin(turn + 0.7), -np.cos(turn + 0.7), turn + 0.7], axis=1) * [50, 50, 1]
    points = track_points(pose, Rect(10, 20, 200, 100))
    assert points[1, 1] < points[0, 1]
    assert points[-1, 0] > points[0, 0]
    assert points.min(axis=0) == pytest.approx([points[0, 0], 20], abs=60)
    assert (points.min(axis=0) >= [9.9, 19.9]).all()
    assert (points.max(axis=0) <= [210.1, 120.1]).all()


def test_a_headless_replay_leaves_a_film_of_its_length(root: Path, tmp_path: Path) -> None:
    film = tmp_path / "out.mp4"
    replay(root, WatchConfig(width=320, height=180, seconds=0.5, first=1), film=film, headless=True)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (320, 180, 15)


def test_only_keys_that_do_something_do_more_with_shift() -> None:
    assert set(WITH_SHIFT) <= {binding.action for binding in REPLAY_BINDINGS}


def test_a_network_of_another_camera_is_refused(root: Path, tiny_model: Path) -> None:
    dataset = Dataset.open(root)
    assert dataset.cameras["centre"] != Camera()
    with pytest.raises(
        ValueError, match=r"checkpoint .* was trained for Camera.*; .* was recorded by Camera"
    ):
        network_beside(tiny_model, dataset)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--roads", "mountain"],
            "roads is 'mountain'; a recording is shown as it was driven, leave out --roads",
        ),
        (["--first", "9"], "first is 9; {root} has the episodes 0 to 2"),
        (["expert"], "is a folder and is replayed by itself"),
        (["--cars", "models/cars"], "a replay has no driver, leave out --cars"),
        (["--headless"], "say where the film goes"),
    ],
)
def test_every_mistake_is_one_line(
    root: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watch", str(root), *words]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert says.format(root=root) in line
