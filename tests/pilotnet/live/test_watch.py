"""WATCH from the command line: a film of real drivers without a screen, the score, and one line for
every mistake.
"""

import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pygame
import pytest

from pilotnet.cli import main
from pilotnet.live.watch import FilmFile, WatchConfig, driver_colour, driver_specs, watch
from sim.scenario import Daytime, RoadKind, Weather
from sim.types import Cause
from sim.viewer.window import Window

SHORT = WatchConfig(
    suite="lane_keeping-small", episodes=1, length=60.0, width=320, height=180, seconds=1.0
)


def test_a_headless_watch_leaves_a_film_of_its_length_and_scores(
    tiny_model: Path, tmp_path: Path
) -> None:
    film = tmp_path / "films" / "out.mp4"
    scores = watch(["pilotnet", "expert"], SHORT, tiny_model, film, headless=True)
    assert list(scores) == ["pilotnet", "expert"]
    assert scores["expert"].autonomy == 100
    assert set(scores["expert"].causes) == set(Cause)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.frames, stream.average_rate) == (
            320,
            180,
            30,
            30,
        )
    assert [path.name for path in film.parent.iterdir()] == ["out.mp4"]


def test_a_film_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), FilmFile(tmp_path / "out.mp4", 30, 64, 64):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from pilotnet.live.watch import FilmFile

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
NOISE = np.random.default_rng(0).integers(0, 255, (180, 320, 3), dtype=np.uint8)


def film_noise(film):
    for _ in range(100):
        film.add(NOISE)


def film_and_close():
    film = FilmFile(Path("f.mp4"), 30, 320, 180)
    try:
        film_noise(film)
    except OSError as error:
        print(error.strerror)
    film.close()


def film_in_a_block():
    with FilmFile(Path("f.mp4"), 30, 320, 180) as film:
        film_noise(film)


try:
    globals()[sys.argv[1]]()
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
@pytest.mark.parametrize(("function", "errors"), [("film_and_close", 2), ("film_in_a_block", 1)])
def test_a_film_on_a_full_disk_leaves_nothing(tmp_path: Path, function: str, errors: int) -> None:
    # The limit holds for every file of a process, so a process of its own takes it: pytest's
    # own output may be a file.
    output = subprocess.run(
        [sys.executable, "-c", FULL_DISK, function],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    assert output == "File too large\n" * errors
    assert not list(tmp_path.iterdir())


def test_a_discarded_film_leaves_nothing(tmp_path: Path) -> None:
    film = FilmFile(tmp_path / "f.mp4", 30, 64, 64)
    film.add(np.zeros((64, 64, 3), np.uint8))
    film.discard()
    assert not list(tmp_path.iterdir())


def test_road_weather_and_light_can_be_chosen_from_a_suite() -> None:
    config = WatchConfig(roads="mountain", weather="rain", light="night", episodes=3)
    scenarios = config.scenarios()
    assert [(s.road, s.weather, s.light) for s in scenarios] == [
        (RoadKind.MOUNTAIN, Weather.RAIN, Daytime.NIGHT)
    ] * 3
    assert len({s.seed for s in scenarios}) == 3


def test_the_other_drivers_wait_behind_those_asked_for(tiny_model: Path) -> None:
    assert [driver_spec.name for driver_spec in driver_specs(["straight"], None)] == [
        "straight",
        "expert",
    ]
    assert (
        next(driver_spec.title for driver_spec in driver_specs(["pilotnet"], tiny_model))
        == "PilotNet"
    )


def test_a_stack_with_parts_replaced_keeps_its_colour_and_says_so() -> None:
    (driver_spec, *_) = driver_specs(["modular+cars+pedestrians+lanes"], None)
    assert driver_spec.colour == driver_colour("modular")
    assert driver_spec.title.startswith("Modular + ")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["expert", "--roads", "canal"],
            "roads is 'canal'; of suite lane_keeping it must be one of",
        ),
        (
            ["expert", "--roads", "mountain", "--suite", "lane_keeping-small"],
            "roads is 'mountain'; of suite lane_keeping-small it must be one of",
        ),
        (["expert", "--weather", "hail"], "weather is 'hail'; it must be one of clear"),
        (["expert", "--headless"], "say where the film goes: --headless --film out.mp4"),
        (["expert", "--headless", "--film", "out.gif"], "film is out.gif; it must end in .mp4"),
        (["expert", "straight", "expert"], "there are 3 drivers to watch; it must be 1 or 2"),
        (["chauffeur"], "driver is 'chauffeur'"),
        (["pilotnet"], "give --checkpoint the folder"),
        (["expert", "--width", "90"], "width is 90 px; it must lie between 200"),
        (
            ["expert", "--headless", "--film", "out.mp4", "--width", "301"],
            "width is 301 px; a film needs an even number",
        ),
        (["expert", "--seconds", "0"], "seconds is 0.0 s; it must be a finite number above 0"),
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
    assert main(["watch", *words]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert says in line


def test_the_window_shows_the_progress_of_compiling_before_a_road(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed(screen: pygame.Surface) -> None:
        assert screen.get_size() == (SHORT.width, SHORT.height)
        pygame.display.quit()
        raise KeyboardInterrupt

    def too_early(*_: object) -> None:
        raise AssertionError("a road is shown")

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr("pilotnet.live.watch.compile_in_view", closed)
    monkeypatch.setattr("pilotnet.live.watch.Session", too_early)
    with pytest.raises(KeyboardInterrupt):
        watch(["expert"], SHORT)


def test_closing_the_window_gives_the_score(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    turn = Window.turn

    def turn_and_close(window: Window, seconds: float) -> None:
        turn(window, seconds)
        pygame.event.post(pygame.event.Event(pygame.QUIT))

    monkeypatch.setattr(Window, "turn", turn_and_close)
    score = watch(["expert"], SHORT)["expert"]
    assert (score.autonomy, score.interventions) == (100, 0)
    assert 0 < score.hours * 3600 < 5


def test_without_a_display_it_says_how_to_film_instead(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "none_such")
    assert main(["watch", "expert"]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "there is no display" in line
    assert "--headless --film out.mp4" in line
