"""DRIVE and takeovers by synthetic keys: what a person drives is recorded, counted and can be
learnt from.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pygame
import pytest
import torch

from pilotnet.cli import main
from pilotnet.data.store import Dataset
from pilotnet.evaluation.metrics import Score
from pilotnet.live.controller_files import ControllerFiles
from pilotnet.live.drive import DriveConfig, Driven, drive, driven_in_words
from pilotnet.live.watch import WatchConfig, watch
from pilotnet.training.model import PilotNet
from pilotnet.training.samples import Augmentation, Samples, load_training_frames
from pilotnet.training.train import BehaviourCloningModule, TrainConfig
from pilotnet.training.viewpoint import ViewCamera, Viewpoint
from sim.scenario import Split
from sim.types import Cause
from sim.viewer.window import Window
from tests.sim.viewer.fake_device import STICK, FakeDevice, moved, plugged, pressed, unplugged

SHORT = DriveConfig(suite="lane_keeping-small", episodes=1, length=200.0, width=320, height=180)
WATCHED = WatchConfig(
    suite="lane_keeping-small", split="train", episodes=1, length=200.0, width=320, height=180
)
Script = dict[int, list[pygame.event.Event]]  # what happens in which turn


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[Script, int], None]:
    """Lets windows live through a script of events, a tenth of a second a turn, and then closes
    them.
    """

    def prepare(script: Script, turns: int) -> None:
        def run(window: Window) -> None:
            for number in range(turns):
                for event in script.get(number, []):
                    pygame.event.post(event)
                for event in pygame.event.get():
                    window.handle(event)
                window.turn(0.1)
            pygame.display.quit()

        monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
        monkeypatch.setattr(Window, "run", run)

    return prepare


def down(key: int) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYDOWN, key=key, mod=0, unicode="")


def up(key: int) -> pygame.event.Event:
    return pygame.event.Event(pygame.KEYUP, key=key, mod=0)


@pytest.fixture
def stick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A controller that is known: axis 0 steers, button 0 records, button 1 gives the wheel back."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("pygame.joystick.Joystick", lambda _: FakeDevice())
    ControllerFiles().keep("0300aa", "Test Wheel", STICK)


@pytest.fixture
def driven(play: Callable[[Script, int], None], tmp_path: Path) -> tuple[Driven, Path]:
    """Three seconds by key, recorded from the first one on: left, then right."""
    play(
        {
            2: [down(pygame.K_r)],
            5: [down(pygame.K_LEFT)],
            10: [up(pygame.K_LEFT), down(pygame.K_d)],
            18: [up(pygame.K_d)],
        },
        32,
    )
    return drive(SHORT, tmp_path / "data"), tmp_path / "data"


def test_a_drive_by_keys_is_recorded_and_can_be_trained_on(driven: tuple[Driven, Path]) -> None:
    came_of_it, folder = driven
    assert came_of_it.seconds == pytest.approx(3.0, abs=0.11)
    dataset = Dataset.open(folder)
    (episode,) = dataset.episodes
    curvature = dataset.signals(episode).curvature
    assert curvature.min() < -1e-3
    assert curvature.max() > 1e-3
    assert max(abs(b - a) for a, b in pairwise(curvature)) < np.ptp(curvature), (
        "a curve, not bang-bang"
    )
    losses = losses_of_training(dataset, steps=8)
    assert len(losses) == 8
    assert np.isfinite(losses).all()


@pytest.mark.usefixtures("stick")
def test_a_drive_by_controller_is_recorded_and_can_be_trained_on(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    script = {
        0: [plugged()],
        2: [pressed(0)],
        5: [moved(0, -1.0)],
        10: [moved(0, 0.7)],
        18: [moved(0, 0.0)],
    }
    play(script, 32)
    assert drive(SHORT, tmp_path / "data").seconds == pytest.approx(3.0, abs=0.11)
    dataset = Dataset.open(tmp_path / "data")
    curvature = dataset.signals(0).curvature
    assert curvature.min() < -1e-3
    assert curvature.max() > 1e-3
    assert max(abs(b - a) for a, b in pairwise(curvature)) < 0.6 * np.ptp(curvature), (
        "a curve, though the stick was thrown"
    )
    np.testing.assert_array_equal(curvature[-2:], 0.0)
    losses = losses_of_training(dataset, steps=8)
    assert len(losses) == 8
    assert np.isfinite(losses).all()


@pytest.mark.usefixtures("stick")
def test_a_controller_that_is_unplugged_stops_the_drive_until_it_is_back(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    play({0: [down(pygame.K_r), plugged()], 10: [unplugged()], 30: [plugged()]}, 40)
    assert drive(SHORT, tmp_path / "data").seconds == pytest.approx(2.0, abs=0.11)


def test_a_window_of_200_by_100_can_be_driven_in(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    play(
        {
            0: [down(pygame.K_r), down(pygame.K_h)],
            3: [down(pygame.K_m)],
            5: [down(pygame.K_ESCAPE)],
        },
        10,
    )
    assert drive(replace(SHORT, width=200, height=100), tmp_path / "data").seconds == pytest.approx(
        0.8, abs=0.11
    )


def losses_of_training(dataset: Dataset, steps: int) -> list[float]:
    """The loss in each of some steps of the real training, of eight views each."""
    augmentation = Augmentation()
    view = ViewCamera()
    drives = load_training_frames(dataset, Split.TRAIN, view, augmentation)
    samples = Samples(drives, augmentation, 0)
    model = PilotNet(samples.label_spread()[0])
    cloning = BehaviourCloningModule(
        model,
        Viewpoint(view, drives.cameras["centre"]),
        samples,
        samples,
        TrainConfig(device="cpu"),
    )
    optimizer = torch.optim.AdamW(model.parameters())
    samples.start_epoch(0)
    losses = []
    for _ in range(steps):
        loss, _ = cloning.loss(samples.__getitems__(list(range(8))))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    return losses


def test_keys_are_up_when_the_window_loses_the_focus(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    play(
        {0: [down(pygame.K_r), down(pygame.K_a)], 6: [pygame.event.Event(pygame.WINDOWFOCUSLOST)]},
        14,
    )
    drive(SHORT, tmp_path / "data")
    dataset = Dataset.open(tmp_path / "data")
    curvature = dataset.signals(dataset.episodes[0]).curvature
    assert curvature[5] < 0
    np.testing.assert_array_equal(curvature[-3:], 0.0)


def test_a_film_that_failed_at_the_end_is_named_with_what_was_recorded(tmp_path: Path) -> None:
    said, _ = driven_in_words(
        Driven({}, 0.0, 0, "the film x.mp4 could not be written: No space left"), tmp_path
    )
    assert said == "nothing was recorded; the film x.mp4 could not be written: No space left"


def test_a_folder_that_cannot_be_written_ends_no_drive_and_no_recording(
    play: Callable[[Script, int], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "file")
    (tmp_path / "file").touch()
    keys = {
        1: [down(pygame.K_r)],
        3: [down(pygame.K_p)],
        5: [down(pygame.K_f)],
        7: [down(pygame.K_F11)],
    }
    play(keys, 22)
    assert drive(SHORT, tmp_path / "data").seconds == pytest.approx(2.0, abs=0.21)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "file"]


def test_backspace_takes_five_seconds_away(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    play({0: [down(pygame.K_r)], 60: [down(pygame.K_BACKSPACE), down(pygame.K_r)]}, 62)
    assert drive(SHORT, tmp_path / "data").seconds == pytest.approx(1.0, abs=0.11)


def taken_over(play: Callable[[Script, int], None], folder: Path | None) -> Score:
    """The expert drives for a second, a person for 0.6 s, too short to leave the lane, and again
    the expert.
    """
    play({10: [down(pygame.K_RIGHT)], 12: [up(pygame.K_RIGHT)], 16: [down(pygame.K_RETURN)]}, 26)
    return watch(["expert"], WATCHED, recording=folder)["expert"]


def test_a_takeover_counts_once_and_lands_in_the_dataset(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    score = taken_over(play, tmp_path / "data")
    assert {cause: count for cause, count in score.causes.items() if count} == {Cause.TAKEOVER: 1}
    assert score.hours * 3600 == pytest.approx(2.1, abs=0.21), (
        "the time a person drove is not the driver's"
    )
    dataset = Dataset.open(tmp_path / "data")
    (episode,) = dataset.episodes
    signals = dataset.signals(episode)
    assert episode.split is Split.TRAIN
    assert episode.length == pytest.approx(6, abs=1)
    assert list(signals.intervention) == [Cause.TAKEOVER.value] + [""] * (episode.length - 1)
    assert signals.curvature.max() > 1e-3


@pytest.mark.usefixtures("stick")
def test_a_takeover_by_controller_counts_and_lands_in_the_dataset(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    play({0: [plugged()], 10: [moved(0, 0.8)], 20: [pressed(1), moved(0, 0.0)]}, 30)
    score = watch(["expert"], WATCHED, recording=tmp_path / "data")["expert"]
    assert {cause: count for cause, count in score.causes.items() if count} == {Cause.TAKEOVER: 1}
    (episode,) = Dataset.open(tmp_path / "data").episodes
    assert episode.length == pytest.approx(10, abs=1)
    assert Dataset.open(tmp_path / "data").signals(episode).curvature.max() > 1e-3


def test_the_window_shows_the_progress_of_compiling_before_a_road(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def closed(screen: pygame.Surface) -> None:
        assert screen.get_size() == (320, 200)
        pygame.display.quit()
        raise KeyboardInterrupt

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr("pilotnet.live.drive.compile_in_view", closed)
    with pytest.raises(KeyboardInterrupt):
        drive(DriveConfig(width=320, height=200), tmp_path / "data")
    assert list(tmp_path.iterdir()) == []


def test_without_a_display_driving_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "none_such")
    assert main(["drive"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "there is no display" in line
    assert "pilotnet watch" in line


def test_without_a_dataset_a_takeover_still_counts(
    play: Callable[[Script, int], None], tmp_path: Path
) -> None:
    assert taken_over(play, None).interventions == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["drive", "--roads", "canal"],
            "roads is 'canal'; of suite lane_keeping it must be one of",
        ),
        (["drive", "--width", "90"], "width is 90 px; it must lie between 200"),
        (
            ["watch", "expert", "--record", "data"],
            "split is 'test'; what is recorded is learnt from",
        ),
        (
            ["watch", "expert", "--record", "data", "--headless", "--film", "x.mp4"],
            "a headless run has no wheel",
        ),
    ],
)
def test_every_mistake_is_one_line(
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert says in line
    assert not list(tmp_path.iterdir())
