"""WATCH: drivers by name, side by side on the scenarios of a suite, in a window or straight into a
film.

The window and all drawing are `sim.viewer`'s; here drivers are made, films are encoded and the
score is taken.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Protocol, Self

from pilotnet.common.folders import publish
from pilotnet.common.progress import track
from pilotnet.data.recording_buffer import open_recording_buffer
from pilotnet.data.store.video import VideoEncoder
from pilotnet.drivers.driver_names import driver_title
from pilotnet.drivers.driver_table import DRIVER_NAMES, HUMAN, Detectors, driver_info
from pilotnet.drivers.factory import make_driver
from pilotnet.evaluation.metrics import Score, autonomy, score_episode, total_score
from pilotnet.live.controller_files import ControllerFiles
from pilotnet.live.watch_config import WatchConfig, require_watchable
from sim.env import DrivingEnv, EnvConfig
from sim.geometry.camera import CAMERA_NAMES
from sim.scenario import Split
from sim.types import Image
from sim.viewer.canvas import Canvas
from sim.viewer.compile_progress import compile_in_view
from sim.viewer.film import FRAME_RATE
from sim.viewer.input.plugged_controllers import PluggedControllers
from sim.viewer.input.steering_wheel import SteeringWheel
from sim.viewer.live.live_drive import Drive, DriverSpec
from sim.viewer.live.live_view import LiveView
from sim.viewer.live.session import Session
from sim.viewer.theme import Colour
from sim.viewer.window import Window, open_display


class FilmFile:
    """An mp4 that appears under its name when it is finished; when it fails, its file is removed.

    Raises OSError when it cannot be written.
    """

    def __init__(self, path: Path, rate: int, width: int, height: int) -> None:
        self._path = path
        self._unfinished = path.with_name(f".{path.name}.unfinished")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._encoder = VideoEncoder(self._unfinished, rate, width, height)
        except BaseException:
            self._remove()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def add(self, image: Image) -> None:
        """Append a picture, RGB uint8 (H, W, 3)."""
        self._encoder.add(image)

    def close(self) -> None:
        """Finish the film and give it its name."""
        try:
            self._encoder.close()
            publish(self._unfinished, self._path)
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """End the film and remove its file. Raises nothing."""
        with suppress(OSError):
            self._encoder.close()
        self._remove()

    def _remove(self) -> None:
        with suppress(OSError):
            self._unfinished.unlink(missing_ok=True)


def watch(
    drivers: Sequence[str],
    config: WatchConfig,
    checkpoint: Path | None = None,
    film: Path | None = None,
    headless: bool = False,
    detectors: Detectors | None = None,
    recording: Path | None = None,
) -> dict[str, Score]:
    """Show the drivers in a window, or `headless` in a film alone; the score of what was driven, by
    driver.

    In a window a person may take the wheel from the first driver; what they drive goes into the
    dataset folder `recording`.
    Raises ValueError for bad drivers and settings, for a film that exists, and without a display.
    Raises OSError when the film could not be written, after the window has been closed.
    """
    require_watchable(drivers, config, checkpoint, film, headless, detectors, recording)
    scenarios = config.scenarios()
    specs = driver_specs(drivers, checkpoint, detectors)
    if headless and film is not None:
        session = Session(specs, scenarios, autonomy, len(drivers))
        make_film(session, session.draw, film, config)
    else:
        screen = open_display((config.width, config.height))
        compile_in_view(screen)
        env = EnvConfig(cameras=CAMERA_NAMES)
        with (
            open_recording_buffer(recording, config, env, Split(config.split))
            if recording
            else nullcontext() as tape
        ):
            if tape:
                tape.recording = True
            wheel = SteeringWheel()
            session = Session(specs, scenarios, autonomy, len(drivers), wheel, tape, env)
            window = Window(
                LiveView(session, PluggedControllers(wheel, ControllerFiles())),
                screen,
                FilmFile,
                Path.cwd(),
                film,
            )
            window.run()
        if window.film_error:
            raise OSError(window.film_error)
    return scores(session.all_driven())


def driver_specs(
    drivers: Sequence[str], checkpoint: Path | None, detectors: Detectors | None = None
) -> list[DriverSpec]:
    """Return the chosen drivers, and after them all others that can drive, for switching."""
    for name in drivers:
        make_driver(name, DrivingEnv(EnvConfig()), checkpoint, detectors)
    others = [
        name
        for name in DRIVER_NAMES
        if name not in drivers and can_drive(name, checkpoint, detectors)
    ]
    return [
        DriverSpec(
            name,
            driver_title(name),
            driver_colour(name),
            partial(make_driver, name, checkpoint=checkpoint, detectors=detectors),
        )
        for name in (*drivers, *others)
    ]


def driver_colour(name: str) -> Colour:
    """Return the colour of a driver, the same as in the report."""
    return (driver_info(name) or HUMAN).rgb


def can_drive(name: str, checkpoint: Path | None, detectors: Detectors | None = None) -> bool:
    """Whether this driver can be made with what is given."""
    try:
        make_driver(name, DrivingEnv(EnvConfig()), checkpoint, detectors)
    except ValueError:
        return False
    return True


class Filmed(Protocol):
    """What a film shows: it goes on as time passes, and is over at some moment."""

    @property
    def over(self) -> bool:
        """Whether there is nothing left to show."""

    def pass_time(self, seconds: float) -> None:
        """Go on by so much time [s]."""


def make_film(
    filmed: Filmed, draw: Callable[[Canvas], Image], path: Path, config: WatchConfig
) -> None:
    """Film a show or a replay from where it stands, every picture at its exact time."""
    canvas = Canvas.blank(config.width, config.height)
    with FilmFile(path, FRAME_RATE, config.width, config.height) as film:
        for _ in track(range(round(config.seconds * FRAME_RATE)), "filming"):
            if filmed.over:
                break
            film.add(draw(canvas))
            filmed.pass_time(1 / FRAME_RATE)


def scores(drives: Sequence[Drive]) -> dict[str, Score]:
    """The score of each driver over its drives."""
    names = dict.fromkeys(drive.driver_spec.name for drive in drives)
    rows = {
        name: [
            score_episode(name, drive.scenario, drive.rate, drive.own_steps)
            for drive in drives
            if drive.driver_spec.name == name
        ]
        for name in names
    }
    return {name: total_score(episodes) for name, episodes in rows.items()}
